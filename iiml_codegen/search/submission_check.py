"""The submission check, asked of the worker: violations of rung 6."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from iiml_codegen.domain.fault import Place, Violation
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.search.bench import Bench

CHECK_SECONDS = 60.0


def submission_violations(
    bench: Bench, submission: Path, folder: str | None = None
) -> list[Violation]:
    """What is wrong with a submission for the competition, or for the shadow in `folder`."""
    params: dict[str, Any] = {
        "folder": folder or bench.folder,
        "task": to_plain(bench.task),
        "submission": str(submission),
    }
    answer = bench.context.worker.call("check_submission", params, timeout=CHECK_SECONDS)
    return [
        Violation(
            code=found["code"],
            message=found["message"],
            hint=found.get("hint") or "",
            place=Place(file=submission.name, line=found.get("line") or 1),
        )
        for found in answer["violations"]
    ]
