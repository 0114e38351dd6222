"""Rung 9: the environment."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
