"""Several training tables of the same columns are one table, with files in folders of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from competitions.modality_labels import two_tables
from competitions.odd_road import Planned, walk

from iiml_codegen.domain.wire import to_plain
from iiml_codegen.planning.table_stacks import called
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.layouts import find_layout
from iiml_codegen.worker.layouts.stacked_tables import StackedTables
from iiml_codegen.worker.shadows import shadows
from iiml_codegen.worker.task import task_from


def test_tables_that_share_a_row_or_differ_in_columns_are_no_stack(tmp_path: Path) -> None:
    rows = pd.DataFrame({"id": range(30), "x": 1.5, "y": 1})
    rows[:20].to_csv(tmp_path / "train.csv", index=False)
    rows[20:].to_csv(tmp_path / "train_more.csv", index=False)
    rows[20:].to_csv(tmp_path / "holdout.csv", index=False)
    found = inventory({"folder": str(tmp_path)})
    assert [one["files"] for one in found["stacks"]] == [["train.csv", "train_more.csv"]]
    assert found["stacks"][0]["whole"]["rows"] == 30
    rows[19:].to_csv(tmp_path / "train_more.csv", index=False)
    assert inventory({"folder": str(tmp_path)})["stacks"] == []
    rows[20:].assign(z=1).to_csv(tmp_path / "train_more.csv", index=False)
    assert inventory({"folder": str(tmp_path)})["stacks"] == []


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (("train_curated.csv", "train_noisy.csv"), ("curated", "noisy")),
        (("a/train1.csv", "a/train2.csv"), ("train1", "train2")),
        (("train.csv", "train_more.csv"), ("train", "train_more")),
        (("a/train.csv", "b/train.csv"), ("a/train.csv", "b/train.csv")),
    ],
)
def test_tables_are_called_by_what_tells_them_apart(
    files: tuple[str, ...], names: tuple[str, ...]
) -> None:
    assert called(files) == names


def test_withheld_rows_go_to_the_test_from_either_table_with_their_files(tmp_path: Path) -> None:
    made = two_tables(tmp_path / "made", 0)
    found = walk(made.folder, tmp_path / "work")
    assert isinstance(found, Planned) and found.changed == ()
    layout, prep = found.task.layout, found.modules[0]
    assert layout.train_parts == {"clean": "train_clean.csv", "web": "train_web.csv"}
    assert [one.train for one in layout.media] == ["train_{table_of_row}/{}"]
    assert 'train["table_of_row"] + "/" + train["clip"], "train_{}"' in prep
    request = {"folder": str(made.folder), "task": to_plain(found.task)}
    plan = to_plain(found.blueprint.folds)
    built = shadows({**request, "plan": plan, "out": str(tmp_path / "cache")})
    fold = built["folds"][0]
    data, real = Path(fold["data"]), StackedTables(made.folder, task_from(to_plain(found.task)))
    rows, withheld = np.load(fold["rows"]), np.load(fold["fold_rows"])
    assert (withheld < 80).any() and (withheld >= 80).any()
    kept = rows[: fold["train_rows"]]
    own = {"clean": int((kept < 80).sum()), "web": int((kept >= 80).sum())}
    for name, count in own.items():
        table = pd.read_csv(data / f"train_{name}.csv")
        assert len(table) == count
        assert {path.name for path in (data / f"train_{name}").iterdir()} == set(table["clip"])
    asked = pd.read_csv(data / "sample_submission.csv")["clip"]
    assert {path.name for path in (data / "test").iterdir()} == set(asked)
    clips = real.values("clip")
    told = find_layout(made.folder, task_from(to_plain(found.task))).train()
    assert told["low"].tolist() == told["labels"].str.contains("low").astype(int).tolist()
    for clip, row in zip(asked, withheld, strict=False):
        home = "train_clean" if row < 80 else "train_web"
        assert (data / "test" / clip).read_bytes() == (made.folder / home / clips[row]).read_bytes()
