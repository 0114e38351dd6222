"""The rows that want an answer, each a file."""

from pathlib import Path

from workspace_templates.recipes.rows import list_files
from workspace_templates.submissions.sockets import (
    FILE_ID_COLUMN,
    ID_FROM,
    TEST_FILE,
    TEST_SUFFIXES,
)


def read_test_rows(data_dir: Path) -> list[dict[str, str]]:
    """List the test files by path, as prep does, with their ids."""
    files = list_files(data_dir, TEST_FILE, TEST_SUFFIXES, FILE_ID_COLUMN, ID_FROM)
    return [{FILE_ID_COLUMN: name} for name in files[FILE_ID_COLUMN]]
