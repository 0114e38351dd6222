"""Rung 2: which output feeds which input."""

from __future__ import annotations

from iiml_codegen.integration.rules.binding import (
    ambiguous_view,
    confused_outputs,
    encoded_view,
    foreign_half,
    lacking_method,
    missing_target,
    missing_view,
    other_kind,
    parameter_order,
    refused_values,
    two_by_name,
    unequal_rows,
    unfed_default,
    unfed_parameter,
    unpromised_column,
)
from iiml_codegen.integration.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    ambiguous_view.RULE,
    missing_view.RULE,
    missing_target.RULE,
    unfed_parameter.RULE,
    unequal_rows.RULE,
    other_kind.RULE,
    two_by_name.RULE,
    parameter_order.RULE,
    foreign_half.RULE,
    unfed_default.RULE,
    confused_outputs.RULE,
    unpromised_column.RULE,
    lacking_method.RULE,
    refused_values.RULE,
    encoded_view.RULE,
)
