"""How time and memory of looking at data grow with rows and columns.

    python benchmarks/profiling.py [--rows 1000 10000 ...] [--columns 10 ...] [--budget 10m]

Prints Markdown. Each verb of the worker that reads whole tables runs in a process of its own on a
seeded competition; `pandas.read_csv` of the same tables, in a process too, is what they are
compared with. Peak memory is the resident size of the process at its largest, Python and its
libraries included.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from iiml_codegen.domain.blueprint import FoldPlan
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.execution.worker_client import WORKER
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.settings import seconds

MAKER = Path(__file__).with_name("made_tables.py")
READING = """
import json, sys, pandas
folder = json.load(sys.stdin)["folder"]
tables = [pandas.read_csv(f"{folder}/{name}.csv") for name in ("train", "test")]
print(json.dumps({"result": {"rows": len(tables[0])}}))
"""
ROWS, USUAL_COLUMNS = (1_000, 10_000, 100_000, 1_000_000), 50
COLUMNS, USUAL_ROWS = (10, 100, 1_000), 2_000
FULL_ROWS, FULL_COLUMNS = (*ROWS, 10_000_000), (*COLUMNS, 5_000)
BUDGET = "10m"
GROWTH_FROM = 10_000
MEBI = 1 << 20
POLL_SECONDS = 0.02
STAGES = ("read_csv", "inventory", "profile", "shadows")


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and processor time and the largest resident size of one process."""

    seconds: float
    cpu: float
    peak: float


@dataclass(frozen=True)
class Measured:
    """One competition: its size in bytes and what each stage cost."""

    rows: int
    columns: int
    size: int
    costs: dict[str, Cost] = field(default_factory=dict)


class StageError(Exception):
    """A stage that ended without an answer."""


def parse_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Time and memory of looking at data.")
    parser.add_argument("--rows", type=int, nargs="*", help=f"with {USUAL_COLUMNS} columns each")
    parser.add_argument("--columns", type=int, nargs="*", help=f"with {USUAL_ROWS:,} rows each")
    parser.add_argument("--both", nargs="*", default=[], metavar="ROWSxCOLUMNS")
    parser.add_argument("--budget", default=BUDGET, help=f"start nothing after (default {BUDGET})")
    parser.add_argument("--full", action="store_true", help="10^7 rows and 5,000 columns too")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)


def sizes(options: argparse.Namespace) -> list[tuple[int, int]]:
    """(rows, columns) to measure, the smaller first within each direction."""
    asked = options.rows is not None or options.columns is not None or bool(options.both)
    rows, columns = options.rows or (), options.columns or ()
    if not asked:
        rows, columns = (FULL_ROWS, FULL_COLUMNS) if options.full else (ROWS, COLUMNS)
    pairs = [(count, USUAL_COLUMNS) for count in sorted(rows)]
    pairs += [(USUAL_ROWS, count) for count in sorted(columns)]
    for text in options.both:
        first, _, second = text.partition("x")
        pairs.append((int(first), int(second)))
    return list(dict.fromkeys(pairs))


def waited(process: subprocess.Popen[bytes], started: float) -> Cost:
    """Wait for a process and say what it cost; the system's own count where there is one."""
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        cpu = usage.ru_utime + usage.ru_stime
        return Cost(time.monotonic() - started, cpu, usage.ru_maxrss * unit)
    watched, cpu, peak = psutil.Process(process.pid), 0.0, 0.0
    while process.poll() is None:
        try:
            memory, times = watched.memory_info(), watched.cpu_times()
        except psutil.Error:
            continue
        peak = max(peak, getattr(memory, "peak_wset", memory.rss))
        cpu = times.user + times.system
        time.sleep(POLL_SECONDS)
    return Cost(time.monotonic() - started, cpu, peak)


def stage(command: Sequence[str], params: dict[str, object]) -> tuple[Any, Cost]:
    """Run one process with its params on standard input; its answer, and what it cost."""
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(json.dumps(params).encode())
        given.seek(0)
        started = time.monotonic()
        process = subprocess.Popen(command, stdin=given, stdout=answer, env=environment)
        cost = waited(process, started)
        answer.seek(0)
        text = answer.read()
    reply: dict[str, Any] = (
        json.loads(text) if text.strip() else {"error": f"exit code {process.returncode}"}
    )
    if "error" in reply:
        raise StageError(f"{command[-1]}: {reply['error']}")
    return reply["result"], cost


