"""What the profile measures on competitions whose making is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from competitions import KINDS, Competition, write_competition

from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.worker.profile import profile

ROLES = {
    "binary": {
        "id": "id",
        "age": "number",
        "city": "category",
        "grade": "ordinal_code",
        "income": "number",
        "joined": "date",
        "place": "category",
        "noise": "number",
    },
    "ordinal": {
        "kind": "boolean",
        "age": "number",
        "breed": "category",
        "fee": "number",
        "keeper": "category",
        "notes": "text",
        "pet": "id",
    },
    "series": {"datetime": "date", "temp": "number", "weather": "ordinal_code", "casual": "number"},
    "insults": {"Date": "date", "Comment": "text"},
    "text": {"id": "id", "text": "text"},
}


def measure(made: Competition) -> DataProfile:
    found = profile({"folder": str(made.folder), "task": made.task, "seed": 0})
    return msgspec.convert(json.loads(json.dumps(found, allow_nan=False)), DataProfile)


def change_train(made: Competition, **columns: Any) -> pd.DataFrame:
    train = pd.read_csv(made.folder / "train.csv").assign(**columns)
    train.to_csv(made.folder / "train.csv", index=False)
    return train


def change_both(made: Competition, name: str, train: Any, test: Any) -> None:
    for file, values in (("train.csv", train), ("test.csv", test)):
        pd.read_csv(made.folder / file).assign(**{name: values}).to_csv(
            made.folder / file, index=False
        )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_profile_is_valid_and_random_splits_show_no_drift_or_leak(
    tmp_path: Path, kind: str
) -> None:
    made = write_competition(tmp_path, kind, 800)
    found = measure(made)
    assert found.train_rows == len(pd.read_csv(tmp_path / "train.csv"))
    assert found.test_rows == len(made.answers)
    assert [target.name for target in found.targets] == made.task["targets"]
    assert found.leaks == ()
    assert all(column.why for column in found.columns)
    if kind != "series":
        assert all(column.drift < 0.6 for column in found.columns)
        assert found.adversarial_auc is None or found.adversarial_auc < 0.6


@pytest.mark.parametrize("kind", sorted(ROLES))
def test_columns_have_the_roles_they_were_made_for(tmp_path: Path, kind: str) -> None:
    found = measure(write_competition(tmp_path, kind, 800))
    assert {column.name: column.role for column in found.columns} == ROLES[kind]


def test_gaps_patterns_dates_and_signals_are_measured(tmp_path: Path) -> None:
    found = measure(write_competition(tmp_path, "binary", 1500))
    assert found.column("age").missing_train == pytest.approx(0.15, abs=0.03)
    assert found.column("joined").date_format == "%Y-%m-%d"
    assert [pattern.kind for pattern in found.column("place").patterns] == ["prefix_number"]
    assert found.column("noise").signal < 0.1 < found.column("age").signal
    assert (found.column("income").skewness or 0) > 1
    assert found.targets[0].shares["1"] == pytest.approx(0.5, abs=0.15)


def test_text_is_described(tmp_path: Path) -> None:
    found = measure(write_competition(tmp_path, "insults", 600))
    assert found.column("Date").date_format == "%Y%m%d%H%M%SZ"
    traits = found.column("Comment").text
    assert traits is not None
    assert traits.quoted_share == 1.0
    assert 0.3 < traits.escape_share < 0.9
    assert found.column("Comment").signal > 0.3


def test_titles_in_names_are_found(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 200)
    names = [f"Miller{number}, {'Mr' if number % 2 else 'Mrs'}. Kim" for number in range(200)]
    change_both(made, "name", names, names[:50])
    column = measure(made).column("name")
    assert column.role == "text"
    assert [pattern.kind for pattern in column.patterns] == ["title"]


def test_a_shared_keeper_is_a_mixed_group(tmp_path: Path) -> None:
    found = measure(write_competition(tmp_path, "ordinal", 1200))
    relation = next(one for one in found.relations if one.column == "keeper")
    assert relation.test_is == "mixed_groups"
    assert "random split" in relation.evidence


def test_groups_that_only_the_test_has_are_new(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "ordinal", 800)
    test = pd.read_csv(tmp_path / "test.csv")
    test["keeper"] = "new" + test["keeper"]
    test.to_csv(tmp_path / "test.csv", index=False)
    relation = next(one for one in measure(made).relations if one.column == "keeper")
    assert relation.test_is == "new_groups"


def test_stretches_of_test_hours_lie_between(tmp_path: Path) -> None:
    found = measure(write_competition(tmp_path, "series", 1200))
    assert [one.test_is for one in found.relations if one.column == "datetime"] == ["between"]
    assert any("only train has casual" in said for said in found.warnings)


def test_a_test_that_lies_later_is_after(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 400)
    days = pd.date_range("2020-01-01", periods=500).strftime("%Y-%m-%d")
    change_both(made, "joined", days[:400], days[400:])
    found = measure(made)
    assert [one.test_is for one in found.relations if one.column == "joined"] == ["after"]
    assert found.column("joined").drift > 0.9
    assert next(one.distinct for one in found.relations if one.column == "joined") == 400


@pytest.mark.parametrize("silent", ["test", "train"])
def test_a_column_without_a_value_on_one_side_is_no_feature(tmp_path: Path, silent: str) -> None:
    made = write_competition(tmp_path, "binary", 400)
    both = {"train": np.arange(400) % 7, "test": np.arange(100) % 7}
    change_both(made, "paid", *(None if side == silent else both[side] for side in both))
    found = measure(made)
    column = found.column("paid")
    assert (column.in_train, column.in_test) == (silent != "train", silent != "test")
    named = "test row" if silent == "test" else "training row"
    assert any(f"no {named} has a value of paid" in said for said in found.warnings)
    assert not any("alone tells test from train" in said for said in found.warnings)
    assert found.adversarial_auc is None or found.adversarial_auc < 0.65


def test_codes_tell_by_their_values_what_their_size_does_not(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", rows=6000)
    rng = np.random.default_rng(0)
    code, test = rng.integers(1000, 1600, 6000), rng.integers(1000, 1600, 1500)
    likely = rng.uniform(0.05, 0.95, 600)
    label = np.where(rng.random(6000) < likely[code - 1000], "yes", "no")
    target = made.task["targets"][0]
    names = pd.read_csv(made.folder / "train.csv")[target].unique()
    change_train(made, **{target: np.where(label == "yes", names[0], names[1])})
    change_both(made, "stall", code, test)
    found = {column.name: column for column in measure(made).columns}
    assert found["stall"].role == "number"
    assert found["stall"].value_signal > 1.5 * found["stall"].signal + 0.1
    assert found["city"].value_signal == 0.0


def test_a_column_without_any_value_is_constant(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 200)
    change_both(made, "paid", None, None)
    column = measure(made).column("paid")
    assert (column.role, column.in_train, column.in_test) == ("constant", True, True)


def test_a_column_of_one_value_in_train_teaches_nothing(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 200)
    change_both(made, "paid", 0, 1)
    column = measure(made).column("paid")
    assert (column.role, column.in_train, column.in_test) == ("constant", True, True)


def test_columns_that_tell_the_same_moments_are_found_and_the_id_tells_none(
    tmp_path: Path,
) -> None:
    made = write_competition(tmp_path / "random", "binary")
    for file in ("train.csv", "test.csv"):
        rows = pd.read_csv(made.folder / file)
        at = pd.Timestamp("2019-01-01") + pd.to_timedelta(rows["id"] * 1237, "s")
        rows["id"] = at.dt.strftime("%Y-%m-%d %H:%M:%S.0000") + rows.index.astype(str).str[-1]
        rows["picked"] = at.dt.strftime("%Y-%m-%d %H:%M:%S UTC")
        rows["seconds"] = (at - pd.Timestamp("1970-01-01")) // pd.Timedelta("1s")
        rows["later"] = (at + pd.Timedelta("20min")).dt.strftime("%Y-%m-%d %H:%M:%S")
        rows.to_csv(made.folder / file, index=False)
    found = measure(made)
    assert {c.name: c.same_moments for c in found.columns if c.same_moments} == {
        "id": "picked",
        "seconds": "picked",
    }
    assert found.column("picked").date_format == "%Y-%m-%d %H:%M:%S UTC"


def test_dates_of_a_random_split_overlap_even_when_days_are_shared(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 400)
    rng = np.random.default_rng(0)
    days = pd.date_range("2020-01-01", periods=12).strftime("%Y-%m-%d").to_numpy()
    change_both(made, "joined", rng.choice(days, 400), rng.choice(days, 100))
    assert [one.test_is for one in measure(made).relations if one.column == "joined"] == [
        "overlapping"
    ]


def test_a_column_that_decides_the_target_by_value_is_a_leak(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 600)
    rng = np.random.default_rng(0)
    left = pd.read_csv(tmp_path / "train.csv")["left"]
    change_both(made, "told", left * 10 + rng.random(600), rng.random(150))
    found = measure(made)
    assert [(leak.column, leak.by) for leak in found.leaks] == [("told", "value")]
    assert found.leaks[0].score > 0.98


def test_a_column_whose_presence_decides_the_target_is_a_leak(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 600)
    left = pd.read_csv(tmp_path / "train.csv")["left"]
    giver = pd.Series([f"user{number}" for number in range(600)])
    there = (left == 1) & (giver.index % 3 == 0)
    change_both(made, "giver", giver.where(there), ["user7", *[None] * 149])
    assert [(leak.column, leak.by) for leak in measure(made).leaks] == [("giver", "presence")]


def test_a_word_that_stands_for_a_gap_leaks_as_a_gap_does(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 600)
    left = pd.read_csv(tmp_path / "train.csv")["left"]
    giver = pd.Series([f"user{number}" for number in range(600)])
    told = giver.where((left == 1) & (giver.index % 3 == 0), "N.N.")
    change_both(made, "giver", told, "N.N.")
    found = measure(made).leaks
    assert [(leak.column, leak.by) for leak in found] == [("giver", "presence")]


def test_a_commonest_value_that_decides_nothing_is_no_leak(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 600)
    giver = pd.Series([f"user{number}" if number % 3 == 0 else "N.N." for number in range(600)])
    change_both(made, "giver", giver, "N.N.")
    assert measure(made).leaks == ()


def test_cells_that_are_lists_are_seen_as_lists(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 200)
    cells = [f"['group{number % 7}', 'group {number % 3}']" for number in range(250)]
    change_both(made, "groups", cells[:200], cells[200:250])
    patterns = measure(made).column("groups").patterns
    assert [(p.kind, p.share) for p in patterns] == [("list", 1.0)]


def test_a_train_only_column_is_never_a_leak(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 400)
    train = pd.read_csv(tmp_path / "train.csv")
    change_train(made, told=train["left"] * 2.5)
    found = measure(made)
    assert found.leaks == ()
    assert not found.column("told").in_test


def test_repeated_and_shared_rows_are_counted_without_ids(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 200)
    train, test = (pd.read_csv(tmp_path / name, dtype=str) for name in ("train.csv", "test.csv"))
    again = train.iloc[:20].assign(id=[str(900_000 + number) for number in range(20)])
    pd.concat([train, again]).to_csv(tmp_path / "train.csv", index=False)
    copied = train.iloc[:7].drop(columns="left").assign(id=test["id"].iloc[:7].to_numpy())
    pd.concat([copied, test.iloc[7:]]).to_csv(tmp_path / "test.csv", index=False)
    found = measure(made)
    assert found.duplicate_train_rows == 20
    assert found.shared_rows == 7


def test_columns_that_exclude_each_other_are_one_hot(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 300)
    rng = np.random.default_rng(0)
    kinds = {"train": rng.integers(0, 3, 300), "test": rng.integers(0, 3, 75)}
    for place, name in enumerate(("metal_a", "metal_b", "metal_c")):
        change_both(made, name, *((kinds[side] == place) * 1 for side in ("train", "test")))
    assert measure(made).one_hot_groups == (("metal_a", "metal_b", "metal_c"),)


def test_codes_with_wide_gaps_are_categories_and_round_numbers_are_not(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 900)
    rng = np.random.default_rng(0)
    for name, values in (
        ("symmetry", [12, 33, 167, 194, 206, 227]),
        ("width", [40, 70, 80, 100, 200, 300]),
        ("Color2", [0, 1, 2, 3]),
        ("owner_id", list(range(40))),
    ):
        change_both(made, name, rng.choice(values, 900), rng.choice(values, 225))
    roles = {column.name: column.role for column in measure(made).columns}
    assert roles["symmetry"] == roles["Color2"] == roles["owner_id"] == "category"
    assert roles["width"] == "number"


def test_the_same_seed_gives_the_same_profile(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "ordinal", 300)
    assert measure(made) == measure(made)
