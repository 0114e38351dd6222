"""Lets answers leak into working modules, and compares each with its clean twin.

    python benchmarks/leaks.py FOLDER... [--rows 2000] [--seed 0] [--only LEAK] [--sorted]

FOLDERS are solved. For each leak: the out-of-fold score that the framework gives the leaking module
and its twin without the leak, on the same folds of a sample, which rule or leak test names it, and
whether it is ranked at all. With `--sorted` each folder is copied first, its training table sorted
by the target and its ids numbered in that order, so that ids and places tell the answers. The exit
status is 1 if a leaking module is ranked better than its twin by more than its standard error.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace
from mutators import TaskFacts
from mutators.leaks import LEAKS
from repair_cases import PLAN_FILES, Pair, facts_of, pairs_of
from repair_trials import work_folder

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.candidate import Score
from iiml_codegen.domain.wire import from_json, to_json
from iiml_codegen.errors import IimlError
from iiml_codegen.planning.transductive import transductive_steps
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.ladder import Ladder
from iiml_codegen.search.leak_trial import REFUSING, leak_violations
from iiml_codegen.search.reopened import Limits, module_pair, reopened
from iiml_codegen.workspace import Workspace

HEADINGS = (
    ("competition", 28),
    ("leak", 22),
    ("clean", 9),
    ("leaking", 9),
    ("± error", 8),
    ("ranked", 6),
    ("better", 6),
)
UP_TO_RUN = 4


@dataclass(frozen=True)
class Judged:
    """What the framework says of a module: its score, and the rules that speak up with what for.

    A rule may speak up for the twin too, for other columns: `named` has both.
    """

    score: Score | None
    named: frozenset[tuple[str, tuple[str, ...]]]
    refused: bool


@dataclass(frozen=True)
class Comparison:
    """A leaking module beside its twin."""

    competition: str
    leak: str
    clean: Judged
    leaking: Judged
    greater_is_better: bool

    @property
    def better(self) -> bool:
        """Whether the leak pays: better than the twin by more than its standard error."""
        if self.clean.score is None or self.leaking.score is None:
            return False
        way = self.leaking.score.value - self.clean.score.value
        return (way if self.greater_is_better else -way) > self.leaking.score.standard_error

    @property
    def ranked(self) -> bool:
        """Whether the leaking module would stand on the leaderboard."""
        return self.leaking.score is not None and not self.leaking.refused

    @property
    def named(self) -> list[str]:
        """Codes that the twin is free of, or that name other columns there."""
        return sorted({code for code, _ in self.leaking.named - self.clean.named})


def main() -> int:
    """Print the table; 1 where a leak pays."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help=f"one of {', '.join(leak.name for leak in LEAKS)}")
    parser.add_argument("--sorted", action="store_true", help="let ids and places tell the target")
    options = parser.parse_args()
    print(cells([name for name, _ in HEADINGS]) + "  named by", flush=True)
    pays = named = total = 0
    for folder in options.folders:
        for found in compared(folder.resolve(), options):
            print(row(found), flush=True)
            total += 1
            named += bool(found.named)
            pays += found.ranked and found.better
    print(f"{total} leaks: {named} named, {pays} ranked better than their twins")
    return int(pays > 0)


def compared(folder: Path, options: argparse.Namespace) -> Iterator[Comparison]:
    """All leaks of one folder."""
    with tempfile.TemporaryDirectory(prefix="iiml-leaks-") as scratch:
        if options.sorted:
            copy = sorted_copy(folder, Path(scratch) / "sorted" / folder.name)
            if copy is None:
                print(f"{folder.name}: cannot be sorted: no numbered ids in one table")
                return
            folder = copy
        workspace = Workspace(folder, work_folder(folder, Path(scratch)))
        declare(workspace)
        pair, facts = pairs_of(folder)[0], facts_of(folder)
        with reopened(workspace, limits=Limits(rows=options.rows, seconds=300)) as bench:
            clean = judged(bench, pair, "clean", pair.prep)
            for name, prep in leaking(pair, facts, options):
                yield Comparison(
                    folder.name,
                    name,
                    clean,
                    judged(bench, pair, name, prep),
                    bench.task.greater_is_better,
                )


