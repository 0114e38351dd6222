"""A run of one track: the modules as they stand in `iiml/`, scored on the plan of the last solve.

They climb the ladder, are scored on the shadow folds and refitted like any other candidate. What
stands is replaced only by something better, and no module is written.
"""

from __future__ import annotations

from contextlib import closing

import msgspec

from iiml_codegen.affected import keep_scored
from iiml_codegen.agents import expert_agents
from iiml_codegen.domain.blueprint import Blueprint, Track
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.events import TaskAnalysed
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.errors import CompetitionError, IimlError
from iiml_codegen.execution.context import SolveContext, SolveResult
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.finish import Finisher
from iiml_codegen.search.reopened import BUILD_SECONDS, planned
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.sample_run import sample_shadow
from iiml_codegen.search.standing import Standing
from iiml_codegen.search.submitting import Submitter
from iiml_codegen.search.yours import attempt_of, holds, standing_texts
from iiml_codegen.solve import Planned, ended, phase, score, withhold


class TrackError(IimlError):
    """The modules of a track gave no score."""

    code = "IIML300"


def run_track(context: SolveContext, track: Track) -> SolveResult:
    """Score a track as it stands, and hand it in if it is better than what stands.

    Raises `CompetitionError` for a folder without plan or modules, `TrackError` for modules that
    do not come up the ladder.
    """
    plan = plan_on_disk(context)
    texts = standing_texts(context.workspace, track)
    if texts is None:
        raise CompetitionError(
            f"the track {track} has no modules in {context.workspace.home}",
            hint="prep.py and its model_*.py must be there; `iiml solve` writes them",
        )
    bench = withhold(context, expert_agents(context.options, context.worker), plan)
    with closing(bench.installed):
        attempt = attempt_of(bench, track, texts)
        said = tried(bench, attempt)
    if attempt.score is not None and is_whole(bench, attempt):
        keep_scored(context.workspace, track, texts, attempt.value)
    failed = attempt.score is None or attempt.status == "failed"
    if failed and not context.stop.is_set():
        raise TrackError(said, hint="what stood before stands; `iiml verify` tells more")
    return msgspec.structs.replace(ended(context), message=said)


def plan_on_disk(context: SolveContext) -> Planned:
    """What the last solve wrote down; nothing is planned anew."""
    workspace = context.workspace
    phase(context, "planning", "Read the plan of the last solve")
    task = planned(workspace.task, TaskSummary)
    context.journal.append(TaskAnalysed(task=task))
    params = {"folder": str(workspace.folder), "cache": str(workspace.cache_dir())}
    folder = str(context.worker.call("unpack", params, timeout=BUILD_SECONDS)["folder"])
    return Planned(
        folder,
        task,
        planned(workspace.profile, DataProfile),
        planned(workspace.blueprint, Blueprint),
        planned(workspace.contract, Contract),
    )


def tried(bench: Bench, attempt: Attempt) -> str:
    """Climb, score, refit; what came of it in one sentence."""
    context = bench.context
    finisher = Finisher(bench)
    before = finisher.submitter.standing
    sample = None if "verification" in context.options.without else sample_shadow(bench)
    phase(context, "integration", "Climb the verification ladder with the modules as they stand")
    repairer = Repairer(bench, context.options.repair_rounds)
    if not holds(bench, attempt, sample, repairer):
        return f"{attempt.id} does not hold: {attempt.note}"
    score(bench, [attempt], sample, repairer, finisher)
    return outcome(bench, attempt, before, finisher.submitter)


def is_whole(bench: Bench, attempt: Attempt) -> bool:
    """Whether all folds of a candidate were run, so that its score counts."""
    return len(attempt.raws) == len(bench.shadows.folds)


def outcome(bench: Bench, attempt: Attempt, before: Standing | None, submitter: Submitter) -> str:
    """The score beside the best before, and what became of the submission."""
    if attempt.score is None or attempt.status == "failed":
        return f"{attempt.id} has no score that counts: {attempt.note or 'it was stopped'}"
    said = f"{attempt.id} scores {attempt.value:.5f} by {bench.task.metric}"
    if before is not None and before.candidate.score is not None:
        best = before.candidate.score.value
        said += f"; the best before was {best:.5f} ({before.candidate.id})"
    if not is_whole(bench, attempt):
        said += (
            f"; time was left for {len(attempt.raws)} of {len(bench.shadows.folds)} folds, "
            "a larger budget scores the rest"
        )
    if submitter.standing is not before and submitter.stands(attempt):
        return f"{said}; submission.csv is replaced"
    return f"{said}; submission.csv stays as it was"
