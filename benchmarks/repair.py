"""Breaks working modules and measures what is found and mended.

    python benchmarks/repair.py FOLDER... [--mutants 240] [--seed 0] [--only CLASS] [--slots 2]
                                [--out results.jsonl] [--rows 2000] [--budget 60s]

A FOLDER is a competition, or holds one as `public/`. One without `iiml/` is copied and solved.
Mutators draw from all fault classes in turn and know nothing of the repairs; a mutant is a hand
edit: no generated text is left to put back. Each climbs the verification ladder on a sample shadow,
and is mended in at most ten rounds. *Located* counts faults in the right module, and within three
lines of the place that was broken; *repaired* means that the whole ladder passes, the score is
within its standard error of the unbroken one, and nothing was given up for it. *Benign* mutants,
which run as before, are replaced by the next draw. Every case is a line of `--out`; those that are
there already are not run again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import msgspec
from mutators import CLASSES
from repair_cases import Case, Outcome, planned
from repair_trials import run_cases

CHUNK = 6
HEADINGS = (
    ("class", 20),
    ("n", 4),
    ("component", 9),
    ("place", 6),
    ("repaired", 8),
    ("rounds", 6),
    ("seconds", 7),
    ("benign", 6),
)


def main() -> int:
    """Run what is missing, then print the table of all."""
    options = parsed(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="iiml-repair-") as scratch:
        folders = [solved(folder, Path(scratch), options.budget) for folder in options.folders]
        cases = planned(folders, options.mutants, options.seed, options.only)
        wanted = {(case.seed, case.number, case.folder.name, case.kind) for case in cases}
        done = {key(outcome): outcome for outcome in read(options.out)}
        left = [case for case in cases if case_key(case) not in done]
        for outcome in outcomes(left, Path(scratch), options):
            done[key(outcome)] = outcome
    print(table([done[name] for name in sorted(done) if name in wanted]))
    return 0


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--mutants", type=int, default=240)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help=f"one class of {', '.join(CLASSES)}")
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("results.jsonl"))
    parser.add_argument("--rows", type=int, default=2000, help="of the sample shadow")
    parser.add_argument("--budget", default="60s", help="for folders that are not solved yet")
    return parser.parse_args(arguments)


def solved(folder: Path, scratch: Path, budget: str) -> Path:
    """The folder itself where it is solved; else a solved copy of its public part."""
    folder = folder.resolve()
    if (folder / "iiml" / "contract.json").is_file():
        return folder
    data = folder / "public" if (folder / "public").is_dir() else folder
    copy = scratch / "solved" / folder.name
    shutil.copytree(data, copy)
    command = [sys.executable, "-m", "iiml_codegen.cli", "solve", str(copy), "--budget", budget]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{folder} could not be solved: {done.stdout[-500:]}{done.stderr[-500:]}")
    return copy


def outcomes(
    cases: Sequence[Case], scratch: Path, options: argparse.Namespace
) -> Iterator[Outcome]:
    """What comes of the cases, as they end; each process has folders and a cache of its own."""
    chunks: list[list[Case]] = []
    for folder in dict.fromkeys(case.folder for case in cases):
        mine = [case for case in cases if case.folder == folder]
        chunks += [mine[start : start + CHUNK] for start in range(0, len(mine), CHUNK)]
    chunks.sort(key=lambda chunk: chunk[0].number)
    context = multiprocessing.get_context("spawn")
    slots = options.slots
    with ProcessPoolExecutor(slots, context, initializer=alone, initargs=(scratch,)) as pool:
        waiting = [pool.submit(run_chunk, chunk, scratch, options) for chunk in chunks]
        for future in as_completed(waiting):
            yield from future.result()


def alone(scratch: Path) -> None:
    """Give this process a cache of its own, and its libraries one thread."""
    os.environ["IIML_CACHE_DIR"] = str(scratch / f"cache-{os.getpid()}")
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"


def run_chunk(cases: Sequence[Case], scratch: Path, options: argparse.Namespace) -> list[Outcome]:
    """Cases of one competition in this process's own folder, each on disk as soon as it ends."""
    found = []
    for outcome in run_cases(cases, scratch / f"work-{os.getpid()}", options.rows):
        append(options.out, outcome)
        print(line_of(outcome), file=sys.stderr, flush=True)
        found.append(outcome)
    return found


