"""IIML201: several views could feed the rows."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import FEATURES, MODEL, TARGET, WORDS, bound
from iiml_codegen.integration.rules.rule import Rule

UNTYPED = MODEL.replace(": pd.DataFrame", "")
RULE = Rule(
    code="IIML201",
    title="Several views could feed the rows",
    why=(
        "A model that is fed another view than it was written for runs, and is worse for a "
        "reason nobody sees. Where neither plan, name nor kind decides, a person does."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_usage",
    valid=(
        bound(*FEATURES, *WORDS, TARGET, clauses=()),
        bound(*FEATURES, *WORDS, TARGET, text=UNTYPED.replace("X", "words"), clauses=()),
    ),
    invalid=(bound(*FEATURES, *WORDS, TARGET, text=UNTYPED, clauses=()),),
)
