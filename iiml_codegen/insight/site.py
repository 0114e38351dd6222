"""One file that somebody looks at, with what its folder says; the entry to this package."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from iiml_codegen.domain.blueprint import Member
from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.contract import Binding
from iiml_codegen.insight.feeding import Feeding
from iiml_codegen.insight.files import Remembered, text_of
from iiml_codegen.insight.folder import FolderFacts, Folders
from iiml_codegen.insight.origin import Origin, origin
from iiml_codegen.insight.outputs import Made, outputs_of
from iiml_codegen.insight.reading import Reading
from iiml_codegen.viewing.verify_plan import Observed

TRACK = r"(traditional|pretrained|custom_nn)"
KINDS = {
    "prep": re.compile(r"prep\.py"),
    "model": re.compile(rf"model_{TRACK}\.py"),
    "pipeline": re.compile(rf"pipeline_{TRACK}\.py|best\.py"),
}
SiteKind = Literal["prep", "model", "pipeline"]


def home_of(path: Path) -> Path | None:
    """The `iiml` folder that a module or pipeline belongs to; None for other files."""
    if path.parent.name == "iiml":
        return path.parent
    above = path.parent.parent
    return above.parent if above.name == "candidates" and above.parent.name == "iiml" else None


def kind_of(path: Path) -> SiteKind | None:
    """What a file is by its name and folder, or None."""
    kinds: tuple[SiteKind, ...] = ("prep", "model", "pipeline")
    found = next((kind for kind in kinds if KINDS[kind].fullmatch(path.name)), None)
    return found if found and home_of(path) else None


@dataclass(frozen=True)
class Site:
    """One module or pipeline, read, with the facts of its folder."""

    path: Path
    kind: SiteKind
    reading: Reading
    facts: FolderFacts

    @property
    def track(self) -> str | None:
        """The track that the file belongs to; None for prep and for the best pipeline."""
        name = self.path.stem.partition("_")[2]
        return name or None

    @property
    def member(self) -> Member | None:
        """The model of the plan that this is, by the steps that are marked in it."""
        return self.facts.member(tuple(step for step, _, _ in self.reading.marked))

    @property
    def candidate(self) -> Candidate | None:
        """The candidate whose scores belong to a model or pipeline."""
        return None if self.kind == "prep" else self.facts.candidate(self.path, self.member)


class Insight:
    """Sites, and what is known beyond a single file.

    `open_reading` gives the reading of a text as somebody edits it; what nobody edits is read from
    disk. One thread uses it.
    """

    def __init__(self, open_reading: Callable[[Path], Reading | None]) -> None:
        self.open_reading = open_reading
        self.folders = Folders()
        self.feeding = Feeding()
        self.readings = Remembered(reading_of)

    def site(self, path: Path) -> Site | None:
        """A file as it is now; None for one that is no module or that cannot be read."""
        kind, home = kind_of(path), home_of(path)
        if kind is None or home is None:
            return None
        reading = self.open_reading(path) or self.readings.of(path)
        if reading is None:
            return None
        return Site(path, kind, reading, self.folders.facts(home))

    def prep(self, site: Site) -> Site | None:
        """The prep beside a model."""
        return self.site(site.path.with_name("prep.py"))

    def observed(self, site: Site) -> tuple[Observed | None, bool]:
        """What prep gave last, and whether its text is the same still."""
        prep = site if site.kind == "prep" else self.prep(site)
        return site.facts.latest(prep.reading.text if prep else "")

    def made(self, prep: Site) -> tuple[Made, ...]:
        """Where prep gives the outputs of the contract and those that were observed."""
        names = dict.fromkeys(prep.facts.outputs())
        given, _ = self.observed(prep)
        names.update(dict.fromkeys(one.output for one in (given.observations if given else ())))
        return outputs_of(prep.reading, tuple(names))

    def bindings(self, site: Site) -> tuple[Binding, ...]:
        """What feeds a model, where prep was observed."""
        given, _ = self.observed(site)
        if given is None or site.facts.contract is None:
            return ()
        view = site.member.view if site.member else None
        return self.feeding.bindings(str(site.path), site.reading, site.facts.contract, given, view)

    def origin(self, site: Site, line: int) -> Origin | None:
        """Where a line of a pipeline came from; None where no map tells."""
        return origin(self.folders, site.facts, site.path, site.reading.lines, line)


def reading_of(path: Path) -> Reading | None:
    """The reading of a file on disk."""
    text = text_of(path)
    return None if text is None else Reading(text)
