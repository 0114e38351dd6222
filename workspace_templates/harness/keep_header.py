"""What a saved pipeline keeps of the training table: its header, as the memory holds the rest."""

from pathlib import Path

from workspace_templates.harness.sockets import TRAIN_FILE


def training_table(data_dir: Path) -> bytes:
    """Read the header: a table without rows, for `prepare` has learned from them already."""
    with (data_dir / TRAIN_FILE).open("rb") as file:
        return file.readline()
