"""What every generator of a layout ends with: sample, description, and the task as it was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from iiml_codegen.domain.layout import Layout

from .drafts import Competition

TEST_SHARE = 4


def finished(
    folder: Path,
    answers: pd.DataFrame,
    task: dict[str, Any],
    layout: Layout,
    *,
    fill: float | str = 0,
    description: str = "",
    train_only: tuple[str, ...] = (),
) -> Competition:
    """Write sample and description, and complete the task."""
    columns = [name for name in answers.columns if name != task["id_column"]]
    sample = answers.assign(**dict.fromkeys(columns, fill))
    sample.to_csv(folder / "sample_submission.csv", index=False)
    (folder / "description.md").write_text(description, encoding="utf-8")
    plain = {
        "title": description.splitlines()[0].lstrip("# "),
        "description_file": "description.md",
        "train_file": task["train_file"],
        "test_file": task["test_file"],
        "kind": task["kind"],
        "targets": list(task["targets"]),
        "id_column": task["id_column"],
        "metric": task["metric"],
        "greater_is_better": task["greater_is_better"],
        "submission": {
            "file": "sample_submission.csv",
            "columns": list(answers.columns),
            "id_column": task["id_column"],
            "answer": task["answer"],
            "answer_columns": list(columns),
            "class_columns": dict(task["class_columns"]),
            "rows": len(answers),
        },
        "classes": list(task["classes"]),
        "train_only_columns": list(train_only),
        "layout": msgspec.to_builtins(layout),
    }
    return Competition(folder, answers, plain)


def parted(rows: int) -> tuple[slice, slice]:
    """Training rows and a quarter as many test rows."""
    return slice(0, rows), slice(rows, rows + rows // TEST_SHARE)
