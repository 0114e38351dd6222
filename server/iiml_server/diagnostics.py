"""Violations as LSP diagnostics: code points from 1 become UTF-16 units from 0."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from lsprotocol import types as lsp

from iiml_codegen.domain.fault import Severity, Violation

SOURCE = "iiml"
MODULE = re.compile(r"prep\.py|model_(traditional|pretrained|custom_nn)\.py")
LINE_END = re.compile(r"\r\n|\n|\r")  # what editors count as lines; str.splitlines splits at more
SEVERITIES: dict[Severity, lsp.DiagnosticSeverity] = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "information": lsp.DiagnosticSeverity.Information,
}


def is_module(path: PurePath) -> bool:
    """True for the modules in a competition's `iiml` folder and in its candidates' folders."""
    return MODULE.fullmatch(path.name) is not None and "iiml" in path.parts[-4:-1]


def utf16(text: str) -> int:
    """Length in UTF-16 units, in which editors count columns."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def place_of(violation: Violation, lines: list[str]) -> lsp.Range:
    """From the violation's place to the end of its line, without surrounding blanks."""
    number = min(max(violation.place.line, 1), len(lines)) - 1
    line = lines[number]
    indent = len(line) - len(line.lstrip())
    start = min(max(violation.place.column - 1, indent), len(line))
    end = max(start, len(line.rstrip()))
    return lsp.Range(
        start=lsp.Position(line=number, character=utf16(line[:start])),
        end=lsp.Position(line=number, character=utf16(line[:end])),
    )


def diagnostic(violation: Violation, lines: list[str]) -> lsp.Diagnostic:
    """One violation as a row of the Problems list; the way out follows the message."""
    said = (violation.message, violation.hint)
    return lsp.Diagnostic(
        range=place_of(violation, lines),
        message="\n".join(part for part in said if part),
        severity=SEVERITIES[violation.severity],
        source=SOURCE,
        code=violation.code,
    )


def diagnostics(violations: Sequence[Violation], text: str) -> list[lsp.Diagnostic]:
    """Violations of one text, in order of place and code."""
    lines = LINE_END.split(text)
    ordered = sorted(violations, key=lambda v: (v.place.line, v.place.column, v.code))
    return [diagnostic(violation, lines) for violation in ordered]
