"""Which side broke a clause, and the lines of prep and model that a violation names."""

from __future__ import annotations

import pytest
from competitions.pipelines import MODEL, PREP, prep_module

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Step
from iiml_codegen.domain.contract import Breach, Clause, Contract
from iiml_codegen.domain.fault import Violation
from iiml_codegen.integration.contract_sides import clause_violation
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.prep_places import making_line, missing_line, output_line
from iiml_codegen.integration.rules.binding import lacking_method, refused_values, unpromised_column
from iiml_codegen.integration.rules.example_views import FRAME, reads
from iiml_codegen.integration.rules.rule import Example, Rule
from iiml_codegen.integration.usage_checks import usage_violations

USAGE = (unpromised_column.RULE, lacking_method.RULE, refused_values.RULE)
CLAUSE = Clause(
    id="C1",
    output="features_train",
    says="`features_train` is a frame.",
    shape="features",
    kind=("frame",),
    rows_like="train",
)
CONTRACT = Contract(views=(), clauses=(CLAUSE,))
PREPARE = """def extract(data_dir, cache_dir):
    # [P2] Count words
    words = counted(data_dir)
    return {"words": words}


def prepare(data_dir, extracted):
    # [P1] Read the tables
    rows = read(data_dir)
    # [P3] Put features together
    rows["ratio"] = rows["size"] / rows["age"]
    features = rows.drop(columns=["id"])
    target = codes(rows)
    return {
        **train_and_test("features", features, 5),
        "words_train": extracted["words"][:5],
        "target": target,
    }
"""
MAKES = Module(name="prep", label="prep.py", text=PREPARE)


def used(example: Example) -> list[Violation]:
    """What is found in a model that is bound to the view of an example."""
    module = Module(name="m", label=example.file, text=example.text)
    contract = Contract(views=(), clauses=example.facts.clauses)
    return usage_violations(module, contract, example.facts.observations, "features", MAKES)


@pytest.mark.parametrize(("rule", "example"), [(r, e) for r in USAGE for e in r.valid])
def test_a_rule_of_usage_accepts_its_valid_examples(rule: Rule, example: Example) -> None:
    assert used(example) == []


@pytest.mark.parametrize(("rule", "example"), [(r, e) for r in USAGE for e in r.invalid])
def test_a_rule_of_usage_refuses_its_invalid_examples(rule: Rule, example: Example) -> None:
    found = used(example)
    assert {violation.code for violation in found} == {rule.code}
    assert all(violation.side == "usage" and violation.clause == "C1" for violation in found)
    assert all(1 < v.place.line <= len(example.text.splitlines()) for v in found)


def test_a_column_that_is_not_promised_is_told_with_its_neighbours_and_the_line_of_prep() -> None:
    (found,) = used(reads('return LogisticRegression().fit(X[["sise"]], y)\n', FRAME))
    assert found.names == ("sise", "size")
    assert (found.place.line, found.place.column) == (5, 40)
    assert [(r.place.file, r.place.line) for r in found.related] == [("prep.py", 15)]


def test_the_rows_are_followed_into_the_functions_of_the_module() -> None:
    body = "return LogisticRegression().fit(chosen(X), y)\n\n\ndef chosen(table):\n"
    (found,) = used(reads(f'{body}    return table[["weight"]]\n', FRAME))
    assert (found.code, found.place.line) == ("IIML210", 9)


@pytest.mark.parametrize(
    "body",
    [
        'X = X.to_numpy()\n    return X["anything"]\n',
        'X = chosen(X)\n    return X["anything"]\n',
        'try:\n        X = X["anything"]\n    except KeyError:\n        pass\n    return X\n',
        'X["anything"] = 1\n    return X["anything"]\n',
        'return X.drop(columns=["anything"], errors="ignore")\n',
        'return X["anything"] if "anything" in X.columns else X\n',
        'return X.drop("anything", axis=0)\n',
    ],
)
def test_what_may_be_right_is_not_judged(body: str) -> None:
    assert used(reads(body, FRAME)) == []


def breach(code: str, output: str = "features_train", *names: str) -> Breach:
    """A clause that does not hold."""
    return Breach(code=code, clause="C1", output=output, message="no", names=names, evidence="2")


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (breach("IIML311", "features_train", "ratio"), 11),
        (breach("IIML304"), 12),
        (breach("IIML310", "words_train", "some columns"), 3),
        (breach("IIML315", "target", "target"), 13),
        (breach("IIML316", "features_train", "id"), 12),
        (breach("IIML301", "features_train", "features_train"), 16),
    ],
)
def test_a_breach_is_placed_where_prep_makes_what_it_is_about(found: Breach, line: int) -> None:
    violation = clause_violation(MAKES, CONTRACT, found)
    assert (violation.place.file, violation.place.line) == ("prep.py", line)
    assert violation.side == "fulfilment"
    assert violation.message == "no (2)"


def test_an_output_that_was_left_out_is_missed_at_the_end_of_the_return() -> None:
    assert missing_line(PREPARE, {"words_train", "target", "features_train"}) == 18
    assert missing_line(PREPARE, {"words_train", "features_train"}) == 17


def test_both_sides_and_the_step_are_named() -> None:
    step = Step(id="P3", part="prep", key="joined", title="Put features together", why="")
    folds = FoldPlan(strategy="random", folds=3, column=None, why="")
    plan = Blueprint(title="", kind="binary", steps=(step,), members=(), folds=folds)
    model = Module(name="m", label="model_m.py", text=MODEL)
    violation = clause_violation(MAKES, CONTRACT, breach("IIML304"), model, plan)
    assert (violation.step, violation.clause, violation.hint) == ("P3", "C1", CLAUSE.says)
    told = [(one.place.file, one.place.line, one.message) for one in violation.related]
    taken = MODEL[: MODEL.index("X", MODEL.index("def fit("))].count("\n") + 1
    assert told == [
        ("prep.py", 15, "`features_train` is returned here"),
        ("model_m.py", taken, "fit of model_m.py takes it as `X`"),
        ("prep.py", 10, "step P3 of the blueprint: Put features together"),
    ]


def test_lines_are_found_in_the_prep_of_the_shop() -> None:
    assert output_line(PREP, "features_train") > 1
    assert making_line("def prepare(d):\n    return make()\n", "target") is None
    assert prep_module().text == PREP
