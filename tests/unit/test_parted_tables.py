"""Tables in folders called `column=value`, and pairs of tables: one of train, one of the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions import write_layout
from competitions.layout_pairs import PARTED
from competitions.odd_road import Planned, walk

from iiml_codegen.implementation.row_fragments import without_side
from iiml_codegen.worker import tables
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.plan import TableForm
from iiml_codegen.worker.shadows import shadows
from workspace_templates.recipes.history import history_features
from workspace_templates.recipes.partitions import (
    partition_files,
    read_partitions,
    sums_of_partitions,
)

FORM = TableForm(format="parquet", partitions=("shop", "kind"))


def parted(folder: Path, parts: dict[str, dict[str, list[Any]]]) -> Path:
    """A table in a folder, each part under its path."""
    for place, columns in parts.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(columns).to_parquet(folder / place, index=False)
    return folder


def test_a_folder_whose_folders_tell_a_column_is_one_table(tmp_path: Path) -> None:
    parts = {f"shop={n}/part-{n}.parquet": {"amount": [n / 2, 1.0]} for n in (0, 10, 7)}
    parted(tmp_path / "sales.parquet", parts)
    (tmp_path / "sales.parquet" / "_SUCCESS").write_text("")
    found = inventory({"folder": str(tmp_path)})
    (one,) = found["tables"]
    assert (one["file"], one["rows"], one["form"]["partitions"]) == ("sales.parquet", 6, ("shop",))
    shop = one["columns"][-1]
    assert (shop["name"], shop["dtype"], shop["values"]) == ("shop", "int", ["0", "7", "10"])
    assert found["groups"] == [] and found["troubles"] == []


@pytest.mark.parametrize("other", ["shop=2/b.csv", "town=2/b.parquet", "b.parquet"])
def test_a_folder_with_other_things_in_it_is_no_table(tmp_path: Path, other: str) -> None:
    folder = parted(tmp_path / "sales", {"shop=1/a.parquet": {"amount": [1.0]}})
    assert tables.is_table(folder)
    (folder / other).parent.mkdir(exist_ok=True)
    (folder / other).write_bytes(b"amount\n1\n")
    assert not tables.is_table(folder)


def test_a_table_in_folders_is_written_as_it_was_read(tmp_path: Path) -> None:
    parts = {
        "shop=7/kind=a%2Fb/0.parquet": {"n": [1, 2]},
        "shop=8/kind=__HIVE_DEFAULT_PARTITION__/0.parquet": {"n": [3]},
    }
    folder = parted(tmp_path / "t", parts)
    frame = tables.read_frame(folder)
    assert frame["shop"].tolist() == [7, 7, 8]
    assert frame["kind"].tolist()[:2] == ["a/b", "a/b"] and frame["kind"].isna().tolist()[2]
    store = tables.row_store(folder, FORM)
    store.write(tmp_path / "out", [tables.Piece(store, np.array([2, 0]))])
    assert tables.read_texts(tmp_path / "out", FORM, ["n", "shop"]).to_numpy().tolist() == [
        ["1", "7"],
        ["3", "8"],
    ]
    written = {p.parent.relative_to(tmp_path / "out").as_posix() for p in tmp_path.rglob("part-*")}
    assert written == {"shop=7/kind=a%2Fb", "shop=8/kind=__HIVE_DEFAULT_PARTITION__"}
    texts = read_partitions(folder)
    assert texts["kind"].tolist()[:2] == ["a/b", "a/b"] and texts["kind"].isna().tolist()[2]


def test_sums_by_partition_are_those_of_the_whole_table(tmp_path: Path) -> None:
    rng, rows = np.random.default_rng(0), 60
    frame = pd.DataFrame({"hour": rng.integers(0, 5, rows), "amount": rng.normal(size=rows)})
    frame["way"], frame["shop"] = rng.choice(["card", "cash"], rows), rng.integers(1, 4, rows)
    frame["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.permutation(rows), "D")
    for side, chosen in (("train", frame["hour"] < 3), ("test", frame["hour"] >= 3)):
        for shop, part in frame[chosen].groupby("shop"):
            home = tmp_path / side / f"shop={shop}"
            home.mkdir(parents=True)
            part.drop(columns="shop").to_parquet(home / "0.parquet")
    asked = frame[["shop", "hour"]].drop_duplicates().astype(str).reset_index(drop=True)
    asked.loc[len(asked)] = ["9", "1"]
    parts = partition_files(tmp_path / "train", tmp_path / "test")
    assert sorted(parts) == ["shop=1", "shop=2", "shop=3"] and len(parts["shop=1"]) == 2
    fitted: dict[str, Any] = {}
    by_part = sums_of_partitions(asked, parts, ["shop", "hour"], "orders", fitted)
    both = (read_partitions(tmp_path / side) for side in ("train", "test"))
    table = pd.concat(both, ignore_index=True)
    whole = history_features(asked, table, ["shop", "hour"], "orders", {})
    pd.testing.assert_frame_equal(by_part[whole.columns], whole)
    owner = (frame["shop"] == 2) & (frame["hour"] == 4)
    place = asked.index[(asked["shop"] == "2") & (asked["hour"] == "4")][0]
    assert by_part.loc[place, "orders_amount_mean"] == pytest.approx(frame["amount"][owner].mean())
    assert by_part["orders_count"].tolist()[-1] == 0


def test_a_pair_of_tables_is_one_keyed_by_what_names_the_rows(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "parted_history", 90)
    found = walk(made.folder, tmp_path / "work")
    assert isinstance(found, Planned) and found.changed == ()
    orders, weather = found.task.layout.related
    assert (orders.files, orders.keys) == (
        ("orders_train.parquet", "orders_test.parquet"),
        ("hour", "shop"),
    )
    assert (orders.role, orders.form, orders.hidden_columns) == ("history", PARTED, ())
    assert (weather.files, weather.role) == (("weather_train.csv", "weather_test.csv"), "lookup")
    prep = found.modules[0]
    assert "orders_sums = sums_of_partitions(" in prep and "weather_table = stack_rows(" in prep


def test_tables_of_other_columns_are_no_pair(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "parted_history", 90)
    other = pd.read_csv(made.folder / "weather_test.csv").assign(wind=1.5)
    other.to_csv(made.folder / "weather_test.csv", index=False)
    found = walk(made.folder, tmp_path / "work")
    assert isinstance(found, Planned)
    assert [one.file for one in found.task.layout.related if one.test_file] == [
        "orders_train.parquet"
    ]


def test_what_belongs_to_withheld_rows_stands_with_what_belongs_to_the_test(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "parted_history", 90)
    plan = {"strategy": "grouped", "folds": 3, "column": "hour", "why": "", "seed": 0}
    request = {"folder": str(made.folder), "task": made.task, "plan": plan}
    data = Path(shadows({**request, "out": str(tmp_path / "cache")})["folds"][0]["data"])
    form = TableForm(format="parquet", partitions=("shop",))
    seen = {}
    for side in ("train", "test"):
        rows = pd.read_csv(data / f"{side}.csv")[["shop", "hour"]].drop_duplicates()
        orders = tables.read_frame(data / f"orders_{side}.parquet", form)
        weather = pd.read_csv(data / f"weather_{side}.csv")
        keys = set(orders[["shop", "hour"]].drop_duplicates().itertuples(index=False, name=None))
        assert keys == set(rows.itertuples(index=False, name=None))
        assert set(weather["hour"]) == set(rows["hour"])
        seen[side] = len(orders)
    both = (made.folder / f"orders_{side}.parquet" for side in ("train", "test"))
    real = [tables.read_frame(folder, form) for folder in both]
    assert sum(seen.values()) == sum(map(len, real)) and seen["train"] < len(real[0])


def test_a_pair_is_called_by_what_both_names_say() -> None:
    assert [without_side(name) for name in ("visits_train", "trainVisits", "train")] == [
        "visits",
        "Visits",
        "train",
    ]
