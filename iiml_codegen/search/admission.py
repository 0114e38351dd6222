"""What a score means for a candidate: whether it goes on, and which one is the best so far."""

from __future__ import annotations

from collections.abc import Iterable

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
    """The best candidate that lacks folds, if it surely beats the best rival on those it has."""
    folds = len(bench.shadows.folds)
    some = [a for a in attempts if 0 < len(a.raws) < folds and a.status != "failed"]
    first, rival = ([*ranked(bench, those), None][0] for those in (some, rivals))
    if (
        first is None
        or rival is None
        or first.dropped
        or not bench.better(first.value, rival.value)
    ):
        return None
    shared = sorted(first.raws.keys() & rival.raws.keys())
    if not shared or not bench.better(first.value, rival.value):
        return None
    raws = [{fold: one.raws[fold] for fold in shared} for one in (first, rival)]
    try:
        return first if compared(bench, *raws).p_better >= SURELY else None
    except IimlError as error:
        said = f"{first.id} was not compared with {rival.id}: {error}"
        bench.context.journal.append(Note(level="warning", text=said))
        return None


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
