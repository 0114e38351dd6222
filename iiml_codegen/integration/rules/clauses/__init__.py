"""Rung 3: the clauses of the interface contract, on live objects.

Checked by `worker/contract/`; a test runs the examples through the worker's own check.
"""

from __future__ import annotations

from iiml_codegen.integration.rules.clauses import (
    column_order,
    copy_of_the_target,
    dense_table,
    differing_categories,
    differing_columns,
    forbidden_column,
    infinite_values,
    loader_element,
    loader_length,
    missing_output,
    missing_setting,
    missing_tower,
    missing_values,
    moved_rows,
    no_numbers,
    other_target,
    out_of_bounds,
    repeated_ids,
    row_count,
    too_much_memory,
    unknown_codes,
    unknown_labels,
    unreadable_outputs,
    wrong_dtype,
    wrong_kind,
    wrong_setting,
    wrong_width,
)
from iiml_codegen.integration.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    missing_output.RULE,
    unreadable_outputs.RULE,
    wrong_kind.RULE,
    row_count.RULE,
    moved_rows.RULE,
    differing_columns.RULE,
    column_order.RULE,
    differing_categories.RULE,
    wrong_width.RULE,
    missing_values.RULE,
    infinite_values.RULE,
    no_numbers.RULE,
    wrong_dtype.RULE,
    out_of_bounds.RULE,
    unknown_labels.RULE,
    forbidden_column.RULE,
    copy_of_the_target.RULE,
    dense_table.RULE,
    too_much_memory.RULE,
    unknown_codes.RULE,
    loader_length.RULE,
    loader_element.RULE,
    missing_setting.RULE,
    wrong_setting.RULE,
    missing_tower.RULE,
    repeated_ids.RULE,
    other_target.RULE,
)