def verb(name: str) -> list[str]:
    """The command of one verb of the worker."""
    return [sys.executable, "-I", str(WORKER), name]


def make(folder: Path, rows: int, columns: int, seed: int) -> None:
    """Write the competition in a process of its own: a child's peak would count the parent's."""
    command = [sys.executable, "-P", str(MAKER), str(folder), "--rows", str(rows)]
    subprocess.run([*command, "--columns", str(columns), "--seed", str(seed)], check=True)


def measure(rows: int, columns: int, seed: int) -> Measured:
    """Write one competition, and read it in every stage."""
    with tempfile.TemporaryDirectory(prefix="iiml-bench-") as work:
        folder, cache = Path(work) / "competition", Path(work) / "cache"
        make(folder, rows, columns, seed)
        size = sum(path.stat().st_size for path in folder.glob("*.csv"))
        costs: dict[str, Cost] = {}
        place: dict[str, object] = {"folder": str(folder)}
        _, costs["read_csv"] = stage([sys.executable, "-P", "-c", READING], place)
        params = {**place, "cache": str(cache)}
        found, costs["inventory"] = stage(verb("inventory"), params)
        task = to_plain(ExpertTaskAnalyzer().analyse(from_plain(found, Inventory)))
        params = {**place, "task": task, "seed": 0}
        _, costs["profile"] = stage(verb("profile"), params)
        folds = to_plain(FoldPlan(strategy="stratified", folds=3, column=None, why="as usual"))
        params = {**place, "task": task, "plan": folds, "out": str(cache)}
        _, costs["shadows"] = stage(verb("shadows"), params)
    return Measured(rows, columns, size, costs)


def growth(first: tuple[float, float], last: tuple[float, float]) -> float:
    """The exponent with which a figure grows between two (size, figure): 1 is linear."""
    return math.log(last[1] / first[1]) / math.log(last[0] / first[0])


def headings() -> Iterator[str]:
    """Names of the columns of the table."""
    yield from ("rows", "columns", "MB")
    yield "read_csv s"
    yield from (f"{name} s (x)" for name in STAGES[1:])
    yield from (f"{name} peak MB (x file)" for name in STAGES)


def cells(one: Measured) -> Iterator[str]:
    """One line: seconds, and processor time in read_csv's; peaks, and those in files.

    Processor time is what tells on a machine that does other things too.
    """
    yield from (f"{one.rows:,}", f"{one.columns:,}", f"{one.size / MEBI:.1f}")
    base = one.costs[STAGES[0]]
    yield f"{base.seconds:.1f}"
    yield from (
        f"{one.costs[name].seconds:.1f} ({one.costs[name].cpu / base.cpu:.1f})"
        for name in STAGES[1:]
    )
    yield from (
        f"{one.costs[name].peak / MEBI:.0f} ({one.costs[name].peak / one.size:.1f})"
        for name in STAGES
    )


def line(texts: Sequence[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(texts)} |"


def growths(found: Sequence[Measured]) -> Iterator[str]:
    """How processor time grows with rows, from 10^4 on, and with columns."""
    by_rows = [one for one in found if one.columns == USUAL_COLUMNS and one.rows >= GROWTH_FROM]
    by_columns = [one for one in found if one.rows == USUAL_ROWS]
    for word, some in (("rows", by_rows), ("columns", by_columns)):
        if len(some) < 2:
            continue
        ends = [(float(getattr(one, word)), one) for one in (some[0], some[-1])]
        said = [
            f"{name} {growth(*((size, one.costs[name].cpu) for size, one in ends)):.2f}"
            for name in STAGES
        ]
        span = f"{ends[0][0]:,.0f} to {ends[1][0]:,.0f}"
        yield f"Exponent of processor time from {span} {word}: {', '.join(said)}."


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all sizes; returns 1 if a stage failed."""
    options = parse_options(arguments)
    ends, failed = time.monotonic() + seconds(options.budget), False
    found: list[Measured] = []
    print(line(list(headings())))
    print(line(["---:"] * len(list(headings()))), flush=True)
    for rows, columns in sizes(options):
        if time.monotonic() > ends:
            print(f"\nThe budget ended before {rows:,} rows x {columns:,} columns.")
            break
        try:
            one = measure(rows, columns, options.seed)
        except StageError as error:
            print(f"{rows} x {columns}: {error}", file=sys.stderr)
            failed = True
            continue
        found.append(one)
        print(line(list(cells(one))), flush=True)
    for said in growths(found):
        print(f"\n{said}", flush=True)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
