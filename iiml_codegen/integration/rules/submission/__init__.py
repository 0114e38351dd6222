"""Rung 6: the submission file, cell by cell; the worker checks it."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Rule
from iiml_codegen.integration.rules.submission import (
    submission_columns,
    submission_constant,
    submission_gaps,
    submission_kind,
    submission_labels,
    submission_order,
    submission_range,
    submission_rows,
    submission_sums,
    unreadable_submission,
)

RULES: tuple[Rule, ...] = (
    unreadable_submission.RULE,
    submission_columns.RULE,
    submission_rows.RULE,
    submission_order.RULE,
    submission_gaps.RULE,
    submission_kind.RULE,
    submission_labels.RULE,
    submission_range.RULE,
    submission_sums.RULE,
    submission_constant.RULE,
)
