"""The rules of rung 6 by their own examples, through the check that the worker runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iiml_codegen.domain.task import SubmissionFormat, TaskKind, TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.integration.rules import submission
from iiml_codegen.integration.rules.rule import Example, Rule
from iiml_codegen.worker.submission_check import check_submission

COLOURS = ("red", "green", "blue")
FORMATS: dict[TaskKind, tuple[tuple[str, ...], str]] = {
    "binary": (("sold",), "probability"),
    "multiclass": (COLOURS, "class_probabilities"),
    "ordinal": (("grade",), "label"),
}
CLASSES: dict[TaskKind, tuple[str, ...]] = {
    "binary": ("0", "1"),
    "multiclass": COLOURS,
    "ordinal": ("1", "2", "3"),
}


def competition(folder: Path, kind: TaskKind, ids: list[str]) -> dict[str, Any]:
    """A folder whose test rows have these ids, and the task as the worker reads it."""
    columns, answer = FORMATS[kind]
    target = "colour" if kind == "multiclass" else columns[0]
    labels = "".join(f"t{n},{n},{label}\n" for n, label in enumerate(CLASSES[kind]))
    (folder / "train.csv").write_text(f"id,size,{target}\n{labels}", "utf-8")
    (folder / "test.csv").write_text("id,size\n" + "".join(f"{i},1\n" for i in ids), "utf-8")
    task = TaskSummary(
        title="A tiny shop",
        description_file=None,
        train_file="train.csv",
        test_file="test.csv",
        kind=kind,
        targets=(target,),
        id_column="id",
        metric="log_loss",
        greater_is_better=False,
        submission=SubmissionFormat(
            file="sample_submission.csv",
            columns=("id", *columns),
            id_column="id",
            answer=answer,  # type: ignore[arg-type]
            answer_columns=columns,
            class_columns={name: name for name in COLOURS} if kind == "multiclass" else {},
            rows=len(ids),
        ),
        classes=CLASSES[kind],
    )
    plain = to_plain(task)
    assert isinstance(plain, dict)
    return plain


def codes(folder: Path, rule: Rule, example: Example) -> list[str]:
    """What the worker says of an example; a constant takes more rows to be one."""
    ids = [f"r{n}" for n in range(20)] if rule.code == "IIML609" else ["a", "b", "c"]
    assert example.facts.kind is not None
    task = competition(folder, example.facts.kind, ids)
    path = folder / example.file
    path.write_text(example.text, "utf-8")
    request = {"folder": str(folder), "task": task, "submission": str(path)}
    return [found["code"] for found in check_submission(request)["violations"]]


@pytest.mark.parametrize(
    ("rule", "example"), [(rule, one) for rule in submission.RULES for one in rule.valid]
)
def test_a_submission_that_keeps_a_rule_is_fine(
    tmp_path: Path, rule: Rule, example: Example
) -> None:
    assert codes(tmp_path, rule, example) == []


@pytest.mark.parametrize(
    ("rule", "example"), [(rule, one) for rule in submission.RULES for one in rule.invalid]
)
def test_a_submission_that_breaks_a_rule_is_refused_by_its_code(
    tmp_path: Path, rule: Rule, example: Example
) -> None:
    assert set(codes(tmp_path, rule, example)) == {rule.code}


def test_every_code_of_the_worker_has_its_rule() -> None:
    assert [rule.code for rule in submission.RULES] == [f"IIML6{n:02}" for n in range(10)]
