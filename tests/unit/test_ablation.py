"""A step is left out where the module holds without it; what it is worth is measured."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from competitions import write_competition
from processes.planned_folder import PREP
from processes.planned_solve import planned_solve

from iiml_codegen.agents import expert_agents
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.search.ablation import step_worths, without_each
from iiml_codegen.search.left_out import steps_in, without_step
from iiml_codegen.search.specs import fold_spec
from iiml_codegen.solve import implement, withhold

FITTING = """
def fit(X, y):
    # [M1] A model
    model = Model()
    # [T1] Weigh rows
    weights = 1.0
    return model.fit(X, y, sample_weight=weights)
"""


def test_the_lines_of_a_step_go_and_what_it_made_is_put_together_no_more() -> None:
    left = without_step(PREP, "P4")
    assert left is not None
    assert "missing" not in left and "gaps" not in left.split("def prepare")[1]
    assert "pd.concat([rows[['kind']], numbers, stars], axis=1)" in left
    assert [step for step, _, _ in markers(left)] == ["P1", "P2", "P3", "P5"]
    ast.parse(left)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (PREP, "P1"),  # others read what it made
        (PREP, "P2"),  # an output would be missing
        (PREP, "P9"),  # there is no such step
        (FITTING, "M1"),
        (FITTING, "T1"),  # a call cannot do without its argument
        ("def prepare(:\n    # [P1] Broken\n", "P1"),
        ("# [P1] Above a function\ndef prepare():\n    return {}\n", "P1"),
        ("def prepare(a):\n    # [P1] All\n    b = [a]\n    return {'x': b}\n", "P1"),
    ],
)
def test_where_the_module_would_not_hold_nothing_is_left_out(text: str, step: str) -> None:
    assert without_step(text, step) is None


def test_a_step_that_only_changes_what_is_there_can_go() -> None:
    text = (
        "def prepare(rows):\n    # [P1] Read\n    rows = rows.copy()\n"
        "    # [P2] Fill\n    rows = rows.fillna(0)\n    # [P3] Join\n    return {'x': rows}\n"
    )
    left = without_step(text, "P2")
    assert left is not None and "fillna" not in left and steps_in(left) == ("P1", "P3")


def test_what_a_step_is_worth_is_measured_on_the_rows_that_its_candidate_was_scored_on(
    tmp_path: Path,
) -> None:
    write_competition(tmp_path / "shop", "binary", rows=200)
    with planned_solve(
        tmp_path / "shop", SolveOptions(folds=2, budget=600.0, tracks=("traditional",))
    ) as solve:
        agents = expert_agents(solve.context.options, solve.context.worker)
        bench = withhold(solve.context, agents, solve.planned)
        code = next(a.code for a in implement(bench) if a.member.name == "linear")
        code.write()
        result = solve.context.runner.run(fold_spec(bench, code, bench.shadow(0)))
        assert result.ok
        raws = {0: solve.context.workspace.run(result.id) / "raw.npy"}
        worths = list(step_worths(bench, code, raws, 2.0, 12.0))
        able = {step for step, _ in without_each(bench, code)}
        assert able and {worth.step for worth in worths} <= able and worths
        assert {worth.rows for worth in worths} == {100}
        assert all(0.0 <= worth.p_better <= 1.0 for worth in worths)
        assert not list(solve.context.workspace.candidates.glob("*without*"))
