"""Which files a saved pipeline keeps where some of its tables are folders."""

from pathlib import Path

from workspace_templates.harness.sockets import KEPT_FILES


def kept_names(data_dir: Path) -> list[str]:
    """Name the tables' files, of a folder all that it holds."""
    tables = [data_dir / name for name in KEPT_FILES]
    files = [file for table in tables for file in (table, *sorted(table.rglob("*")))]
    return [file.relative_to(data_dir).as_posix() for file in files if file.is_file()]
