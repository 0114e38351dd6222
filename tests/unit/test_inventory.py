"""What the inventory says about files and columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from competitions import KINDS, write_competition

from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.inventory import inventory


def columns_of(found: dict[str, Any], file: str) -> dict[str, dict[str, Any]]:
    """Columns of one table by name."""
    table = next(table for table in found["tables"] if table["file"] == file)
    return {column["name"]: column for column in table["columns"]}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_competition_is_listed_and_is_json(tmp_path: Path, kind: str) -> None:
    made = write_competition(tmp_path, kind, 80)
    found = inventory({"folder": str(tmp_path)})
    json.dumps(found, allow_nan=False)
    files = {table["file"]: table["rows"] for table in found["tables"]}
    assert set(files) == {"train.csv", "test.csv", made.task["submission"]["file"]}
    assert files["test.csv"] == len(made.answers)
    assert set(made.task["targets"]) <= set(columns_of(found, "train.csv"))


def test_labels_are_given_as_they_stand_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("id,y,z\n1,1.0,007\n2,0.0,010\n3,,007\n")
    columns = columns_of(inventory({"folder": str(tmp_path)}), "train.csv")
    assert columns["y"]["values"] == ["0.0", "1.0"]
    assert columns["y"]["missing"] == 1
    assert columns["z"]["values"] == ["007", "010"]
    assert columns["y"]["integral"] is True


def test_separator_encoding_and_byte_order_mark_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("name;zahl\r\nMüller;1\r\n".encode("cp1252"))
    (tmp_path / "b.tsv").write_bytes(b"\xef\xbb\xbfname\tn\nx,y\t1\n")
    first, second = inventory({"folder": str(tmp_path)})["tables"]
    assert (first["separator"], first["encoding"]) == (";", "cp1252")
    assert first["columns"][0]["values"] == ["Müller"]
    assert (second["separator"], second["encoding"]) == ("\t", "utf-8-sig")
    assert second["columns"][0]["name"] == "name"


def test_our_own_output_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    write_competition(tmp_path, "binary", 40)
    (tmp_path / "submission.csv").write_text("id,left\n1,0\n")
    (tmp_path / "submission.yours-1.csv").write_text("id,left\n1,0\n")
    (tmp_path / ".hidden.csv").write_text("a\n1\n")
    (tmp_path / "iiml").mkdir()
    (tmp_path / "images").mkdir()
    found = inventory({"folder": str(tmp_path)})
    assert len(found["tables"]) == 3
    assert found["other_files"] == {"images/": 1}
    assert found["texts"][0]["file"] == "description.md"


def test_a_column_of_truth_values_with_gaps_is_bool(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("id,flag\n1,True\n2,\n3,False\n")
    columns = columns_of(inventory({"folder": str(tmp_path)}), "train.csv")
    assert columns["flag"]["dtype"] == "bool"


def test_an_empty_table_is_expected_trouble_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("")
    with pytest.raises(DataError, match=r"train\.csv is empty"):
        inventory({"folder": str(tmp_path)})
