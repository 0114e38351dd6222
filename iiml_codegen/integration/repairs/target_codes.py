"""A target that is not what the contract says: codes from 0 on, one number per training row."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, source_at, text_of
from iiml_codegen.integration.repairs.lines import inserted
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import with_import
from iiml_codegen.integration.repairs.views import outputs_given
from iiml_codegen.syntax import syntax_tree

SIGNS = r"target|label|codes|class|\by\b"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First what shifts or cuts the codes is taken off, then the target is made from the column."""
    source = source_at(fault, text)
    if not re.search(SIGNS, fault.message) or "prepare" not in source.functions:
        return
    yield from real_target(source, facts)
    yield from listed_classes(source, facts)
    for value in target_values(source):
        new = source.source(value)
        for inner in (node for node in ast.walk(value) if is_shift(node)):
            assert isinstance(inner, ast.BinOp)
            unshifted = source.replaced((inner, source.source(inner.left)))
            yield Edit("Number the classes from 0 on", unshifted)
        if facts.task and not facts.task.classes and "no numbers" in fault.message:
            numbers = source.replaced((value, f"pd.to_numeric({new})"))
            yield Edit("Read the target as numbers", with_import(numbers, "import pandas as pd"))
        if facts.task and facts.task.classes and not re.search(r"codes|index|map|==", new):
            if "class_codes" in source.functions and "CLASSES" in source.constants:
                labels = source.source(labels_of(value))
                made = source.replaced((value, f"class_codes({labels}, CLASSES)"))
                yield Edit("Number the classes by their place in CLASSES", made)
            made = with_import(source.replaced((value, coded(new))), "import pandas as pd")
            yield Edit("Number the classes by their place in CLASSES", with_classes(made, facts))
        if re.search(r"one column|kind frame|dimension|1-?D|columns, not|shape", fault.message):
            yield Edit("Take the target as one row of numbers", source.replaced((value, flat(new))))
        yield from cut_off(source, value)


def target_values(source: Source) -> list[ast.expr]:
    """The expressions that the target is, followed to where its variable was set."""
    found: list[ast.expr] = []
    for item in outputs_given(source):
        if item.view != "target":
            continue
        value = item.value
        if isinstance(value, ast.Name):
            sets = source.assigned(value.id, item.function)
            found += [statement.value for statement in reversed(sets)]
        else:
            found.append(value)
    return found


def labels_of(value: ast.expr) -> ast.expr:
    """The column that a target is made of: `train[TARGET]` of `train[TARGET].to_numpy()`."""
    while isinstance(value, ast.Call | ast.Attribute):
        inner = value.func if isinstance(value, ast.Call) else value.value
        if isinstance(inner, ast.Name):
            return value
        value = inner
    return value


def is_shift(node: ast.AST) -> bool:
    """Whether a whole number is added or taken away."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub):
        return False
    return isinstance(node.right, ast.Constant) and isinstance(node.right.value, int)


def real_target(source: Source, facts: Facts) -> Iterator[Edit]:
    """The task's target where a constant of that name says something else."""
    if facts.task is None or len(facts.task.targets) != 1:
        return
    (target,) = facts.task.targets
    for name, value in source.constants.items():
        if name in ("TARGET", "TARGET_COLUMN", "LABEL") and text_of(value) not in ("", target):
            yield Edit(f"Predict {target}", source.replaced((value, f'"{target}"')))


def listed_classes(source: Source, facts: Facts) -> Iterator[Edit]:
    """The task's classes in their order, where the module lists others."""
    value = source.constants.get("CLASSES")
    if not isinstance(value, ast.List) or facts.task is None or not facts.task.classes:
        return
    written = [str(item.value) for item in value.elts if isinstance(item, ast.Constant)]
    if written != list(facts.task.classes):
        new = listing(facts.task.classes, [i for i in value.elts if isinstance(i, ast.Constant)])
        yield Edit("List the classes of the task in their order", source.replaced((value, new)))


def listing(classes: tuple[str, ...], written: list[ast.Constant]) -> str:
    """Classes as a list: numbers where the module wrote numbers."""
    plain = bool(written) and all(isinstance(item.value, int | float) for item in written)
    return "[" + ", ".join(name if plain else f'"{name}"' for name in classes) + "]"


def coded(value: str) -> str:
    """The codes of labels."""
    return f"pd.Index(CLASSES).get_indexer(pd.Index({value}))"


def with_classes(text: str, facts: Facts) -> str:
    """The text with the constant CLASSES."""
    if "CLASSES" in Source(text).constants or facts.task is None:
        return text
    head = [n for n in syntax_tree(text).body if isinstance(n, ast.Import | ast.ImportFrom)]
    at = max((node.end_lineno or 0 for node in head), default=0)
    return inserted(text, at, f"CLASSES = {listing(facts.task.classes, [])}")


def flat(value: str) -> str:
    """Values in one row, as an array."""
    return f"np.asarray({value}).ravel()"


def cut_off(source: Source, value: ast.expr) -> Iterator[Edit]:
    """A target without a slice that takes some of its rows."""
    for node in ast.walk(value):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            new = source.replaced((node, source.source(node.value)))
            yield Edit("Keep the target of every training row", new)
        elif method(node) in ("dropna", "unique", "drop_duplicates") and isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Attribute)
            new = source.replaced((node, source.source(node.func.value)))
            yield Edit("Keep the target of every training row", new)


def wrong(message: str) -> Fault:
    """The fault of a target."""
    place = Place(file="prep.py", line=2)
    return Fault(kind="contract_fulfilment", message=message, place=place, evidence="")


HEAD = "def prepare(d):\n    target = "
END = '\n    return {"target": target}\n'
REPAIR = Repair(
    name="target_codes",
    title="Give the target as the contract says",
    kinds=("contract_fulfilment", "dtype", "shape", "preprocessing", "unknown_column", "unknown"),
    propose=propose,
    examples=(
        Example(
            wrong("`target` has codes from 1 to 3, not 0 to 2"),
            f"{HEAD}class_codes(train[T], CLASSES) + 1{END}",
            f"{HEAD}class_codes(train[T], CLASSES){END}",
        ),
        Example(
            wrong("`target` has 9 rows, the train table has 10"),
            f"{HEAD}train[T].to_numpy()[1:]{END}",
            f"{HEAD}train[T].to_numpy(){END}",
        ),
        Example(
            wrong("`target` is of kind frame, not array or series"),
            f"{HEAD}train[[T]]{END}",
            f"{HEAD}np.asarray(train[[T]]).ravel(){END}",
        ),
    ),
)
