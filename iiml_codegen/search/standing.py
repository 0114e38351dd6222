"""What stands: whose predictions `submission.csv` holds, remembered beyond one solve."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.events import CandidateUpdated, SubmissionWritten
from iiml_codegen.domain.wire import Frozen, from_json, to_json
from iiml_codegen.errors import IimlError
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.specs import short_hash

MOST_KEPT = 20


class NoSubmissionError(IimlError):
    """A solve ended with nothing to hand in."""

    code = "IIML303"
    exit_code = 7


class Standing(Frozen):
    """A submission that was handed in, by the hash of its bytes, and what it was worth.

    Scores can be compared where they have the same `ground`: tables, task, folds and options.
    `text` names the modules of the `first` member; empty where an older iiML wrote this down.
    """

    submission: str
    ground: str
    candidate: Candidate
    seeds: int = 1
    text: str = ""
    first: str = ""


def ground_of(bench: Bench) -> str:
    """What scores are measured on; the shadows' folder is named by tables, task and fold plan."""
    options = bench.context.options
    return short_hash(
        Path(bench.shadows.view).parent.name,
        *options.without,
        str(options.use_suspected_leaks),
    )


class StandingRecord:
    """The submissions that were handed in, in `iiml/.generated`; what the bytes fit counts."""

    def __init__(self, context: SolveContext) -> None:
        self.context = context
        self.path = context.workspace.generated / "standing.json"

    def find(self) -> Standing | None:
        """What `submission.csv` is; None where it is missing or not ours."""
        submission = self.context.workspace.submission
        if not submission.is_file():
            return None
        found = digest_of(submission)
        return next((s for s in reversed(self.all()) if s.submission == found), None)

    def all(self) -> list[Standing]:
        """What was handed in, oldest first; nothing where the record cannot be read."""
        if not self.path.is_file():
            return []
        try:
            return from_json(self.path.read_bytes(), list[Standing])
        except msgspec.MsgspecError:
            return []

    def add(self, standing: Standing) -> None:
        """Remember a submission; before it replaces what stands, so that a kill loses neither."""
        known = [*self.all(), standing][-MOST_KEPT:]
        self.context.workspace.write_bytes(self.path, to_json(known))


def announce(context: SolveContext, standing: Standing) -> None:
    """Tell the journal, whose views start afresh with each solve, what stands from before."""
    context.journal.append(CandidateUpdated(candidate=standing.candidate))
    tell_written(context, standing)


def tell_written(context: SolveContext, standing: Standing, path: Path | None = None) -> None:
    """Tell the journal whose predictions the submission holds, and its path if it is another."""
    candidate = standing.candidate
    context.journal.append(
        SubmissionWritten(
            path=(path or context.workspace.submission).name,
            candidate=candidate.id,
            score=candidate.score.value if candidate.score else None,
        )
    )


def digest_of(submission: Path) -> str:
    """The hash that a submission is known by."""
    return hashlib.sha256(submission.read_bytes()).hexdigest()
