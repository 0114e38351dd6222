"""Ways to combine candidates: each answers for rows without having been fitted on them.

The best single candidate, the plain average of the best few, greedy selection, stacking and
boosting. Every way is fitted for each part of the rows without it, decision included, and then
once more on all rows: that is the form which generated code takes over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from .averaging import apply_average, average_path
from .boosting import apply_boost, boost_path
from .calibration import Parameters
from .cross_fitting import Apply, CrossFit, cross_fitted
from .decisions import apply_decision, cross_fitted_answers, fit_decision
from .greedy import apply_greedy, fit_greedy, objective, without_unused
from .links import has_link, link_gain
from .metrics_labels import Floats
from .pairing import value_of
from .predictions import Aim, Ints, OutOfFold
from .stacking import apply_stack, fit_stack, stack_path

APPLY: dict[str, Apply] = {
    "average": apply_average,
    "greedy": apply_greedy,
    "stack": apply_stack,
    "boost": apply_boost,
}
"""How each way turns members' predictions into one; templates `blend_<way>.py` do the same."""


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


def goodness(library: Library, way: Way) -> float:
    """The score of a way, turned so that more is better; the worst where it has none."""
    return goodness_of(library.aim, library.y, way.answers, library.fold)


def goodness_of(aim: Aim, y: Floats, answers: Floats, fold: Ints) -> float:
    """The score of answers, turned so that more is better; the worst where it has none."""
    value = value_of(aim, y, answers, fold)
    if not np.isfinite(value):
        return -np.inf
    return value if aim.measure.greater_is_better else -value


def best_single(library: Library) -> tuple[Way, Floats]:
    """The candidate with the best score, as it is, and what picking it is worth.

    The best of many owes some of its score to luck; so each part is answered by the one that is
    best on the others.
    """
    aim, y, fold, parts = library.aim, library.y, library.fold, library.parts
    answers = [cross_fitted_answers(aim, member) for member in library.members]
    place = int(np.argmax([goodness_of(aim, y, some, fold) for some in answers]))
    member = library.members[place]
    fitted = fit_decision(aim, member.raw, member.y)
    picked = answers[place].copy()
    for part in np.unique(parts):
        here = parts == part
        others = [goodness_of(aim, y[~here], some[~here], fold[~here]) for some in answers]
        picked[here] = answers[int(np.argmax(others))][here]
    return Way("single", (library.names[place],), {}, answers[place], fitted), picked


def average_way(library: Library) -> Way:
    """The plain mean of as many of the best candidates as pays."""
    path, gain = partial(average_path, objective(library.aim)), objective(library.aim)
    found = cross_fitted(path, apply_average, gain, library.raws, library.y, library.parts)
    chosen = path(library.raws, library.y)[found.place]
    used = [int(place) for place in chosen["members"]]
    return finished(library, "average", found.fitted, used, {})


def greedy_way(library: Library) -> Way:
    """Greedy selection with replacement."""
    aim, raws, y, parts = library.aim, library.raws, library.y, library.parts
    fitted = {
        int(part): fit_greedy(aim, [raw[parts != part] for raw in raws], y[parts != part])
        for part in np.unique(parts)
    }
    final = fit_greedy(aim, raws, y)
    return finished(library, "greedy", fitted, *without_unused(final, len(raws)))


def stack_way(library: Library) -> Way:
    """A regression on members' predictions."""
    found = regression(library, partial(stack_path, library.aim), apply_stack)
    final = fit_stack(library.aim, library.raws, library.y, found.place)
    used = without_unused(final, len(library.names))
    return finished(library, "stack", found.fitted, *used)


def boost_way(library: Library) -> Way:
    """An additive model over members, stage by stage."""
    path = partial(boost_path, library.aim)
    found = regression(library, path, apply_boost)
    final = path(library.raws, library.y)[found.place]
    return finished(library, "boost", found.fitted, *without_unused(final, len(library.names)))


def regression(
    library: Library,
    path: Callable[[Sequence[Floats], Floats], list[Parameters]],
    apply: Apply,
) -> CrossFit:
    """A way that minimises log loss or squares, cross-fitted."""
    gain = partial(link_gain, library.aim)
    return cross_fitted(path, apply, gain, library.raws, library.y, library.parts)


def finished(
    library: Library,
    method: str,
    fitted: dict[int, Parameters],
    used: Sequence[int],
    final: Parameters,
) -> Way:
    """A way with answers by parameters of the parts, and its final form for the members used."""
    aim, apply = library.aim, APPLY[method]
    blended = apply([library.raws[place] for place in used], final)
    return Way(
        method=method,
        members=tuple(library.names[place] for place in used),
        parameters=final,
        answers=answers_without(library, fitted, apply),
        fitted=fit_decision(aim, blended, library.y),
    )


def answers_without(library: Library, fitted: dict[int, Parameters], apply: Apply) -> Floats:
    """Answers for each part by parameters and a decision that were fitted on the other parts."""
    aim, y, parts = library.aim, library.y, library.parts
    pieces, order = [], []
    for part, parameters in fitted.items():
        here = parts == part
        blended = apply(library.raws, parameters)
        decision = fit_decision(aim, blended[~here], y[~here])
        pieces.append(apply_decision(aim, blended[here], decision))
        order.append(np.flatnonzero(here))
    return np.asarray(np.concatenate(pieces)[np.argsort(np.concatenate(order), kind="stable")])


WAYS: dict[str, Callable[[Library], Way]] = {
    "average": average_way,
    "greedy": greedy_way,
    "stack": stack_way,
    "boost": boost_way,
}


def ways_for(aim: Aim) -> list[str]:
    """The ways that serve a metric, simplest first.

    Masks are too large for more than a mean, and texts have none.
    """
    if aim.measure.wants == "texts":
        return []
    if aim.measure.wants == "masks":
        return ["average"]
    return [name for name in WAYS if name in ("average", "greedy") or has_link(aim)]
