"""What a run of a pipeline spent, by its own word."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.wire import from_json
from iiml_codegen.integration.pipeline_plan import Rounds


class FoldReport(msgspec.Struct, frozen=True):
    """What a run says of itself in `report.json`: rounds by member, seconds by step.

    `card_bytes` is the most memory of a graphics card that it held.
    """

    rounds: dict[str, Rounds]
    seconds: dict[str, float]
    card_bytes: int = 0


@dataclass(frozen=True)
class Measured:
    """What a run spent on `fitted` rows to learn from, `predicted` others, and `seen` in all.

    `seconds` by step, `starting` what came beside them.
    """

    fitted: int
    predicted: int
    seen: int
    starting: float
    peak_bytes: int
    seconds: dict[str, float] = field(default_factory=dict)


def measured(folder: Path, result: RunResult, fitted: int, predicted: int, seen: int) -> Measured:
    """What a run in this folder spent; raises OSError or MsgspecError where it left no report."""
    spent = from_json((folder / "report.json").read_bytes(), FoldReport).seconds
    starting = max(0.0, result.seconds - sum(spent.values()))
    return Measured(fitted, predicted, seen, starting, result.peak_bytes, spent)
