"""Rows of tables of every form: sliced, mixed between forms, and written as their own table is."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from competitions.formats import SHOP, WRITERS
from hypothesis import given, settings
from hypothesis import strategies as st

from iiml_codegen.worker import tables
from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.plan import TableForm
from iiml_codegen.worker.tables import Piece

NAMES = sorted(set(WRITERS) - {"lists.json"})
PLAIN = SHOP[["id", "name", "count", "price"]]


def made(folder: Path, name: str, table: pd.DataFrame = SHOP) -> Path:
    """A table in one of the forms."""
    folder.mkdir(exist_ok=True)
    WRITERS[name](table, folder / name)
    return folder / name


def cells(path: Path, form: TableForm) -> list[list[str]]:
    """All cells as text, "" where they are missing; moments without their seconds' form."""
    return [list(map(str, row)) for row in tables.read_texts(path, form).fillna("").to_numpy()]


@pytest.mark.parametrize("name", NAMES)
def test_rows_of_a_store_are_those_of_its_file_in_any_order(tmp_path: Path, name: str) -> None:
    path = made(tmp_path, name)
    form, out = tables.form_of(path), tmp_path / "out" / name
    store = tables.row_store(path, form)
    whole = cells(path, form)
    assert len(store) == len(whole) == 4
    assert list(store.columns) == list(tables.read_texts(path, form).columns)
    assert [list(row) for row in zip(*map(store.texts, store.columns), strict=True)] == whole
    store.write(out, [Piece(store, np.array([3, 0])), Piece(store, np.array([1]))])
    assert tables.form_of(out).format == form.format
    assert cells(out, form) == [whole[3], whole[0], whole[1]]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_rows_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    store = tables.row_store(made(tmp_path, name))
    for place in ("a", "b"):
        store.write(tmp_path / place / name, [Piece(store, np.array([2, 1]))])
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_some_columns_are_written_with_new_ids(tmp_path: Path, name: str) -> None:
    path = made(tmp_path, name)
    form, out = tables.form_of(path), tmp_path / "out" / name
    store = tables.row_store(path, form)
    pieces = [Piece(store, np.array([0, 3]), {"id": ['a"1', "b;,2"]})]
    store.write(out, pieces, ["count", "id"])
    assert cells(out, form) == [["1", 'a"1'], ["40", "b;,2"]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", NAMES)
def test_rows_of_another_form_take_the_form_of_the_table(
    tmp_path: Path, name: str, other: str
) -> None:
    path = made(tmp_path / "one", name, PLAIN)
    form, out = tables.form_of(path), tmp_path / "out" / name
    store, source = tables.row_store(path, form), tables.row_store(made(tmp_path, other, PLAIN))
    store.write(out, [Piece(store, np.array([0])), Piece(source, np.array([2, 3]))])
    whole = cells(path, form)
    place = list(store.columns).index("price")
    found = cells(out, form)
    for row, original in zip(found, (whole[0], whole[2], whole[3]), strict=True):
        assert float(row.pop(place)) == float(original.pop(place))
        assert row == original


def test_a_column_that_the_other_table_lacks_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,x,y\n1,2,3\n")
    (tmp_path / "b.csv").write_text("y,id\n5,7\n")
    store, other = (tables.row_store(tmp_path / name) for name in ("a.csv", "b.csv"))
    store.write(tmp_path / "c.csv", [Piece(store, np.array([0])), Piece(other, np.array([0]))])
    assert (tmp_path / "c.csv").read_text() == "id,x,y\n1,2,3\n7,,5\n"


def test_source_bytes_are_sliced_and_not_written_anew(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf"id","note"\r\n"1",plain\r\n2,"two\r\nlines"\r\n3,1.50\r\n'
    (tmp_path / "a.csv").write_bytes(data)
    store = tables.row_store(tmp_path / "a.csv")
    store.write(tmp_path / "b.csv", [Piece(store, np.arange(3))])
    assert (tmp_path / "b.csv").read_bytes() == data
    store.write(tmp_path / "c.csv", [Piece(store, np.array([1, 0]), {"id": ["8", "9"]})])
    expected = b'\xef\xbb\xbf"id","note"\r\n8,"two\r\nlines"\r\n"9",plain\r\n'
    assert (tmp_path / "c.csv").read_bytes() == expected


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [True, False])
def test_wide_text_keeps_its_byte_order(tmp_path: Path, codec: str, mark: bool) -> None:
    text = ("\ufeff" if mark else "") + "id;name of it\r\n1;Zoë\r\n2;Łódź\r\n3;x\r\n"
    (tmp_path / "a.csv").write_bytes(text.encode(codec))
    store = tables.row_store(tmp_path / "a.csv")
    assert store.texts("name of it") == ["Zoë", "Łódź", "x"]
    store.write(tmp_path / "b.csv", [Piece(store, np.arange(3))])
    assert (tmp_path / "b.csv").read_bytes() == text.encode(codec)


@pytest.mark.parametrize("header", ["a,a,b", ",a,", "a.1,a,a", '" ",x,x', "Unnamed: 0,,x"])
def test_odd_headers_are_named_as_pandas_names_them(tmp_path: Path, header: str) -> None:
    (tmp_path / "t.csv").write_text(f"{header}\n1,2,3\n4,5,6\n")
    expected = list(pd.read_csv(tmp_path / "t.csv").columns)
    store = tables.row_store(tmp_path / "t.csv")
    assert list(store.columns) == expected
    assert list(tables.read_texts(tmp_path / "t.csv", columns=expected[1:]).columns) == expected[1:]
    store.write(tmp_path / "out.csv", [Piece(store, np.array([1]))], expected[1:])
    assert list(pd.read_csv(tmp_path / "out.csv").columns) == expected[1:]


def test_a_row_too_wide_for_its_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.fwf").write_text("id  name\n1   Ames\n22  Cork\n")
    store = tables.row_store(tmp_path / "t.fwf")
    with pytest.raises(DataError, match="'12345' does not fit into column 'id'"):
        store.write(tmp_path / "o.fwf", [Piece(store, np.array([0]), {"id": ["12345"]})])
    store.write(tmp_path / "o.fwf", [Piece(store, np.array([1, 0]), {"id": ["7", "8"]})])
    assert (tmp_path / "o.fwf").read_text() == "id  name\n7   Cork\n8   Ames\n"


def test_two_tables_of_one_database_are_written_into_one(tmp_path: Path) -> None:
    path = made(tmp_path, "base.sqlite")
    first, second = (tables.row_store(path, form) for form in tables.forms_of(path))
    for store in (first, second):
        store.write(tmp_path / "out.sqlite", [Piece(store, np.array([0]))])
    parts = {form.part for form in tables.forms_of(tmp_path / "out.sqlite")}
    assert parts == {"shop items", "other"}


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\n\t"),
    max_size=6,
)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, separators=st.tuples(*[st.sampled_from(",;\t|")] * 2), wide=st.booleans())
def test_any_text_survives_the_way_from_one_dialect_to_another(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    separators: tuple[str, str],
    wide: bool,
) -> None:
    folder = tmp_path_factory.mktemp("dialects")
    frame = pd.DataFrame([("1", "2", "3"), *rows], columns=["a", "b", "c"])
    forms = [
        TableForm(separator=separators[0]),
        TableForm(separator=separators[1], encoding="utf-16" if wide else "utf-8"),
    ]
    for place, form in enumerate(forms):
        text = frame.to_csv(index=False, sep=form.separator, lineterminator="\n", quoting=1)
        (folder / f"{place}.csv").write_bytes(text.encode(form.encoding))
    source, target = (tables.row_store(folder / f"{i}.csv", f) for i, f in enumerate(forms))
    target.write(folder / "out.csv", [Piece(source, np.arange(len(frame)))])
    written = (folder / "out.csv").read_bytes().decode(forms[1].encoding)
    found = pd.read_csv(
        io.StringIO(written), sep=forms[1].separator, dtype=str, keep_default_na=False
    )
    assert found.to_numpy().tolist() == frame.to_numpy().tolist()
    again = tables.row_store(folder / "out.csv", replace(forms[1]))
    assert again.texts("b") == frame["b"].tolist()
