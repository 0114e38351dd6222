"""Functions of the module interface that are missing or lost: under their own names again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, name_of, source_at
from iiml_codegen.integration.repairs.lines import taken_out
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

INTERFACE = ("prepare", "extract", "fit", "predict", "decide")
LIKE = {
    "prepare": r"prep|ready|transform|load|build|features|process|main",
    "extract": r"extract",
    "fit": r"fit|train|learn|build",
    "predict": r"pred|infer|score|apply",
    "decide": r"deci|answer|label|thresh",
}
FIRST = {
    "prepare": r"data_dir|data|folder|path",
    "extract": r"data_dir|data|folder|path",
    "fit": r"[xX]|rows|features|y|target|train",
    "predict": r"model|[xX]|fitted|estimator|clf",
    "decide": r"raw|predictions?|probabilities|p",
}


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The function that was meant gets its name; what hides an interface function goes."""
    source = source_at(fault, text)
    yield from bound_again(source, fault)
    for name in re.findall(r"no function (\w+)|has no (\w+)\(", fault.message):
        wanted = next(part for part in name if part)
        if wanted in INTERFACE and wanted not in source.functions:
            yield from named(source, wanted, fault.names[0] if len(fault.names) > 1 else "")


def named(source: Source, wanted: str, meant: str) -> Iterator[Edit]:
    """The function that is meant; else those of alike names and first parameters.

    A function that nothing calls is meant by its parameters alone.
    """
    uses = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name)]
    used = {node.id for node in uses}
    for name, function in sorted(source.functions.items(), key=lambda item: item[0] != meant):
        places = [*function.args.posonlyargs, *function.args.args]
        first = places[0].arg if places else ""
        alike = re.search(LIKE[wanted], name) or name == meant or name not in used
        if name in INTERFACE or not alike:
            continue
        if re.search(rf"^(?:{FIRST[wanted]})$|{FIRST[wanted]}_", first) and len(places) > (
            wanted in ("fit", "predict")
        ):
            head = source.text.splitlines()[function.lineno - 1]
            lines = source.text.splitlines(keepends=True)
            lines[function.lineno - 1] = lines[function.lineno - 1].replace(
                head, head.replace(f"def {name}", f"def {wanted}", 1)
            )
            renamed = Source("".join(lines))
            spans = {(n.lineno, n.col_offset) for n in uses if n.id == name}
            moved = [
                node
                for node in ast.walk(renamed.tree)
                if isinstance(node, ast.Name) and (node.lineno, node.col_offset) in spans
            ]
            new = renamed.replaced(*((node, wanted) for node in moved))
            yield Edit(f"Call {name} by its name in the interface: {wanted}", new)


def bound_again(source: Source, fault: Fault) -> Iterator[Edit]:
    """Statements at the top that put something else in the place of an interface function."""
    if "bound again" not in fault.message:
        return
    for node in source.tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(name_of(target) in source.functions for target in targets):
            shorter = taken_out(source, node)
            if shorter:
                yield Edit("Let the function keep its name", shorter)


def missing(message: str) -> Fault:
    """The fault of a function that is not there."""
    place = Place(file="model_a.py", line=1)
    return Fault(kind="contract_usage", message=message, place=place, evidence="", code="IIML101")


REPAIR = Repair(
    name="interface_names",
    title="Give interface functions their names",
    kinds=("contract_usage", "contract_fulfilment", "undefined_name", "unknown"),
    propose=propose,
    examples=(
        Example(
            missing("no function fit"),
            "def train_model(X, y):\n    return 1\n",
            "def fit(X, y):\n    return 1\n",
        ),
        Example(
            missing("no function prepare"),
            "def prep(data_dir):\n    return {}\n\n\nx = prep\n",
            "def prepare(data_dir):\n    return {}\n\n\nx = prepare\n",
        ),
        Example(
            missing("no function predict"),
            "def fit(X, y):\n    return g(X)\n\n\ndef g(x, z=1):\n    return x\n\n\n"
            "def forecast(model, X):\n    return X\n",
            "def fit(X, y):\n    return g(X)\n\n\ndef g(x, z=1):\n    return x\n\n\n"
            "def predict(model, X):\n    return X\n",
        ),
        Example(
            missing("predict is bound again here, so the function of that name is lost"),
            "def predict(model, X):\n    return X\n\n\npredict = None\n",
            "def predict(model, X):\n    return X\n\n\n",
        ),
    ),
)
