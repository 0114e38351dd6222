"""Each cause is one row: what follows from another row, or says it less well, is left out."""

from __future__ import annotations

from pathlib import Path

from iiml_codegen.domain.fault import Fault, Place, Violation
from iiml_server.diagnostics import stale
from iiml_server.echoes import without_echoes
from iiml_server.module_check import check_module
from iiml_server.run_results import as_violation

PLACE = Place(file="prep.py", line=3, column=12)
TOLD = Violation(
    code="IIML156",
    message="no table has a column 'farre'",
    place=PLACE,
    severity="warning",
    hint="write 'fare'",
    names=("farre", "fare"),
)
RUN = as_violation(
    Fault(
        kind="unknown_column",
        message="KeyError: 'farre'",
        place=PLACE,
        evidence="",
        code="IIML401",
        names=("farre",),
    )
)


def codes(text: str, name: str = "model_traditional.py") -> list[str]:
    found = check_module(Path("nowhere at all/iiml") / name, text)
    return sorted(one.code for one in without_echoes(found, ()))


def test_a_runs_row_stands_for_the_text_s_and_says_its_way_out() -> None:
    (row,) = without_echoes([TOLD], [RUN])
    assert (row.code, row.message) == ("IIML401", "unknown column: KeyError: 'farre'")
    assert row.hint == "write 'fare'"


def test_rows_of_other_lines_and_of_older_texts_stand_beside() -> None:
    below = as_violation(
        Fault(
            kind="unknown_column",
            message="KeyError: 'farre'",
            place=Place(file="prep.py", line=4),
            evidence="",
            names=("farre",),
        )
    )
    assert without_echoes([TOLD], [below]) == [TOLD, below]
    assert without_echoes([TOLD], [stale(RUN)]) == [TOLD, stale(RUN)]
    assert without_echoes([TOLD], ()) == [TOLD]


FIT = """def scale_rows(x):
    return x


def fit(X, y, *, seed=0):
    return Forest(random_state=%s).fit(%s, y)


def predict%s(model, X):
    return model.predict(X)
"""
HEAD = "from sklearn.ensemble import RandomForestClassifier as Forest\n\n\n"


def test_a_misspelt_call_is_not_told_as_a_function_that_nobody_calls() -> None:
    assert codes(HEAD + FIT % ("seed", "scale_row(X)", "")) == ["IIML104"]
    assert codes(HEAD + FIT % ("seed", "X", "")) == ["IIML158"]


def test_a_seed_that_is_to_be_used_is_not_told_as_one_that_is_ignored() -> None:
    assert codes(HEAD + FIT % ("42", "scale_rows(X)", "")) == ["IIML145"]


def test_a_misspelt_function_of_the_interface_is_told_once() -> None:
    assert codes(HEAD + FIT % ("seed", "scale_rows(X)", "t")) == ["IIML101"]
