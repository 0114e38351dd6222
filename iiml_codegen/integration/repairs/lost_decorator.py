"""A class that lists its fields and takes no arguments: it was a dataclass."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.messages import EXACT
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import Source, bound_modules, with_import

SIGN = re.compile(r"(?P<name>\w+)\(\) takes no arguments|(?P<other>\w+)\.__init__\(\) takes")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The decorator put back, and its import."""
    found = SIGN.search(fault.message)
    if found is None:
        return
    source = Source(text)
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and node.name == (found["name"] or found["other"]):
            fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            if fields and not node.decorator_list:
                at = source.start(node)
                edited = source.edited([(at, at, "@dataclass\n")])
                known = "dataclass" in bound_modules(source.tree)
                statement = "from dataclasses import dataclass"
                yield Edit(
                    f"Make {node.name} a dataclass",
                    edited if known else with_import(edited, statement),
                )


CLASS = "class Model:\n    estimator: object\n    rounds: int = 0\n\n\nx = Model(1)\n"
REPAIR = Repair(
    name="lost_decorator",
    title="Make a class with fields a dataclass",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            failure("incompatible_api", "TypeError: Model() takes no arguments"),
            f"from dataclasses import dataclass\n\n\n{CLASS}",
            f"from dataclasses import dataclass\n\n\n@dataclass\n{CLASS}",
        ),
    ),
)
