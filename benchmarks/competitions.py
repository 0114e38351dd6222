"""Solves competitions whose answers are known, grades them, and compares with the own scores.

    python benchmarks/competitions.py FOLDER... [--seeds 3] [--budget 5m] [--json] [--keep DIR]
                                      [--description given|sentence|none]

A FOLDER holds `public/`, all that the solver may see, and `private/`, which only the grader reads.
The grader is `grade.py` in the folder or in its parent (or `--grader`): it is called with the
folder and the submission and prints JSON with `score`, and `medal` if it knows. Each solve works on
a copy of `public/` with a cache of its own. Without its description (`none`), or with the sentence
that stands for one in the paper's experiment (`sentence`), the task has to be read off the data.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.candidate import Candidate, Score
from iiml_codegen.domain.events import Note, SolveStarted, SubmissionWritten
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.wire import from_json
from iiml_codegen.journal import Journal
from iiml_codegen.leaderboard import ranked, scope
from iiml_codegen.workspace import Workspace

HEADINGS = (
    ("competition", 40),
    ("seed", 4),
    ("score", 9),
    ("out of fold", 11),
    ("± error", 9),
    ("agree", 5),
    ("first s", 7),
    ("total s", 7),
    ("medal", 6),
)
SENTENCE = (
    "Analyze the provided data files and execute the appropriate predictive task for the target "
    "variable.\n"
)


CONSTANT = re.compile(r"The best constant prediction scores (\S+) by ")
"""What a solve says of the prediction that every candidate has to beat."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One solve; `agree`: test and out-of-fold score are within 2 standard errors of both."""

    competition: str
    seed: int
    problem: str = ""
    metric: str = ""
    score: float | None = None
    out_of_fold: float | None = None
    standard_error: float | None = None
    agree: bool | None = None
    first_submission: float | None = None
    seconds: float | None = None
    medal: str = ""
    candidate: str = ""
    constant: float | None = None
    tracks: dict[Track, str] = {}


def agrees(graded: float, own: Score, test_rows: int) -> bool:
    """Whether two scores differ by at most 2 standard errors, those of both samples combined.

    The error of the test score is that of the out-of-fold score, scaled to the test's rows.
    """
    on_test = own.standard_error * math.sqrt(own.rows / max(1, test_rows))
    return abs(graded - own.value) <= 2 * math.hypot(own.standard_error, on_test)


def find_grader(folder: Path, named: Path | None) -> Path:
    """The grading script; raises SystemExit with what was looked for."""
    places = [named] if named else [folder / "grade.py", folder.parent / "grade.py"]
    for place in places:
        if place.is_file():
            return place.resolve()
    raise SystemExit(f"no grader: {', '.join(map(str, places))}")


