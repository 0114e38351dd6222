"""Rung 6: the submission file."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
