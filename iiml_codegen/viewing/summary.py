"""How a solve ended: one JSON object, an exit code, and a few lines for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from iiml_codegen.domain.candidate import WORDS, Candidate
from iiml_codegen.domain.events import WaysCompared
from iiml_codegen.leaderboard import scope
from iiml_codegen.model_use import ModelUse
from iiml_codegen.viewing.follow import Outcome
from iiml_codegen.viewing.solve_view import SolveView

OK, UNEXPECTED, NO_SUBMISSION, INTERRUPTED = 0, 1, 7, 130


def exit_code(view: SolveView, outcome: Outcome) -> int:
    """The command line's exit code; `docs/cli.md` lists them all."""
    if outcome is Outcome.LOST:
        return UNEXPECTED
    if view.ended is not None and view.ended.exit_code:
        return view.ended.exit_code
    if outcome is Outcome.DETACHED:
        return INTERRUPTED
    if view.submission is None:
        return NO_SUBMISSION
    return INTERRUPTED if outcome is Outcome.INTERRUPTED else OK


def status_word(view: SolveView, outcome: Outcome) -> str:
    """`solved`, `stopped`, `failed`, `bug`, `running` (we left) or `lost` (it was killed)."""
    if view.ended is not None:
        return view.ended.status
    return "running" if outcome is Outcome.DETACHED else "lost"


def summary(view: SolveView, outcome: Outcome, seconds: float, work: Path) -> dict[str, Any]:
    """The object of `--json`; what is unknown is null. `work` is where the submission lies."""
    task, ended = view.task, view.ended
    return {
        "status": status_word(view, outcome),
        "message": ended.message if ended else "",
        "hint": ended.hint if ended else "",
        "task": task.kind if task else None,
        "title": task.title if task else None,
        "metric": task.metric if task else None,
        "greater_is_better": task.greater_is_better if task else None,
        "best": _best(view.best),
        "candidates": [_row(one) for one in view.leaderboard()],
        "ways": _ways(view.ways),
        "submission": str(work / view.submission.path) if view.submission else None,
        "models": _models(view),
        "seconds": round(ended.seconds if ended else seconds, 3),
    }


def _ways(told: WaysCompared | None) -> list[dict[str, Any]]:
    """Each way to combine as it was measured out of fold; none where there was nothing to combine.

    What a submission is made of may be another one: that of an earlier solve, if it is better.
    """
    if told is None:
        return []
    return [
        {
            "way": WORDS[way.method],
            "members": list(way.members),
            "score": way.value,
            "standard_error": way.standard_error,
            "p_better": way.p_better,
            "taken": way.method == told.taken,
        }
        for way in told.ways
    ]


def _models(view: SolveView) -> dict[str, Any] | None:
    """What asking models took; null where none was asked."""
    if not view.asked:
        return None
    agents = {agent: _use(use) for agent, use in view.asked.items()}
    return {**_use(view.use), "agents": agents}


def _use(use: ModelUse) -> dict[str, Any]:
    return {
        "calls": use.calls,
        "cached": use.cached,
        "rejected": use.rejected,
        "failed": use.failed,
        "input_tokens": use.input_tokens,
        "output_tokens": use.output_tokens,
        "estimated": use.estimated,
        "cost": None if use.calls and use.unpriced == use.calls else round(use.cost, 6),
        "unpriced": use.unpriced,
    }


def _best(candidate: Candidate | None) -> dict[str, Any] | None:
    if candidate is None:
        return None
    score = candidate.score
    return {
        "id": candidate.id,
        "track": candidate.track,
        "score": score.value if score else None,
        "standard_error": score.standard_error if score else None,
        "folds": list(score.folds) if score else [],
    }


def _row(candidate: Candidate) -> dict[str, Any]:
    return {
        "id": candidate.id,
        "track": candidate.track,
        "score": candidate.score.value if candidate.score else None,
        "status": candidate.status,
        "scope": scope(candidate),
        "seconds": round(candidate.seconds, 3),
    }
