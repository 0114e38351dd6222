"""Guideline agent on a backbone: a whole plan of the model's own, held against data and tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iiml_codegen.backbones.agents.planned_blueprint import as_plan
from iiml_codegen.backbones.agents.planned_pipeline import Ground, PlannedPipeline
from iiml_codegen.backbones.agents.retrieved import fact_lines
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.digest import Digest
from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.knowledge import Fact

ROUNDS, MOST_COLUMNS, MOST_ADVICE, MOST_EXPERT_STEPS = 2, 50, 12, 16


@dataclass(frozen=True)
class BackboneGuidelineAgent:
    """Plans preparation, views and one member per track; every step says why."""

    asker: Asker

    def plan(
        self,
        ground: Ground,
        *,
        reading: str = "",
        findings: str = "",
        advice: Sequence[Fact] = (),
    ) -> tuple[Blueprint, Contract]:
        """Blueprint and contract; `findings` were measured. Raises `NoAnswerError`."""
        digest = Digest(self.asker.share_values)
        task, expert = ground.task, ground.blueprint
        parts = {
            "task": digest.task(task),
            "reading": reading,
            "columns": digest.profile(ground.profile, task, MOST_COLUMNS),
            "findings": findings,
            "advice": fact_lines(advice[:MOST_ADVICE]),
            "expert": [one.title for one in expert.part("prep")[:MOST_EXPERT_STEPS]],
            "models": [one.title for one in expert.part("model")],
            "folds": expert.folds.strategy,
            "tracks": list(ground.tracks),
        }
        answer = self.asker.ask(
            "guideline_agent", parts, PlannedPipeline, check=ground.wrong, rounds=ROUNDS
        )
        return as_plan(answer, ground)
