"""What a saved pipeline keeps of the training table: its first row, which names the columns."""

from pathlib import Path

from workspace_templates.harness.sockets import TRAIN_FILE
from workspace_templates.recipes.reading import read_text_table


def training_table(data_dir: Path) -> bytes:
    """Write one record: JSON lines have no header, and `prepare` has learned from the others."""
    first = read_text_table(data_dir / TRAIN_FILE).iloc[:1]
    return first.to_json(orient="records", lines=True).encode()
