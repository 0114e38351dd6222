"""What a saved pipeline keeps of the training table: its columns, in the table's own format."""

import io
from pathlib import Path

from workspace_templates.harness.sockets import TRAIN_FILE
from workspace_templates.recipes.reading import read_text_table


def training_table(data_dir: Path) -> bytes:
    """Write the table without rows, for `prepare` has learned from them already."""
    table, file = read_text_table(data_dir / TRAIN_FILE).iloc[:0], io.BytesIO()
    table.to_parquet(file, index=False)
    return file.getvalue()
