"""IIML508: a run that read the real folder, other runs or caches earns no score."""

from __future__ import annotations

from collections.abc import Sequence

from iiml_codegen.domain.fault import Value
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.domain.run import RunResult

CODE = "IIML508"
MOST_NAMED = 3


def judge(results: Sequence[RunResult]) -> LeakOutcome:
    """What the guard saw in runs of one candidate."""
    refused = [
        line for result in results if result.status == "forbidden" for line in result.forbidden
    ]
    if refused:
        named = tuple(dict.fromkeys(refused))
        says = f"a run read what it may not: {'; '.join(named[:MOST_NAMED])}"
        return LeakOutcome(code=CODE, verdict="violated", says=says, names=named)
    watched = sorted({result.confinement for result in results if result.ok} - {"none"})
    if not watched:
        return LeakOutcome(code=CODE, verdict="skipped", says="no run came to its end")
    says = f"{len(results)} guarded runs read nothing but their shadow"
    by = tuple(Value(name="guarded by", shown=name) for name in watched)
    return LeakOutcome(code=CODE, verdict="passed", says=says, evidence=by)
