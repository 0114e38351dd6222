"""What a saved pipeline keeps of the training table: all of it, as there is no memory."""

from pathlib import Path

from workspace_templates.harness.sockets import TRAIN_FILE


def training_table(data_dir: Path) -> bytes:
    """Read the whole table, which `prepare` learns from again."""
    return (data_dir / TRAIN_FILE).read_bytes()
