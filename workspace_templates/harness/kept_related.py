"""What a saved pipeline keeps beside its memory: tables that rows look up, and no training file."""

from pathlib import Path

from workspace_templates.harness.sockets import KEPT_FILES


def kept_files(data_dir: Path) -> dict[str, bytes]:
    """Name the files to keep, with their bytes; new rows may bring their own lookups."""
    return {name: (data_dir / name).read_bytes() for name in KEPT_FILES}
