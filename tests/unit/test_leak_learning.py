"""What is learned over train and test outside of the declared steps is named, with its line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.integration.leak_tests import id_feature, row_independence
from iiml_codegen.integration.leak_tests.answers import Moved, RowsCompared
from iiml_codegen.integration.leak_tests.learning_lines import learning_lines
from iiml_codegen.integration.leak_tests.placing import as_violation, undeclared
from iiml_codegen.integration.leak_tests.row_independence import Compared
from iiml_codegen.search.leak_trial import refusal
from iiml_codegen.worker.leak_columns import moved
from iiml_codegen.worker.leak_features import is_place

WRITTEN = """\
NUMBERS = ["Age", "Fare"]
KEYED = ["Fare"]


def prepare(data_dir, extracted=None, fitted=None):
    # [P1] Read the tables
    train, test = read(data_dir)
    rows = stack_rows(train, test)
    # [P2] Read numbers
    numbers = as_numbers(rows, NUMBERS)
    # [P3] Average numbers by ticket
    means = group_means(rows, KEYED, fitted)
    # [P4] Average the target by street
    rates = target_means(rows, "street", train["bought"], fitted)
    features = pd.concat([numbers, means, rates], axis=1)
    return cut(features, len(train))
"""
PLAN = Blueprint(
    title="",
    kind="binary",
    steps=(),
    members=(),
    folds=FoldPlan(strategy="random", folds=3, column=None, why="test"),
    transductive=("P1", "P3"),
)
HOLD = RowsCompared(rows=9, changed=0, largest=0.0, spread=1.0)
CHANGE = RowsCompared(rows=9, changed=9, largest=0.5, spread=1.0)
READ = "    numbers = as_numbers(rows, NUMBERS)\n"
SCALED = "    numbers = (numbers - numbers.mean()) / numbers.std()\n"


def with_line(line: str, after: str = READ) -> str:
    return WRITTEN.replace(after, after + line)


def judged(prep: str, seen: RowsCompared, *columns: str) -> LeakOutcome:
    changed = tuple(Moved(output="features_test", column=c, rows=9, changed=9) for c in columns)
    one = Compared("removed", seen, changed)
    return row_independence.judge([one], prep, PLAN, WRITTEN)[0]


def lines(line: str, after: str = READ) -> list[tuple[int, str | None]]:
    found = learning_lines(with_line(line, after), WRITTEN, PLAN.transductive)
    return [(one.line, one.step) for one in found]


@pytest.mark.parametrize(
    ("seen", "expected", "severity"),
    [(HOLD, "reported", "warning"), (CHANGE, "violated", "error")],
)
def test_a_scaler_on_everything_is_named_whether_predictions_hold_or_not(
    seen: RowsCompared, expected: str, severity: str
) -> None:
    prep = with_line(SCALED)
    found = judged(prep, seen, "Age", "Fare", "mean_by_ticket")
    violation = as_violation(found, prep)
    assert (found.verdict, found.names, violation.severity) == (expected, ("Age",), severity)
    assert (violation.place.line, violation.step) == (11, "P2")
    assert "numbers.mean()" in found.says
    assert (refusal([found]) is None) == (seen is HOLD)


def test_columns_that_declared_steps_use_too_are_a_warning_with_the_line() -> None:
    found = judged(with_line(SCALED), CHANGE, "Fare", "mean_by_ticket")
    assert (found.verdict, found.line) == ("reported", 11)
    assert refusal([found]) is None


def test_what_the_plan_wrote_is_declared() -> None:
    assert judged(WRITTEN, CHANGE, "Fare", "mean_by_ticket").verdict == "declared"
    assert judged(WRITTEN, HOLD, "Fare", "mean_by_ticket").verdict == "passed"


@pytest.mark.parametrize(
    "line",
    [
        '    numbers["rank"] = numbers["Age"].rank(pct=True)\n',
        '    numbers["age"] = rows.groupby("street")["Age"].transform("mean")\n',
        '    numbers["size"] = pd.concat([train, test])["size"].rank()\n',
        "    numbers = StandardScaler().fit_transform(numbers)\n",
        "    numbers = scaled(numbers, fitted)\n",
        '    numbers["next"] = numbers["Age"].shift(-1)\n',
    ],
)
def test_lines_that_learn_from_all_rows_are_found(line: str) -> None:
    assert lines(line) == [(11, "P2")]


@pytest.mark.parametrize(
    "line",
    [
        '    numbers["Age"] = numbers["Age"] - train["Age"].mean()\n',
        '    group = train.groupby("street")\n    known = group["bought"].mean()\n',
        "    numbers = scaler.fit(numbers[: len(train)]).transform(numbers)\n",
        '    numbers["most"] = numbers.max(axis=1)\n',
        '    numbers["old"] = numbers["Age"] > 60\n',
        "    numbers = scaler.transform(numbers)\n",
    ],
)
def test_lines_that_learn_from_training_rows_or_along_a_row_are_not(line: str) -> None:
    assert lines(line) == []


def test_a_declared_step_may_learn_by_other_words() -> None:
    after = "    means = group_means(rows, KEYED, fitted)\n"
    assert lines('    means["all"] = rows["Fare"].mean()\n', after) == []


def test_another_block_beside_those_of_the_plan_is_no_news() -> None:
    kept = "    features = useful(pd.concat([numbers, means, rates], axis=1), fitted)\n"
    written = WRITTEN.replace("    return cut", kept + "    return cut")
    prep = written.replace("means, rates], axis=1), fitted", "means], axis=1), fitted")
    assert prep != written
    assert learning_lines(prep, written, PLAN.transductive) == []


def test_a_list_of_columns_stands_for_them_where_it_is_used() -> None:
    long = WRITTEN.replace('["Age", "Fare"]', '"Age Fare".split()')
    for prep in (WRITTEN, long):
        assert undeclared(prep, ["Age", "Fare", ""], PLAN.transductive) == ("Age",)


def test_the_place_of_a_row_is_told_from_a_value_that_follows_its_order() -> None:
    order = np.array([2, 0, 3, 1])
    size = np.array([4.0, 1.0, 3.0, 2.0])

    def outputs(values: np.ndarray) -> dict[str, pd.DataFrame]:
        places = np.arange(4) * -2.0
        table = pd.DataFrame({"place": places, "so_far": values.cumsum() % 5, "size": values})
        return {"features_test": table}

    base = outputs(size)
    found = moved(base, outputs(size[order]), order, "_test")
    assert [one.column for one in found] == ["place", "so_far"]
    assert [one.column for one in found if is_place(base, one)] == ["place"]


def test_a_place_as_a_feature_is_refused_and_named() -> None:
    (found,) = id_feature.judge_places(
        (Moved(output="features_test", column="place", rows=9, changed=8),)
    )
    assert (found.code, found.verdict, found.names) == ("IIML504", "violated", ("place",))
    assert refusal([found]) is found
    assert id_feature.judge_places(()) == []
