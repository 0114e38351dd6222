"""Verb `blend`: the best way to combine candidates, or the best single one if no way is better.

Every way is judged on rows that it was not fitted on, and all of them are told. One is worth its
complexity only if it is probably better than the best single candidate on the same rows, which was
picked without them; unless somebody asked for just that way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import DataError
from .pairing import p_better
from .predictions import OutOfFold, load_aim, load_labels, load_out_of_fold, required
from .scoring import Score, score_of_answers
from .ways import WAYS, Library, Way, best_single, goodness, ways_for

WORTH = 0.6
"""P(better than the best single candidate) from which an ensemble is taken."""


def blend(params: dict[str, Any]) -> dict[str, Any]:
    """A plain `Ensemble` of `domain/candidate.py`.

    Params: labels, kind, metric, classes, seed, candidates [{"id", "folds": [...]}], and perhaps
    `only`, the one way that may be taken. Parameters are those of
    `workspace_templates/ensembles/blend_<method>.py`, for members in the order of `members`;
    `score.fitted` are the decision's parameters, fitted on all blended rows. Candidates that
    predicted fewer rows than others are left out.
    """
    labels = load_labels(params)
    aim = load_aim(params, labels)
    candidates = required(params, "candidates")
    if not candidates:
        raise DataError("no candidates to blend")
    loaded = [load_out_of_fold(c["folds"], labels, aim, c["id"]) for c in candidates]
    names, members = widest([str(c["id"]) for c in candidates], loaded)
    return best_way(Library(aim, names, members), params.get("only"))


def widest(
    names: Sequence[str], loaded: Sequence[OutOfFold]
) -> tuple[tuple[str, ...], tuple[OutOfFold, ...]]:
    """The candidates that predicted the most rows: what has fewer is compared on none of them."""
    most = max(loaded, key=lambda member: len(member.rows)).rows
    kept = [
        (name, member)
        for name, member in zip(names, loaded, strict=True)
        if len(member.rows) == len(most) and (member.rows == most).all()
    ]
    return tuple(name for name, _ in kept), tuple(member for _, member in kept)


def best_way(library: Library, only: str | None = None) -> dict[str, Any]:
    """The single candidate or the way that is best on rows it was not fitted on, and all others."""
    single, picked = best_single(library)
    names = ways_for(library.aim) if len(library.names) > 1 else []
    if only is not None:
        names = [name for name in names if name == only]
    ways = [WAYS[name](library) for name in names]
    chances = [p_better(library.aim, library.y, way.answers, picked, library.fold) for way in ways]
    best = max(ways, key=lambda way: goodness(library, way), default=single)
    if only is None and best is not single and chances[ways.index(best)] < WORTH:
        best = single
    listed = [told(library, single, None), *map(told, [library] * len(ways), ways, chances)]
    return {
        "method": best.method,
        "members": list(best.members),
        "parameters": best.parameters,
        "score": way_score(library, best),
        "ways": listed,
    }


def told(library: Library, way: Way, better: float | None) -> dict[str, Any]:
    """A plain `WayScore`."""
    score = way_score(library, way)
    return {
        "method": way.method,
        "members": list(way.members),
        "value": score["value"],
        "standard_error": score["standard_error"],
        "p_better": better,
    }


def way_score(library: Library, way: Way) -> Score:
    """The plain Score of a way."""
    return score_of_answers(library.aim, library.members[0], way.answers, way.fitted)
