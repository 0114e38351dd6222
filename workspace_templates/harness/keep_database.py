"""What a saved pipeline keeps of the training table: its columns, in a database of its own."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from workspace_templates.harness.sockets import TRAIN_FILE, TRAIN_PART
from workspace_templates.recipes.reading import read_text_table


def training_table(data_dir: Path) -> bytes:
    """Write the table without rows, for `prepare` has learned from them already."""
    table = read_text_table(data_dir / TRAIN_FILE).iloc[:0]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with closing(sqlite3.connect(Path(folder) / "kept.sqlite")) as base:
            table.to_sql(TRAIN_PART, base, index=False)
        return (Path(folder) / "kept.sqlite").read_bytes()
