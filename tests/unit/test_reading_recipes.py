"""Reading recipes: generated code reads every format as the worker does, cell by cell."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.recipes import excerpt
from iiml_codegen.implementation.table_reads import table_read
from iiml_codegen.worker import tables

SHOP = pd.DataFrame(
    {
        "id": ["007", "008", "009", "010"],
        "name": ["Zoë, née X", 'say "hi"', "two\nlines", None],
        "price": [1.5, None, 3.0, 1e-7],
        "count": [1, 2, 3, 40],
        "new": [True, False, True, True],
        "when": pd.to_datetime(["2020-01-01 00:00", "2020-01-02 12:30", None, "2021-05-06 00:00"]),
    }
)


def to_database(table: pd.DataFrame, path: Path) -> None:
    """Write a table called `shop items` beside a smaller one."""
    with sqlite3.connect(path) as base:
        table.to_sql("shop items", base, index=False)
        table.head(1).to_sql("other", base, index=False)
    base.close()


def to_wrapped_json(table: pd.DataFrame, path: Path) -> None:
    """Write records under a dotted key."""
    records = json.loads(table.to_json(orient="records", date_format="iso"))
    path.write_text(json.dumps({"meta": {"n": 4}, "data": {"rows": records}}), "utf-8")


WRITERS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "plain.csv": lambda table, path: table.to_csv(path, index=False),
    "semicolon.csv": lambda table, path: table.to_csv(
        path, index=False, sep=";", encoding="cp1252"
    ),
    "wide.tsv": lambda table, path: table.to_csv(path, index=False, sep="\t", encoding="utf-16"),
    "marked.csv": lambda table, path: table.to_csv(path, index=False, encoding="utf-8-sig"),
    "records.json": lambda table, path: table.to_json(path, orient="records", date_format="iso"),
    "columns.json": lambda table, path: table.to_json(path, orient="columns", date_format="iso"),
    "lists.json": lambda table, path: path.write_text(
        json.dumps(
            {
                name: json.loads(table[name].to_json(orient="values", date_format="iso"))
                for name in table
            }
        )
    ),
    "wrapped.json": to_wrapped_json,
    "lines.jsonl": lambda table, path: table.to_json(
        path, orient="records", date_format="iso", lines=True
    ),
    "table.parquet": lambda table, path: table.to_parquet(path),
    "table.feather": lambda table, path: table.to_feather(path),
    "indexed.parquet": lambda table, path: table.set_index("id").to_parquet(path),
    "sheet.xlsx": lambda table, path: table.to_excel(path, index=False, sheet_name="all of it"),
    "base.sqlite": to_database,
}


def read_as_generated(path: Path) -> tuple[pd.DataFrame, str]:
    """The table as the line of a generated module reads it, and that line."""
    line, recipe = table_read("table", "path", asdict(tables.form_of(path)))
    taken = excerpt([recipe])
    names: dict[str, object] = {"path": path}
    module = "\n".join([*taken.imports, *taken.constants, *taken.definitions, line])
    exec(compile(module, "module", "exec"), names)
    table = names["table"]
    assert isinstance(table, pd.DataFrame)
    return table, line


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_generated_code_reads_every_cell_as_the_worker_does(tmp_path: Path, name: str) -> None:
    WRITERS[name](SHOP, tmp_path / name)
    read, _ = read_as_generated(tmp_path / name)
    assert_frame_equal(read, tables.read_texts(tmp_path / name))
    assert list(read["id"]) == ["007", "008", "009", "010"]
    assert read["name"].tolist()[:3] == ["Zoë, née X", 'say "hi"', "two\nlines"]
    assert read["name"].isna().tolist() == [False, False, False, True]
    assert list(read["count"]) == ["1", "2", "3", "40"]
    assert [float(value) for value in read["price"].dropna()] == [1.5, 3.0, 1e-7]


def test_fixed_width_columns_are_cut_where_they_start(tmp_path: Path) -> None:
    path = tmp_path / "table.fwf"
    path.write_text("id  city    share\n1   Ames      0.5\n22  Évora    12.5\n3             \n")
    read, line = read_as_generated(path)
    assert_frame_equal(read, tables.read_texts(path))
    assert read.fillna("").to_numpy().tolist() == [
        ["1", "Ames", "0.5"],
        ["22", "Évora", "12.5"],
        ["3", "", ""],
    ]
    assert "edges=(0, 4, 12)" in line


def test_lists_and_records_are_their_json(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('[{"id": "a", "tags": ["x", "é"]}, {"id": "N/A", "tags": null, "more": 0}]')
    read, _ = read_as_generated(path)
    assert_frame_equal(read, tables.read_texts(path))
    assert read.fillna("~").to_numpy().tolist() == [["a", '["x", "é"]', "~"], ["N/A", "~", "0"]]


def test_the_usual_table_is_read_by_the_shortest_line() -> None:
    assert table_read("train", "data_dir / TRAIN_FILE", {}) == (
        "train = read_text_table(data_dir / TRAIN_FILE)",
        "read_text_table",
    )
    line, _ = table_read("t", "path", {"format": "delimited", "separator": "\t"})
    assert line == 't = read_text_table(path, separator="\\t")'


def test_a_format_without_a_recipe_is_refused() -> None:
    with pytest.raises(GenerationError, match="hdf"):
        table_read("t", "path", {"format": "hdf"})