def grade(grader: Path, folder: Path, submission: Path) -> dict[str, object]:
    """What the grader says about a submission; a message under `reason` if it cannot be read."""
    command = [sys.executable, str(grader), str(folder), str(submission)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answer: dict[str, object] = json.loads(done.stdout)
    except json.JSONDecodeError:
        return {"reason": (done.stderr.strip().splitlines() or ["the grader said nothing"])[-1]}
    return answer


def solve(copy: Path, seed: int, budget: str, cache: Path) -> str:
    """Run `iiml solve` as a person would; returns what went wrong, or an empty string."""
    command = [
        *(sys.executable, "-I", "-m", "iiml_codegen.cli", "solve", str(copy)),
        *("--json", "--seed", str(seed), "--budget", budget),
    ]
    environment = {**os.environ, "IIML_CACHE_DIR": str(cache)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=cache
    )
    if done.returncode == 0:
        return ""
    last = (done.stderr or done.stdout).strip().splitlines() or [""]
    return f"exit code {done.returncode}: {last[-1]}"


def from_journal(workspace: Workspace) -> tuple[str, Score | None, float | None, float | None]:
    """The submission's candidate, its score, and seconds to the first submission and to the end."""
    journal = Journal(workspace.journal)
    try:
        entries, candidates = journal.read(), {c.id: c for c in journal.candidates()}
    finally:
        journal.close()
    started = [entry.at for entry in entries if isinstance(entry.event, SolveStarted)]
    written = [(e.at, e.event) for e in entries if isinstance(e.event, SubmissionWritten)]
    if not started or not written:
        return "", None, None, None
    best = candidates.get(written[-1][1].candidate)
    first, total = written[0][0] - started[0], entries[-1].at - started[0]
    return " + ".join(best.members) if best else "", best.score if best else None, first, total


def by_track(
    workspace: Workspace, greater_is_better: bool
) -> tuple[float | None, dict[Track, str]]:
    """The constant prediction's score, and the best of each track that beats it, with its scope."""
    journal = Journal(workspace.journal)
    try:
        notes = [e.event.text for e in journal.read() if isinstance(e.event, Note)]
        candidates = journal.candidates()
    finally:
        journal.close()
    told = [float(found[1]) for note in notes if (found := CONSTANT.match(note))]
    constant = told[-1] if told else None
    best: dict[Track, str] = {}
    for one in ranked(candidates, greater_is_better=greater_is_better):
        if one.score and len(one.members) == 1 and beats(one, constant, greater_is_better):
            best.setdefault(one.track, f"{one.score.value:.5f} {scope(one)}".rstrip())
    return constant, best


def beats(candidate: Candidate, constant: float | None, greater_is_better: bool) -> bool:
    """Whether a candidate has a score that counts, better than the constant prediction's."""
    if candidate.score is None or candidate.status == "failed" or constant is None:
        return False
    gain = candidate.score.value - constant
    return gain > 0 if greater_is_better else gain < 0


def strip(copy: Path, description: str) -> None:
    """Take the description away, or leave the paper's sentence in its place."""
    if description == "given":
        return
    for path in copy.glob("description*"):
        path.unlink()
    if description == "sentence":
        (copy / "description.md").write_text(SENTENCE, encoding="utf-8")


def run(
    folder: Path, grader: Path, seed: int, budget: str, work: Path, description: str = "given"
) -> Row:
    """Solve a copy of one competition with one seed, and grade it."""
    copy, cache = work / folder.name, work / "cache"
    shutil.copytree(folder / "public", copy)
    strip(copy, description)
    cache.mkdir()
    problem = solve(copy, seed, budget, cache)
    workspace = Workspace(copy)
    if not workspace.submission.exists():
        return Row(competition=folder.name, seed=seed, problem=problem or "no submission")
    verdict = grade(grader, folder, workspace.submission)
    candidate, own, first, total = from_journal(workspace)
    constant, tracks = by_track(workspace, bool(verdict.get("higher_is_better")))
    score = verdict.get("score")
    agree = None
    if isinstance(score, float | int) and own is not None:
        profile = from_json(workspace.profile.read_bytes(), DataProfile)
        agree = agrees(float(score), own, profile.test_rows)
    return Row(
        competition=folder.name,
        seed=seed,
        problem=problem or ("" if score is not None else str(verdict.get("reason", ""))),
        metric=str(verdict.get("metric", "")),
        score=float(score) if isinstance(score, float | int) else None,
        out_of_fold=own.value if own else None,
        standard_error=own.standard_error if own else None,
        agree=agree,
        first_submission=first,
        seconds=total,
        medal=str(verdict.get("medal") or ""),
        candidate=candidate,
        constant=constant,
        tracks=tracks,
    )


def cells(row: Row) -> Iterator[str]:
    """A row of the table as text; unknown figures are empty."""

    def figure(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    yield row.competition[:40]
    yield str(row.seed)
    yield figure(row.score, ".5f")
    yield figure(row.out_of_fold, ".5f")
    yield figure(row.standard_error, ".5f")
    yield "" if row.agree is None else ("yes" if row.agree else "no")
    yield figure(row.first_submission, ".0f")
    yield figure(row.seconds, ".0f")
    yield row.medal


def line(texts: Sequence[str]) -> str:
    """Cells side by side, names to the left and figures to the right."""
    first, *rest = zip(texts, (width for _, width in HEADINGS), strict=True)
    return "  ".join([f"{first[0]:<{first[1]}}", *(f"{t:>{w}}" for t, w in rest)]).rstrip()


def show(row: Row, as_json: bool) -> None:
    """Print one result as soon as it is known."""
    if as_json:
        print(msgspec.json.encode(row).decode(), flush=True)
        return
    tracks = ", ".join(f"{track} {told}" for track, told in row.tracks.items())
    beaten = f"{tracks} (constant {row.constant:.5g})" if row.constant is not None else ""
    said = " | ".join(part for part in (row.candidate, beaten, row.problem) if part)
    print(line(list(cells(row))) + (f"  {said}" if said else ""), flush=True)


def main() -> int:
    """Command line; returns 1 if any solve left no graded submission."""
    parser = argparse.ArgumentParser(description="Solve and grade competitions.")
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--seeds", type=int, default=1, help="solve with seeds 0 to N-1")
    parser.add_argument("--budget", default="5m", help="for each solve (default 5m)")
    parser.add_argument("--grader", type=Path)
    parser.add_argument("--keep", type=Path, help="keep the solved copies in this folder")
    parser.add_argument(
        "--description",
        choices=("given", "sentence", "none"),
        default="given",
        help="what the solver is told of the task",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    options = parser.parse_args()
    if not options.json:
        print(line([name for name, _ in HEADINGS]))
    failed = False
    for folder in (path.resolve() for path in options.folders):
        grader = find_grader(folder, options.grader)
        for seed in range(options.seeds):
            with tempfile.TemporaryDirectory(prefix="iiml-bench-") as work:
                row = run(folder, grader, seed, options.budget, Path(work), options.description)
                if options.keep:
                    kept = options.keep / f"{folder.name}-{seed}"
                    shutil.copytree(Path(work) / folder.name, kept, dirs_exist_ok=True)
            show(row, options.json)
            failed |= row.score is None
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
