"""The rows that want an answer, from JSON: a list of records, or one record a line."""

import json
from pathlib import Path

from workspace_templates.submissions.sockets import TEST_FILE


def read_test_rows(data_dir: Path) -> list[dict[str, str]]:
    """Read the test records, their values as text."""
    text = (data_dir / TEST_FILE).read_text(encoding="utf-8-sig").strip()
    listed = text if text.startswith("[") else "[" + ",".join(text.split("\n")) + "]"
    return [{name: str(value) for name, value in row.items()} for row in json.loads(listed)]
