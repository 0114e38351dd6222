"""Folds imitate how the test relates to the training rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.folds import Clues, FoldPlan, clues, make_folds, strata_of
from iiml_codegen.worker.plan import Panel

EMPTY = pd.DataFrame()


def plan(strategy: str, folds: int = 4, column: str | None = None, seed: int = 0) -> FoldPlan:
    return FoldPlan(strategy, folds, column, seed)


@pytest.mark.parametrize("strategy", ["random", "stratified"])
def test_every_labelled_row_is_withheld_once_and_valid_lies_in_kept_rows(strategy: str) -> None:
    target = np.array([0.0, 1.0, np.nan, 2.0] * 25)
    made = make_folds(plan(strategy), Clues(strata_of(target)))
    withheld = np.concatenate([fold.rows for fold in made])
    assert sorted(withheld) == np.flatnonzero(~np.isnan(target)).tolist()
    for fold in made:
        assert not set(fold.rows) & set(fold.kept)
        assert len(fold.rows) + len(fold.kept) == 100
        assert not np.isnan(target[fold.kept[fold.valid]]).any()
        assert 0.08 < len(fold.valid) / len(fold.kept) < 0.17


def test_strata_are_shared_evenly() -> None:
    target = np.repeat([0.0, 1.0, 2.0], [80, 16, 4])
    made = make_folds(plan("stratified"), Clues(strata_of(target)))
    for fold in made:
        assert np.bincount(target[fold.rows].astype(int)).tolist() == [20, 4, 1]


def test_amounts_are_spread_over_folds_by_size() -> None:
    target = np.random.default_rng(0).lognormal(size=400)
    made = make_folds(plan("stratified"), Clues(strata_of(target)))
    medians = [float(np.median(target[fold.rows])) for fold in made]
    assert max(medians) - min(medians) < 0.15


def test_several_targets_are_shared_by_their_combination() -> None:
    table = np.zeros((200, 3))
    table[:40, 0] = 1
    table[40:60, 1] = 1
    table[:2, 2] = 1
    strata = strata_of(table)
    assert len(np.unique(strata)) == 4
    made = make_folds(plan("stratified"), Clues(strata))
    assert [int(table[fold.rows, 1].sum()) for fold in made] == [5, 5, 5, 5]


def test_groups_stay_together_in_folds_and_in_valid() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"keeper": rng.integers(0, 60, 300).astype(str)})
    asked = plan("grouped", column="keeper")
    made = make_folds(asked, clues(asked, np.zeros(300), frame, EMPTY))
    keeper = frame["keeper"].to_numpy()
    for fold in made:
        assert not set(keeper[fold.rows]) & set(keeper[fold.kept])
        rest = np.delete(fold.kept, fold.valid)
        assert not set(keeper[fold.kept[fold.valid]]) & set(keeper[rest])
        assert 60 <= len(fold.rows) <= 90


def test_forward_folds_keep_only_what_lies_before() -> None:
    days = pd.date_range("2020-01-01", periods=200).strftime("%d.%m.%Y")
    frame = pd.DataFrame({"day": np.random.default_rng(2).permutation(days)})
    asked = plan("forward", folds=3, column="day")
    made = make_folds(asked, clues(asked, np.zeros(200), frame, EMPTY))
    when = pd.to_datetime(frame["day"], format="%d.%m.%Y").to_numpy()
    for fold in made:
        assert when[fold.kept].max() < when[fold.rows].min()
        rest = np.delete(fold.kept, fold.valid)
        assert when[rest].max() < when[fold.kept[fold.valid]].min()
    assert sum(len(fold.rows) for fold in made) == 120


def test_blocks_are_as_long_as_the_stretches_of_the_test() -> None:
    hours = pd.Series(pd.date_range("2021-01-01", periods=1200, freq="h"))
    is_test = (np.arange(1200) // 24) % 5 == 4
    text = hours.dt.strftime("%Y-%m-%d %H:%M:%S")
    train, test = (pd.DataFrame({"when": text[mask]}) for mask in (~is_test, is_test))
    asked = plan("blocks", column="when")
    made = make_folds(asked, clues(asked, np.zeros(len(train)), train, test))
    for fold in made:
        runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[-5], fold.rows])) != 1))
        assert set(runs.tolist()) == {24}
        assert fold.rows.max() > 1 and len(fold.kept) == len(train) - len(fold.rows)


def test_few_moments_make_as_many_folds_as_they_can_forward() -> None:
    year = np.repeat([2019.0, 2020.0, 2021.0], [50, 60, 70])
    frame = pd.DataFrame({"year": np.random.default_rng(3).permutation(year)})
    asked = plan("forward", folds=4, column="year")
    made = make_folds(asked, clues(asked, np.zeros(180), frame, EMPTY))
    when = frame["year"].to_numpy()
    assert [fold.number for fold in made] == [0, 1]
    assert [set(when[fold.rows]) for fold in made] == [{2020.0}, {2021.0}]
    assert [set(when[fold.kept]) for fold in made] == [{2019.0}, {2019.0, 2020.0}]
    assert [len(fold.valid) for fold in made] == [50 // 8, 110 // 8]
    assert set(when[made[1].kept[made[1].valid]]) == {2020.0}


def test_one_moment_with_most_rows_leaves_every_fold_its_rows() -> None:
    moments = np.concatenate([np.arange(20), np.full(180, 7)])
    asked = plan("forward", folds=4, column="day")
    made = make_folds(asked, clues(asked, np.zeros(200), pd.DataFrame({"day": moments}), EMPTY))
    assert len(made) == 4
    for fold in made:
        assert len(fold.rows) and moments[fold.kept].max() < moments[fold.rows].min()
        assert 0 < len(fold.valid) <= len(fold.kept) / 4


def test_rows_of_one_moment_are_no_folds_in_time() -> None:
    frame = pd.DataFrame({"year": [2020.0] * 40})
    asked = plan("forward", folds=2, column="year")
    with pytest.raises(DataError, match="year parts the training rows into no folds"):
        make_folds(asked, clues(asked, np.zeros(40), frame, EMPTY))


def test_stretches_of_a_panel_leap_over_weekends() -> None:
    days = pd.bdate_range("2024-01-01", "2024-03-29")
    frame = pd.DataFrame({"day": np.tile(days.strftime("%Y-%m-%d"), 2)})
    ahead = pd.DataFrame({"day": ["2024-04-01"] * 2})
    asked = plan("forward", folds=5, column="day")
    panel = Panel("day", ("shop",), 1)
    made = make_folds(asked, clues(asked, np.zeros(len(frame)), frame, ahead, panel))
    withheld = [sorted(set(frame["day"].iloc[fold.rows])) for fold in made]
    assert withheld == [[f"2024-03-{day}"] for day in (25, 26, 27, 28, 29)]
    longer = plan("forward", folds=15, column="day")
    made = make_folds(longer, clues(longer, np.zeros(len(frame)), frame, ahead, panel))
    assert [len(fold.rows) for fold in made] == [2] * 15
    assert frame["day"].iloc[made[0].rows].tolist() == ["2024-03-11"] * 2


@pytest.mark.parametrize("groups", [3, 6, 10])
def test_few_groups_make_folds_whose_fits_keep_rows_to_learn_from(groups: int) -> None:
    frame = pd.DataFrame({"site": np.arange(120) % groups})
    asked = plan("grouped", folds=4, column="site")
    made = make_folds(asked, clues(asked, np.zeros(120), frame, EMPTY))
    site = frame["site"].to_numpy()
    assert [fold.number for fold in made] == list(range(min(4, groups)))
    assert sorted(np.concatenate([fold.rows for fold in made])) == list(range(120))
    for fold in made:
        assert not set(site[fold.rows]) & set(site[fold.kept])
        assert 0 < len(fold.valid) <= len(fold.kept) / 4


def test_few_moments_between_those_of_the_test_make_no_empty_fold() -> None:
    train = pd.DataFrame({"year": np.repeat([2010.0, 2012.0, 2014.0, 2016.0], 30)})
    test = pd.DataFrame({"year": np.repeat([2011.0, 2013.0, 2015.0], 30)})
    asked = plan("blocks", folds=6, column="year")
    made = make_folds(asked, clues(asked, np.zeros(120), train, test))
    assert [len(fold.rows) for fold in made] == [30] * 4
    assert all(0 < len(fold.valid) <= 90 / 4 for fold in made)


def test_the_same_seed_gives_the_same_folds_and_another_one_others() -> None:
    clue = Clues(strata_of(np.tile([0.0, 1.0], 60)))
    first, again, other = (make_folds(plan("stratified", seed=s), clue)[0].rows for s in (1, 1, 2))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


def test_a_column_that_is_not_there_is_expected_trouble() -> None:
    with pytest.raises(DataError, match="'keeper'"):
        clues(plan("grouped", column="keeper"), np.zeros(9), pd.DataFrame({"a": range(9)}), EMPTY)


def test_too_few_rows_are_expected_trouble() -> None:
    with pytest.raises(DataError, match="too few"):
        make_folds(plan("random", folds=5), Clues(np.zeros(6, np.int64)))
