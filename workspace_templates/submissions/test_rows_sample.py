"""The rows that want an answer, as the sample submission lists them."""

from pathlib import Path

from workspace_templates.submissions.sample_rows_csv import read_sample_rows


def read_test_rows(data_dir: Path) -> list[dict[str, str]]:
    """Read what names the rows of the sample, as text."""
    return read_sample_rows(data_dir)
