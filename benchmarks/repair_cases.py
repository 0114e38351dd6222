"""The cases of `repair.py`: which modules are broken, in which order, and what came of each."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from mutators import CLASSES, MUTATORS, Mutation, Mutator, TaskFacts

from iiml_codegen.domain.fault import FaultClass
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_json

PLAN_FILES = ("task.json", "profile.json", "blueprint.json", "contract.json")


@dataclass(frozen=True)
class Pair:
    """Two working modules of a solved folder."""

    name: str
    prep: str
    model: str
    model_name: str

    def texts(self) -> dict[str, str]:
        """Both by file name."""
        return {"prep.py": self.prep, self.model_name: self.model}


@dataclass(frozen=True)
class Case:
    """One mutant to be: its number, class and competition, and the seed of its draws."""

    number: int
    kind: FaultClass
    folder: Path
    seed: int


@dataclass(frozen=True)
class Broken:
    """A pair with one module broken by a mutator."""

    pair: Pair
    mutator: Mutator
    module: str
    mutation: Mutation


class Tried(msgspec.Struct, frozen=True):
    """A patch that was tried, and whether it was kept."""

    title: str
    module: str
    by: str
    kept: bool
    loses: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a case; `problem` is why there is no answer.

    `found` is the class of the first fault; `lost` says what a repair gave up. `unbroken` and
    `score` are on the same withheld rows, `error` is the standard error of the unbroken score,
    `paired` how much better the repaired module is and `paired_error` the error of that.
    """

    number: int
    seed: int
    kind: FaultClass
    competition: str
    pair: str = ""
    mutator: str = ""
    module: str = ""
    line: int = 0
    end: int = 0
    description: str = ""
    diff: str = ""
    benign: tuple[str, ...] = ()
    found: str = ""
    code: str = ""
    message: str = ""
    at: str = ""
    component: bool = False
    place: bool = False
    tried: tuple[Tried, ...] = ()
    seconds: float = 0.0
    passed: bool = False
    repaired: bool = False
    lost: tuple[str, ...] = ()
    unbroken: float | None = None
    error: float | None = None
    score: float | None = None
    paired: float | None = None
    paired_error: float | None = None
    report: str = ""
    problem: str = ""


def planned(folders: Sequence[Path], mutants: int, seed: int, only: str | None) -> list[Case]:
    """All cases: classes take turns, and so do competitions that have sites."""
    kinds = [kind for kind in CLASSES if only in (None, kind)]
    if not kinds:
        raise SystemExit(f"no class {only}; there are {', '.join(CLASSES)}")
    at_home = {kind: [folder for folder in folders if has_site(kind, folder)] for kind in kinds}
    kinds = [kind for kind in kinds if at_home[kind]]
    cases = []
    for number in range(mutants):
        turn, place = divmod(number, len(kinds))
        kind = kinds[place]
        folder = at_home[kind][(turn + place) % len(at_home[kind])]
        cases.append(Case(number, kind, folder, seed))
    return cases


def has_site(kind: FaultClass, folder: Path) -> bool:
    """Whether some module of a solved folder can be broken in a way of this class."""
    pairs, facts = pairs_of(folder), facts_of(folder)
    rng = random.Random(0)
    mutators = [mutator for mutator in MUTATORS if mutator.kind == kind]
    return any(broken_pair(m, pair, rng, facts) for pair in pairs for m in mutators)


def pairs_of(folder: Path) -> list[Pair]:
    """The modules of every candidate of a solved folder that has both."""
    found = []
    for place in sorted((folder / "iiml" / "candidates").iterdir()):
        models = sorted(place.glob("model_*.py"))
        if (place / "prep.py").is_file() and len(models) == 1:
            prep, model = (file.read_text("utf-8") for file in (place / "prep.py", models[0]))
            found.append(Pair(place.name, prep, model, models[0].name))
    return found


def facts_of(folder: Path) -> TaskFacts:
    """What mutators may know of a solved folder."""
    home = folder / "iiml"
    profile = from_json((home / "profile.json").read_bytes(), DataProfile)
    task = from_json((home / "task.json").read_bytes(), TaskSummary)
    return TaskFacts(task, tuple(column.name for column in profile.columns), str(folder))


def draws(case: Case, pairs: Sequence[Pair], facts: TaskFacts) -> Iterator[Broken]:
    """Mutants of a case, one after the other: those that turn out benign are passed over."""
    rng = random.Random(f"{case.seed}-{case.number}")
    mutators = [mutator for mutator in MUTATORS if mutator.kind == case.kind]
    rng.shuffle(mutators)
    offset = rng.randrange(len(pairs))
    for round_of_pairs in range(len(pairs)):
        for mutator in mutators:
            pair = pairs[(offset + round_of_pairs) % len(pairs)]
            offset += 1
            broken = broken_pair(mutator, pair, rng, facts)
            if broken is not None:
                yield broken


def broken_pair(
    mutator: Mutator, pair: Pair, rng: random.Random, facts: TaskFacts
) -> Broken | None:
    """A pair with one module broken; None where the mutator finds no site."""
    prep, model = ("prep.py", pair.prep), (pair.model_name, pair.model)
    either = [prep, model] if rng.random() < 0.5 else [model, prep]
    order = {"prep": [prep], "model": [model], "either": either}[mutator.component]
    for name, text in order:
        other = pair.model if name == "prep.py" else pair.prep
        mutation = mutator.mutate(text, other, rng, facts)
        if mutation is not None:
            return Broken(pair, mutator, name, mutation)
    return None
