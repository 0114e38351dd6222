"""The rules of rung 2 by their own examples, run by the binder, and the places that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

import workspace_templates
from iiml_codegen.domain.contract import Contract, View
from iiml_codegen.domain.fault import Violation
from iiml_codegen.implementation.modeling_coder import template_view
from iiml_codegen.implementation.network_code import network_names, stands_alone
from iiml_codegen.integration.binding_evidence import Rows
from iiml_codegen.integration.binding_places import binding_violations
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.rules import binding
from iiml_codegen.integration.rules.example_outputs import (
    FEATURES,
    MODEL,
    TARGET,
    bound,
    seen,
    view,
)
from iiml_codegen.integration.rules.rule import Example, Rule
from iiml_codegen.planning.contract_plan import VIEW_KINDS

BOUND = [r for r in binding.RULES if r.code not in ("IIML210", "IIML211", "IIML214")]
"""The others are checked where the contract is."""
TEMPLATES = Path(workspace_templates.__file__).parent
PREP = Module(
    name="prep",
    label="prep.py",
    text="""def prepare(data_dir):
    return {
        "features_train": read(data_dir / "train.csv"),
        "features_test": read(data_dir / "test.csv"),
        "outcome": answers(data_dir),
    }
""",
)


def found(example: Example, rows: Rows | None = None) -> list[Violation]:
    """What the binder finds; the view is planned where a clause speaks of one."""
    module = Module(name="m", label=example.file, text=example.text)
    facts = example.facts
    contract = Contract(views=(), clauses=facts.clauses)
    named = [c.output for c in facts.clauses if c.shape == "features"]
    planned = named[0].removesuffix("_train") if named else None
    return binding_violations(module, contract, facts.observations, planned, rows=rows, prep=PREP)


def cases(kind: str) -> list[tuple[Rule, Example]]:
    """Rules with each of their examples."""
    return [(rule, example) for rule in BOUND for example in getattr(rule, kind)]


@pytest.mark.parametrize(("rule", "example"), cases("valid"))
def test_a_rule_of_binding_accepts_its_valid_examples(rule: Rule, example: Example) -> None:
    assert [v.code for v in found(example) if v.severity == "error"] == []
    assert rule.code not in [v.code for v in found(example)]


@pytest.mark.parametrize(("rule", "example"), cases("invalid"))
def test_a_rule_of_binding_refuses_its_invalid_examples(rule: Rule, example: Example) -> None:
    (violation,) = [v for v in found(example) if v.code == rule.code]
    assert violation.severity == rule.severity
    assert 1 <= violation.place.line <= len(example.text.splitlines())


def test_a_gap_names_the_parameter_the_choices_the_line_of_prep_and_the_clause() -> None:
    weighted = MODEL.replace("*, seed: int = 0", "*,\n    weights")
    (gap,) = found(bound(*FEATURES, TARGET, seen("importance", "array", 60, 1), text=weighted))
    assert (gap.code, gap.place.line, gap.place.column) == ("IIML204", 2, 5)
    assert gap.names == ("importance",)
    assert "`importance`" in gap.message
    (lost,) = found(bound(*FEATURES, seen("outcome", "array", 60, 1)))
    assert (lost.code, lost.names, lost.side) == ("IIML203", ("outcome",), "fulfilment")
    assert [one.place.line for one in lost.related] == [1]


def test_numbers_of_rows_that_prep_read_tell_the_halves_apart() -> None:
    twice = bound(FEATURES[0], seen("features_test", rows=60), TARGET)
    assert found(twice) == []
    (violation,) = found(twice, Rows(train=60, test=20))
    assert violation.code == "IIML209"
    turned = bound(seen("features_train", rows=20), seen("features_test"), TARGET)
    codes = {v.code for v in found(turned, Rows(train=60, test=20))}
    assert codes == {"IIML205", "IIML209"}


def test_one_whole_view_is_not_the_only_one_while_another_is_missing_or_torn() -> None:
    design = view("design")
    torn = bound(*design, FEATURES[0], TARGET, clauses=())
    assert [(v.code, v.names) for v in found(torn)] == [("IIML201", ("design", "features_train"))]
    module = Module(name="m", label="model_m.py", text=MODEL)
    views = tuple(View(name=name, kind="frame", says="") for name in ("design", "features"))
    contract = Contract(views=views, clauses=())
    (missing,) = binding_violations(module, contract, [*design, TARGET])
    assert (missing.code, missing.names) == ("IIML201", ("design", "features"))
    sparse = MODEL.replace("pd.DataFrame", "csr_matrix")
    other = Module(name="m", label="model_m.py", text=sparse)
    assert binding_violations(other, contract, [*view("words", "sparse"), TARGET]) == []


@pytest.mark.parametrize("second", ["groups", "sample_weight: np.ndarray", "prices: np.ndarray"])
def test_what_stands_second_is_not_the_target_unless_something_says_so(second: str) -> None:
    text = MODEL.replace("y: np.ndarray", second).replace("fit(X, y)", "fit(X)")
    assert [v.code for v in found(bound(*FEATURES, TARGET, text=text))] == ["IIML208"]


@pytest.mark.parametrize(
    "path", sorted((TEMPLATES / "models").glob("[a-ce-z]*.py")), ids=lambda path: path.stem
)
def test_our_own_model_templates_bind(path: Path) -> None:
    outputs = [half for name, (kind, _) in VIEW_KINDS.items() for half in view(name, kind)]
    outputs.append(seen("target", "array", 60, 1))
    text = path.read_text("utf-8")
    module = Module(name="m", label=path.name, text=stands_alone(text, network_names(text)))
    contract = Contract(views=(), clauses=())
    assert binding_violations(module, contract, outputs, template_view(path.stem)) == []
