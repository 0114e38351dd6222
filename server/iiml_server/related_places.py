"""Places in other files that a row is about: the other module, the clause, the blueprint's step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec
from lsprotocol import types as lsp

from iiml_codegen.domain.fault import Place, Related, Violation
from iiml_codegen.viewing.verify_files import read
from iiml_server.positions import line_range, lines_of
from iiml_server.spans import range_of

CONTRACT = "contract.json"
PLAN = "blueprint.md"
CLAUSE = re.compile(r"(C\d+): ")


@dataclass(frozen=True)
class Surroundings:
    """The files around a module: the folder that it lies in, and the texts of open documents."""

    folder: Path
    texts: Mapping[Path, str] = field(default_factory=dict)

    @cached_property
    def home(self) -> Path:
        """The competition's `iiml` folder, which is another one for the modules of a candidate."""
        around = (self.folder, *self.folder.parents)
        return next((one for one in around if one.name == "iiml"), self.folder)

    def path(self, file: str) -> Path:
        """Where a file that a place names lies: beside the module, else in `iiml`."""
        beside = self.folder / file
        return beside if beside in self.texts or beside.exists() else self.home / file

    def lines(self, path: Path) -> list[str]:
        """The lines of a file as the editor or the disk has it; one empty line if neither has."""
        text = self.texts.get(path)
        if text is None:
            module = read(path).module
            text = module.text if module else ""
        return lines_of(text)


def related(
    violation: Violation, lines: list[str], around: Surroundings
) -> list[lsp.DiagnosticRelatedInformation]:
    """Each other place of a violation, `lines` being those of its own file, then its step."""
    return [
        _shown(one, violation, lines, around)
        for one in (*violation.related, *_planned(violation, around))
    ]


def _shown(
    one: Related, violation: Violation, lines: list[str], around: Surroundings
) -> lsp.DiagnosticRelatedInformation:
    path, place = around.path(one.place.file), one.place
    if place.file != violation.place.file:
        lines = around.lines(path)
    if place.file == CONTRACT:
        place = _clause_place(place, one.message, lines)
    if path.suffix == ".py":
        shown = range_of(place, lines)
    else:
        shown = line_range(lines, place.line, place.column)
    location = lsp.Location(uri=path.as_uri(), range=shown)
    return lsp.DiagnosticRelatedInformation(location=location, message=one.message)


def _clause_place(place: Place, message: str, lines: list[str]) -> Place:
    """Where the clause that a message begins with stands in the contract."""
    said = CLAUSE.match(message)
    named = f'"id": "{said[1]}"' if said else None
    number = next((n for n, line in enumerate(lines, 1) if named and named in line), place.line)
    return msgspec.structs.replace(place, line=number)


def _planned(violation: Violation, around: Surroundings) -> Iterator[Related]:
    """The line of the blueprint that plans the step which a violation is about."""
    if violation.step is None:
        return
    mark = f"- **{violation.step}** "
    for number, line in enumerate(around.lines(around.home / PLAN), 1):
        if line.startswith(mark):
            said = f"step {violation.step} of the blueprint: {line.removeprefix(mark).strip()}"
            yield Related(place=Place(file=PLAN, line=number), message=said)
