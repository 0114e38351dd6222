"""What a saved pipeline keeps of the training table: its header, in its encoding."""

from pathlib import Path

from workspace_templates.harness.sockets import TRAIN_FILE


def training_table(data_dir: Path, encoding: str = "utf-8") -> bytes:
    """Read the header: a table without rows, for `prepare` has learned from them already."""
    with (data_dir / TRAIN_FILE).open(newline="", encoding=encoding) as file:
        return file.readline().encode(encoding)
