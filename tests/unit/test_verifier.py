"""Static rules by their own examples, and the places that the verifier names."""

from __future__ import annotations

import importlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from competitions.pipelines import FOREST, MODEL, PREP, prep_module

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Member, Step
from iiml_codegen.domain.contract import Clause, Contract
from iiml_codegen.domain.fault import Violation
from iiml_codegen.implementation.network_code import network_names, stands_alone
from iiml_codegen.integration import rules
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.prep_places import output_line
from iiml_codegen.integration.rules import RULES
from iiml_codegen.integration.rules.page import pages, stale
from iiml_codegen.integration.rules.rule import Example, Rule, StaticRule
from iiml_codegen.integration.verifier import (
    fixed,
    read,
    verify,
    verify_text,
)

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "workspace_templates"


STATIC = tuple(rule for rule in RULES if isinstance(rule, StaticRule))
FOLDERS = {
    "parsing": 0,
    "static": 1,
    "binding": 2,
    "clauses": 3,
    "running": 4,
    "scoring": 5,
    "submission": 6,
    "environment": 9,
}


def broken(rule: Rule, example: Example) -> list[Violation]:
    """Where an example breaks this very rule."""
    found = verify_text(example.file, example.text, example.facts)
    return [violation for violation in found if violation.code == rule.code]


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        pytest.param(rule, example, id=f"{rule.code}-{number}")
        for rule in STATIC
        for number, example in enumerate(rule.valid)
    ],
)
def test_a_rule_accepts_its_valid_examples(rule: Rule, example: Example) -> None:
    assert broken(rule, example) == []
    assert read(example.file, example.text).error is None


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        pytest.param(rule, example, id=f"{rule.code}-{number}")
        for rule in STATIC
        for number, example in enumerate(rule.invalid)
    ],
)
def test_a_rule_refuses_its_invalid_examples_inside_of_the_text(
    rule: StaticRule, example: Example
) -> None:
    found = broken(rule, example)
    lines = re.split(r"\r\n|\n|\r", example.text)
    assert found
    for violation in found:
        assert 1 <= violation.place.line <= len(lines)
        assert 1 <= violation.place.column <= len(lines[violation.place.line - 1]) + 1
        assert violation.severity == rule.severity


FIXED = [rule for rule in STATIC if rule.fix]


@pytest.mark.parametrize("rule", FIXED, ids=lambda rule: rule.code)
def test_a_safe_fix_mends_what_it_found_and_leaves_python(rule: StaticRule) -> None:
    mended = 0
    for example in rule.invalid:
        found = broken(rule, example)
        text = fixed(example.file, example.text, found[0], example.facts)
        if text is not None:
            mended += 1
            assert len(broken(rule, replace(example, text=text))) < len(found)
            if len(found) == 1:
                assert read(example.file, text).error is None
    assert mended


def test_rules_with_a_fix_are_those_that_say_so() -> None:
    for rule in STATIC:
        assert (rule.fixable == "safe") == (rule.fix is not None), rule.code


def test_every_rule_has_its_own_code_reason_and_both_kinds_of_examples() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.why and rule.title and rule.valid and rule.invalid for rule in RULES)


@pytest.mark.parametrize(("folder", "rung"), sorted(FOLDERS.items()))
def test_each_rung_has_a_folder_in_which_every_rule_is_one_listed_file(
    folder: str, rung: int
) -> None:
    home = Path(rules.__path__[0]) / folder
    written = [
        path.stem
        for path in sorted(home.glob("*.py"))
        if re.search(r"^RULE = ", path.read_text(encoding="utf-8"), re.M)
    ]
    listed = importlib.import_module(f"{rules.__name__}.{folder}").RULES
    assert len(listed) == len(written)
    assert {rule.rung for rule in listed} <= {rung}


def test_the_pages_of_the_rules_are_written_from_the_rules() -> None:
    folder = ROOT / "docs" / "rules"
    drifted = [
        name
        for name, text in pages().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
    assert not drifted, "run python -m iiml_codegen.integration.rules.page docs/rules"
    assert stale(folder) == []


def test_a_syntax_error_is_one_violation_at_its_place() -> None:
    found = verify_text("prep.py", "x = 1\ndef prepare(:\n    pass\n")
    assert [(v.code, v.place.line, v.place.column) for v in found] == [("IIML001", 2, 13)]


def test_good_modules_break_no_rule() -> None:
    assert verify_text("prep.py", PREP) == []
    assert verify_text("model_stumps.py", MODEL) == []


@pytest.mark.parametrize(
    "path", sorted((TEMPLATES / "models").glob("[a-ce-z]*.py")), ids=lambda path: path.stem
)
def test_our_own_model_templates_break_no_rule(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = stands_alone(text, network_names(text))
    assert verify_text(f"model_{path.name}", text) == []


def plan() -> Blueprint:
    """A blueprint with two steps of preparation and two members."""
    steps = (
        Step(id="P1", part="prep", key="read", title="Read the tables", why=""),
        Step(id="P3", part="prep", key="count", title="Count colours", why=""),
        Step(id="M1", part="model", key="stumps", title="Boost", why="", member="stumps"),
        Step(id="T1", part="train", key="stumps", title="Stop early", why="", member="stumps"),
        Step(id="M2", part="model", key="forest", title="Grow", why="", member="forest"),
    )
    members = tuple(
        Member(name=name, track="traditional", template=name, view="features")
        for name in ("stumps", "forest")
    )
    folds = FoldPlan(strategy="random", folds=3, column=None, why="")
    return Blueprint(title="A shop", kind="binary", steps=steps, members=members, folds=folds)


def test_steps_and_markers_are_matched_per_module() -> None:
    other = Module(name="forest", label="model_forest.py", text=FOREST.replace("[M1]", "[M2]"))
    stumps = Module(name="stumps", label="model_stumps.py", text=MODEL)
    found = verify([stumps, prep_module(), other], plan())
    about_steps = [v for v in found if v.code in ("IIML102", "IIML103")]
    assert [(v.place.file, v.code, v.step) for v in about_steps] == [
        ("model_stumps.py", "IIML102", "T1"),
        ("prep.py", "IIML102", "P3"),
        ("prep.py", "IIML103", None),
    ]


def test_columns_that_the_contract_forbids_are_no_features() -> None:
    clause = Clause(
        id="C1",
        output="features_train",
        says="no target, no id",
        shape="features",
        kind=("frame",),
        rows_like="train",
        forbidden_columns=("bought", "id"),
    )
    contract = Contract(views=(), clauses=(clause,))
    prep = prep_module(PREP.replace("CLASSES =", 'NUMBERS = ["size", "bought"]\nCLASSES ='))
    found = verify([prep], contract=contract)
    assert [violation.code for violation in found] == ["IIML105"]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('    return {\n        "a_train": 1,\n        "target": 2,\n    }\n', 4),
        ('    x = both("target", 1)\n    return {\n        **both("target", 2),\n    }\n', 4),
        ("    return make()\n", 1),
    ],
)
def test_an_output_is_found_where_prepare_gives_it(body: str, line: int) -> None:
    assert output_line(f"def prepare(data_dir):\n{body}", "target") == line
