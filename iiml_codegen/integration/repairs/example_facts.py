"""What examples of repairs know: the libraries of the Python that runs them."""

from __future__ import annotations

import sys
from pathlib import Path

from iiml_codegen.domain.fault import Fault, FaultClass, Place
from iiml_codegen.integration.installed import InstalledLibraries
from iiml_codegen.integration.repairs.repair import Facts

HERE = Facts(installed=InstalledLibraries(Path(sys.executable)))


def failure(kind: FaultClass, message: str, line: int = 1, *names: str, column: int = 1) -> Fault:
    """The fault of an exception at a line of `prep.py`; the message begins with its type."""
    return Fault(
        kind=kind,
        message=message,
        place=Place(file="prep.py", line=line, column=column),
        evidence="",
        exception=message.partition(":")[0],
        names=names,
    )


def refusal(callee: str, name: str, line: int) -> Fault:
    """The fault of a keyword that a function does not take."""
    said = f"TypeError: {callee}() got an unexpected keyword argument '{name}'"
    return failure("incompatible_api", said, line, name)
