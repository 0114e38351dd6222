"""Violations as LSP diagnostics: code points from 1 become UTF-16 units from 0."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

import msgspec
from lsprotocol import types as lsp

from iiml_codegen.domain.fault import Severity, Violation
from iiml_server.module_check import mendable
from iiml_server.positions import lines_of
from iiml_server.related_places import Surroundings, related
from iiml_server.rule_pages import page_uri
from iiml_server.spans import range_of

SOURCE = "iiml"
MODULE = re.compile(r"prep\.py|model_(traditional|pretrained|custom_nn)\.py")
SEVERITIES: dict[Severity, lsp.DiagnosticSeverity] = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "information": lsp.DiagnosticSeverity.Information,
}
UNNECESSARY = frozenset({"IIML113", "IIML158"})
"""Code that is never reached or never called, which editors show faded."""
BEFORE = "Before your last edit: "
"""How a row begins that speaks of an older text."""


def is_module(path: PurePath) -> bool:
    """True for the modules in a competition's `iiml` folder and in its candidates' folders."""
    return MODULE.fullmatch(path.name) is not None and "iiml" in path.parts[-4:-1]


def diagnostic(
    violation: Violation, lines: list[str], around: Surroundings | None
) -> lsp.Diagnostic:
    """One violation as a row of the Problems list; the way out follows the message."""
    said = (violation.message, violation.hint)
    href = page_uri(violation.code)
    others = related(violation, lines, around) if around is not None else []
    return lsp.Diagnostic(
        range=range_of(violation.place, lines, violation.names),
        message="\n".join(part for part in said if part),
        severity=SEVERITIES[violation.severity],
        source=SOURCE,
        code=violation.code,
        code_description=lsp.CodeDescription(href=href) if href else None,
        related_information=others or None,
        tags=[lsp.DiagnosticTag.Unnecessary] if violation.code in UNNECESSARY else None,
        data={
            "page": f"docs/rules/{violation.code}.md",
            "names": list(violation.names),
            "fix": mendable(violation),
        },
    )


def diagnostics(
    violations: Sequence[Violation], text: str, around: Surroundings | None = None
) -> list[lsp.Diagnostic]:
    """Violations of one text, in order of place and code.

    `around` is given where the editor shows other places beside a row.
    """
    lines = lines_of(text)
    ordered = sorted(violations, key=lambda v: (v.place.line, v.place.column, v.code))
    return [diagnostic(violation, lines, around) for violation in ordered]


def stale(violation: Violation) -> Violation:
    """What was true of an older text: told as that, and no louder than a remark."""
    return msgspec.structs.replace(
        violation, message=BEFORE + violation.message, severity="information"
    )
