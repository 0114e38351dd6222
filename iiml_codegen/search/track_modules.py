"""Beside what is handed in, the best candidate of each other track becomes its promoted module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from iiml_codegen.affected import keep_scored
from iiml_codegen.domain.blueprint import Track
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.hand_edits import module_text
from iiml_codegen.search.plan_files import plan_on_disk_is
from iiml_codegen.search.submitting import Submitter
from iiml_codegen.search.yours import is_yours


def promote_tracks(bench: Bench, submitter: Submitter, attempts: Sequence[Attempt]) -> None:
    """Put `model_<track>.py` and its pipeline where a person finds them, for every scored track.

    That of the track which was handed in is there already. All modules in the folder are written to
    one plan and one prep; a candidate with another one stays among the candidates.
    """
    workspace, standing = bench.context.workspace, submitter.standing
    prep = module_text(workspace.generated / workspace.prep.name)
    if standing is None or prep is None:
        return
    beside = [
        attempt
        for attempt in attempts
        if attempt.status != "failed"
        and not is_yours(attempt.id)
        and attempt.code.prep == prep
        and plan_on_disk_is(
            workspace, bench.blueprint_of(attempt.code), bench.contract_of(attempt.code)
        )
    ]
    tracks: tuple[Track, ...] = get_args(Track)
    for track in tracks:
        best = best_of_track(bench, [a for a in beside if a.member.track == track])
        if best is not None and track != standing.candidate.track:
            put(submitter, best, track)


def best_of_track(bench: Bench, attempts: Sequence[Attempt]) -> Attempt | None:
    """The best by the most that was measured: all folds before some, these before a sample."""

    def rank(attempt: Attempt) -> tuple[int, float]:
        score = attempt.score or attempt.sampled
        value = score.value if score else 0.0
        return len(attempt.raws), value if bench.task.greater_is_better else -value

    scored = [attempt for attempt in attempts if attempt.score or attempt.sampled]
    return max(scored, key=rank, default=None)


def put(submitter: Submitter, attempt: Attempt, track: Track) -> None:
    """Promote a candidate's model, merged with what a person made of the one before."""
    workspace, code = submitter.bench.context.workspace, attempt.code
    name = workspace.model(track).name
    submitter.files.promote(name, code.model)
    if code.pipeline is not None:
        submitter.files.put(workspace.pipeline(track), code.pipeline.text)
    modules = {workspace.prep.name: code.prep, name: code.model}
    keep_scored(workspace, track, modules, attempt.value)