Key = tuple[int, int, str, str]


def key(outcome: Outcome) -> Key:
    """Which case an outcome belongs to."""
    return outcome.seed, outcome.number, outcome.competition, outcome.kind


def case_key(case: Case) -> Key:
    """The same of a case."""
    return case.seed, case.number, case.folder.name, case.kind


def read(path: Path) -> list[Outcome]:
    """Outcomes of earlier runs."""
    lines = path.read_bytes().splitlines() if path.is_file() else []
    return [msgspec.json.decode(line, type=Outcome) for line in lines]


def append(path: Path, outcome: Outcome) -> None:
    """Keep one outcome."""
    with path.open("ab") as file:
        file.write(msgspec.json.encode(outcome) + b"\n")


def line_of(outcome: Outcome) -> str:
    """One case as it ends."""
    if outcome.problem:
        return f"{outcome.number:4} {outcome.kind} {outcome.competition}: {outcome.problem}"
    marks = [
        word if yes else f"NOT {word}"
        for word, yes in (
            ("component", outcome.component),
            ("place", outcome.place),
            ("repaired", outcome.repaired),
        )
    ]
    where = f"{outcome.competition[:12]}/{outcome.pair} {outcome.module}:{outcome.line}"
    what = f"{outcome.number:4} {outcome.kind}/{outcome.mutator} {where}"
    return f"{what}: {', '.join(marks)} ({len(outcome.tried)} patches, {outcome.seconds:.0f} s)"


def table(found: Sequence[Outcome]) -> str:
    """Figures by class, and of all."""
    rows = [cells([name for name, _ in HEADINGS])]
    for kind in (*CLASSES, "all"):
        mine = [o for o in found if kind in (o.kind, "all") and not o.problem]
        if mine:
            rows.append(cells(figures(kind, mine)))
    missing = [o for o in found if o.problem]
    strict = [o for o in found if o.repaired and is_paired(o)]
    rows.append(f"repaired within the error of the paired difference too: {len(strict)}")
    rows.append(f"cases without an answer: {len(missing)}")
    return "\n".join(rows)


def is_paired(outcome: Outcome) -> bool:
    """Whether the repaired module is no worse, row by row, than chance allows."""
    if outcome.paired is None or outcome.paired_error is None:
        return False
    return -outcome.paired <= outcome.paired_error


def figures(kind: str, found: Sequence[Outcome]) -> list[str]:
    """One row of the table."""
    mended = [outcome for outcome in found if outcome.repaired]
    shares = [
        f"{100 * sum(yes) / len(found):.0f} %"
        for yes in (
            [o.component for o in found],
            [o.place for o in found],
            [o.repaired for o in found],
        )
    ]
    rounds = statistics.median(len(o.tried) for o in mended) if mended else None
    seconds = statistics.median(o.seconds for o in mended) if mended else None
    return [
        kind,
        str(len(found)),
        *shares,
        "" if rounds is None else f"{rounds:g}",
        "" if seconds is None else f"{seconds:.0f}",
        str(sum(len(o.benign) for o in found)),
    ]


def cells(texts: Sequence[str]) -> str:
    """Cells under each other: words left, figures right."""
    aligned = [
        text.ljust(width) if number == 0 else text.rjust(width)
        for number, (text, (_, width)) in enumerate(zip(texts, HEADINGS, strict=True))
    ]
    return "  ".join(aligned)


if __name__ == "__main__":
    sys.exit(main())