def leaking(pair: Pair, facts: TaskFacts, options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Every leak that the module has a place for, with the text of its prep."""
    for leak in LEAKS:
        if options.only in (None, leak.name):
            rng = random.Random(f"{options.seed}-{leak.name}")
            mutation = leak.mutate(pair.prep, pair.model, rng, facts)
            if mutation is not None:
                yield leak.name, mutation.text


def judged(bench: Bench, pair: Pair, name: str, prep: str) -> Judged:
    """Run every fold of the sample, and the leak tests."""
    code = module_pair(bench, f"leak-{name}", pair.prep, pair.model)
    code.put("prep.py", prep)
    named: set[tuple[str, tuple[str, ...]]] = set()
    raws = {}
    for shadow in bench.shadows.folds:
        climb = Ladder(bench, shadow).climb(code, upto=UP_TO_RUN)
        named |= {(one.code, one.names) for one in climb.violations}
        if climb.fault is not None or climb.raw is None:
            why = climb.fault.code or climb.fault.kind if climb.fault else "no score"
            return Judged(None, frozenset({*named, (why, ())}), True)
        kept = climb.raw.with_name(f"fold-{shadow.fold}.npy")  # the next fold runs in that folder
        raws[shadow.fold] = Path(shutil.copy2(climb.raw, kept))
    refused = False
    try:
        found = [one for one in leak_violations(bench, code) if one.severity != "information"]
        named |= {(one.code, one.names) for one in found}
        refused = any(one.code in REFUSING and one.severity == "error" for one in found)
    except IimlError as error:
        print(f"{name}: the leak tests could not be run: {error}", file=sys.stderr)
    return Judged(bench.score(raws), frozenset(named), refused)


def declare(workspace: Workspace) -> None:
    """Let a plan from before steps declared what they learn from test rows declare it."""
    blueprint = from_json(workspace.blueprint.read_bytes(), Blueprint)
    if not blueprint.transductive:
        steps = transductive_steps(blueprint.steps)
        workspace.blueprint.write_bytes(to_json(replace(blueprint, transductive=steps)))


def sorted_copy(folder: Path, copy: Path) -> Path | None:
    """A copy whose ids and places follow the target; None where ids are no plain numbers."""
    facts = facts_of(folder)
    task = facts.task
    if task.id_column is None or task.layout.kind != "one_table" or task.layout.media:
        return None
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("runs", ".generated"))
    train, header = table_of(copy / task.train_file)
    if not all(line.get(task.id_column, "").isdigit() for line in train):
        return None
    ids = sorted(int(line[task.id_column]) for line in train)
    train.sort(key=lambda line: line[task.targets[0]])
    for number, line in zip(ids, train, strict=True):
        line[task.id_column] = str(number)
    with (copy / task.train_file).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(train)
    assert all((copy / "iiml" / name).is_file() for name in PLAN_FILES)
    return copy


def table_of(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    """Lines of a plain table, and its header."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        return list(reader), list(reader.fieldnames or ())


def row(found: Comparison) -> str:
    """One line of the table."""
    clean, leaking = found.clean.score, found.leaking.score
    return (
        cells(
            [
                found.competition,
                found.leak,
                f"{clean.value:.4f}" if clean else "none",
                f"{leaking.value:.4f}" if leaking else "none",
                f"{leaking.standard_error:.4f}" if leaking else "",
                "yes" if found.ranked else "no",
                "YES" if found.ranked and found.better else "no",
            ]
        )
        + f"  {', '.join(found.named)}"
    )


def cells(texts: Sequence[str]) -> str:
    """Cells under each other: words left, figures right."""
    return "  ".join(
        text[:width].ljust(width) if number < 2 else text.rjust(width)
        for number, (text, (_, width)) in enumerate(zip(texts, HEADINGS, strict=True))
    )


if __name__ == "__main__":
    sys.exit(main())
