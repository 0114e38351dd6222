"""The sample submission as a delimited file, and how a submission like it is written."""

from pathlib import Path

from workspace_templates.submissions.read_csv import read_csv_rows
from workspace_templates.submissions.sockets import SAMPLE_FILE


def read_sample_rows(data_dir: Path) -> list[dict[str, str]]:
    """Read what names the rows of the sample submission, as text."""
    return read_csv_rows(data_dir / SAMPLE_FILE)


def submission_style(
    data_dir: Path, separator: str = ",", encoding: str = "utf-8"
) -> tuple[str, str, str]:
    """Tell separator, encoding and line end of a submission; the line end is the sample's."""
    if not (data_dir / SAMPLE_FILE).is_file():
        return separator, encoding, "\n"
    with (data_dir / SAMPLE_FILE).open(newline="", encoding=encoding, errors="replace") as file:
        return separator, encoding, "\r\n" if file.readline().endswith("\r\n") else "\n"
