"""Reading recipes: generated code reads every format as the worker does, cell by cell."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from competitions.formats import SHOP, WRITERS
from pandas.testing import assert_frame_equal

from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.recipes import excerpt
from iiml_codegen.implementation.table_reads import large_table_read, table_read
from iiml_codegen.worker import tables


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


def test_numbers_of_a_large_table_are_read_at_once_and_odd_cells_as_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id;age;odd;gap\n007;3;1;\n008;4;many;2.5\n")
    taken = excerpt(["read_large_table", "as_numbers"])
    line = large_table_read("table", "path", asdict(tables.form_of(path)), "NUMBERS")
    names: dict[str, Any] = {"path": path, "NUMBERS": ["age", "odd", "gap"]}
    exec("\n".join([*taken.imports, *taken.constants, *taken.definitions, line]), names)
    table = names["table"]
    assert table["id"].tolist() == ["007", "008"]
    assert table["age"].tolist() == [3, 4]
    assert table["odd"].tolist() == ["1", "many"]
    as_text = names["as_numbers"](tables.read_texts(path), names["NUMBERS"])
    assert_frame_equal(names["as_numbers"](table, names["NUMBERS"]), as_text)


def test_a_format_without_a_recipe_is_refused() -> None:
    with pytest.raises(GenerationError, match="hdf"):
        table_read("t", "path", {"format": "hdf"})
