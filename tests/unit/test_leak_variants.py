"""Variants of shadows: on every layout only what is varied changes, and code runs on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions import LAYOUTS, write_competition, write_layout

from iiml_codegen.worker import leak_variants
from iiml_codegen.worker.errors import RequestError
from iiml_codegen.worker.layouts import FILE_KINDS, find_layout
from iiml_codegen.worker.layouts.file_rows import FILE_COLUMN
from iiml_codegen.worker.leak_proof import prove_shadows
from iiml_codegen.worker.leak_variants import vary_test
from iiml_codegen.worker.shadows import shadows
from iiml_codegen.worker.task import task_from

PLAN = {"strategy": "random", "folds": 3, "column": None, "why": "test", "seed": 5}
NAMES = (FILE_COLUMN,)


class Place:
    """The first shadow of a layout, and its variants."""

    def __init__(self, folder: Path, kind: str) -> None:
        made = write_layout(folder / "real", kind)
        request = {"folder": str(made.folder), "task": made.task, "plan": PLAN}
        self.task, self.plain = task_from(made.task), made.task
        self.shadow = shadows({**request, "out": str(folder / "cache")})["folds"][0]
        self.out = folder / "variants"

    def vary(self, how: str) -> dict[str, Any]:
        params = {"data": self.shadow["data"], "task": self.plain, "out": str(self.out)}
        return vary_test({**params, "how": how})

    def sides(self, folder: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Both sides as code reads them, without names, which differ between variants."""
        layout = find_layout(Path(folder), self.task)
        rows = layout.real_rows()
        train, test = layout.train(), layout.test()
        if rows is not None:
            order = rows[: len(train)], rows[len(train) :] - len(train)
            train, test = train.iloc[order[0]], test.iloc[order[1]]
        named = {*NAMES, self.task.id_column, *(m.column for m in self.task.layout.media)}
        kept = [frame.drop(columns=[n for n in frame if n in named]) for frame in (train, test)]
        return kept[0].reset_index(drop=True), kept[1].reset_index(drop=True)


@pytest.mark.parametrize("how", ["removed", "repeated", "shuffled"])
@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_a_variant_has_the_same_training_rows_and_the_test_rows_it_says(
    tmp_path: Path, kind: str, how: str
) -> None:
    place = Place(tmp_path, kind)
    base, varied = place.vary("same"), place.vary(how)
    train, test = place.sides(base["data"])
    other_train, other_test = place.sides(varied["data"])
    rows = np.load(varied["rows"])
    pd.testing.assert_frame_equal(other_train, train)
    assert len(rows) == varied["test_rows"] == len(other_test)
    assert sorted(rows.tolist()) != list(range(len(test))) or rows.tolist() != sorted(rows)
    pd.testing.assert_frame_equal(other_test, test.iloc[rows].reset_index(drop=True))


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_rows_that_exchange_ids_keep_everything_that_belongs_to_them(
    tmp_path: Path, kind: str
) -> None:
    place = Place(tmp_path, kind)
    base, renamed = place.vary("same"), place.vary("ids")
    if renamed.get("why_not"):
        pytest.skip(renamed["why_not"])
    for before, after in zip(place.sides(base["data"]), place.sides(renamed["data"]), strict=True):
        pd.testing.assert_frame_equal(after, before)
    name = place.task.id_column
    if name is not None and place.task.layout.kind not in FILE_KINDS:
        ids = [
            find_layout(Path(v["data"]), place.task).texts("test", name) for v in (base, renamed)
        ]
        assert ids[0] != ids[1]


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_labels_change_places_among_training_rows_and_nothing_else_does(
    tmp_path: Path, kind: str
) -> None:
    place = Place(tmp_path, kind)
    base, other = place.vary("same"), place.vary("labels")
    if other.get("why_not"):
        assert place.task.layout.kind in FILE_KINDS
        return
    hidden = list(place.task.hidden_columns)
    labels = [find_layout(Path(v["data"]), place.task).labels() for v in (base, other)]
    assert not labels[0].equals(labels[1])
    (train, test), (new_train, new_test) = (place.sides(v["data"]) for v in (base, other))
    features = [name for name in train if name not in hidden]
    pd.testing.assert_frame_equal(new_train[features], train[features])
    pd.testing.assert_frame_equal(new_test, test)


def test_a_variant_never_writes_into_the_shadow_that_it_comes_from(tmp_path: Path) -> None:
    place = Place(tmp_path, "related_tables" if "related_tables" in LAYOUTS else sorted(LAYOUTS)[0])
    before = contents(Path(place.shadow["data"]))
    for how in ("same", "removed", "repeated", "shuffled", "ids", "labels"):
        place.vary(how)
    assert contents(Path(place.shadow["data"])) == before


def test_a_shadow_with_big_tables_has_no_variants_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, sorted(LAYOUTS)[0])
    monkeypatch.setattr(leak_variants, "MOST_BYTES", 10)
    assert "too much to write again" in place.vary("removed")["why_not"]
    assert not place.out.exists()


def test_an_unknown_way_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path, sorted(LAYOUTS)[0])
    with pytest.raises(RequestError):
        place.vary("upside down")


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_the_proof_runs_on_a_sample_and_leaves_the_folder_alone(tmp_path: Path, kind: str) -> None:
    made = write_layout(tmp_path / "real", kind)
    before = contents(made.folder)
    params = {"folder": str(made.folder), "task": made.task, "plan": PLAN}
    answer = prove_shadows({**params, "out": str(tmp_path / "proof"), "max_rows": 30})
    assert answer == {"changed": []}
    assert contents(made.folder) == before
    assert list((tmp_path / "proof").iterdir()) == []


def test_a_folder_too_big_to_copy_is_not_proved_and_says_so(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "binary", 90)
    params = {"folder": str(made.folder), "task": made.task, "plan": PLAN, "max_bytes": 10}
    answer = prove_shadows({**params, "out": str(tmp_path / "proof")})
    assert "to copy" in answer["why_not"]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
