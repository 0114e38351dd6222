"""What repairs propose where the obvious edit would be wrong: real calls, real messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from iiml_codegen.domain.fault import Fault, FaultClass
from iiml_codegen.integration.debugging_agent import Facts, propose
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.text_columns import AS_CODES

FACTS = Facts(columns=("Age", "Fare"))


def raised(text: str, kind: FaultClass, *names: str) -> Fault:
    """The fault that a module really ends with when its `prepare` is called."""
    code = compile(text, "prep.py", "exec")
    scope: dict[str, object] = {}
    try:
        exec(code, scope)
        scope["prepare"]()  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001  (whatever the library raises)
        trace, line = error.__traceback__, 0
        while trace is not None:
            mine = trace.tb_frame.f_code.co_filename == "prep.py"
            line, trace = trace.tb_lineno if mine else line, trace.tb_next
        return failure(kind, f"{type(error).__name__}: {error}", line, *names)
    raise AssertionError("it should have failed")


def titles(fault: Fault, text: str) -> list[str]:
    """The titles of all patches, the first one first."""
    return [patch.title for patch in propose(fault, {"prep.py": text}, FACTS)]


TABLE = """\
import numpy as np
import pandas as pd
import random


def prepare():
    t = pd.DataFrame({{"Age": [3, 1, 2], "Fare": [1, 2, 3]}})
    names = ["Age", "Fare"]
{lines}
    return t, names
"""


def in_table(*lines: str) -> str:
    """A `prepare` with these lines in it."""
    return TABLE.format(lines="\n".join(f"    {line}" for line in lines))


@pytest.mark.parametrize(
    "line",
    [
        't.sort_values("Agee", inplace=True)',
        't.drop(columns=["Agee"], inplace=True)',
        't.pop("Agee")',
        'last = t.pop("Agee")',
        'random.shuffle(t["Agee"])',
        'for name in ["Agee"]: t.drop(columns=name, inplace=True)',
        'for name in ["Agee"]: names.remove(name) if t[name].any() else None',
    ],
)
def test_a_line_that_changes_something_in_place_is_renamed_not_removed(line: str) -> None:
    text = in_table(line)
    found = titles(raised(text, "unknown_column", "Agee"), text)
    assert not [title for title in found if title.startswith("Take out")]
    assert "Replace Agee by Age" in found or "drop" in line


@pytest.mark.parametrize("line", ['t["Agee"].head()', 'far = np.append(t["Agee"], 1)'])
def test_a_line_without_use_is_removed(line: str) -> None:
    text = in_table(line)
    assert "Take out a line whose result nothing uses" in titles(
        raised(text, "unknown_column", "Agee"), text
    )


HALF = """\
import pandas as pd


def prepare(words):
    t = pd.DataFrame({"Sex": words})
    return t["Sex"].astype(float)
"""
NUMBERS = "Code the words as numbers"


def scope_of(text: str) -> dict[str, Any]:
    """What a module defines."""
    scope: dict[str, Any] = {}
    exec(compile(text, "prep.py", "exec"), scope)
    return scope


def word_fault(word: str) -> Fault:
    """The fault of a word where numbers are wanted."""
    return failure("dtype", f"ValueError: could not convert string to float: '{word}'", 6)


def test_words_get_the_same_numbers_in_train_and_test() -> None:
    (patch,) = [p for p in propose(word_fault("b"), {"prep.py": HALF}, FACTS) if p.title == NUMBERS]
    prepare = scope_of(patch.after)["prepare"]
    train, test = prepare(["a", "b", "c"]), prepare(["b", "c", "b"])
    assert list(test) == [train[1], train[2], train[1]]
    assert train.nunique() == 3


def test_codes_of_all_text_columns_are_those_of_the_words() -> None:
    train, test = (pd.DataFrame({"w": list(words), "n": 1.0}) for words in ("abc", "cb"))
    coded = [eval(AS_CODES.format(x="x"), {"pd": pd, "x": x}) for x in (train, test)]
    assert list(coded[1]["w"]) == [coded[0]["w"][2], coded[0]["w"][1]]
    assert list(coded[0]["n"]) == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("gap", ["unknown", "?", "N/A", "12 kg"])
def test_numbers_with_a_sign_for_gaps_stay_numbers(gap: str) -> None:
    assert NUMBERS not in titles(word_fault(gap), HALF)


def test_to_make_gaps_of_words_loses_them() -> None:
    patches = propose(word_fault("male"), {"prep.py": HALF}, FACTS)
    assert [p.loses for p in patches if "pd.to_numeric(" in p.after] == ["what the words tell"]


ARRAY = """\
import numpy as np


