"""A verdict as lines that linters have taught people to read: `path:line:col CODE message`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from iiml_codegen.domain.fault import Fault, Place, Severity, Violation
from iiml_codegen.viewing.verify_folder import Verdict

COLOURS: dict[Severity, str] = {"error": "bold red", "warning": "yellow", "information": "cyan"}
MOST_VALUES = 5
"""Values at hand that are worth a line each; the nearest come first."""
COUNTED: dict[Severity, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "information": ("remark", "remarks"),
}


def print_verdict(verdict: Verdict, console: Console | None = None) -> None:
    """Print violations, faults, notes and a summary; in colours on a terminal only."""
    console = console or Console(highlight=False, emoji=False, markup=False)
    for text in lines(verdict):
        console.print(text, soft_wrap=True)


def lines(verdict: Verdict) -> Iterator[Text]:
    """Each violation with its other places, then the faults, the notes and the summary."""
    for violation in verdict.violations:
        yield violation_line(verdict, violation)
        for other in violation.related:
            yield Text(f"    {shown(verdict, other.place)} {other.message}", style="dim")
    for fault in verdict.faults:
        yield from fault_lines(verdict, fault)
    for note in verdict.notes:
        yield Text(note, style="dim")
    yield Text(summary(verdict), style="bold")


def violation_line(verdict: Verdict, violation: Violation) -> Text:
    """One violation; what is no error says so."""
    line = Text(shown(verdict, violation.place) + " ")
    line.append(violation.code, style=COLOURS[violation.severity])
    said = "" if violation.severity == "error" else f" {violation.severity}:"
    hint = f" ({violation.hint})" if violation.hint else ""
    return line.append(f"{said} {violation.message}{hint}")


def fault_lines(verdict: Verdict, fault: Fault) -> Iterator[Text]:
    """What stopped a run: where it comes from, and the values at hand."""
    place = shown(verdict, fault.place) if fault.place else str(verdict.folder)
    line = Text(f"{place} ").append(fault.code or "IIML400", style=COLOURS["error"])
    yield line.append(f" {fault.kind.replace('_', ' ')}: {fault.message}")
    # A traceback of many lines is for the JSON object, and what the message says is said.
    if fault.evidence and "\n" not in fault.evidence and fault.message not in fault.evidence:
        yield Text(f"    {fault.evidence}", style="dim")
    for value in fault.values[:MOST_VALUES]:
        yield Text(f"    {value.name}: {value.shown}", style="dim")
    for other in fault.related:
        yield Text(f"    {shown(verdict, other.place)} {other.message}", style="dim")


def summary(verdict: Verdict) -> str:
    """How many modules were looked at, how far, and what was found."""
    modules = len(verdict.modules)
    looked = f"{modules} module{'' if modules == 1 else 's'} up to rung {verdict.rung}"
    counts = Counter[Severity](one.severity for one in verdict.violations)
    counts["error"] += len(verdict.faults)
    found = [
        f"{counts[severity]} {words[counts[severity] != 1]}"
        for severity, words in COUNTED.items()
        if counts[severity]
    ]
    return f"{looked}: {', '.join(found) or 'no violations'}"


def shown(verdict: Verdict, place: Place) -> str:
    """`path:line:col`, relative to where the user stands if the file lies below."""
    path = verdict.path(place.file)
    # Files of a run, such as its submission, are gone when it is over: their name says enough.
    where = below(path) if place.file.endswith(".py") or path.exists() else place.file
    return f"{where}:{place.line}:{place.column}"


def below(path: Path) -> str:
    """A path relative to the current folder if it lies in it, else as it is."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
