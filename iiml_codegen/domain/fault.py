"""What is wrong (violation), where it comes from (fault), and what would mend it (patch)."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.wire import Frozen

Severity = Literal["error", "warning", "information"]
FaultClass = Literal[
    "syntax",
    "unusable_output",
    "undefined_name",
    "missing_dependency",
    "incompatible_api",
    "path",
    "unknown_column",
    "preprocessing",
    "shape",
    "dtype",
    "memory",
    "timeout",
    "disk",
    "gpu",
    "submission_format",
    "contract_fulfilment",
    "contract_usage",
    "forbidden_read",
    "leak",
    "lost",
    "unknown",
]
"""`contract_fulfilment`: prep breaks a clause; `contract_usage`: a model asks for more than the
clauses promise; `unusable_output`: what should be a module is prose, or cut off."""
Side = Literal["fulfilment", "usage"]
Component = Literal["prep", "model", "harness", "environment"]


class Place(Frozen):
    """A position in a file; lines count from 1, columns from 1, as editors print them."""

    file: str
    line: int = 1
    column: int = 1


class Related(Frozen):
    """Another place that a violation is about, such as the other side of a clause."""

    place: Place
    message: str


class Violation(Frozen):
    """A broken rule or clause: code, place, evidence and the way out.

    `side` says who broke a clause. `names` are what the message speaks of (columns, outputs,
    choices), as repairs use them.
    """

    code: str
    message: str
    place: Place
    severity: Severity = "error"
    hint: str = ""
    clause: str | None = None
    step: str | None = None
    side: Side | None = None
    names: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()


class Value(Frozen):
    """A value at hand where something failed: its name, and what it was, such as a shape."""

    name: str
    shown: str


class Fault(Frozen):
    """A localised failure: class, component, module and line, clause or step, evidence.

    `code` is the rule that it breaks, whose first digit is the rung; `values` are what was at
    hand: columns that exist, shapes that met. `names` are what the message speaks of.
    """

    kind: FaultClass
    message: str
    place: Place | None
    evidence: str
    step: str | None = None
    clause: str | None = None
    exception: str = ""
    names: tuple[str, ...] = ()
    component: Component | None = None
    code: str = ""
    values: tuple[Value, ...] = ()
    related: tuple[Related, ...] = ()


class Patch(Frozen):
    """A proposed edit of one module: the whole new text, and who proposed it.

    `loses` says what the module does less after it, such as a feature; empty for a patch that
    only mends.
    """

    module: str
    title: str
    proposed_by: str
    before: str
    after: str
    verified: bool = False
    loses: str = ""
