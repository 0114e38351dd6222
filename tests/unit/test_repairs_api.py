"""Repairs of names, keywords, imports and calls on what the installed libraries really say."""

from __future__ import annotations

import contextlib
import io
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from sys import executable

import pytest

from iiml_codegen.domain.fault import Fault, FaultClass, Place
from iiml_codegen.integration.debugging_agent import Facts, propose
from iiml_codegen.integration.installed import InstalledLibraries

START = """import numpy as np
import pandas as pd
from sklearn.datasets import make_classification

X, y = make_classification(60, 5, random_state=0)
rows = pd.DataFrame(X, columns=list("abcde"))
"""
FILE = "prep.py"


@pytest.fixture(scope="module")
def installed() -> Iterator[InstalledLibraries]:
    """The libraries of the Python that runs the tests."""
    libraries = InstalledLibraries(Path(executable))
    yield libraries
    libraries.close()


def trouble(text: str) -> Exception | None:
    """What running a text raises."""
    quiet = contextlib.redirect_stdout(io.StringIO())
    try:
        with warnings.catch_warnings(), quiet:
            warnings.simplefilter("ignore")
            exec(compile(text, FILE, "exec"), {"__name__": "tried"})
    except Exception as error:  # noqa: BLE001  (whatever the libraries raise)
        return error
    return None


