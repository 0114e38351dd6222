"""Violations as LSP diagnostics: code points from 1 become UTF-16 units from 0."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from lsprotocol import types as lsp

from iiml_codegen.domain.fault import Place, Related, Severity, Violation
from iiml_server.positions import lines_of, utf16

SOURCE = "iiml"
MODULE = re.compile(r"prep\.py|model_(traditional|pretrained|custom_nn)\.py")
SEVERITIES: dict[Severity, lsp.DiagnosticSeverity] = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "information": lsp.DiagnosticSeverity.Information,
}


def is_module(path: PurePath) -> bool:
    """True for the modules in a competition's `iiml` folder and in its candidates' folders."""
    return MODULE.fullmatch(path.name) is not None and "iiml" in path.parts[-4:-1]


def range_of(place: Place, lines: list[str]) -> lsp.Range:
    """From a place to the end of its line, without surrounding blanks."""
    number = min(max(place.line, 1), len(lines)) - 1
    line = lines[number]
    indent = len(line) - len(line.lstrip())
    start = min(max(place.column - 1, indent), len(line))
    end = max(start, len(line.rstrip()))
    return lsp.Range(
        start=lsp.Position(line=number, character=utf16(line[:start])),
        end=lsp.Position(line=number, character=utf16(line[:end])),
    )


def diagnostic(violation: Violation, lines: list[str], home: Path | None) -> lsp.Diagnostic:
    """One violation as a row of the Problems list; the way out follows the message."""
    said = (violation.message, violation.hint)
    related = None
    if home is not None and violation.related:
        related = [elsewhere(one, violation, lines, home) for one in violation.related]
    return lsp.Diagnostic(
        range=range_of(violation.place, lines),
        message="\n".join(part for part in said if part),
        severity=SEVERITIES[violation.severity],
        source=SOURCE,
        code=violation.code,
        related_information=related,
        data={"page": f"docs/rules/{violation.code}.md", "names": list(violation.names)},
    )


def elsewhere(
    one: Related, violation: Violation, lines: list[str], home: Path
) -> lsp.DiagnosticRelatedInformation:
    """Another place, in the same text or in a file beside it, whose columns nobody can count."""
    start = lsp.Position(line=max(one.place.line, 1) - 1, character=0)
    other = lsp.Range(start=start, end=start)
    own = one.place.file == violation.place.file
    where = range_of(one.place, lines) if own else other
    uri = (home / one.place.file).as_uri()
    location = lsp.Location(uri=uri, range=where)
    return lsp.DiagnosticRelatedInformation(location=location, message=one.message)


def diagnostics(
    violations: Sequence[Violation], text: str, home: Path | None = None
) -> list[lsp.Diagnostic]:
    """Violations of one text, in order of place and code.

    `home` is the folder of its file where the editor shows other places beside a row.
    """
    lines = lines_of(text)
    ordered = sorted(violations, key=lambda v: (v.place.line, v.place.column, v.code))
    return [diagnostic(violation, lines, home) for violation in ordered]
