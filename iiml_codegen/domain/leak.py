"""What a leak test found out about a candidate, a plan or a folder."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.fault import Value
from iiml_codegen.domain.wire import Frozen

LeakVerdict = Literal["passed", "violated", "declared", "reported", "skipped"]
"""`declared`: the blueprint says that it is so; `reported`: worth knowing, and no fault of the
code; `skipped`: it was not run, and `says` tells why."""


class LeakOutcome(Frozen):
    """The verdict of one test. `names` are columns or files, `steps` the blueprint's steps.

    `evidence` are the measured numbers as a person reads them; `line` is the one of prep that is to
    blame, where that is known.
    """

    code: str
    verdict: LeakVerdict
    says: str
    names: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    evidence: tuple[Value, ...] = ()
    line: int | None = None
