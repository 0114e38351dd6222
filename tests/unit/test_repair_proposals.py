"""What repairs propose where the obvious edit would be wrong: real calls, real messages."""

from __future__ import annotations

import pytest

from iiml_codegen.domain.fault import Fault, FaultClass
from iiml_codegen.integration.debugging_agent import Facts, propose
from iiml_codegen.integration.repairs.example_facts import failure

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
