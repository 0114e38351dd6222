"""Solves competitions on a machine with a graphics card, and tells how the card was used.

    python benchmarks/gpu_tracks.py FOLDER... [--tracks custom_nn,pretrained] [--budget 3m]

A FOLDER is a competition, or holds it in `public/`. While `iiml solve` works on a copy, the card is
asked twice a second by nvidia-smi. For each folder: the candidates of the tracks with score,
seconds and what they held of the card's memory, then the card's utilisation. The exit status is 1
if no candidate was scored or the card did nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace

EVERY_SECONDS = 0.5
ASK = (
    "nvidia-smi",
    "--query-gpu=name,utilization.gpu,memory.used",
    "--format=csv,noheader,nounits",
)
CLI = (sys.executable, "-I", "-m", "iiml_codegen.cli")


@dataclass
class Card:
    """What nvidia-smi said of the first card: utilisation in per cent, memory in MiB."""

    name: str = ""
    used: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def look(self) -> None:
        """Ask once."""
        answer = subprocess.run(ASK, capture_output=True, text=True, check=True).stdout
        self.name, used, memory = (part.strip() for part in answer.splitlines()[0].split(","))
        self.used.append(float(used))
        self.memory.append(float(memory))

    def said(self) -> str:
        """Mean and most, and how much of the time it worked at all."""
        busy = [value for value in self.used if value > 0]
        return (
            f"{self.name}: utilisation {fmean(self.used):.0f} % on average, {max(self.used):.0f} %"
            f" at most, working in {len(busy) / len(self.used):.0%} of {len(self.used)} looks;"
            f" memory {max(self.memory):.0f} MiB at most"
        )


@contextmanager
def watched() -> Iterator[Card]:
    """The card, looked at until the end of the block."""
    card, over = Card(), threading.Event()

    def look() -> None:
        while not over.wait(EVERY_SECONDS):
            card.look()

    card.look()
    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield card
    finally:
        over.set()
        watching.join()


def solve(folder: Path, options: argparse.Namespace, work: Path) -> list[Candidate]:
    """Solve a copy, and give its candidates."""
    public = folder / "public" if (folder / "public").is_dir() else folder
    copy = work / folder.name
    shutil.copytree(public, copy)
    flags = ["--budget", options.budget, "--tracks", options.tracks, *options.flags]
    done = subprocess.run(
        [*CLI, "solve", str(copy), "--json", *flags],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"IIML_CACHE_DIR": str(work / "cache")},
    )
    if options.log:
        print(done.stderr, flush=True)
    print(json.dumps(json.loads(done.stdout or "{}").get("best")), flush=True)
    workspace = Workspace(copy)
    if options.keep:
        shutil.copytree(copy, options.keep / folder.name, dirs_exist_ok=True)
    for log in sorted(workspace.home.glob("runs/*/log.txt")):
        for line in log.read_text("utf-8", "replace").splitlines():
            if "memory is short" in line or "goes on after" in line:
                print(f"{log.parent.name}: {line}")
    journal = Journal(workspace.journal, create=False)
    try:
        return list(journal.candidates())
    finally:
        journal.close()


def row(one: Candidate) -> str:
    """A line of the table."""
    score = f"{one.score.value:.4f}" if one.score else ""
    cells = (one.id, one.track, one.status, score, f"{one.seconds:.0f} s", one.note)
    return "| " + " | ".join(cells) + " |"


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", type=lambda text: Path(text).resolve(), nargs="+")
    parser.add_argument("--tracks", default="custom_nn,pretrained")
    parser.add_argument("--budget", default="3m")
    parser.add_argument("--keep", type=Path, help="keep the solved copies in this folder")
    parser.add_argument("--log", action="store_true", help="print what the solve said, too")
    parser.add_argument("--flags", nargs=argparse.REMAINDER, default=[], help="for iiml solve")
    options = parser.parse_args()
    held = True
    for folder in options.folders:
        with tempfile.TemporaryDirectory(prefix="iiml-gpu-") as place, watched() as card:
            candidates = solve(folder, options, Path(place))
        print(f"\n{folder.name}\n{card.said()}")
        print("| candidate | track | status | score | seconds | |\n" + "| --- " * 6 + "|")
        for one in candidates:
            print(row(one), flush=True)
        held &= any(one.score for one in candidates) and max(card.used) > 0
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
