"""Rung 5: shadow runs and leak tests."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
