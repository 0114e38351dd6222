"""What the `iiml` folder of a competition says, read when it changes and not before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.domain.blueprint import Blueprint, Member, Step
from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.contract import Clause, Contract, Observation
from iiml_codegen.domain.profile import ColumnProfile, DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.errors import IimlError
from iiml_codegen.insight.chunks import split
from iiml_codegen.insight.files import Remembered, Signature, json_file, signature, text_of
from iiml_codegen.insight.scores import Scores
from iiml_codegen.integration.source_map import SourceMap
from iiml_codegen.viewing.verify_plan import OBSERVED, Observed, all_observed, digest
from iiml_codegen.workspace import Workspace

STEP_LINE = re.compile(r"\s*(?:- )?\*\*([PMTE]\d+)\*\*")
CLAUSE_LINE = re.compile(r'\s*"id": "([^"\\]+)"')


@dataclass(frozen=True)
class FolderFacts:
    """The plan of one `iiml` folder as it stands, as far as it can be read.

    `page` and `clauses` are the lines of steps in `blueprint.md` and of clauses in
    `contract.json`, counted from 1.
    """

    home: Path
    blueprint: Blueprint | None
    contract: Contract | None
    task: TaskSummary | None
    profile: DataProfile | None
    page: dict[str, int]
    clauses: dict[str, int]
    observed: tuple[Observed, ...]
    scores: Scores

    def step(self, step: str) -> Step | None:
        """A step by its id."""
        steps = self.blueprint.steps if self.blueprint else ()
        return next((one for one in steps if one.id == step), None)

    def clauses_of(self, output: str) -> tuple[Clause, ...]:
        """What the contract says of an output."""
        return self.contract.clauses_for(output) if self.contract else ()

    def column(self, name: str) -> ColumnProfile | None:
        """The profile of a column of the competition's tables."""
        columns = self.profile.columns if self.profile else ()
        return next((one for one in columns if one.name == name), None)

    def latest(self, prep: str) -> tuple[Observed | None, bool]:
        """What prep gave last, and whether that was this very text of it."""
        hashes = {digest(text) for text in (prep, prep.replace("\r\n", "\n"))}
        for one in self.observed:
            if one.prep in hashes:
                return one, True
        return (self.observed[0], False) if self.observed else (None, False)

    def outputs(self) -> tuple[str, ...]:
        """The names that the contract lists."""
        clauses = self.contract.clauses if self.contract else ()
        return tuple(dict.fromkeys(clause.output for clause in clauses))

    def views(self) -> dict[str, tuple[str, ...]]:
        """Names that stand for outputs: each output for itself, a view for both halves."""
        found: dict[str, tuple[str, ...]] = {name: (name,) for name in self.outputs()}
        for view in self.contract.views if self.contract else ():
            halves = (f"{view.name}_train", f"{view.name}_test")
            found.setdefault(view.name, tuple(h for h in halves if h in found) or halves)
        return found

    def member(self, steps: tuple[str, ...]) -> Member | None:
        """The model whose steps these are."""
        for member in self.blueprint.members if self.blueprint else ():
            own = self.blueprint.steps_of(member.name) if self.blueprint else ()
            if any(step.id in steps for step in own):
                return member
        return None

    def candidate(self, path: Path, member: Member | None) -> Candidate | None:
        """The candidate that a module or pipeline is, or was promoted from."""
        if path.parent.parent == self.home / "candidates":
            return self.scores.of(path.parent.name)
        if path.name == "best.py":
            return self.scores.view.best
        track = path.stem.partition("_")[2]
        best = self.scores.view.best
        name = member.name if member else None
        if best and best.track == track and (name is None or best.members == (name,)):
            return best
        return self.scores.best_of(track, name)


def observation(given: Observed | None, output: str) -> Observation | None:
    """What an output was."""
    seen = given.observations if given else ()
    return next((one for one in seen if one.output == output), None)


class Folders:
    """The facts of all folders that somebody asked about; one thread uses it."""

    def __init__(self) -> None:
        self.blueprints = json_file(Blueprint)
        self.contracts = json_file(Contract)
        self.tasks = json_file(TaskSummary)
        self.profiles = json_file(DataProfile)
        self.maps = json_file(SourceMap)
        self.texts = Remembered(text_of)
        self.pages = Remembered(step_lines)
        self.clauses = Remembered(clause_lines)
        self.scores: dict[Path, Scores] = {}
        self.observed: dict[Path, tuple[object, tuple[Observed, ...]]] = {}

    def facts(self, home: Path) -> FolderFacts:
        """What an `iiml` folder says now."""
        scores = self.scores.setdefault(home, Scores())
        scores.follow(home / "journal.sqlite")
        return FolderFacts(
            home=home,
            blueprint=self.blueprints.of(home / "blueprint.json"),
            contract=self.contracts.of(home / "contract.json"),
            task=self.tasks.of(home / "task.json"),
            profile=self.profiles.of(home / "profile.json"),
            page=self.pages.of(home / "blueprint.md") or {},
            clauses=self.clauses.of(home / "contract.json") or {},
            observed=self.seen(home),
            scores=scores,
        )

    def seen(self, home: Path) -> tuple[Observed, ...]:
        """What prep gave whenever it was looked at, the latest first."""
        now = looks(home)
        before = self.observed.get(home)
        if before is None or before[0] != now:
            before = self.observed[home] = (now, observed_in(home))
        return before[1]


def looks(home: Path) -> tuple[tuple[str, Signature | None], ...]:
    """The files that tell what prep gave, with their signatures."""
    paths = [home / ".generated" / OBSERVED, *sorted(home.glob("runs/*check*/answer.json"))]
    return tuple((str(path), signature(path)) for path in paths)


def observed_in(home: Path) -> tuple[Observed, ...]:
    """What prep gave, or nothing where the folder cannot be used."""
    try:
        return tuple(all_observed(Workspace(home.parent)))
    except (OSError, IimlError):
        return ()


def step_lines(page: Path) -> dict[str, int]:
    """The lines of a blueprint's page on which steps are told."""
    found: dict[str, int] = {}
    for number, line in enumerate(split(text_of(page) or ""), start=1):
        told = STEP_LINE.match(line)
        if told:
            found.setdefault(told.group(1), number)
    return found


def clause_lines(contract: Path) -> dict[str, int]:
    """The lines of a contract on which clauses have their ids."""
    found: dict[str, int] = {}
    for number, line in enumerate(split(text_of(contract) or ""), start=1):
        told = CLAUSE_LINE.match(line)
        if told:
            found.setdefault(told.group(1), number)
    return found
