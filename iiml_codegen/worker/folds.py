"""Which rows are withheld together: folds that imitate how the test relates to train."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .errors import DataError, RequestError

if TYPE_CHECKING:
    import pandas as pd

    from .plan import Panel

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]
Split = tuple[Positions, Positions]

VALID_PARTS = 8
TARGET_BINS = 10
FORWARD_START = 0.4
SHORTEST_BLOCKS = 3
FEWEST_KEPT = 2
"""One row to fit, one for stopping to watch."""
MOST_WATCHED = 0.25
"""Of a group or moment with more of the kept rows, stopping watches a part."""


@dataclass(frozen=True)
class FoldPlan:
    """The plain `domain.blueprint.FoldPlan`, without its reason."""

    strategy: str
    folds: int
    column: str | None
    seed: int


@dataclass(frozen=True)
class Fold:
    """Positions in the training table: withheld rows and kept rows, each ascending.

    `valid` are positions within `kept` that serve early stopping.
    """

    number: int
    rows: Positions
    kept: Positions
    valid: Positions


@dataclass(frozen=True)
class Clues:
    """What folds are made from, one entry per training row.

    `strata` are label codes (-1: no label), `order` a rank in time (ties share it), `groups` codes,
    and `test_groups` those of the test's rows.
    `run` is how many rows in a row lie in the test where it interrupts the training rows.
    `reach` is how far the test lies beyond the training rows, in the unit of `moments`; 0 if that
    does not matter.
    """

    strata: Positions
    order: Positions | None = None
    groups: Positions | None = None
    test_groups: Positions | None = None
    run: int = 1
    moments: Floats | None = None
    reach: float = 0.0


def plan_from(plain: dict[str, Any]) -> FoldPlan:
    """Read a plain fold plan."""
    try:
        plan = FoldPlan(plain["strategy"], plain["folds"], plain["column"], plain.get("seed", 0))
    except KeyError as error:
        raise RequestError(f"the fold plan has no field {error}") from error
    if plan.folds < 1 or (plan.folds < 2 and plan.strategy != "forward"):
        raise RequestError(f"{plan.folds} folds cannot be made")
    return plan


def strata_of(target: Floats) -> Positions:
    """Label codes that folds should share evenly; -1 where a target is missing.

    Amounts are cut at their deciles; several targets count as one label by their combination,
    and combinations too rare to share are one.
    """
    table = target.reshape(len(target), -1)
    missing = np.isnan(table).any(axis=1)
    codes = np.zeros(len(table), np.int64)
    present = table[~missing]
    if len(present):
        whole = (present == np.round(present)).all()
        few = whole and len(np.unique(present)) <= max(TARGET_BINS, int(len(present) ** 0.5))
        codes[~missing] = _combinations(present) if few else _bins(present.mean(axis=1))
    codes[missing] = -1
    return codes


def _combinations(table: Floats) -> Positions:
    _, codes, counts = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    codes = np.asarray(codes).reshape(-1)
    rare = counts < VALID_PARTS if table.shape[1] > 1 else np.zeros(len(counts), np.bool_)
    merged: Positions = np.where(rare[codes], len(counts), codes).astype(np.int64)
    return merged


def _bins(values: Floats) -> Positions:
    edges = np.quantile(values, np.linspace(0, 1, TARGET_BINS + 1)[1:-1])
    return np.searchsorted(edges, values, side="right").astype(np.int64)


def clues(
    plan: FoldPlan,
    target: Floats,
    train: pd.DataFrame,
    test: pd.DataFrame,
    panel: Panel | None = None,
) -> Clues:
    """Read what the strategy follows; raises DataError where its column is not there.

    For a panel, folds in time reach as far as its test does.
    """
    strata = strata_of(target)
    if plan.strategy in ("random", "stratified"):
        return Clues(strata)
    if plan.column is None or plan.column not in train:
        raise DataError(f"folds follow {plan.column!r}, which the training table lacks")
    if plan.strategy == "grouped":
        others = _group_codes(test[plan.column]) if plan.column in test else None
        return Clues(strata, groups=_group_codes(train[plan.column]), test_groups=others)
    from .dates import DAY, moments_of, ranks

    order, run = ranks(train[plan.column], test.get(plan.column))
    if panel is None or panel.time != plan.column or plan.strategy != "forward":
        return Clues(strata, order=order, run=run)
    moments, dated = moments_of(train[plan.column], test.get(plan.column))
    reach = panel.horizon * (DAY if dated else 1.0)
    return Clues(strata, order=order, run=run, moments=moments, reach=reach)


def _group_codes(values: pd.Series) -> Positions:
    """Codes of groups; a row without a group is one of its own."""
    import pandas as pd

    codes = np.asarray(pd.factorize(values)[0], np.int64)
    alone = codes < 0
    codes[alone] = codes.max(initial=0) + 1 + np.arange(alone.sum())
    return codes


def make_folds(plan: FoldPlan, clue: Clues, rows: Positions | None = None) -> list[Fold]:
    """All folds of a plan over `rows` (all by default); rows without a label are never withheld.

    Fewer than planned where there are too few groups, moments or stretches of time for them.
    """
    rows = np.arange(len(clue.strata)) if rows is None else rows
    labelled = rows[clue.strata[rows] >= 0]
    if len(labelled) < 2 * plan.folds:
        raise DataError(
            f"{len(labelled)} rows with an answer are too few for {plan.folds} folds",
            hint="Ask for fewer folds, with --folds.",
        )
    usable = [
        (withheld, kept)
        for withheld, kept in _splits(plan, clue, rows, labelled)
        if len(withheld) and (clue.strata[kept] >= 0).sum() >= FEWEST_KEPT
    ]
    if not usable:
        raise DataError(f"{plan.column} parts the training rows into no folds", code="IIML902")
    return [
        Fold(number, np.sort(withheld), kept, _watched(number, kept, plan, clue))
        for number, (withheld, kept) in enumerate(usable)
    ]


def _splits(plan: FoldPlan, clue: Clues, rows: Positions, labelled: Positions) -> list[Split]:
    """Withheld and kept rows of each fold; either may be empty."""
    if plan.strategy != "forward":
        parts = _parts(plan.strategy, clue, labelled, plan.folds, np.random.default_rng(plan.seed))
        numbered = [labelled[parts == number] for number in range(plan.folds)]
        return [(withheld, np.setdiff1d(rows, withheld)) for withheld in numbered]
    if clue.moments is not None and clue.reach > 0:
        return _windows(plan.folds, clue.reach, clue.moments, rows, labelled)
    return _steps(plan.folds, _order(clue), rows, labelled)


def _steps(folds: int, order: Positions, rows: Positions, labelled: Positions) -> list[Split]:
    """Later rows are withheld, and only what lies before them is kept."""
    ranks, counts = np.unique(order[labelled], return_counts=True)
    edges = [*ranks, ranks[-1] + 1]
    return [
        (
            labelled[(order[labelled] >= edges[low]) & (order[labelled] < edges[high])],
            rows[order[rows] < edges[low]],
        )
        for low, high in pairwise(_edges(counts, folds))
    ]


def _edges(counts: Positions, folds: int) -> list[int]:
    """At which moments folds begin, and where the last one ends; `counts` are rows by moment.

    Folds get as many rows each as whole moments allow, one moment at least.
    """
    folds = min(folds, len(counts) - 1)
    shares = np.linspace(FORWARD_START, 1, folds + 1)
    places = (shares * counts.sum()).astype(np.int64)
    nth = np.arange(folds + 1)
    edges = np.maximum(np.searchsorted(np.cumsum(counts), places, side="right"), 1)
    edges = np.maximum.accumulate(edges - nth) + nth
    return [int(edge) for edge in np.minimum(edges, len(counts) - folds + nth)]


def _windows(
    folds: int, reach: float, moments: Floats, rows: Positions, labelled: Positions
) -> list[Split]:
    """Stretches as long as the test's reach, the last fold's at the end of the training rows.

    Stretches shrink where all of them together would leave too little before the first, and begin
    where there are rows: gaps in time, such as weekends, lie between them.
    """
    known = moments[labelled]
    first, high = float(np.nanmin(known)), float(np.nanmax(known))
    length = min(reach, (high - first) * (1 - FORWARD_START) / folds)
    found: list[Split] = []
    while len(found) < folds and length > 0:
        low = high - length
        withheld = labelled[(known > low) & (known <= high)]
        found.append((withheld, rows[~(moments[rows] > low)]))
        before = known[known <= low]
        if not len(before):
            break
        high = float(before.max())
    return found[::-1]


def _watched(number: int, kept: Positions, plan: FoldPlan, clue: Clues) -> Positions:
    """Positions within the kept rows that stopping may watch: an eighth, chosen as folds are."""
    labelled = np.flatnonzero(clue.strata[kept] >= 0)
    rng = np.random.default_rng([plan.seed, number, 1])
    watched: Positions
    if plan.strategy == "forward":
        order = _order(clue)[kept[labelled]]
        edge = np.sort(order)[int((1 - 1 / VALID_PARTS) * len(order))]
        watched = labelled[order >= edge]
    else:
        watched = labelled[_parts(plan.strategy, clue, kept[labelled], VALID_PARTS, rng) == 0]
    if len(watched) <= MOST_WATCHED * len(labelled):
        return watched
    some = rng.choice(watched, max(1, len(labelled) // VALID_PARTS), replace=False)
    return np.asarray(np.sort(some), np.int64)


def _order(clue: Clues) -> Positions:
    if clue.order is None:
        raise RequestError("folds in time need a time column")
    return clue.order


def _parts(
    strategy: str, clue: Clues, rows: Positions, parts: int, rng: np.random.Generator
) -> Positions:
    """Part number of each row."""
    if strategy == "grouped" and clue.groups is not None:
        return _deal_groups(clue.groups[rows], parts, rng)
    if strategy == "blocks":
        return _deal_blocks(_order(clue)[rows], clue.run, parts, rng)
    strata = clue.strata[rows] if strategy == "stratified" else np.zeros(len(rows), np.int64)
    return _deal(strata, parts, rng)


def _deal(strata: Positions, parts: int, rng: np.random.Generator) -> Positions:
    """Rows dealt like cards, stratum by stratum, so that every part gets its share of each."""
    shuffled = rng.permutation(len(strata))
    dealt = shuffled[np.argsort(strata[shuffled], kind="stable")]
    part = np.empty(len(strata), np.int64)
    part[dealt] = np.arange(len(strata)) % parts
    return part


def _deal_groups(groups: Positions, parts: int, rng: np.random.Generator) -> Positions:
    """Whole groups, the largest first, each to the part with fewest rows; ties in random order."""
    names, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    shuffled = rng.permutation(len(names))
    filled = np.zeros(parts, np.int64)
    part = np.empty(len(names), np.int64)
    for group in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        part[group] = np.argmin(filled)
        filled[part[group]] += sizes[group]
    return part[np.asarray(codes).reshape(-1)]


def _deal_blocks(order: Positions, run: int, parts: int, rng: np.random.Generator) -> Positions:
    """Stretches of time as long as the test's, dealt in turn from a random start.

    Stretches shrink where fewer than three would fall to each part; rows of one moment stay
    together, so that few moments may leave parts empty, the last ones.
    """
    length = max(1, min(run, len(order) // (SHORTEST_BLOCKS * parts)))
    place = np.searchsorted(np.sort(order), order)
    block = np.unique(place // length, return_inverse=True)[1].reshape(-1)
    parts = min(parts, int(block.max(initial=0)) + 1)
    return np.asarray((block + rng.integers(parts)) % parts, np.int64)
