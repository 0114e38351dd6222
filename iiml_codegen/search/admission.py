"""What a score means for a candidate: whether it goes on, and which one is the best so far."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean

from iiml_codegen.domain.candidate import Score
from iiml_codegen.domain.events import Note
from iiml_codegen.errors import IimlError
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.comparing import compared

ENOUGH_SKILL = 0.6
"""A candidate that has gone less of the way from constant to best stops after its first fold."""

KEPT_AT = 0.75
"""P(better) from which a variant goes on."""

SURELY = 0.98
"""P(better) from which a candidate that lacks folds goes before whole ones."""


def best_of(bench: Bench, attempts: Iterable[Attempt]) -> Attempt | None:
    """The best candidate that beats the constant prediction, by score."""
    able = [a for a in attempts if a.score and a.status != "failed"]
    able = [a for a in able if bench.better(a.value, bench.constant)]
    return ranked(bench, able)[0] if able else None


def ranked(bench: Bench, attempts: Iterable[Attempt]) -> list[Attempt]:
    """Those that have a score, best first."""
    sign = -1 if bench.task.greater_is_better else 1
    return sorted((a for a in attempts if a.score), key=lambda a: sign * a.value)


def clearly_ahead(
    bench: Bench, attempts: Iterable[Attempt], rivals: Iterable[Attempt]
) -> Attempt | None:
    """Of candidates that lack folds, the one that surely beats the best rival by most on its own.

    None where none does, or no rival has a score.
    """
    folds, rival = len(bench.shadows.folds), next(iter(ranked(bench, rivals)), None)
    able = [a for a in attempts if 0 < len(a.raws) < folds and a.status != "failed"]
    if rival is None:
        return None
    leads = {a.id: lead(bench, a, rival) for a in able if a.score and not a.dropped}
    best = max(able, key=lambda a: leads.get(a.id, 0.0), default=None)
    if best is None or leads.get(best.id, 0.0) <= 0:
        return None
    shared = sorted(best.raws.keys() & rival.raws.keys())
    raws = [{fold: one.raws[fold] for fold in shared} for one in (best, rival)]
    try:
        return best if compared(bench, *raws).p_better >= SURELY else None
    except IimlError as error:
        said = f"{best.id} was not compared with {rival.id}: {error}"
        bench.context.journal.append(Note(level="warning", text=said))
        return None


def lead(bench: Bench, attempt: Attempt, rival: Attempt) -> float:
    """By how much a candidate is better than another on the folds that both have; 0 without any."""
    mine, theirs = by_fold(attempt.score, attempt.raws), by_fold(rival.score, rival.raws)
    sign = 1 if bench.task.greater_is_better else -1
    return sign * fmean([mine[fold] - theirs[fold] for fold in mine if fold in theirs] or [0.0])


def by_fold(score: Score | None, folds: Iterable[int]) -> dict[int, float]:
    """The scores of single folds, by their numbers; none where a fold has no score of its own."""
    numbers, known = sorted(folds), score.folds if score else ()
    return dict(zip(numbers, known, strict=True)) if len(numbers) == len(known) else {}


def weakness(bench: Bench, attempt: Attempt, best: Attempt | None) -> str:
    """Why a candidate should stop after its first fold; empty if it should go on."""
    if not bench.better(attempt.value, bench.constant):
        return "no better than the best constant on its first fold"
    if attempt.parent is not None and 0 in attempt.parent.raws:
        return no_gain(bench, attempt, attempt.parent)
    if best is not None and best is not attempt and lags(bench, attempt, best):
        return f"far behind {best.id} on its first fold"
    return ""


def lags(bench: Bench, attempt: Attempt, best: Attempt) -> bool:
    """Whether its first fold has gone too little of the way to the best one's."""
    if best.score is None or attempt.score is None or 0 not in best.raws:
        return False
    mine, theirs = attempt.score.folds[:1], best.score.folds[:1]
    if not mine or not theirs or not bench.better(theirs[0], bench.constant):
        return False
    return bench.skill(mine[0], theirs[0]) < ENOUGH_SKILL


def no_gain(bench: Bench, attempt: Attempt, parent: Attempt) -> str:
    """Why a variant should stop: it is not likely better than what it varies, on the same rows."""
    first, other = ({0: one.raws[0]} for one in (attempt, parent))
    try:
        found = compared(bench, first, other)
    except IimlError as error:
        return f"not compared with {parent.id}: {error}"
    if found.p_better >= KEPT_AT:
        return ""
    return f"no better than {parent.id} on its first fold: P(better) {found.p_better:.2f}"