def prepare():
    a = np.array([1.0, np.nan, np.inf])
{lines}
    return a
"""


@pytest.mark.parametrize(
    "line",
    ["a = a.fillna(5)", "a = a.fillna(value=5)", "a = a.copy().fillna(5)", "a = (a + 0).fillna(5)"],
)
def test_gaps_of_an_array_are_filled_with_the_value(line: str) -> None:
    text = ARRAY.format(lines=f"    {line}")
    first = propose(raised(text, "incompatible_api", "fillna"), {"prep.py": text}, FACTS)[0]
    assert list(scope_of(first.after)["prepare"]()) == [1.0, 5.0, float("inf")]


@pytest.mark.parametrize("line", ["a.append(4.0)", "a.fillna(0, inplace=True)"])
def test_no_result_is_thrown_away_where_an_array_should_change(line: str) -> None:
    text = ARRAY.format(lines=f"    {line}")
    patches = propose(raised(text, "incompatible_api", "append"), {"prep.py": text}, FACTS)
    assert not [p for p in patches if "np.append(" in p.after or "np.nan_to_num(" in p.after]


FORESTS = """\
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor


def prepare():
    low = {first}.fit([[1], [2]], [1, 2])
    return low, {second}
"""


@pytest.mark.parametrize(
    ("kind", "other", "said"),
    [("Regressor", "Classifier", "1.0"), ("Classifier", "Regressor", '"sqrt"')],
)
def test_auto_is_written_as_what_it_meant_for_this_estimator(
    kind: str, other: str, said: str
) -> None:
    first, second = (f'RandomForest{one}(max_features="auto")' for one in (kind, other))
    text = FORESTS.format(first=first, second=second)
    patches = propose(raised(text, "incompatible_api"), {"prep.py": text}, FACTS)
    assert patches[0].after == text.replace(first, first.replace('"auto"', said))
    assert scope_of(patches[0].after)["prepare"]()


def test_only_tables_that_compute_late_are_not_told_to_compute() -> None:
    text = "import cudf as pd\n\nx = pd.read_csv(f)\ny = metric.compute()\n"
    fault = failure("missing_dependency", "ModuleNotFoundError: No module named 'cudf'", 1, "cudf")
    patches = propose(fault, {"prep.py": text}, FACTS)
    assert patches[0].after == text.replace("cudf", "pandas")


BLACK = """\
import pandas as pd


def prepare(path):
    return pd.{call}(
        {first},{rest}
    )
"""


@pytest.mark.parametrize("rest", ["", "  # one per line", "\n        dtype=str,  # all of it"])
def test_an_encoding_is_added_behind_a_trailing_comma(rest: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("a\nné\n".encode("cp1252"))
    text = BLACK.format(call="read_csv", first="path", rest=rest)
    message = "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 3"
    patches = propose(failure("path", message, 5), {"prep.py": text}, FACTS)
    (after,) = [patch.after for patch in patches if "cp1252" in patch.title]
    assert scope_of(after)["prepare"](tmp_path / "a.csv")["a"][0] == "né"


@pytest.mark.parametrize(
    "rest", ["", "  # days", '\n        format="%Y-%m-%d",', "\n        utc=True,"]
)
def test_dates_are_read_tolerantly_behind_a_trailing_comma(rest: str) -> None:
    text = BLACK.format(call="to_datetime", first="path", rest=rest)
    message = 'ValueError: time data "x" doesn\'t match format "%Y-%m-%d"'
    patches = propose(failure("dtype", message, 5), {"prep.py": text}, FACTS)
    (after,) = [patch.after for patch in patches if patch.title.startswith("Let pandas find")]
    read = scope_of(after)["prepare"](["2020-01-02", "x"])
    assert (read[0].day, read[1]) == (2, pd.NaT)
