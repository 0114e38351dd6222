"""The sample submission as a table of another format; a submission like it is plain CSV."""

from pathlib import Path

from workspace_templates.recipes.reading import read_text_table
from workspace_templates.submissions.sockets import ROW_COLUMNS, SAMPLE_FILE


def read_sample_rows(data_dir: Path) -> list[dict[str, str]]:
    """Read what names the rows of the sample submission, as text."""
    table = read_text_table(data_dir / SAMPLE_FILE)
    names = [name for name in ROW_COLUMNS if name in table]
    cells = table[names].fillna("").to_numpy().tolist()
    return [dict(zip(names, row, strict=True)) for row in cells]


def submission_style(data_dir: Path) -> tuple[str, str, str]:
    """Tell separator, encoding and line end of a submission."""
    return ",", "utf-8", "\n"
