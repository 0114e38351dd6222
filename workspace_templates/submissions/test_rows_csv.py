"""The rows that want an answer, from a delimited file."""

from pathlib import Path

from workspace_templates.submissions.read_csv import read_csv_rows
from workspace_templates.submissions.sockets import TEST_FILE


def read_test_rows(data_dir: Path) -> list[dict[str, str]]:
    """Read what names the rows of the test table, as text."""
    return read_csv_rows(data_dir / TEST_FILE)
