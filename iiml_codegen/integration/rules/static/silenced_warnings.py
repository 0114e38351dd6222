"""IIML157: all warnings are silenced."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import keyword

FILTERS = ("warnings.filterwarnings", "warnings.simplefilter")


def check(module: Checked) -> Iterator[Finding]:
    """Look for filters that name neither a category nor a message."""
    for call in module.calls("filterwarnings", "simplefilter"):
        action = module.string(call.args[0] if call.args else keyword(call, "action"))
        narrowed = len(call.args) > 1 or any(item.arg != "action" for item in call.keywords)
        if module.full(call.func) in FILTERS and action == "ignore" and not narrowed:
            yield at(call, "all warnings are silenced", "name the category that is expected")


RULE = StaticRule(
    code="IIML157",
    title="All warnings silenced",
    why="What a library says about its next version or about bad data is lost for all modules.",
    severity="information",
    fixable="needs_review",
    fault="unknown",
    check=check,
    valid=(
        Example("import warnings\n\nwarnings.filterwarnings('ignore', category=FutureWarning)\n"),
        Example("import warnings\n\nwarnings.simplefilter('error')\n"),
    ),
    invalid=(
        Example("import warnings\n\nwarnings.filterwarnings('ignore')\n"),
        Example("from warnings import simplefilter\n\nsimplefilter(action='ignore')\n"),
    ),
)
