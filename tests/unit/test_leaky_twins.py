"""A mutant that leaks is never ranked above its clean twin, and a leak test names it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from competitions.leaky import ROWS, bench_for, shop_rows, write_rows, written

from iiml_codegen.domain.blueprint import FoldStrategy
from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.events import CandidateUpdated, LeakTested
from iiml_codegen.leaderboard import ranked
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.exploration import Exploration
from iiml_codegen.search.leak_gate import LeakGate
from iiml_codegen.search.repair import Repairer

PREP = """
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    both = pd.concat([train, test], ignore_index=True)
    features = both[["size", "age"]].copy()
    {body}
    return {{
        "features_train": features[: len(train)].reset_index(drop=True),
        "features_test": features[len(train) :].reset_index(drop=True),
        "target": train["bought"].to_numpy(),
    }}
"""


@dataclass(frozen=True)
class Twins:
    """The line that a clean prep has and the one that a leaking prep has; the rule that names it.

    With `telling` ids the first part of an id is the answer.
    """

    clean: str
    leaky: str
    code: str
    strategy: FoldStrategy = "random"
    telling: bool = False


OTHERS = (
    'group = train.groupby("street")["bought"]; '
    "known = (group.sum() + 0.5) / (group.count() + 1); "
    'own = (group.transform("sum") - train["bought"] + 0.5) / group.transform("count"); '
    'features["taste"] = pd.concat([own, test["street"].map(known).fillna(0.5)], ignore_index=True)'
)
TWINS = {
    "target encoded over all rows": Twins(
        clean=OTHERS,
        leaky=(
            'known = train.groupby("street")["bought"].mean(); '
            'features["taste"] = both["street"].map(known).fillna(0.5)'
        ),
        code="IIML509",
    ),
    "scaler on everything": Twins(
        clean=(
            'known = train["size"].sort_values().to_numpy(); '
            'features["size"] = known.searchsorted(both["size"]) / len(known)'
        ),
        leaky='features["size"] = both["size"].rank(pct=True)',
        code="IIML502",
    ),
    "id that encodes the target": Twins(
        clean='features["old"] = both["age"] > 60',
        leaky='features["letter"] = (both["id"].str[0] == "y").astype(int)',
        code="IIML504",
        telling=True,
    ),
    "future rows in a time split": Twins(
        clean='features["before"] = both.sort_values("day")["size"].shift(1, fill_value=0.0)',
        leaky='features["after"] = both.sort_values("day")["size"].shift(-1, fill_value=0.0)',
        code="IIML510",
        strategy="forward",
    ),
}


@pytest.mark.parametrize("name", TWINS)
def test_a_leaking_twin_is_named_and_never_ranked_first(tmp_path: Path, name: str) -> None:
    twins = TWINS[name]
    rows = shop_rows()
    if twins.telling:
        letters = rows["bought"].map({0: "n", 1: "y"})
        rows["id"] = letters + "-" + rows["id"].str.partition("-")[2]
    task = write_rows(tmp_path / "shop", rows[:ROWS], rows[ROWS:].drop(columns="bought"))
    with bench_for(tmp_path, task, strategy=twins.strategy) as bench:
        attempts = [
            Attempt(written(bench, PREP.format(body=body), name=f"0{n}-{who}"), estimate=1.0)
            for n, (who, body) in enumerate((("leaky", twins.leaky), ("clean", twins.clean)))
        ]
        explored = Exploration(
            bench, attempts, Repairer(bench, 0), lambda _: 0.0, gate=LeakGate(bench)
        )
        found = explored.run(lambda _: None)
        events = [entry.event for entry in bench.context.journal.read()]
    board = leaderboard([e.candidate for e in events if isinstance(e, CandidateUpdated)])
    assert board[0].id == "01-clean", board
    assert "01-clean" in {attempt.id for attempt in found}
    broken = {
        (e.candidate, e.outcome.code)
        for e in events
        if isinstance(e, LeakTested) and e.outcome.verdict == "violated"
    }
    assert ("00-leaky", twins.code) in broken
    assert not {code for who, code in broken if who == "01-clean"}


def leaderboard(updates: list[Candidate]) -> list[Candidate]:
    """The candidates as they were last, best first."""
    latest = {candidate.id: candidate for candidate in updates}
    return ranked(latest.values(), greater_is_better=True)
