"""A model's ideas in real solves: kept, dropped, broken; a line that dies costs the solve nothing.

The competition's key is the parity of plate and day, which the expert's plan does not have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from competitions.rationing import write_rationing
from processes.asked_models import AskedModel
from processes.fake_server import Answer
from processes.planned_solve import planned_solve

from iiml_codegen.agents import GuidelineAgent, expert_agents
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.events import CandidateUpdated, IdeaTried, Note, SubmissionWritten
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.wire import from_json
from iiml_codegen.execution.context import SolveResult
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.verifier import verify
from iiml_codegen.report import write_report
from iiml_codegen.search.incoming import is_models
from iiml_codegen.solve import solve
from iiml_codegen.workspace import Workspace

MORE_THAN_THERE_ARE = 9
ANCHOR = "    features = useful_columns(pd.concat(blocks, axis=1), fitted)"
PARITY = [
    '    number = rows["plate"].astype("str").str.extract(r"(\\d+)")[0].astype("float64") % 2',
    '    day = pd.to_datetime(rows["day"]).dt.day % 2',
    '    blocks.append(pd.DataFrame({"barred": (number != day) * 1.0}, index=rows.index))',
]
NOISE = [
    '    number = rows["plate"].astype("str").str.extract(r"(\\d+)")[0].astype("float64")',
    '    noise = {f"noise{k}": np.sin(number * (k + 1) * 7.3) for k in range(60)}',
    "    blocks.append(pd.DataFrame(noise, index=rows.index))",
]
BROKEN = ['    raise KeyError("this prep never works")']


def idea(title: str, step: str = "new") -> dict[str, str]:
    """An idea as a model tells it."""
    return {"step": step, "title": title, "why": "it may help", "change": f"do: {title}"}


def edit(step: str, title: str, body: list[str]) -> str:
    """The edit that adds a step before the features are put together."""
    new = "\n".join([f"    # [{step}] {title}", *body, ANCHOR])
    return json.dumps({"edits": [{"old": ANCHOR, "new": new}]})


def ideas(*told: dict[str, str]) -> str:
    """An improver's answer."""
    return json.dumps({"ideas": told})


class Guide:
    """The expert's plan with its linear model alone."""

    def __init__(self, expert: GuidelineAgent) -> None:
        self.expert = expert

    def plan(self, *asked: Any) -> tuple[Blueprint, Contract]:
        blueprint, contract = self.expert.plan(*asked)
        steps = tuple(step for step in blueprint.steps if step.member in (None, "linear"))
        members = (blueprint.member("linear"),)
        return msgspec.structs.replace(blueprint, members=members, steps=steps), contract


@dataclass(frozen=True)
class Solved:
    """A solved folder and what its journal tells."""

    workspace: Workspace
    result: SolveResult
    events: list[Any]

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def candidates(self) -> dict[str, Candidate]:
        return {e.candidate.id: e.candidate for e in self.of(CandidateUpdated)}


def solved(folder: Path, asker: Asker) -> Solved:
    """Solve the competition beside a model, with one linear model on two folds."""
    write_rationing(folder, rows=300)
    options = SolveOptions(
        folds=2,
        budget=1200.0,
        candidates=MORE_THAN_THERE_ARE,
        tune=False,
        backbone="x",
        tracks=("traditional",),
    )
    with planned_solve(folder, options, asker) as place:
        context = place.context
        expert = expert_agents(options, context.worker)
        result = solve(context, replace(expert, guideline_agent=Guide(expert.guideline_agent)))
        return Solved(context.workspace, result, [e.event for e in context.journal.read()])


@pytest.fixture(scope="module")
def improved(tmp_path_factory: pytest.TempPathFactory) -> Solved:
    """A solve in which one idea is kept, one dropped, and one breaks."""
    told: Mapping[str, list[Answer]] = {
        "improver": [
            ideas(idea("Tell whether the round is barred"), idea("Break it", "P1")),
            ideas(idea("Add something of no use"), idea("tell whether the  round is barred")),
            ideas(),
        ],
        "improvement_coder": [
            "I would add a feature.",
            edit("P9", "Tell whether the round is barred", PARITY),
            edit("P1", "Break it", BROKEN),
            edit("P1", "Break it", BROKEN),
            edit("P10", "Add something of no use", NOISE),
        ],
    }
    folder = tmp_path_factory.mktemp("improved") / "rounds"
    with AskedModel(told) as model:
        return solved(folder, model.asker)


