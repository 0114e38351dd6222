"""Static rules by their own examples, and the places that the verifier names."""

from __future__ import annotations

from pathlib import Path

import pytest
from competitions.pipelines import FOREST, MODEL, PREP, prep_module

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Member, Step
from iiml_codegen.domain.contract import Clause, Contract
from iiml_codegen.integration import rules
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.rules import RULES
from iiml_codegen.integration.rules.page import page
from iiml_codegen.integration.rules.rule import Example, Rule
from iiml_codegen.integration.verifier import clause_violation, output_line, verify, verify_text

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "workspace_templates"


def broken(rule: Rule, example: Example) -> list[int]:
    """Lines where an example breaks this very rule."""
    found = verify_text(example.file, example.text, example.facts)
    return [violation.place.line for violation in found if violation.code == rule.code]


@pytest.mark.parametrize(
    ("rule", "example"), [(rule, example) for rule in RULES for example in rule.valid]
)
def test_a_rule_accepts_its_valid_examples(rule: Rule, example: Example) -> None:
    assert broken(rule, example) == []


@pytest.mark.parametrize(
    ("rule", "example"), [(rule, example) for rule in RULES for example in rule.invalid]
)
def test_a_rule_refuses_its_invalid_examples(rule: Rule, example: Example) -> None:
    lines = broken(rule, example)
    assert lines
    assert all(1 <= line <= len(example.text.splitlines()) for line in lines)


def test_every_rule_has_its_own_code_reason_and_both_kinds_of_examples() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.why and rule.title and rule.valid and rule.invalid for rule in RULES)
    files = {path.stem for path in Path(rules.__path__[0]).glob("*.py")}
    assert len(files - {"__init__", "rule", "markers", "page"}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_page_of_a_rule_is_written_from_the_rule(rule: Rule) -> None:
    written = (ROOT / "docs" / "rules" / f"{rule.code}.md").read_text(encoding="utf-8")
    assert written == page(rule), "run python -m iiml_codegen.integration.rules.page docs/rules"


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
    assert verify_text(f"model_{path.name}", path.read_text(encoding="utf-8")) == []


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
    assert [(v.place.file, v.code, v.step) for v in found] == [
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
    named = clause_violation(prep, contract, "C1", "features_train", "holds the target")
    assert (named.code, named.clause, named.hint) == ("IIML301", "C1", "no target, no id")
    assert 'outputs[f"features_{name}"]' in prep.text.splitlines()[named.place.line - 1]


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
