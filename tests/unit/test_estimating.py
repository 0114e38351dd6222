"""What a fold should take: by one run all grows with its rows, by two what really does."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from msgspec.structs import replace
from processes.told_search import room

from iiml_codegen.search.estimating import Estimate, estimated
from iiml_codegen.search.measured import Measured

FEW = Measured(400, 200, 600, 9.0, 0, {"encode": 6.5, "fit": 4.0, "predict": 0.1})
MORE = Measured(
    1600, 900, 2500, 9.0, 0, {"prepare": 1.0, "encode": 7.5, "fit": 7.0, "predict": 0.4}
)


def estimate(
    path: Path, run: Measured, smaller: Measured | None = None, grows: float = 1.0
) -> Estimate:
    """The estimate for folds of 16,000 rows out of 20,000, beside 5,000 test rows."""
    bench = room(path, {"a": [0.8] * 3}).bench
    whole = tuple(replace(one, train_rows=16_000, n_fold=4_000) for one in bench.shadows.folds)
    shadows = replace(bench.shadows, train_rows=20_000, test_rows=5_000, folds=whole)
    object.__setattr__(bench, "shadows", shadows)
    return estimated(bench, run, smaller=smaller, grows=grows)


def test_by_one_run_all_grows_with_its_rows(tmp_path: Path) -> None:
    found = estimate(tmp_path, MORE)
    assert found.seconds == pytest.approx(9 + 70 + 4)
    assert found.encoding == pytest.approx(75)
    assert found.predicting == pytest.approx(0.4 * 9_000 / 900)


def test_two_runs_tell_what_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    found = estimate(tmp_path, MORE, FEW)
    assert found.encoding == pytest.approx(7.5 + 22_500 * 1.0 / 1900)
    assert found.predicting == pytest.approx(0.4 + 8_100 * 0.3 / 700)
    assert found.seconds == pytest.approx(9 + (7 + 14_400 * 3 / 1200) + found.predicting)


def test_where_much_does_not_grow_a_share_of_one_run_does(tmp_path: Path) -> None:
    found = estimate(tmp_path, MORE, grows=0.2)
    assert found.encoding == pytest.approx(0.2 * 75 + 0.8 * 7.5)


def test_more_rows_cost_something_whatever_chance_says(tmp_path: Path) -> None:
    found = estimate(tmp_path, MORE, dataclasses.replace(FEW, seconds={"encode": 8.0, "fit": 7.0}))
    assert found.encoding == pytest.approx(7.5 + 22_500 * 0.1 * 7.5 / 2500)
    assert found.seconds > 9 + 7 + 0.4
