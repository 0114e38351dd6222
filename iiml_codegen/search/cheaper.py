"""Fewer rounds of larger steps for a candidate whose folds would take more time than there is."""

from __future__ import annotations

import math

from iiml_codegen.domain.events import PatchTried
from iiml_codegen.errors import IimlError
from iiml_codegen.integration.repairs.cheaper_settings import fewer_rounds
from iiml_codegen.offers.hunks import unified_diff
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.time_left import SLACK, TimeLeft
from iiml_codegen.search.yours import is_yours

DIVISORS = (2, 4, 8)
SHARE = 0.5
"""Of the time that is left: what the folds of one candidate may take."""
START_SECONDS = 1.5


def made_cheaper(bench: Bench, time: TimeLeft, repairer: Repairer, attempt: Attempt) -> bool:
    """Whether a candidate, known by its sample run, got settings that its folds have time for.

    What a person wrote, what stops by itself, and what knows no rounds stays as it is.
    """
    if time.counted or attempt.takes_seconds or is_yours(attempt.id):
        return False
    turns = math.ceil(len(bench.shadows.folds) / time.lanes(attempt))
    wanted = turns * SLACK * time.expected(attempt) / max(1.0, SHARE * time.seconds())
    longest = SLACK * time.expected(attempt) / bench.wall_limit()
    factor = next((one for one in DIVISORS if one >= max(wanted, longest)), DIVISORS[-1])
    before = attempt.code.model
    text = fewer_rounds(before, factor)
    if max(wanted, longest) <= 1 or text == before:
        return False
    try:
        with repairer.lock(attempt.code):
            attempt.code.model = text
            attempt.code.write()
    except IimlError:
        attempt.code.model = before
        return False
    attempt.estimate = START_SECONDS + attempt.estimate / factor
    attempt.predicting /= factor
    module = attempt.code.model_name
    bench.context.journal.append(
        PatchTried(
            title=f"Fewer rounds of {factor} times the step: all folds would take too long",
            kept=True,
            module=module,
            proposed_by="expert:cheaper_settings",
            candidate=attempt.id,
            diff=unified_diff(module, before, text),
        )
    )
    return True
