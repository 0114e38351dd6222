"""What a person should hear about the data before trusting a score."""

from __future__ import annotations

from typing import Any

from .task import Task

DRIFTED = 0.65
DUPLICATES = 0.02
SHARED = 0.02
RARE_CLASS = 10
GAPS_DIFFER = 0.1
UNSEEN = 0.9
MOST_NAMED = 5


def warnings_said(found: dict[str, Any], task: Task) -> list[str]:
    """Sentences with figures, from the plain profile."""
    said = [*_drift(found), *_repeats(found), *_rare(found, task), *_one_sided(found, task)]
    said += [*_unseen(found), *_written(found), *_without_files(found)]
    for column in found["columns"]:
        train, test = column["missing_train"], column["missing_test"]
        if column["in_train"] and column["in_test"] and abs(train - test) > GAPS_DIFFER:
            said.append(f"{column['name']} is missing in {train:.0%} of train, {test:.0%} of test")
    return said


def _drift(found: dict[str, Any]) -> list[str]:
    drifted = [
        column
        for column in found["columns"]
        if column["in_train"] and column["drift"] > DRIFTED and column["role"] != "id"
    ]
    drifted = sorted(drifted, key=lambda column: -column["drift"])[:MOST_NAMED]
    return [
        f"{column['name']} alone tells test from train with AUC {column['drift']:.2f}"
        for column in drifted
    ]


def _unseen(found: dict[str, Any]) -> list[str]:
    """Kinds that the test alone has teach nothing."""
    return [
        f"{column['unseen_share']:.0%} of test rows have a {column['name']} that train lacks"
        for column in found["columns"]
        if column["role"] == "category" and column["unseen_share"] > UNSEEN
    ][:MOST_NAMED]


def _written(found: dict[str, Any]) -> list[str]:
    """Texts that are read as numbers: with marks, signs or units."""
    names: dict[str, list[str]] = {}
    for column in (*found["targets"], *found["columns"]):
        form = column.get("number_form")
        if form and not form["plain"]:
            marks = f"decimal mark {form['decimal']!r}"
            marks += f", thousands {form['thousands']!r}" if form["thousands"] else ""
            names.setdefault(marks, []).append(column["name"])
    return [
        f"texts read as numbers ({marks}): {', '.join(known[:MOST_NAMED])}"
        for marks, known in names.items()
    ]


def _repeats(found: dict[str, Any]) -> list[str]:
    said = []
    twice, shared = found["duplicate_train_rows"], found["shared_rows"]
    if twice > DUPLICATES * found["train_rows"]:
        said.append(f"{twice:,} training rows repeat an earlier one, ids aside")
    if shared > SHARED * found["test_rows"]:
        said.append(f"{shared:,} test rows have the same values as a training row")
    return said


def _rare(found: dict[str, Any], task: Task) -> list[str]:
    if not task.has_classes:
        return []
    rows = found["train_rows"]
    shares = found["targets"][0]["shares"]
    rare = [label for label, share in shares.items() if share * rows < RARE_CLASS]
    names, more = ", ".join(rare[:MOST_NAMED]), len(rare) - MOST_NAMED
    names += f" and {more} more" if more > 0 else ""
    return [f"{len(rare)} labels have fewer than {RARE_CLASS} rows: {names}"] if rare else []


def _one_sided(found: dict[str, Any], task: Task) -> list[str]:
    not_in_test = [c["name"] for c in found["columns"] if not c["in_test"]]
    only_train = [name for name in not_in_test if name in task.hidden_columns]
    silent = [name for name in not_in_test if name not in task.hidden_columns]
    only_test = [c["name"] for c in found["columns"] if not c["in_train"]]
    said = [f"only train has {', '.join(only_train)}"] if only_train else []
    said += [f"no test row has a value of {', '.join(silent)}: no feature"] if silent else []
    return said + ([f"no training row has a value of {', '.join(only_test)}"] if only_test else [])


def _without_files(found: dict[str, Any]) -> list[str]:
    """Rows whose files are not there or broken: their features are gaps."""
    said = []
    for media in found["media"]:
        for side in ("train", "test"):
            missing, broken = media[f"missing_{side}"], media[f"broken_{side}"]
            if missing > 0:
                said.append(f"{missing:.1%} of {side} rows have no file {media[side]}")
            if broken > 0:
                shown = f"{media['broken_example']} is one: they count as rows without a file"
                said.append(f"{broken:.1%} of {side} rows have a broken file; {shown}")
    return said
