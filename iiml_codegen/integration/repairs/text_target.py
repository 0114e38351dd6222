"""A target that was turned into texts, moved or scaled: what was done to it is not done."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, name_of, source_at, text_of
from iiml_codegen.integration.repairs.peeled_layers import layers
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.target_codes import coded, target_values, with_classes

SIGNS = r"target|label|codes|class|\by\b|continuous|invalid literal|could not convert"
MAKING = r"^(?:class_codes|codes|factorize|get_indexer|to_numeric|asarray|to_numpy|values|read\w*)$"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The last thing that was done to the target first; then the target from its column."""
    source = source_at(fault, text)
    if not re.search(SIGNS, fault.message) or "prepare" not in source.functions:
        return
    values = target_values(source)
    for value in values:
        for layer in layers(source, value, frozenset()):
            if not re.match(MAKING, layer.word) and coded_inside(source, layer.edits[0][1]):
                new = source.replaced(*layer.edits)
                yield Edit(f"Give the target without “{layer.word}”", new)
    for value in values:
        yield from from_column(source, value, facts)


def coded_inside(source: Source, left: str) -> bool:
    """Whether what would be left is made of codes or numbers already."""
    made = re.search(r"\b(?:class_codes|codes|get_indexer|factorize|to_numeric|target|y)\b", left)
    return made is not None and re.search(r"\bTARGET\]$", left) is None


def from_column(source: Source, value: ast.expr, facts: Facts) -> Iterator[Edit]:
    """The codes of the target's own column, whatever the value is made of."""
    listed = "class_codes" in source.functions and "CLASSES" in source.constants
    if not listed and (facts.task is None or not facts.task.classes):
        return
    targets = facts.task.targets if facts.task else ()
    for node in ast.walk(value):
        key = source.resolved(node.slice) if isinstance(node, ast.Subscript) else None
        named = text_of(key) in targets or source.source(getattr(node, "slice", node)) == "TARGET"
        if key is None or not named or not name_of(getattr(node, "value", None)):
            continue
        labels = source.source(node)
        made = f"class_codes({labels}, CLASSES)" if listed else coded(labels)
        if made != source.source(value):
            new = with_classes(source.replaced((value, made)), facts)
            yield Edit("Number the classes by their place in CLASSES", new)


def texts(before: str, after: str) -> Example:
    """A target as texts, and as codes."""
    head = 'CLASSES = ["no", "yes"]\nTARGET = "bought"\n\n\ndef class_codes(a, b):\n    return a\n'
    form = (
        f"{head}\n\ndef prepare(train):\n    target = {{}}\n    return {{{{'target': target}}}}\n"
    )
    fault = Fault(
        kind="contract_fulfilment",
        message="`target` is of type str, int64 was promised",
        place=Place(file="prep.py", line=10),
        evidence="",
    )
    return Example(fault, form.format(before), form.format(after))


CODES = "class_codes(train[TARGET], CLASSES)"
REPAIR = Repair(
    name="text_target",
    title="Give the target as codes",
    kinds=("contract_fulfilment", "preprocessing", "dtype", "shape", "contract_usage", "unknown"),
    propose=propose,
    examples=(
        texts(f"{CODES}.astype(str)", CODES),
        texts(f"np.array(CLASSES)[{CODES}]", CODES),
        texts("train[TARGET].map({'no': 'n', 'yes': 'y'})", CODES),
    ),
)
