"""Arguments that should come as one list or tuple, or under a name, where any number goes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.messages import EXACT
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.source import ANYWHERE, Source, dotted

LISTS = {"concat", "concatenate", "vstack", "hstack", "stack", "column_stack", "dstack", "block"}
SHAPES = {"zeros", "ones", "empty", "full"}
SIGNS = re.compile(
    r"takes (?:from \d+ to )?\d+ positional|scalar arrays can be converted|as a data type"
    r"|first argument must be an iterable|must be a sequence|multiple values for argument 'axis'"
    r"|at least 1 dimension|[Ee]xpected sequence or array-like|Singleton array"
)


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """One list of the tables to join, one tuple for a shape, a name for the share of a split."""
    if not SIGNS.search(fault.message):
        return
    source = Source(text)
    for call in source.calls(next(lines_of(fault), ANYWHERE)):
        name = dotted(call.func).rpartition(".")[2]
        given = [a for a in call.args if not isinstance(a, ast.Starred)]
        if len(given) != len(call.args) or len(given) < 2:
            continue
        if name in LISTS and not isinstance(given[0], ast.List | ast.Tuple):
            yield Edit(f"Give {name} one list", packed(source, given, "[]"))
        elif name in SHAPES and all(isinstance(a, ast.Constant | ast.Name) for a in given[:2]):
            yield Edit(f"Give {name} one shape", packed(source, given[:2], "()"))
        elif name == "train_test_split" and isinstance(given[-1], ast.Constant):
            at = source.start(given[-1])
            yield Edit("Name the share test_size", source.edited([(at, at, "test_size=")]))


def packed(source: Source, given: list[ast.expr], brackets: str) -> str:
    """The text with brackets around arguments."""
    start, end = source.start(given[0]), source.end(given[-1])
    return source.edited([(start, start, brackets[0]), (end, end, brackets[1])])


REPAIR = Repair(
    name="packed_arguments",
    title="Give several things as one list",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            failure(
                "incompatible_api",
                "TypeError: concat() takes 1 positional argument but 2 were given",
            ),
            "rows = pd.concat(train, test, axis=0)\n",
            "rows = pd.concat([train, test], axis=0)\n",
        ),
        Example(
            failure("dtype", "TypeError: Cannot interpret '3' as a data type"),
            "x = np.zeros(n, 3)\n",
            "x = np.zeros((n, 3))\n",
        ),
    ),
)
