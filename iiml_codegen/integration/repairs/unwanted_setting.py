"""Settings that exclude each other, or that a library wants to be left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.keywords import passed
from iiml_codegen.integration.repairs.messages import EXACT
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.source import ANYWHERE, Source

ONE_OF = re.compile(r"only one of the parameters (?P<names>[\w, ]+) should be initialized")
ALONE = re.compile(r"(?P<name>\w+) must be (?:unspecified|None[;.])")
BOTH = re.compile(r"[Cc]annot (?:specify|use|pass|set) both '?`?(?P<a>\w+)`?'? and '?`?(?P<b>\w+)")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Without the setting that says it a second time, or that must not be there."""
    message = fault.message
    if found := ONE_OF.search(message):
        names = re.split(r",\s*", found["names"])
    elif found := BOTH.search(message):
        names = [found["a"], found["b"]]
    elif found := ALONE.search(message):
        names = ["", found["name"]]
    else:
        return
    source, line = Source(text), next(lines_of(fault), ANYWHERE)
    given = [name for name in names if not name or passed(source, line, name, "")]
    for name in reversed(given[1:]):
        changes = [item.dropped() for item in passed(source, line, name, "")[-1:]]
        yield Edit(f"Drop {name}", source.edited(changes))


REPAIR = Repair(
    name="unwanted_setting",
    title="Say it once",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            failure(
                "unknown",
                "CatBoostError: only one of the parameters iterations, n_estimators, "
                "num_boost_round, num_trees should be initialized.",
            ),
            "m = CatBoostClassifier(iterations=9, depth=3, num_trees=9)\n",
            "m = CatBoostClassifier(iterations=9, depth=3)\n",
        ),
    ),
)
