"""Rung 3: the clauses of the interface contract, on live objects."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
