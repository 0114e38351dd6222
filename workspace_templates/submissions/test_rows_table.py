"""The rows that want an answer, from a table of any format."""

from pathlib import Path

from workspace_templates.recipes.reading import read_text_table
from workspace_templates.submissions.sockets import ROW_COLUMNS, TEST_FILE


def read_test_rows(data_dir: Path) -> list[dict[str, str]]:
    """Read what names the rows of the test table, as text."""
    table = read_text_table(data_dir / TEST_FILE)
    names = [name for name in ROW_COLUMNS if name in table]
    cells = table[names].fillna("").to_numpy().tolist()
    return [dict(zip(names, row, strict=True)) for row in cells]
