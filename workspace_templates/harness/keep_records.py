"""What a saved pipeline keeps of the training table: its columns, as JSON without values."""

import json
from pathlib import Path
from typing import Any

from workspace_templates.harness.sockets import TRAIN_FILE, TRAIN_PART
from workspace_templates.recipes.reading import read_text_table


def training_table(data_dir: Path) -> bytes:
    """Name the columns, for `prepare` has learned from the rows already."""
    kept: Any = {column: [] for column in read_text_table(data_dir / TRAIN_FILE)}
    for part in reversed(TRAIN_PART.split(".") if TRAIN_PART else ()):
        kept = {part: kept}
    return json.dumps(kept).encode()
