"""Rung 4: the pipeline on a sample: how the run ended, and what it predicted."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Rule
from iiml_codegen.integration.rules.running import (
    endless_predictions,
    failed_run,
    native_crash,
    no_probabilities,
    over_memory,
    over_time,
    prediction_shape,
    refused_read,
)

RULES: tuple[Rule, ...] = (
    failed_run.RULE,
    over_time.RULE,
    over_memory.RULE,
    prediction_shape.RULE,
    endless_predictions.RULE,
    refused_read.RULE,
    native_crash.RULE,
    no_probabilities.RULE,
)
