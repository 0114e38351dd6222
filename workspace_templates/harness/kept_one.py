"""What a saved pipeline keeps beside its memory: the training table, as far as it is needed."""

from pathlib import Path

from workspace_templates.harness.keep_header import training_table
from workspace_templates.harness.sockets import TRAIN_FILE


def kept_files(data_dir: Path) -> dict[str, bytes]:
    """Name the files to keep, with their bytes."""
    return {TRAIN_FILE: training_table(data_dir)}
