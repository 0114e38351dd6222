"""Files that are no tables: one sentence that names the file, the place, and the way out."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from iiml_codegen.worker import tables
from iiml_codegen.worker.errors import DataError

PAGE = b"\n<!-- x -->\n<!DOCTYPE html><html><head><title>Log  in\n| Site</title></head></html>"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
TROUBLES: dict[str, tuple[str, bytes, str]] = {
    "empty": ("t.csv", b"", "t.csv is empty"),
    "blank": ("t.csv", b"\xef\xbb\xbf \n\n", "t.csv is empty"),
    "header only": ("t.csv", b"id,x\n", "header and no rows"),
    "a web page": ("t.csv", PAGE, r"web page \('Log in | Site'\)"),
    "a web page for JSON": ("t.json", PAGE, "web page"),
    "a web page for parquet": ("t.parquet", PAGE, "web page"),
    "git-lfs": ("t.csv", POINTER, "pointer of git-lfs"),
    "git-lfs for a workbook": ("t.xlsx", POINTER, "pointer of git-lfs"),
    "noise": ("t.csv", bytes(range(256)) * 40, "bytes that are no text"),
    "a zip archive": ("t.csv", b"PK\x03\x04\x14\0\0\0", "zip archive under the wrong name"),
    "gzip": ("t.csv", gzip.compress(b"id,x\n1,2\n"), "gzip under the wrong name"),
    "no parquet": ("t.parquet", b"id,x\n1,2\n", "neither parquet nor feather"),
    "half a parquet": ("t.parquet", b"PAR1\x15\x04\x15", "does not read as parquet"),
    "no workbook": ("t.xlsx", b"id,x\n1,2\n", "does not open as a workbook"),
    "an old workbook": ("t.xls", b"\xd0\xcf\x11\xe0", "not read"),
    "no database": ("t.sqlite", b"id,x\n1,2\n", "no SQLite database"),
    "half a JSON": ("t.json", b'[{"a": 1},\n {"a": 2},\n {"a"', "t.json, line 3"),
    "a bad JSON line": ("t.jsonl", b'{"a": 1}\n{"a": 2}\n{"a" 3}\n', "t.jsonl, line 3"),
    "latin-1 JSON": ("t.json", '[\n{"a": "é"}]'.encode("latin-1"), "t.json, line 2"),
    "JSON without a table": ("t.json", b'{"a": 1, "b": "c"}', "holds no table"),
    "a quote that never closes": ("t.csv", b'id,x\n1,a\n2,"b\n3,c\n', "t.csv"),
    "a row too long": ("t.csv", b"id,x\n1,a\n2,b,c\n3,d\n", r"line 3|row 2"),
    "rows all too long": ("t.csv", b"id,x\n1,a,z\n2,b,z\n", "more fields than the header"),
    "no edges": (
        "t.fwf",
        b"one line of prose\nand another one\nwith no columns at all\n",
        "columns",
    ),
}


@pytest.mark.parametrize("name", sorted(TROUBLES))
def test_what_is_no_table_is_said_with_its_name_and_a_way_out(tmp_path: Path, name: str) -> None:
    file, content, message = TROUBLES[name]
    (tmp_path / file).write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        tables.read_frame(tmp_path / file)
    assert file in caught.value.message
    assert caught.value.hint
    assert caught.value.code == "IIML901"


@pytest.mark.parametrize("content", [b"id,x\n1,a\n2,b,c\n3,d\n", b"id,x\n1,a,z\n2,b,z\n"])
def test_rows_that_cannot_be_sliced_are_named_too(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"t\.csv: row \d has 3 fields, the header 2"):
        tables.row_store(tmp_path / "t.csv")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a file that cannot be read")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"id,x\n1,2\n")
    (tmp_path / "t.csv").chmod(0)
    with pytest.raises(DataError, match=r"t\.csv cannot be read"):
        tables.form_of(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("notes.txt", "Predict, please, the price.\nIt is in euros.\nGood luck!\n", False),
        ("table.txt", "id\tx\n1\t2\n3\t4\n", True),
        ("aligned.txt", "id  name   x\n1   Ames   2\n22  Cork  14\n", True),
        ("config.json", '{"epochs": 3, "model": "x"}', False),
        ("rows.json", '[{"id": 1}, {"id": 2}]', True),
        ("broken.csv", "", True),
        ("image.png", "x", False),
    ],
)
def test_tables_are_told_from_other_files(
    tmp_path: Path, name: str, text: str, expected: bool
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert tables.is_table(tmp_path / name) is expected
