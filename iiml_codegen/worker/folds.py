"""Which rows are withheld together: folds that imitate how the test relates to train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .errors import DataError, RequestError

if TYPE_CHECKING:
    import pandas as pd

    from .plan import Panel

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

VALID_PARTS = 8
TARGET_BINS = 10
FORWARD_START = 0.4
SHORTEST_BLOCKS = 3


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

    `strata` are label codes (-1: no label), `order` a rank in time (ties share it), `groups` codes.
    `run` is how many rows in a row lie in the test where it interrupts the training rows.
    `reach` is how far the test lies beyond the training rows, in the unit of `moments`; 0 if that
    does not matter.
    """

    strata: Positions
    order: Positions | None = None
    groups: Positions | None = None
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
        return Clues(strata, groups=_group_codes(train[plan.column]))
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
    """All folds of a plan over `rows` (all by default); rows without a label are never withheld."""
    rows = np.arange(len(clue.strata)) if rows is None else rows
    labelled = rows[clue.strata[rows] >= 0]
    if len(labelled) < 2 * plan.folds:
        raise DataError(
            f"{len(labelled)} rows with an answer are too few for {plan.folds} folds",
            hint="Ask for fewer folds, with --folds.",
        )
    if plan.strategy == "forward":
        return [_forward(number, plan, clue, rows, labelled) for number in range(plan.folds)]
    parts = _parts(plan.strategy, clue, labelled, plan.folds, np.random.default_rng(plan.seed))
    return [
        _fold(number, labelled[parts == number], rows, plan, clue) for number in range(plan.folds)
    ]


def _fold(number: int, withheld: Positions, rows: Positions, plan: FoldPlan, clue: Clues) -> Fold:
    kept = np.setdiff1d(rows, withheld)
    labelled = np.flatnonzero(clue.strata[kept] >= 0)
    rng = np.random.default_rng([plan.seed, number, 1])
    parts = _parts(plan.strategy, clue, kept[labelled], VALID_PARTS, rng)
    return Fold(number, np.sort(withheld), kept, labelled[parts == 0])


def _forward(
    number: int, plan: FoldPlan, clue: Clues, rows: Positions, labelled: Positions
) -> Fold:
    """Later rows are withheld, and only what lies before them is kept."""
    if clue.moments is not None and clue.reach > 0:
        return _window(number, plan, clue, rows, labelled, clue.moments)
    edges = _edges(clue, labelled, np.linspace(FORWARD_START, 1, plan.folds + 1))
    order = _order(clue)
    low, high = edges[number], edges[number + 1]
    withheld = labelled[(order[labelled] >= low) & (order[labelled] < high)]
    kept = rows[order[rows] < low]
    return Fold(number, np.sort(withheld), kept, _latest(clue, kept))


def _window(
    number: int,
    plan: FoldPlan,
    clue: Clues,
    rows: Positions,
    labelled: Positions,
    moments: Floats,
) -> Fold:
    """A stretch as long as the test's reach, the last fold's at the end of the training rows.

    Stretches shrink where all of them together would leave too little before the first.
    """
    known = moments[labelled]
    first, last = float(np.nanmin(known)), float(np.nanmax(known))
    length = min(clue.reach, (last - first) * (1 - FORWARD_START) / plan.folds)
    high = last - (plan.folds - 1 - number) * length
    low = high - length
    withheld = labelled[(known > low) & (known <= high)]
    kept = rows[~(moments[rows] > low)]
    if not len(withheld) or not len(kept):
        raise DataError(f"no rows lie in the stretch of fold {number}", code="IIML902")
    return Fold(number, np.sort(withheld), kept, _latest(clue, kept))


def _latest(clue: Clues, kept: Positions) -> Positions:
    labelled = np.flatnonzero(clue.strata[kept] >= 0)
    edge = _edges(clue, kept[labelled], np.array([1 - 1 / VALID_PARTS, 1]))[0]
    latest: Positions = labelled[_order(clue)[kept[labelled]] >= edge]
    return latest


def _order(clue: Clues) -> Positions:
    if clue.order is None:
        raise RequestError("folds in time need a time column")
    return clue.order


def _edges(clue: Clues, rows: Positions, shares: Floats) -> Positions:
    """Ranks at which shares of the rows begin; the last edge lies behind every row."""
    ranked = np.sort(_order(clue)[rows])
    places = np.minimum((shares * len(ranked)).astype(np.int64), len(ranked) - 1)
    edges = ranked[places]
    edges[shares >= 1] = ranked[-1] + 1
    return edges


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
    if len(names) < parts:
        raise DataError(
            f"{len(names)} groups are too few for {parts} parts",
            hint="Ask for fewer folds, with --folds.",
        )
    shuffled = rng.permutation(len(names))
    filled = np.zeros(parts, np.int64)
    part = np.empty(len(names), np.int64)
    for group in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        part[group] = np.argmin(filled)
        filled[part[group]] += sizes[group]
    return part[np.asarray(codes).reshape(-1)]


def _deal_blocks(order: Positions, run: int, parts: int, rng: np.random.Generator) -> Positions:
    """Stretches of time as long as the test's, dealt in turn from a random start.

    Stretches shrink where fewer than three would fall to each part.
    """
    length = max(1, min(run, len(order) // (SHORTEST_BLOCKS * parts)))
    ranked = np.sort(order)
    place = np.searchsorted(ranked, order)
    return (place // length + rng.integers(parts)) % parts
