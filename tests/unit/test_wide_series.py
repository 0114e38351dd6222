"""Series in rows: steps by name, samples with a column for each step ahead, ids behind keys."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest
from competitions.modality_wide import AHEAD, DAYS, PAGES, ahead

from iiml_codegen.domain.inventory import ColumnInfo, Inventory, TableInfo
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.planning import wide_roles
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.planning.wide_roles import rows_of_steps
from iiml_codegen.planning.wide_steps import wide_table
from iiml_codegen.worker.endings import endings
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.layouts import find_layout
from iiml_codegen.worker.task import task_from
from workspace_templates.recipes.series import counted_days
from workspace_templates.recipes.wide import (
    asked_ahead,
    asked_series,
    called_series,
    cells_ahead,
    last_steps,
    melted_series,
    names_in_full,
    steps_from,
)

STEPS = r"d_\d+"
TABLE = pd.DataFrame(
    {
        "id": ["a_old", "b_old"],
        "shop": ["x", "y"],
        "d_8": ["1", None],
        "d_9": [" ", "4"],
        "d_10": ["5", "6"],
    }
)
BLOCKS = {"_first": "d_10", "_second": "d_12"}
SAMPLE = pd.DataFrame(
    {"id": ["a_first", "b_second", "b@d_9"], "F1": ["0", "0", "0"], "F2": ["0", "0", None]}
)


def test_cells_with_a_value_become_rows_step_by_step() -> None:
    table = called_series(TABLE, "id", "series", "_old")
    rows = melted_series(table, STEPS, "d", "sold")
    assert rows["series"].tolist() == ["a", "b", "a", "b"]
    assert rows["d"].tolist() == ["d_8", "d_9", "d_10", "d_10"]
    assert rows["sold"].tolist() == ["1", "4", "5", "6"]
    counted = melted_series(table, STEPS, "period", "sold", counted=True)
    assert counted["period"].tolist() == ["8", "9", "10", "10"]
    assert list(last_steps(table, STEPS, 2)) == ["series", "shop", "d_9", "d_10"]


def test_cells_ahead_are_asked_for_unless_the_table_knows_them() -> None:
    table = called_series(TABLE, "id", "series", "_old")
    cells = cells_ahead(SAMPLE, table, STEPS, "id", "series", BLOCKS)
    assert cells["step"].tolist() == ["d_10", "d_11", "d_12", "d_13", "d_9"]
    assert cells["value"].fillna("?").tolist() == ["5", "?", "?", "?", "4"]
    asked = asked_ahead(cells, table, STEPS, "series", "period", counted=True)
    assert asked.to_dict("list") == {
        "series": ["a", "b", "b"],
        "shop": ["x", "y", "y"],
        "period": ["11", "12", "13"],
    }


def test_names_are_parted_before_the_step_and_ids_looked_up() -> None:
    table = TABLE.rename(columns={"id": "page"})
    keys = pd.DataFrame({"Page": ["b_old_d_11", "new_d_11"], "Id": ["k2", "k1"]})
    names = names_in_full(pd.Series(["k1", "k2"]), keys, "Id", "Page")
    rows = asked_series(names, table, STEPS, "page", "d", "_")
    assert rows["page"].tolist() == ["new", "b_old"]
    assert rows["d"].tolist() == ["d_11", "d_11"]
    assert rows["shop"].fillna("?").tolist() == ["?", "y"]


def test_steps_go_on_by_number_and_by_date() -> None:
    assert steps_from("w_09", 3) == ["w_09", "w_10", "w_11"]
    assert steps_from("d_99", 2) == ["d_99", "d_100"]
    assert steps_from("2024-02-26", 2, 7) == ["2024-02-26", "2024-03-04"]
    assert counted_days(pd.Series(["0", "7"])).diff().iloc[1] == pd.Timedelta(days=7)


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        (["a_1_validation", "b_1_validation", "a_1_test", "b_1_test"], ["_validation", "_test"]),
        (["a_1_evaluation", "b_1_evaluation"], ["_evaluation"]),
        (["a_x", "b_x", "a_y"], []),
        (["a_1", "b_1"], []),
        (["page_desktop", "page_mobile", "other_spider", "one_all"], []),
    ],
)
def test_endings_are_those_that_every_name_comes_with(ids: list[str], found: list[str]) -> None:
    assert endings(pd.Series(ids)) == found


def column(name: str, dtype: str = "float", **more: object) -> ColumnInfo:
    """A column of ten rows."""
    facts = {"distinct": 10, "missing": 0, "unique": False, "integral": True, **more}
    return msgspec.convert({"name": name, "dtype": dtype, **facts}, ColumnInfo)


def table(file: str, rows: int, ids: tuple[str, ...], steps: list[str]) -> TableInfo:
    """A table with ids and numbers."""
    key = column("id", "string", unique=True, examples=ids)
    return TableInfo(file=file, rows=rows, columns=(key, *map(column, steps)))


def test_columns_of_features_are_no_steps_where_the_sample_asks_for_other_rows() -> None:
    names = [f"f_{number}" for number in range(20)]
    train = table("train.csv", 10, ("r1", "r2"), names)
    sample = table("sample_submission.csv", 5, ("r11", "r12"), ["c_1", "c_2", "c_3"])
    assert wide_table(train) is not None
    assert rows_of_steps([train], sample) is None
    assert rows_of_steps([train], table("sample.csv", 5, ("r11", "r12"), ["target"])) is None


@pytest.mark.parametrize("told", [("y_1", "y_2", "y_3"), ("kind",)])
def test_numbered_features_are_no_steps_where_numbered_answers_are_asked_for(
    told: tuple[str, ...],
) -> None:
    features, ids = [f"f_{n}" for n in range(1, 21)], tuple(map(str, range(400, 405)))
    train = table("train.csv", 400, tuple(map(str, range(5))), features)
    train = msgspec.structs.replace(train, columns=(*train.columns, *map(column, told)))
    test = table("test.csv", 200, ids, features)
    sample = table("sample_submission.csv", 200, ids, ["y_1", "y_2", "y_3"])
    assert rows_of_steps([train, test], sample) is None


def test_another_table_of_the_same_steps_is_no_reason_to_take_series_for_features() -> None:
    steps, pages = [f"d_{day}" for day in range(1, 21)], ("a", "b")
    offers, sales = (table(f"{name}.csv", 10, pages, steps) for name in ("offers", "train_sales"))
    asked = table("sample.csv", 10, pages, ["F1", "F2"])
    found = rows_of_steps([offers, sales], asked)
    assert found is not None
    assert found.layout.wide is not None
    assert (found.train.file, found.layout.wide.shorter) == ("train_sales.csv", ("offers.csv",))


def test_suffixes_without_a_table_of_their_own_follow_each_other() -> None:
    known = table("sales.csv", 10, ("a_validation",), [f"d_{day}" for day in range(1, 101)])
    key = msgspec.structs.replace(known.columns[0], endings=("_validation",))
    known = msgspec.structs.replace(known, columns=(key, *known.columns[1:]))
    asked = table("sample.csv", 20, ("a_validation",), [f"F{day}" for day in range(1, 8)])
    both = msgspec.structs.replace(key, endings=("_validation", "_evaluation"))
    asked = msgspec.structs.replace(asked, columns=(both, *asked.columns[1:]))
    found = rows_of_steps([known], asked)
    assert found is not None
    assert found.layout.wide is not None
    assert found.layout.wide.blocks == {"_validation": "d_101", "_evaluation": "d_108"}
    assert found.layout.panel is not None
    assert found.layout.panel.horizon == 14
    assert found.test.rows == 140


def analysed(folder: Path) -> TaskSummary:
    """The task of a folder."""
    return ExpertTaskAnalyzer().analyse(
        msgspec.convert(inventory({"folder": str(folder)}), Inventory)
    )


def test_the_longer_table_answers_what_it_knows_and_the_shorter_one_stays_out_of_shadows(
    tmp_path: Path,
) -> None:
    made = ahead(tmp_path / "made", 0)
    task = analysed(made.folder)
    assert task.train_file == "train_evaluation.csv"
    wide = task.layout.wide
    assert wide is not None
    assert wide.shorter == ("train_validation.csv",)
    assert wide.blocks == {"_validation": f"d_{DAYS + 1}", "_evaluation": f"d_{DAYS + AHEAD + 1}"}
    assert task.layout.panel is not None
    assert (task.layout.panel.time, task.layout.panel.horizon) == ("date", AHEAD)
    assert {one.file: one.keys for one in task.layout.related} == {
        "calendar.csv": ("d",),
        "prices.csv": ("week", "shop"),
    }
    assert any("need no forecast" in guess.what for guess in task.guesses)
    layout = find_layout(made.folder, task_from(to_plain(task)))
    assert layout.train_rows == PAGES * (DAYS + AHEAD)
    assert layout.test_rows == PAGES * AHEAD
    late = np.arange(layout.train_rows - 2 * PAGES, layout.train_rows)
    kept = np.arange(layout.train_rows - 2 * PAGES)
    rows = layout.write_shadow(tmp_path / "shadow", kept, late, np.arange(3), 0)
    assert rows.tolist() == [*kept, *late, *(layout.train_rows + np.arange(3))]
    files = {path.name for path in (tmp_path / "shadow").iterdir()}
    assert files == {
        "calendar.csv",
        "prices.csv",
        "train_evaluation.csv",
        "sample_submission.csv",
        "description.md",
    }
    told = pd.read_csv(tmp_path / "shadow" / "train_evaluation.csv", dtype=str)
    assert f"d_{DAYS + AHEAD - 1}" not in told
    sample = pd.read_csv(tmp_path / "shadow" / "sample_submission.csv", dtype=str)
    told = called_series(told, "id", "series", "_evaluation")
    cells = cells_ahead(sample, told, STEPS, "id", "series", wide.blocks)
    asked = asked_ahead(cells, told, STEPS, "series", "d", counted=False)
    real = pd.concat([layout.train(), layout.test()], ignore_index=True).iloc[rows[len(kept) :]]
    assert asked["series"].tolist() == real["series"].tolist()
    assert asked["d"].tolist() == real["d"].tolist()


def test_of_many_cells_the_last_steps_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wide_roles, "MOST_CELLS", PAGES * 50)
    made = ahead(tmp_path / "made", 0)
    task = analysed(made.folder)
    assert task.layout.wide is not None
    assert task.layout.wide.last == 50
    assert any("the last 50 of" in guess.value for guess in task.guesses)
    layout = find_layout(made.folder, task_from(to_plain(task)))
    assert layout.train_rows == PAGES * 50


def test_a_table_by_step_that_ends_with_train_is_withheld(tmp_path: Path) -> None:
    made = ahead(tmp_path / "made", 0)
    calendar = pd.read_csv(made.folder / "calendar.csv")
    daily = calendar[["d"]].head(DAYS + AHEAD).assign(total=range(DAYS + AHEAD))
    daily.to_csv(made.folder / "totals.csv", index=False)
    task = analysed(made.folder)
    assert [one.file for one in task.layout.train_only] == ["totals.csv"]
    layout = find_layout(made.folder, task_from(to_plain(task)))
    late = np.arange(layout.train_rows - PAGES, layout.train_rows)
    layout.write_shadow(tmp_path / "shadow", np.arange(late[0]), late, np.arange(3), 0)
    told = pd.read_csv(tmp_path / "shadow" / "totals.csv")
    assert len(told) == DAYS + AHEAD - 1


def test_a_metric_that_scales_by_the_past_is_told_and_the_nearest_taken(tmp_path: Path) -> None:
    made = ahead(tmp_path / "made", 0)
    text = "# Sales\n\n## Evaluation\n\nThis uses a **Weighted Root Mean Squared Scaled Error**.\n"
    (made.folder / "description.md").write_text(text)
    task = analysed(made.folder)
    assert task.metric == "rmse"
    assert any("not modelled" in guess.why for guess in task.guesses)