def fault_of(error: Exception, kind: FaultClass) -> Fault:
    """The fault of an exception, as the analyzer gives it."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == FILE]
    line = getattr(error, "lineno", None) or (lines[-1] if lines else 1)
    return Fault(
        kind=kind,
        message=f"{type(error).__name__}: {error}",
        place=Place(file=FILE, line=int(line or 1)),
        evidence="",
        exception=type(error).__name__,
    )


API: FaultClass = "incompatible_api"
GONE: FaultClass = "missing_dependency"
CASES: tuple[tuple[FaultClass, str, str], ...] = (
    (API, "x = OneHotEncoder(sparse=False)", "x = OneHotEncoder(sparse_output=False)"),
    (API, "x = LogisticRegression(random_sate=3)", "x = LogisticRegression(random_state=3)"),
    (API, "x = mean_squared_error(y, y, squared=False)", "x = root_mean_squared_error(y, y)"),
    (
        API,
        'x = SGDClassifier(loss="log").fit(X, y)',
        'x = SGDClassifier(loss="log_loss").fit(X, y)',
    ),
    (API, 'x = rows.fillna(method="ffill")', "x = rows.ffill()"),
    (API, "x = rows.append(rows)", "x = pd.concat([rows, rows])"),
    (API, "x = rows.fillnna(0)", "x = rows.fillna(0)"),
    (API, 'x = rows.drop("a", 1)', 'x = rows.drop("a", axis=1)'),
    (API, "x = np.in1d(y, y)", "x = np.isin(y, y)"),
    (API, "x = rows.a.astype(np.float)", "x = rows.a.astype(float)"),
    (API, "x = np.Inf", "x = np.inf"),
    (API, "x = np.concatenat([y, y])", "x = np.concatenate([y, y])"),
    (API, "x = pd.concat(rows, rows)", "x = pd.concat([rows, rows])"),
    (API, "x = KFold(5, True, 0)", "x = KFold(5, shuffle=True, random_state=0)"),
    (
        API,
        'x = XGBClassifier(n_estimators=2).fit(X, y, eval_metric="auc")',
        'x = XGBClassifier(n_estimators=2, eval_metric="auc").fit(X, y)',
    ),
    (
        API,
        "x = LGBMClassifier(n_estimators=2, verbose=-1).fit(X, y, eval_set=[(X, y)], verbose=9)",
        "x = LGBMClassifier(n_estimators=2, verbose=-1).fit(X, y, eval_set=[(X, y)], "
        "callbacks=[lightgbm.log_evaluation(9)])",
    ),
    (API, "from sklearn.ensemble import Ridge", "from sklearn.linear_model import Ridge"),
    (GONE, "from sklern.svm import SVC", "from sklearn.svm import SVC"),
    (
        GONE,
        "from sklearn.cross_validation import KFold",
        "from sklearn.model_selection import KFold",
    ),
    ("undefined_name", "x = StandardScaler()", "x = StandardScaler()"),
    ("undefined_name", "x = rowz.mean()", "x = rows.mean()"),
    ("syntax", "x = len(str(rows)", "x = len(str(rows))"),
)
IMPORTS = """from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold
from sklearn.preprocessing import OneHotEncoder
from xgboost import XGBClassifier
"""


@pytest.mark.parametrize(("kind", "bad", "good"), CASES, ids=[bad[:40] for _, bad, _ in CASES])
def test_what_the_library_refuses_runs_after_the_first_patch(
    installed: InstalledLibraries, kind: FaultClass, bad: str, good: str
) -> None:
    text = f"{IMPORTS}{START}{bad}\n"
    error = trouble(text)
    assert error is not None
    first = propose(fault_of(error, kind), {FILE: text}, Facts(installed=installed))[0]
    assert good in first.after.split("\n")
    assert first.proposed_by.startswith("expert:") and first.loses == ""
    assert trouble(first.after) is None


def test_what_is_dropped_is_said_and_tried_last(installed: InstalledLibraries) -> None:
    text = f"{IMPORTS}{START}x = LogisticRegression(max_itre=9)\n"
    error = trouble(text)
    assert error is not None
    patches = propose(fault_of(error, API), {FILE: text}, Facts(installed=installed))
    assert "max_iter=9" in patches[0].after
    assert patches[-1].loses == "the setting max_itre"


def test_signatures_and_members_come_from_the_interpreter(installed: InstalledLibraries) -> None:
    text = "from sklearn.preprocessing import OneHotEncoder\nOneHotEncoder("
    read = installed.signature(text, 2, 14)
    assert read is not None and "sparse_output" in read.keywords and not read.positions
    behind = installed.signature_of("XGBClassifier", ("xgboost",))
    assert behind is not None and {"max_depth", "early_stopping_rounds"} <= set(behind.keywords)
    assert "fillna" in installed.members("DataFrame", ("pandas",))
    assert installed.members("NoSuchClass", ("pandas",)) == ()
    assert installed.modules_with("KFold") == ("sklearn.model_selection",)
    assert installed.exists("sklearn.metrics.root_mean_squared_error")
    assert not installed.exists("sklearn.metrics.rooted_error")
    assert installed.distribution("sklearn") == "scikit-learn"
    assert (installed.version("sklearn") or "").count(".") >= 1
    assert installed.distribution("nothing_like_it") is None


def test_closed_libraries_answer_again(installed: InstalledLibraries) -> None:
    own = InstalledLibraries(Path(executable))
    assert own.exists("json")
    own.forget()
    assert own.exists("json")
    own.close()


def test_an_interpreter_that_is_none_answers_nothing(tmp_path: Path) -> None:
    broken = InstalledLibraries(tmp_path / "no-python")
    assert broken.signature("print(", 1, 6) is None
    assert broken.members("json") == ()
    assert broken.modules_with("KFold") == ()
    broken.close()


def test_only_repairs_of_texts_get_a_text_that_is_none() -> None:
    fence = "`" * 3
    module = "import os\n\n\ndef prepare(folder):\n    return 1\n"
    text = f"Here it is:\n\n{fence}python\n{module}{fence}\n"
    place = Place(file=FILE, line=1)
    for kind in ("syntax", "unusable_output"):
        fault = Fault(kind=kind, message="invalid syntax", place=place, evidence="")
        assert "def prepare" in propose(fault, {FILE: text}, Facts())[0].after
    fault = Fault(kind="incompatible_api", message="x", place=place, evidence="")
    assert propose(fault, {FILE: text}, Facts()) == []


def test_crlf_and_comments_survive(installed: InstalledLibraries) -> None:
    text = "import numpy as np  # n\r\n\r\nx = np.product(  # all\r\n    [1, 2],  # two\r\n)\r\n"
    error = trouble(text)
    assert error is not None
    first = propose(fault_of(error, API), {FILE: text}, Facts(installed=installed))[0]
    assert first.after == text.replace("product", "prod")
