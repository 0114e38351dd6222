"""Tuning proposes readable constants by what was scored; a budget in candidates counts alone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from competitions import write_competition
from msgspec.structs import replace
from processes import start_python
from processes.told_search import Room, room, score

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.events import Note
from iiml_codegen.errors import WorkerError
from iiml_codegen.implementation.modeling_coder import template_constants
from iiml_codegen.implementation.recipes import template_text
from iiml_codegen.journal import Journal
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.tuning import Tuning, spaces, untuned, values_in
from iiml_codegen.worker.tuning import propose
from iiml_codegen.workspace import Workspace

TREES = """from typing import Any

ROUNDS = 100
PARAMS: dict[str, Any] = {"num_leaves": 31, "reg_lambda": 1.0, "deterministic": True}
"""
SPACE = {
    "PARAMS.num_leaves": {"low": 4, "high": 96, "log": True, "whole": True},
    "STRENGTH": {"low": 0.01, "high": 10.0, "log": True, "whole": False},
}


@pytest.mark.parametrize("space", spaces(), ids=lambda space: space.templates[0])
def test_each_space_names_constants_that_its_templates_have(space: Any) -> None:
    for template in space.templates:
        found = values_in(template_text("models", f"{template}.py"), space.constants)
        inside = [space.constants[n].low <= v <= space.constants[n].high for n, v in found.items()]
        assert set(found) == set(space.constants) and all(inside), (template, found)
        assert {name.partition(".")[0] for name in found} <= template_constants(template)


def test_proposals_follow_what_was_scored_and_are_the_same_for_the_same_trials() -> None:
    tried: list[dict[str, Any]] = []
    params: dict[str, Any] = {"ranges": SPACE, "trials": tried, "greater": True, "seed": 3}
    for _ in range(16):
        values = propose(params)["values"]
        assert propose(params)["values"] == values
        tried.append({"values": values, "score": -abs(values["STRENGTH"] - 2.0)})
    first, last = tried[:5], tried[-5:]
    assert max(one["score"] for one in last) > max(one["score"] for one in first)
    assert all(isinstance(one["values"]["PARAMS.num_leaves"], int) for one in tried)
    pending = {**params, "trials": [*tried, {"values": tried[-1]["values"], "score": None}]}
    assert propose(pending)["values"] != propose(params)["values"]


def tuned_room(path: Path, propose_values: Any) -> tuple[Room, Tuning, Attempt]:
    """A room with one whole candidate that has constants to tune."""
    place = room(path, {"trees": [0.8] * 3})
    (parent,) = place.attempts
    parent.code.member = replace(parent.member, name="lightgbm", template="lightgbm_classifier")
    parent.code.model = TREES
    parent.score, parent.raws, parent.status = (
        score(0.8, 0.8, 0.8),
        dict.fromkeys(range(3), path),
        "scored",
    )
    worker = SimpleNamespace(call_typed=propose_values)
    object.__setattr__(place.bench.context, "worker", cast(Any, worker))
    return place, Tuning(place.bench), parent


def test_a_proposal_is_the_parents_code_with_other_constants(tmp_path: Path) -> None:
    asked: list[Any] = []

    def answer(verb: str, params: Any, kind: Any, timeout: float) -> Any:
        asked.append((verb, params))
        return kind(values={"PARAMS.num_leaves": 12, "PARAMS.reg_lambda": 0.25})

    _, tuning, parent = tuned_room(tmp_path, answer)
    first = tuning.next([parent], lambda attempt, folds: True)
    assert first is not None and (first.id, first.parent) == ("T1-lightgbm", parent)
    assert '"num_leaves": 12' in first.code.model and '"deterministic": True' in first.code.model
    assert "num_leaves 12" in first.code.origin and untuned(first.member.name) == "lightgbm"
    assert tuning.next([parent], lambda attempt, folds: False) is None
    second = tuning.next([parent, first], lambda attempt, folds: True)
    assert second is not None and second.member.name != first.member.name
    trials = asked[-1][1]["trials"]
    assert [one["score"] for one in trials] == [0.8, None]
    assert trials[0]["values"]["PARAMS.num_leaves"] == 31
    assert untuned("lightgbm_t") == "lightgbm_t"


def test_without_optuna_nothing_is_tuned_and_that_is_said_once(tmp_path: Path) -> None:
    def answer(verb: str, params: Any, kind: Any, timeout: float) -> Any:
        raise WorkerError("optuna is not installed", hint="pip install optuna")

    place, tuning, parent = tuned_room(tmp_path, answer)
    assert [tuning.next([parent], lambda attempt, folds: True) for _ in range(2)] == [None, None]
    (said,) = place.events(Note)
    assert "optuna is not installed" in said.text


SOLVER = """
import dataclasses, sys
from pathlib import Path
import msgspec
import iiml_codegen.solve as house
from iiml_codegen.agents import expert_agents
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution import solver

MEMBERS = ("linear",)

class Guide:
    def __init__(self, expert):
        self.expert = expert

    def plan(self, *asked):
        blueprint, contract = self.expert.plan(*asked)
        steps = tuple(step for step in blueprint.steps if step.member in (None, *MEMBERS))
        members = tuple(blueprint.member(name) for name in MEMBERS)
        return msgspec.structs.replace(blueprint, members=members, steps=steps), contract

real = house.solve

def solve(context):
    expert = expert_agents(context.options, context.worker)
    return real(context, dataclasses.replace(expert, guideline_agent=Guide(expert.guideline_agent)))

house.solve = solve
options = SolveOptions(
    interpreter=sys.executable,
    budget=86400.0,
    folds=2,
    tracks=("traditional",),
    without=("verification",),
    candidates=2,
    learn=False,
)
solver.read_orders = lambda: solver.Orders(options=options)
sys.exit(solver.main(Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two solves of the same competition, side by side, so that each runs at another pace."""
    base = tmp_path_factory.mktemp("twins")
    folders = base / "one", base / "other"
    for folder in folders:
        write_competition(folder, "binary", rows=200)
    solvers = [start_python(SOLVER, folder) for folder in folders]
    for solver in solvers:
        with solver:
            assert solver.wait() == 0
    return folders


def found(folder: Path) -> list[Candidate]:
    return Journal(Workspace(folder).journal).candidates()


def test_the_same_budget_in_candidates_gives_the_same_submission(twins: tuple[Path, Path]) -> None:
    one, other = twins
    assert (one / "submission.csv").read_bytes() == (other / "submission.csv").read_bytes()
    assert [c.id for c in found(one)] == [c.id for c in found(other)]
    assert [c.score for c in found(one)] == [c.score for c in found(other)]


def test_exploring_ends_after_so_many_and_tuned_ones_count(twins: tuple[Path, Path]) -> None:
    candidates = [c for c in found(twins[0]) if not c.id.startswith("ensemble")]
    whole = [c for c in candidates if c.status == "scored"]
    assert len(whole) == 2 and any(c.id.startswith("T") for c in whole)
    assert all(c.status == "stopped" for c in candidates if c not in whole)
