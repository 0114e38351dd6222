"""The rules of rung 3 by their own examples, through the check that the worker runs."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from iiml_codegen.domain.contract import Breach, Contract, Observation
from iiml_codegen.domain.task import SubmissionFormat, TaskSummary
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.integration.rules.clauses import RULES
from iiml_codegen.integration.rules.rule import Example, Rule
from iiml_codegen.worker.contract_check import check_contract
from iiml_codegen.worker.errors import DataError

CASES = [(rule, example) for rule in RULES for example in rule.valid]
BROKEN = [(rule, example) for rule in RULES for example in rule.invalid]


def named(case: Any) -> str:
    """The code of a rule as a part of a test's name."""
    return case.code if isinstance(case, Rule) else ""


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module whose classes can be pickled, as those of a pipeline can."""
    made = ModuleType("outputs_of_an_example")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    yield made


def codes(tmp_path: Path, module: ModuleType, example: Example) -> list[str]:
    """The codes that the worker finds in what an example builds."""
    exec(compile(example.text, example.file, "exec"), module.__dict__)
    prepared = tmp_path / "prepared.pkl"
    prepared.write_bytes(pickle.dumps(module.__dict__["outputs"]))
    params: dict[str, Any] = {
        "prepared": str(prepared),
        "contract": to_plain(Contract(views=(), clauses=example.facts.clauses)),
        "rows": module.__dict__.get("rows", {}),
        **tables(tmp_path, module),
    }
    try:
        answer = check_contract(params)
    except DataError as error:
        return [error.code]
    assert all(from_plain(seen, Observation).output for seen in answer["observations"])
    return [from_plain(found, Breach).code for found in answer["violations"]]


def tables(tmp_path: Path, module: ModuleType) -> dict[str, Any]:
    """The folder with the tables that an example has, and what is asked there."""
    if "train" not in module.__dict__:
        return {}
    for name in ("train", "test"):
        module.__dict__[name].to_csv(tmp_path / f"{name}.csv", index=False)
    form = SubmissionFormat(
        file="sample.csv",
        columns=("late",),
        id_column=None,
        answer="probability",
        answer_columns=("late",),
    )
    task = TaskSummary(
        title="A shop",
        description_file=None,
        train_file="train.csv",
        test_file="test.csv",
        kind="binary",
        targets=("late",),
        id_column=None,
        metric="roc_auc",
        greater_is_better=True,
        submission=form,
        classes=("0", "1"),
    )
    return {"folder": str(tmp_path), "task": to_plain(task)}


@pytest.mark.parametrize(("rule", "example"), CASES, ids=named)
def test_a_clause_is_kept_by_its_valid_examples(
    tmp_path: Path, module: ModuleType, rule: Rule, example: Example
) -> None:
    assert codes(tmp_path, module, example) == []


@pytest.mark.parametrize(("rule", "example"), BROKEN, ids=named)
def test_a_clause_is_broken_by_its_invalid_examples(
    tmp_path: Path, module: ModuleType, rule: Rule, example: Example
) -> None:
    found = codes(tmp_path, module, example)
    assert set(found) == {rule.code}, found


def test_every_clause_of_an_example_says_what_it_asks() -> None:
    said = [c.says for _, example in CASES + BROKEN for c in example.facts.clauses]
    assert said
    assert all(text.startswith("`") and text.endswith(".") for text in said)
