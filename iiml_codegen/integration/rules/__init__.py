"""All rules of the verification ladder, one file each; a folder for each rung."""

from __future__ import annotations

from iiml_codegen.integration.rules import (
    binding,
    clauses,
    environment,
    parsing,
    running,
    scoring,
    static,
    submission,
)
from iiml_codegen.integration.rules.rule import Rule, StaticRule

PARSING_RULES: tuple[StaticRule, ...] = parsing.RULES
STATIC_RULES: tuple[StaticRule, ...] = static.RULES
RULES: tuple[Rule, ...] = (
    *parsing.RULES,
    *static.RULES,
    *binding.RULES,
    *clauses.RULES,
    *running.RULES,
    *scoring.RULES,
    *submission.RULES,
    *environment.RULES,
)
BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
