"""The rows that want an answer, from a table of any format."""

from pathlib import Path

from workspace_templates.recipes.reading import read_text_table
from workspace_templates.submissions.sockets import TEST_FILE


def read_test_rows(data_dir: Path) -> list[dict[str, str]]:
    """Read the test table as text."""
    table = read_text_table(data_dir / TEST_FILE)
    cells = table.fillna("").to_numpy().tolist()
    return [dict(zip(map(str, table), row, strict=True)) for row in cells]
