"""What a saved pipeline keeps beside its memory: the training table and what rows look up."""

from pathlib import Path

from workspace_templates.harness.keep_header import training_table
from workspace_templates.harness.sockets import KEPT_FILES, TRAIN_FILE


def kept_files(data_dir: Path) -> dict[str, bytes]:
    """Name the files to keep, with their bytes; new rows may bring their own lookups."""
    related = {name: (data_dir / name).read_bytes() for name in KEPT_FILES}
    return {**related, TRAIN_FILE: training_table(data_dir)}
