"""Verb `blend`: the best way to combine candidates, or the best single one if no way is better.

Ways are greedy selection and stacking; each is fitted without a part's rows and then answers for
them, decision included. It is worth its complexity only if it is probably better than the best
single candidate on the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .calibration import Parameters
from .decisions import apply_decision, cross_fitted_answers, fit_decision
from .errors import DataError
from .greedy import apply_greedy, fit_greedy, without_unused
from .metrics_labels import Floats
from .pairing import p_better, value_of
from .predictions import (
    Aim,
    Ints,
    OutOfFold,
    load_aim,
    load_labels,
    load_out_of_fold,
    required,
)
from .scoring import Score, score_of_answers
from .stacking import apply_stack, can_stack, cross_fitted_stacks, fit_stack

WORTH = 0.6
"""P(better than the best single candidate) from which an ensemble is taken."""

Apply = Callable[[Sequence[Floats], Parameters], Floats]


@dataclass(frozen=True)
class Way:
    """One way to combine: answers for rows that it was not fitted on, and its final form."""

    method: str
    members: tuple[str, ...]
    parameters: Parameters
    answers: Floats
    fitted: dict[str, list[float]]


@dataclass(frozen=True)
class Library:
    """Candidates on the rows that all of them predicted, in one order."""

    aim: Aim
    names: tuple[str, ...]
    members: tuple[OutOfFold, ...]

    @property
    def y(self) -> Floats:
        """The labels."""
        return self.members[0].y

    @property
    def fold(self) -> Ints:
        """Which fold of the first candidate withheld each row."""
        return self.members[0].fold

    @property
    def raws(self) -> list[Floats]:
        """Raw predictions, candidate by candidate."""
        return [member.raw for member in self.members]

    @property
    def parts(self) -> Ints:
        """What to cross-fit over."""
        return self.members[0].parts(self.aim.seed)


def blend(params: dict[str, Any]) -> dict[str, Any]:
    """A plain `Ensemble` of `domain/candidate.py`.

    Params: labels, kind, metric, classes, seed, candidates [{"id", "folds": [...]}]. Parameters
    are those of `workspace_templates/ensembles/blend_<method>.py`, for members in the order of
    `members`; `score.fitted` are the decision's parameters, fitted on all blended rows.
    """
    labels = load_labels(params)
    aim = load_aim(params, labels)
    candidates = required(params, "candidates")
    if not candidates:
        raise DataError("no candidates to blend")
    loaded = [load_out_of_fold(c["folds"], labels, aim, c["id"]) for c in candidates]
    return best_way(on_shared_rows(aim, [str(c["id"]) for c in candidates], loaded))


def on_shared_rows(aim: Aim, names: Sequence[str], loaded: Sequence[OutOfFold]) -> Library:
    """Cut all candidates to the rows they share; raises DataError where most would be lost."""
    shared = loaded[0].rows
    for member in loaded[1:]:
        shared = np.intersect1d(shared, member.rows)
    most = max(len(member.rows) for member in loaded)
    if 2 * len(shared) < most:
        short = [n for n, m in zip(names, loaded, strict=True) if 2 * len(m.rows) < most]
        raise DataError(
            f"the candidates share {len(shared)} of {most} rows",
            hint=f"leave out {', '.join(short) or 'those on other folds'}",
        )
    return Library(aim, tuple(names), tuple(member.at(shared) for member in loaded))


def best_way(library: Library) -> dict[str, Any]:
    """The single candidate, greedy selection or stack that is best on rows it was not fitted on."""
    single = best_single(library)
    ways = [] if len(library.names) == 1 else [greedy_way(library)]
    if ways and can_stack(library.aim):
        ways.append(stack_way(library))
    best = max(ways, key=lambda way: goodness(library, way), default=single)
    aim, y, fold = library.aim, library.y, library.fold
    if best is not single and p_better(aim, y, best.answers, single.answers, fold) < WORTH:
        best = single
    return {
        "method": best.method,
        "members": list(best.members),
        "parameters": best.parameters,
        "score": way_score(library, best),
    }


def goodness(library: Library, way: Way) -> float:
    """The score of a way, turned so that more is better; the worst where it has none."""
    value = value_of(library.aim, library.y, way.answers, library.fold)
    if not np.isfinite(value):
        return -np.inf
    return value if library.aim.measure.greater_is_better else -value


def way_score(library: Library, way: Way) -> Score:
    """The plain Score of a way."""
    return score_of_answers(library.aim, library.members[0], way.answers, way.fitted)


def best_single(library: Library) -> Way:
    """The candidate with the best score, as it is."""
    ways = [
        Way("single", (name,), {}, cross_fitted_answers(library.aim, member), {})
        for name, member in zip(library.names, library.members, strict=True)
    ]
    scores = [goodness(library, way) for way in ways]
    place = int(np.argmax(scores))
    member = library.members[place]
    fitted = fit_decision(library.aim, member.raw, member.y)
    return Way("single", ways[place].members, {}, ways[place].answers, fitted)


def greedy_way(library: Library) -> Way:
    """Greedy selection, fitted for each part without it and finally on all rows."""
    aim, raws, y, parts = library.aim, library.raws, library.y, library.parts
    fitted = {
        int(part): fit_greedy(aim, [raw[parts != part] for raw in raws], y[parts != part])
        for part in np.unique(parts)
    }
    answers = answers_without(library, fitted, apply_greedy)
    used, final = without_unused(fit_greedy(aim, raws, y))
    decision = fit_decision(aim, apply_greedy([raws[i] for i in used], final), y)
    names = tuple(library.names[i] for i in used)
    return Way("greedy", names, final, answers, decision)


def stack_way(library: Library) -> Way:
    """A stack, fitted for each part without it and finally on all rows."""
    aim, raws, y = library.aim, library.raws, library.y
    fitted, penalty = cross_fitted_stacks(aim, raws, y, library.parts)
    answers = answers_without(library, fitted, apply_stack)
    final = fit_stack(aim, raws, y, penalty)
    decision = fit_decision(aim, apply_stack(raws, final), y)
    return Way("stack", library.names, final, answers, decision)


def answers_without(library: Library, fitted: dict[int, Parameters], apply: Apply) -> Floats:
    """Answers for each part by parameters and a decision that were fitted on the other parts."""
    aim, y, parts = library.aim, library.y, library.parts
    answers: Floats | None = None
    for part, parameters in fitted.items():
        here = parts == part
        blended = apply(library.raws, parameters)
        decision = fit_decision(aim, blended[~here], y[~here])
        decided = apply_decision(aim, blended[here], decision)
        if answers is None:
            answers = np.empty((len(y), *decided.shape[1:]))
        answers[here] = decided
    if answers is None:
        raise DataError("no rows to blend on")
    return answers