def test_an_idea_that_helps_is_kept_and_handed_in(improved: Solved) -> None:
    first, *_ = improved.of(IdeaTried)
    assert (first.outcome, first.step, first.parent) == ("kept", "P9", "01-linear")
    assert first.difference > 5.0 and first.p_better > 0.99
    best = improved.candidates()["L1-P9"]
    before = improved.candidates()["01-linear"]
    assert best.score is not None and before.score is not None
    assert best.score.value < before.score.value / 2
    assert improved.result.candidate == "L1-P9"
    assert improved.of(SubmissionWritten)[-1].candidate == "L1-P9"
    assert "[P9] Tell whether the round is barred, on 01-linear" in best.note


def test_other_ideas_are_dropped_or_fail_and_no_idea_is_tried_twice(improved: Solved) -> None:
    outcomes = [(one.title, one.outcome) for one in improved.of(IdeaTried)]
    assert ("Break it", "failed") in outcomes
    assert [title for title, outcome in outcomes if outcome == "kept"] == [outcomes[0][0]]
    (useless,) = [o for o in improved.of(IdeaTried) if o.title == "Add something of no use"]
    assert useless.outcome == "dropped" and useless.parent == "L1-P9"
    assert improved.candidates()[useless.candidate].note.count("dropped: P(better)") == 1
    assert len(outcomes) == 3


def test_plan_contract_and_modules_of_the_winner_are_promoted_together(improved: Solved) -> None:
    workspace = improved.workspace
    blueprint = from_json(workspace.blueprint.read_bytes(), Blueprint)
    contract = from_json(workspace.contract.read_bytes(), Contract)
    assert [s.title for s in blueprint.steps if s.id == "P9"] == [
        "Tell whether the round is barred"
    ]
    assert "**P9** Tell whether the round is barred" in workspace.blueprint_page.read_text("utf-8")
    texts = [workspace.prep, workspace.model("traditional")]
    modules = [Module(name=p.stem, label=p.name, text=p.read_text("utf-8")) for p in texts]
    assert "barred" in modules[0].text
    found = verify(modules, blueprint, contract)
    assert [one.message for one in found if one.severity == "error"] == []


def test_the_report_tells_what_was_tried(improved: Solved) -> None:
    page = write_report(improved.workspace).read_text("utf-8")
    tried = page.partition("What was tried</h2>")[2].partition("</section>")[0]
    assert tried.index("L1-P9") < tried.index("Add something of no use")
    assert "Break it" in tried and "kept" in tried and "dropped" in tried


def nonsense(folder: Path) -> Solved:
    """A model that never understands."""
    with AskedModel({}) as model:
        found = solved(folder, model.asker)
        assert model.said("guideline_agent") and model.said("improver")
        return found


class DyingAsker:
    """An asker that is out of order."""

    share_values = True

    def grounds(self, agent: str) -> bool:
        return False

    def within(self, seconds: float) -> DyingAsker:
        return self

    def ask(self, agent: str, *_: object, **__: object) -> Any:
        raise ZeroDivisionError("out of order")


@pytest.mark.parametrize("case", [nonsense, lambda folder: solved(folder, DyingAsker())])
def test_a_model_of_no_use_costs_the_solve_nothing(
    tmp_path: Path, case: Callable[[Path], Solved]
) -> None:
    found = case(tmp_path / "rounds")
    assert found.result.candidate == "01-linear"
    assert (tmp_path / "rounds" / "submission.csv").is_file()
    assert not [name for name in found.candidates() if is_models(name)]
    said = [note.text for note in found.of(Note) if "language model" in note.text]
    assert said
