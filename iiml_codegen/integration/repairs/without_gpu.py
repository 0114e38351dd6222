"""A graphics card that is not there: compute on the processor."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import without_keyword
from iiml_codegen.integration.repairs.flow import Source, method, receiver, source_at
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

SIGNS = r"(?i)cuda|gpu|opencl|nvidia|nccl|device|hip error|driver"
VALUES = {
    "cuda": "cpu",
    "gpu": "cpu",
    "GPU": "CPU",
    "cuda:0": "cpu",
    "gpu:0": "cpu",
    "mps": "cpu",
    "gpu_hist": "hist",
    "gpu_predictor": "auto",
}
KEYWORDS = ("gpu_id", "gpu_device_id", "gpu_platform_id", "devices", "pin_memory", "fp16", "bf16")
WHERE = r"device|tree_method|task_type|predictor|accelerator|map_location|to\b|autocast"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """All names of graphics cards at once, then calls that move to one, then their keywords."""
    if not re.search(SIGNS, f"{fault.message} {fault.evidence}"):
        return
    source = source_at(fault, text)
    edits = [*renamed(source), *unmoved(source)]
    if edits:
        yield Edit("Compute on the processor: no graphics card here", source.replaced(*edits))
    for call in source.nearest(ast.Call):
        for keyword in call.keywords:
            new = without_keyword(text, call, keyword.arg) if keyword.arg in KEYWORDS else None
            if new:
                yield Edit(f"Leave {keyword.arg} out", source.replaced((call, new)))


def renamed(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Strings that name a graphics card, where a device is chosen."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and str(node.value) in VALUES and chooses(source, node):
            yield node, f'"{VALUES[str(node.value)]}"'


def chooses(source: Source, node: ast.Constant) -> bool:
    """Whether a string is the value of a setting that chooses a device."""
    parent = source.parents.get(node)
    if isinstance(parent, ast.Dict):
        places = [i for i, value in enumerate(parent.values) if value is node]
        return any(re.search(WHERE, ast.unparse(parent.keys[i] or node)) for i in places)
    if isinstance(parent, ast.keyword):
        return re.search(WHERE, parent.arg or "") is not None
    return not isinstance(parent, ast.Subscript) and str(node.value) != "GPU"


def unmoved(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """`x.cuda()` as `x`."""
    for node in ast.walk(source.tree):
        value = receiver(node) if isinstance(node, ast.Call) and method(node) == "cuda" else None
        inner = any(method(n) == "cuda" for n in ast.walk(value)) if value is not None else True
        if value is not None and not inner and isinstance(node, ast.Call):
            yield node, source.source(value)


def no_card(message: str) -> Fault:
    """The fault of a missing card."""
    return Fault(kind="gpu", message=message, place=Place(file="model_a.py"), evidence="")


FAULT = no_card("XGBoostError: Must have at least one CUDA device")
REPAIR = Repair(
    name="without_gpu",
    title="Compute on the processor",
    kinds=("gpu", "incompatible_api", "missing_dependency", "memory", "unknown"),
    propose=propose,
    examples=(
        Example(
            FAULT, 'P = {"device": "cuda", "depth": 3}\n', 'P = {"device": "cpu", "depth": 3}\n'
        ),
        Example(
            FAULT,
            'm = X(tree_method="gpu_hist", seed=1)  # fast\n',
            'm = X(tree_method="hist", seed=1)  # fast\n',
        ),
        Example(FAULT, "net = Net().cuda()\n", "net = Net()\n"),
    ),
)
