"""Records and fields of tables as bytes: the same rows as pandas, whatever the quoting."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.raw_csv import parse
from iiml_codegen.worker.raw_rows import column_values, header_of, rows_of, selected

TABLES = {
    "plain": b"a,b,c\n1,2,3\n4,5,6\n",
    "no final newline": b"a,b\n1,2\n3,4",
    "carriage returns": b"a,b\r\n1,x\r\n2,y\r\n",
    "lone returns": b"a,b\r1,x\r2,y\r",
    "byte order mark": b"\xef\xbb\xbfa,b\n1,2\n",
    "quoted newline": b'a,b\n1,"x\ny"\n2,"p,q"\n',
    "quoted carriage return": b'a,b\r\n1,"x\r\ny"\r\n2,z\r\n',
    "doubled quotes": b'a,b\n1,"say ""hi"""\n2,""""\n3,""\n',
    "stray quotes": b'a,b\n1,5" pipe\n2,the "best" one\n3,z\n',
    "text after a quote": b'a,b\n1,"x"yz\n2,w\n',
    "blank lines": b"a,b\n\n1,2\n\n  \n3,4\n\n",
    "short rows": b"a,b,c\n1,2,3\n4\n5,6\n",
    "quoted header": b'"a","b, c"\n1,2\n',
    "accents": "a,b\nÉ,ü\n😀,ß\n".encode(),
    "header only": b"a,b\n",
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_rows_and_values_are_those_that_pandas_reads(name: str) -> None:
    data = TABLES[name]
    table = parse(data, ",", "utf-8")
    expected = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, index_col=False)
    assert list(table.columns) == list(expected.columns)
    assert len(table) == len(expected)
    for column in table.columns:
        values = [value.decode() for value in column_values(table, column)]
        assert values == expected[column].fillna("").tolist()


@pytest.mark.parametrize("name", sorted(TABLES))
def test_all_rows_together_are_the_file_again(name: str) -> None:
    data = TABLES[name]
    table = parse(data, ",", "utf-8")
    again = table.head + b"".join(rows_of(table, np.arange(len(table)), {}))
    without_blank = parse(again, ",", "utf-8")
    assert len(without_blank) == len(table)
    if "blank" not in name and "final" not in name:
        assert again == data


def test_a_replaced_column_keeps_its_quotes_and_the_rest_of_the_row() -> None:
    table = parse(b'id,t\r\n"a1","x ""y"""\r\nb2,z', ",", "utf-8")
    rows = rows_of(table, np.array([1, 0]), {0: [b"n1", b"n2"]})
    assert rows == [b"n1,z\r\n", b'"n2","x ""y"""\r\n']


def test_two_replaced_columns_at_the_ends() -> None:
    table = parse(b"a,b,c\n1,2,3\n4,5,6\n", ",", "utf-8")
    assert rows_of(table, np.array([0, 1]), {0: [b"x", b"y"], 2: [b"p", b"q"]}) == [
        b"x,2,p\n",
        b"y,5,q\n",
    ]


def test_a_row_with_too_many_fields_names_its_row() -> None:
    with pytest.raises(DataError, match="row 2 has 3 fields, the header 2"):
        parse(b"a,b\n1,2\n1,2,3\n", ",", "utf-8")


def test_random_tables_agree_with_pandas() -> None:
    rng = np.random.default_rng(3)
    pieces = np.array(["x", '"', ",", "\n", "\r\n", "é", " ", "12", ""])
    for _ in range(200):
        frame = pd.DataFrame(
            [["".join(rng.choice(pieces, rng.integers(1, 5))) + "." for _ in "abc"] for _ in "1234"]
        )
        frame.columns = pd.Index(["a", "b", "c"])
        data = frame.to_csv(index=False).encode()
        table = parse(data, ",", "utf-8")
        for column in frame.columns:
            values = [value.decode() for value in column_values(table, column)]
            assert values == frame[column].tolist()


def test_chosen_columns_stand_in_their_new_order_even_in_short_rows() -> None:
    whole = parse(b"\xef\xbb\xbfa,b,c,d\n1,2,3,4\n5,6,7,8\n", ",", "utf-8-sig")
    short = parse(b"a,b,c,d\n1,2\n5,6,7,8\n", ",", "utf-8")
    both = np.array([0, 1])
    assert selected(whole, both, [2, 3, [b"x", b"y"], 0]) == [b"3,4,x,1\n", b"7,8,y,5\n"]
    assert selected(short, both, [1, 2, 0]) == [b"2,,1\n", b"6,7,5\n"]
    assert header_of(whole, [2, 0]) == b"\xef\xbb\xbfc,a\n"


def test_a_lone_empty_field_is_no_blank_line() -> None:
    table = parse(b"a,b\n,1\nx,2\n", ",", "utf-8")
    assert selected(table, np.array([0, 1]), [0]) == [b'""\n', b"x\n"]
