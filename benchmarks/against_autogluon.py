"""Solves competitions with iiML and with AutoGluon-Tabular, one after the other, and compares.

    python benchmarks/against_autogluon.py FOLDER... --peer PYTHON [--seconds 300 600] [--seeds 3]
                                           [--presets best_quality best_quality_v150] [--out FILE]

PYTHON has `autogluon.tabular`. A FOLDER holds `public/` and `private/` (answers, `meta.json`), as
`benchmarks/competitions.py` has it; the grader is a module with `grade(folder, submission)`. Both
get the same seconds, cores and tables, with OMP_WAIT_POLICY=PASSIVE, and start after the other has
ended. Every result is a line of `--out`: a run that was stopped goes on with what is missing. A
difference below its standard error (a jackknife over the test rows, the same rows for both) is a
tie. Tables and texts are reported apart.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
from competitions import find_grader, run

OURS = "iiml"
PEER = Path(__file__).parent / "peers" / "autogluon_tabular.py"
QUIET = {"OMP_WAIT_POLICY": "PASSIVE"}
PARTS = 20
LONGEST_OVERRUN = 1.5
Grade = Callable[[Path, Path], Mapping[str, Any]]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One solve by one of both; `submission` is its text, so that differences can be paired."""

    competition: str
    who: str
    budget: int
    seed: int
    score: float | None
    greater_is_better: bool
    modality: str
    took: float
    problem: str = ""
    submission: str = ""

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What tells results apart."""
        return (self.competition, self.who, self.budget, self.seed)


def grading(script: Path) -> Grade:
    """The `grade` of a grader's file."""
    spec = importlib.util.spec_from_file_location("competition_grader", script)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    grade: Grade = module.grade
    return grade


def by_iiml(folder: Path, grader: Path, budget: int, seed: int, work: Path) -> tuple[Path, str]:
    """The submission of `iiml solve`, and what went wrong."""
    row = run(folder, grader, seed, f"{budget}s", work)
    return work / folder.name / "submission.csv", row.problem


