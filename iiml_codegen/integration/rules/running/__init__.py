"""Rung 4: the pipeline on a sample."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
