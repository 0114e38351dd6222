"""What an edit of prep changes downstream, in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iiml_codegen.domain.contract import Observation
from iiml_codegen.domain.wire import to_json
from iiml_codegen.integration.binding_evidence import Rows
from iiml_codegen.viewing.changes import changes, downstream_changes
from iiml_codegen.viewing.verify_plan import keep_observed
from iiml_codegen.workspace import Workspace

NAMES = tuple("abcdefghijk")
FEATURES = Observation(
    output="features_train",
    type="frame",
    rows=10,
    columns=11,
    dtype="float64 x 11",
    missing=0,
    column_names=NAMES,
    column_dtypes=("float64",) * 11,
)
TARGET = Observation(output="target", type="array", rows=10, columns=1, dtype="int64", missing=0)


def changed(one: Observation, **fields: Any) -> Observation:
    plain = {name: getattr(one, name) for name in Observation.__struct_fields__}
    return Observation(**plain | fields)


TITLED = changed(
    FEATURES, columns=12, column_names=(*NAMES, "Title"), column_dtypes=("float64",) * 12
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (FEATURES, TITLED, "features_train: 12 columns, was 11: + Title"),
        (TITLED, FEATURES, "features_train: 11 columns, was 12: − Title"),
        (
            FEATURES,
            changed(FEATURES, column_names=("z", *NAMES[1:])),
            "features_train: 11 columns as before: + z, − a",
        ),
        (
            FEATURES,
            changed(FEATURES, column_names=NAMES[::-1]),
            "features_train: columns in another order",
        ),
        (
            FEATURES,
            changed(FEATURES, column_dtypes=("str", *("float64",) * 10)),
            "features_train: a is str, was float64",
        ),
        (
            FEATURES,
            changed(FEATURES, column_dtypes=("float32",) * 11),
            "features_train: a is float32, was float64, b is float32, was float64, "
            "c is float32, was float64, d is float32, was float64, e is float32, was float64 "
            "and 6 more",
        ),
        (TARGET, changed(TARGET, rows=9), "target: 9 rows, was 10"),
        (TARGET, changed(TARGET, dtype="float64"), "target: float64, was int64"),
        (
            TARGET,
            changed(TARGET, type="series", missing=2),
            "target: series, was array; 2 missing values, was 0",
        ),
    ],
)
def test_a_change_is_one_sentence(old: Observation, new: Observation, said: str) -> None:
    assert changes([old], [new]) == (said,)


def test_outputs_that_come_and_go_are_named() -> None:
    assert changes([FEATURES], [TARGET]) == (
        "features_train is gone",
        "target is new: array of 10 × 1",
    )
    assert changes([FEATURES, TARGET], [FEATURES, TARGET]) == ()


def test_the_last_two_texts_of_prep_are_compared(tmp_path: Path) -> None:
    workspace, rows = Workspace(tmp_path).create(), Rows(10, 5)
    assert downstream_changes(workspace) == ()
    keep_observed(workspace, "one", (FEATURES,), rows)
    assert downstream_changes(workspace) == ()
    for _ in range(2):  # verifying the same text again changes nothing
        keep_observed(workspace, "two", (TITLED,), rows)
        assert downstream_changes(workspace) == ("features_train: 12 columns, was 11: + Title",)
    keep_observed(workspace, "three", (FEATURES,), Rows(99, 5))
    assert downstream_changes(workspace) == ()  # another sample says nothing about the edit


def checked_in_a_solve(workspace: Workspace, prep: str, seen: Observation, rows: Rows) -> None:
    """What a solve leaves of its look at what a generated prep gave."""
    workspace.promote("prep.py", prep)
    workspace.write_text(workspace.candidate("01-line") / "prep.py", prep)
    run = workspace.run("01-line-check-1")
    workspace.write_bytes(
        run / "request.json", to_json({"rows": {"train": rows.train, "test": rows.test}})
    )
    workspace.write_bytes(run / "answer.json", to_json({"result": {"observations": [seen]}}))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (Rows(10, 5), "features_train: 12 columns, was 11: + Title"),
        (Rows(99, 50), "features_train: more columns: + Title"),
    ],
)
def test_the_first_edit_is_compared_with_what_the_solve_saw(
    tmp_path: Path, rows: Rows, said: str
) -> None:
    workspace = Workspace(tmp_path).create()
    checked_in_a_solve(workspace, "generated", FEATURES, rows)
    keep_observed(workspace, "generated", (FEATURES,), Rows(11, 5))
    assert downstream_changes(workspace) == ()
    keep_observed(workspace, "edited", (TITLED,), Rows(10, 5))
    assert downstream_changes(workspace) == (said,)