def by_autogluon(
    folder: Path, peer: Path, preset: str, budget: int, seed: int, work: Path
) -> tuple[Path, str]:
    """The submission of AutoGluon, and what went wrong."""
    meta = json.loads((folder / "private" / "meta.json").read_text("utf-8"))
    label = meta.get("train_label_column")
    job = {
        "folder": str(folder / "public"),
        "sample": meta["sample_submission"],
        "ids": meta["id_columns"],
        "labels": [label] if label else meta["target_columns"],
        "targets": meta["target_columns"],
        "metric": meta["metric"],
        "preset": preset,
        "seconds": budget,
        "seed": seed,
        "cores": os.cpu_count(),
        "out": str(work / "submission.csv"),
    }
    file = work / "job.json"
    file.write_text(json.dumps(job), "utf-8")
    try:
        done = subprocess.run(
            [str(peer), str(PEER), str(file)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | QUIET,
            cwd=work,
            timeout=LONGEST_OVERRUN * budget,
        )
    except subprocess.TimeoutExpired:
        return work / "submission.csv", f"more than {LONGEST_OVERRUN} times its seconds"
    problem = "" if done.returncode == 0 else done.stderr.strip()[-300:]
    return work / "submission.csv", problem


def measured(
    folder: Path, who: str, budget: int, seed: int, grader: Path, options: argparse.Namespace
) -> Result:
    """One solve, graded."""
    meta = json.loads((folder / "private" / "meta.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="iiml-bench-") as place:
        work, began = Path(place), time.monotonic()
        if who == OURS:
            file, problem = by_iiml(folder, grader, budget, seed, work)
        else:
            file, problem = by_autogluon(folder, options.peer, who, budget, seed, work)
        took = time.monotonic() - began
        graded = grading(grader)(folder, file) if file.exists() else {}
        return Result(
            competition=folder.name,
            who=who,
            budget=budget,
            seed=seed,
            score=graded.get("score"),
            greater_is_better=bool(meta["higher_is_better"]),
            modality="text" if "text" in meta["modality"] else "table",
            took=round(took, 1),
            problem=problem or ("" if graded.get("valid") else str(graded.get("reason"))),
            submission=file.read_text("utf-8") if file.exists() else "",
        )


def without_part(folder: Path, text: str, part: int, place: Path) -> Path:
    """A folder whose answers lack every twentieth row, and the submission without these rows."""
    (place / "private").mkdir(parents=True, exist_ok=True)
    meta = folder / "private" / "meta.json"
    (place / "private" / "meta.json").write_text(meta.read_text("utf-8"), "utf-8")
    names = json.loads(meta.read_text("utf-8"))["id_columns"]
    answers = pd.read_csv(folder / "private" / "answers.csv", dtype=str, keep_default_na=False)
    kept = answers[[row % PARTS != part for row in range(len(answers))]]
    kept.to_csv(place / "private" / "answers.csv", index=False)
    submission = place / "submission.csv"
    submission.write_text(text, "utf-8")
    rows = pd.read_csv(submission, dtype=str, keep_default_na=False)
    rows = rows.merge(kept[names].drop_duplicates(), on=names)
    rows.to_csv(submission, index=False)
    return submission


def standard_error(folder: Path, grade: Grade, ours: str, theirs: str) -> float:
    """Of the difference of two submissions, by leaving out parts of the test rows."""
    differences = []
    with tempfile.TemporaryDirectory(prefix="iiml-bench-") as place:
        for part in range(PARTS):
            scores = []
            for text in (ours, theirs):
                submission = without_part(folder, text, part, Path(place))
                scores.append(grade(Path(place), submission).get("score"))
            if None not in scores:
                differences.append(scores[0] - scores[1])
    count = len(differences)
    if count < 2:
        return math.inf
    return math.sqrt((count - 1) * statistics.pvariance(differences))


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Ours against one preset, over the seeds; `gain` is positive where ours is better."""

    ours: float
    theirs: float
    gain: float
    error: float

    @property
    def verdict(self) -> str:
        """win, loss or tie."""
        return "tie" if abs(self.gain) < self.error else ("win" if self.gain > 0 else "loss")

    @property
    def normalised(self) -> float:
        """The gain as a share of the larger score."""
        return self.gain / max(abs(self.ours), abs(self.theirs), 1e-12)


def compared(folder: Path, grade: Grade, ours: list[Result], theirs: list[Result]) -> Compared:
    """The means over seeds; the error is the mean of the seeds' own, as they share the rows."""
    pairs = list(zip(ours, theirs, strict=True))
    errors = [standard_error(folder, grade, a.submission, b.submission) for a, b in pairs]
    mine = statistics.fmean(a.score or 0.0 for a, _ in pairs)
    other = statistics.fmean(b.score or 0.0 for _, b in pairs)
    gain = mine - other if ours[0].greater_is_better else other - mine
    return Compared(ours=mine, theirs=other, gain=gain, error=statistics.fmean(errors))


def rows(
    results: Mapping[tuple[str, str, int, int], Result], options: argparse.Namespace
) -> Iterator[tuple[str, int, str, str, Compared]]:
    """Every comparison: modality, budget, preset, competition."""
    for budget in options.seconds:
        for preset in options.presets:
            for folder in options.folders:
                seeds = range(options.seeds)
                ours = [results[folder.name, OURS, budget, seed] for seed in seeds]
                theirs = [results[folder.name, preset, budget, seed] for seed in seeds]
                both = [(a, b) for a, b in zip(ours, theirs, strict=True)]
                graded = [(a, b) for a, b in both if a.score is not None and b.score is not None]
                if graded:
                    grade = grading(find_grader(folder, options.grader))
                    one = compared(folder, grade, [a for a, _ in graded], [b for _, b in graded])
                    yield ours[0].modality, budget, preset, folder.name, one


def report(
    results: Mapping[tuple[str, str, int, int], Result], options: argparse.Namespace
) -> None:
    """The table, in the form of docs/benchmarks.md, and the wins by modality."""
    names = ("competition", "seconds", "preset", "iiML", "AutoGluon", "gain", "± error", "")
    print("| " + " | ".join(names) + " |\n" + "| --- " * len(names) + "|")
    found = list(rows(results, options))
    for _, budget, preset, name, one in sorted(found, key=lambda row: row[:3]):
        cells = (
            *(name, str(budget), preset, f"{one.ours:.4f}", f"{one.theirs:.4f}"),
            *(f"{one.gain:+.4f}", f"{one.error:.4f}", one.verdict),
        )
        print("| " + " | ".join(cells) + " |")
    for modality in ("table", "text"):
        some = [one for kind, *_, one in found if kind == modality]
        if some:
            verdicts = [one.verdict for one in some]
            counts = ", ".join(f"{verdicts.count(v)} {v}" for v in ("win", "tie", "loss"))
            mean = statistics.fmean(one.normalised for one in some)
            print(f"\n{modality}: {counts}; mean normalised difference {mean:+.4f}")


def kept(file: Path) -> dict[tuple[str, str, int, int], Result]:
    """The results that a file holds already."""
    if not file.exists():
        return {}
    lines = file.read_bytes().splitlines()
    return {one.key: one for one in (msgspec.json.decode(line, type=Result) for line in lines)}


def main() -> int:
    """Command line; returns 1 if any solve of ours left no graded submission."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", type=lambda text: Path(text).resolve(), nargs="+")
    parser.add_argument("--peer", type=Path, required=True, help="a Python with autogluon.tabular")
    parser.add_argument("--presets", nargs="+", default=["best_quality", "best_quality_v150"])
    parser.add_argument("--seconds", type=int, nargs="+", default=[300, 600])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--grader", type=Path)
    parser.add_argument("--out", type=Path, default=Path("against_autogluon.jsonl"))
    options = parser.parse_args()
    os.environ.update(QUIET)
    results = kept(options.out)
    for seed in range(options.seeds):
        for budget in options.seconds:
            for folder in options.folders:
                grader = find_grader(folder, options.grader)
                for who in (OURS, *options.presets):
                    if (folder.name, who, budget, seed) not in results:
                        one = measured(folder, who, budget, seed, grader, options)
                        results[one.key] = one
                        with options.out.open("ab") as file:
                            file.write(msgspec.json.encode(one) + b"\n")
                        print(f"{one.key} {one.score} {one.took:.0f} s {one.problem}", flush=True)
    report(results, options)
    return int(any(one.score is None for one in results.values() if one.who == OURS))


if __name__ == "__main__":
    raise SystemExit(main())
