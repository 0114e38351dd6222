"""What is wrong (violation), where it comes from (fault), and what would mend it (patch)."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.wire import Frozen

Severity = Literal["error", "warning", "information"]
FaultClass = Literal[
    "syntax",
    "missing_dependency",
    "incompatible_api",
    "path",
    "preprocessing",
    "unknown_column",
    "dtype",
    "shape",
    "timeout",
    "memory",
    "submission_format",
    "contract",
    "forbidden_read",
    "lost",
    "unknown",
]


class Place(Frozen):
    """A position in a file; lines count from 1, columns from 1, as editors print them."""

    file: str
    line: int = 1
    column: int = 1


class Violation(Frozen):
    """A broken rule or clause: code, place, evidence and the way out."""

    code: str
    message: str
    place: Place
    severity: Severity = "error"
    hint: str = ""
    clause: str | None = None
    step: str | None = None


class Fault(Frozen):
    """A localised failure of a run: class, module and line, evidence."""

    kind: FaultClass
    message: str
    place: Place | None
    evidence: str
    step: str | None = None
    clause: str | None = None
    exception: str = ""
    names: tuple[str, ...] = ()


class Patch(Frozen):
    """A proposed edit of one module: the whole new text, and who proposed it."""

    module: str
    title: str
    proposed_by: str
    before: str
    after: str
    verified: bool = False
