"""Rung 0: does the file parse, and is it whole; the first rule that says no speaks alone."""

from __future__ import annotations

from iiml_codegen.integration.rules.parsing import (
    conflict_markers,
    cut_off,
    not_text,
    notebook_command,
    old_python,
    prose_around,
    syntax_error,
    tabs_and_spaces,
    typographic_sign,
)
from iiml_codegen.integration.rules.rule import StaticRule

RULES: tuple[StaticRule, ...] = (
    not_text.RULE,
    conflict_markers.RULE,
    prose_around.RULE,
    notebook_command.RULE,
    typographic_sign.RULE,
    old_python.RULE,
    cut_off.RULE,
    tabs_and_spaces.RULE,
    syntax_error.RULE,
)
