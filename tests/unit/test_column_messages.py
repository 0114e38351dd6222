"""Columns that are not there: what the installed pandas and sklearn say, read back as names."""

from __future__ import annotations

import io
from collections.abc import Callable

import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import StandardScaler

from iiml_codegen.integration.column_messages import missing_columns
from iiml_codegen.integration.debugging_agent import Facts, propose
from iiml_codegen.integration.fault_classes import classified
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.known_names import missing_names
from iiml_codegen.integration.trace import Trace

T = pd.DataFrame({"Age": [1.0, 2.0], "Fare": [1.0, 2.0], "G": ["a", "b"]})
CSV = "a,b\n1,2\n"
Call = Callable[[], object]
ONE: dict[str, Call] = {
    "subscript": lambda: T["Agee"],
    "groupby": lambda: T.groupby("Agee").size(),
    "groupby, one column": lambda: T.groupby("G")["Agee"],
    "groupby, a list": lambda: T.groupby("G")[["Agee"]],
    "groupby, agg": lambda: T.groupby("G").agg({"Agee": "mean"}),
    "groupby, named": lambda: T.groupby("G").agg(x=("Agee", "mean")),
    "agg": lambda: T.agg({"Agee": "mean"}),
    "transform": lambda: T.transform({"Agee": "sqrt"}),
    "set_index": lambda: T.set_index("Agee"),
    "dropna": lambda: T.dropna(subset=["Agee"]),
    "drop_duplicates": lambda: T.drop_duplicates(subset=["Agee"]),
    "list": lambda: T[["Agee"]],
    "list with others": lambda: T[["Agee", "Age"]],
    "drop": lambda: T.drop(columns=["Agee"]),
    "melt": lambda: T.melt(id_vars=["Agee"]),
    "pivot": lambda: T.pivot(index="Agee", columns="G", values="Age"),
    "astype": lambda: T.astype({"Agee": "int64"}),
    "rolling": lambda: T.rolling(2, on="Agee"),
    "usecols": lambda: pd.read_csv(io.StringIO(CSV), usecols=["Agee"]),
    "parse_dates": lambda: pd.read_csv(io.StringIO(CSV), parse_dates=["Agee"]),
    "index_col": lambda: pd.read_csv(io.StringIO(CSV), index_col="Agee"),
    "sklearn": lambda: ColumnTransformer([("a", StandardScaler(), ["Agee"])]).fit(T),
}
SEVERAL: dict[str, Call] = {
    "groupby": lambda: T.groupby("G")[["Agee", "a [m]", "Fare"]],
    "set_index": lambda: T.set_index(["Agee", "a [m]"]),
    "dropna": lambda: T.dropna(subset=["Agee", "a [m]"]),
    "drop_duplicates": lambda: T.drop_duplicates(subset=["Agee", "a [m]"]),
    "list": lambda: T[["Agee", "a [m]"]],
}


def said(call: Call) -> tuple[str, str]:
    """Type and message of what a call raises."""
    with pytest.raises((KeyError, ValueError)) as raised:
        call()
    return type(raised.value).__name__, str(raised.value)


@pytest.mark.parametrize("call", ONE.values(), ids=ONE)
def test_the_column_is_read_off_the_message(call: Call) -> None:
    kind, message = said(call)
    assert classified(Trace((), kind, message))[1] == ("Agee",)
    assert missing_names(failure("unknown_column", f"{kind}: {message}")) == ["Agee"]


@pytest.mark.parametrize("call", SEVERAL.values(), ids=SEVERAL)
def test_all_columns_are_read_off_the_message(call: Call) -> None:
    assert set(missing_columns(*said(call))) == {"Agee", "a [m]"}


def test_a_name_with_an_apostrophe_is_read_whole() -> None:
    name = "Driver's age"
    for call in (lambda: T[name], lambda: T.dropna(subset=[name]), lambda: T.groupby("G")[name]):
        assert missing_columns(*said(call)) == (name,)


def test_names_on_several_lines_are_all_read() -> None:
    names = [f"a column with a long name {n}" for n in range(9)]
    for call in (lambda: T[names], lambda: T.drop_duplicates(subset=names)):
        assert set(missing_columns(*said(call))) == set(names)


@pytest.mark.parametrize("name", ["subscript", "list", "dropna", "drop_duplicates"])
def test_lines_that_a_log_adds_do_not_hide_the_column(name: str) -> None:
    kind, message = said(ONE[name])
    assert missing_columns(kind, f"{message}\n 10%|#   | 1/10\n'other'") == ("Agee",)


def test_keys_that_are_no_texts_name_no_column() -> None:
    for key in (7, ("a", 1), None):
        assert missing_columns("KeyError", str(KeyError(key))) == ()
    assert missing_columns("ValueError", "could not convert string to float: 'Agee'") == ()
    assert missing_columns("RuntimeError", "'Agee'") == ()


def test_a_column_that_a_group_lacks_is_renamed() -> None:
    text = 'x = t.groupby("G")["Agee"].mean()\n'
    kind, message = said(ONE["groupby, one column"])
    fault = failure("unknown_column", f"{kind}: {message}")
    patches = propose(fault, {"prep.py": text}, Facts(columns=("Age", "Fare", "G")))
    assert patches[0].after == 'x = t.groupby("G")["Age"].mean()\n'
