"""Raw predictions of the wrong form: labels, logarithms, percents, the other class, a matrix."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, receiver, source_at
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import with_import

SIGNS = (
    r"probabilit|predict|raw|answers|shape|labels|log|negative|between|range|sum|column|class"
    r"|constant|score|finite|not numbers|broadcast|dimension|too many indices|out of bounds|AUC"
)
LABELS = ("predict",)
PROBABILITIES = "predict_proba"
MATRIX = r"shape|column|dimension|1-?D|\(n,\)|broadcast"
SECOND, FIRST = "[:, 1]", "[:, 0]"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """By what the message tells: form first, then scale, then the column."""
    source = source_at(fault, text)
    if "predict" not in source.functions or not re.search(SIGNS, fault.message):
        return
    if re.search(r"not numbers|finite|NaN|missing", fault.message):
        yield from without_gaps(source)
    yield from probabilities(source, facts)
    yield from right_columns(source, facts, fault)
    yield from right_classes(source, facts)
    yield from on_scale(source, facts, fault)


def in_predict(source: Source, kind: type[ast.AST]) -> list[ast.AST]:
    """Nodes of `predict` and of what is defined after it, in order."""
    start = source.functions["predict"].lineno
    found = [node for node in ast.walk(source.tree) if isinstance(node, kind)]
    return sorted(
        (node for node in found if getattr(node, "lineno", 0) >= start),
        key=lambda node: (node.lineno, node.col_offset),  # type: ignore[attr-defined]
    )


def has_classes(facts: Facts) -> bool:
    """Whether raw predictions are probabilities of classes."""
    return facts.task is None or facts.task.kind in ("binary", "multiclass", "multilabel")


def probabilities(source: Source, facts: Facts) -> Iterator[Edit]:
    """`predict` of an estimator as `predict_proba`; the other way round for numbers."""
    old, new = ("predict", PROBABILITIES) if has_classes(facts) else (PROBABILITIES, "predict")
    for call in in_predict(source, ast.Call):
        assert isinstance(call, ast.Call)
        if method(call) == old and isinstance(call.func, ast.Attribute):
            value = source.source(call.func.value)
            parent = source.parents.get(call)
            ending = ""
            alone = not isinstance(parent, ast.Subscript | ast.Assign)
            if new == PROBABILITIES and alone and facts.task and facts.task.kind == "binary":
                ending = SECOND
            written = f"{value}.{new}{source.source(call)[len(source.source(call.func)) :]}{ending}"
            yield Edit(f"Predict with {new}", source.replaced((call, written)))


def right_columns(source: Source, facts: Facts, fault: Fault) -> Iterator[Edit]:
    """The column of the second class for two classes; all columns for more."""
    kind = facts.task.kind if facts.task else ""
    for node in in_predict(source, ast.Subscript):
        assert isinstance(node, ast.Subscript)
        index, value = ast.unparse(node.slice), source.source(node.value)
        if kind == "binary" and index in ("(slice(None, None, None), 0)", ":, 0", "(:, 0)"):
            yield Edit(
                "Give the chance of the second class", source.replaced((node, value + SECOND))
            )
        elif kind == "binary" and index in (":, [1]", "(:, [1])", ":, 1:", ":, [0]"):
            yield Edit("Give one number a row", source.replaced((node, value + SECOND)))
        elif "one class is given" in fault.message and re.fullmatch(r"\(?:, \d\)?", index):
            yield Edit("Give the chances of all classes", source.replaced((node, value)))
        elif isinstance(source.parents.get(node), ast.IfExp):
            continue
        elif kind == "multiclass" and re.fullmatch(r"\(?:, \d\)?", index):
            yield Edit("Give the chances of all classes", source.replaced((node, value)))
    if kind == "binary" and re.search(MATRIX, fault.message):
        yield from second_of_returned(source)


def second_of_returned(source: Source) -> Iterator[Edit]:
    """The second column of what `predict` returns."""
    for node in returned(source):
        written = source.source(node)
        if SECOND not in written:
            new = f"({written})" if isinstance(node, ast.IfExp | ast.BinOp) else written
            yield Edit("Give the chance of the second class", source.replaced((node, new + SECOND)))


def returned(source: Source) -> list[ast.expr]:
    """What `predict` itself returns."""
    found = [node for node in in_predict(source, ast.Return) if isinstance(node, ast.Return)]
    mine = [node for node in found if source.function(node) is source.functions["predict"]]
    return [node.value for node in mine if node.value is not None]


def right_classes(source: Source, facts: Facts) -> Iterator[Edit]:
    """The number of classes that the task has."""
    value = source.constants.get("CLASSES")
    count = len(facts.task.classes) if facts.task else 0
    written = value.value if isinstance(value, ast.Constant) else None
    if count and value is not None and isinstance(written, int) and written != count:
        yield Edit(f"Expect {count} classes", source.replaced((value, str(count))))


def without_gaps(source: Source) -> Iterator[Edit]:
    """Statements of predict that set a part of the predictions to NaN, taken out."""
    for node in in_predict(source, ast.Assign):
        assert isinstance(node, ast.Assign)
        if re.search(r"\bnan\b|\binf\b|None", source.source(node.value)) and isinstance(
            node.targets[0], ast.Subscript
        ):
            lines = source.text.splitlines(keepends=True)
            new = "".join([*lines[: node.lineno - 1], *lines[node.end_lineno or node.lineno :]])
            yield Edit("Set no prediction to a gap", new)


def on_scale(source: Source, facts: Facts, fault: Fault) -> Iterator[Edit]:
    """Returned predictions without logarithm or percent, or within bounds."""
    function, taken = source.functions["predict"], False
    for node in in_predict(source, ast.Call):
        assert isinstance(node, ast.Call)
        logged = method(node) in ("log", "log2", "log10", "logit") and len(node.args) == 1
        if logged and has_classes(facts) and source.function(node) is function:
            taken = True
            new = source.replaced((node, source.source(node.args[0])))
            yield Edit("Give probabilities, not their logarithms", new)
        elif method(node) in ("predict_log_proba", "decision_function"):
            new_call = f"{source.source(receiver(node) or node)}.{PROBABILITIES}"
            yield Edit("Predict with predict_proba", source.replaced((node.func, new_call)))
    for node in in_predict(source, ast.BinOp):
        assert isinstance(node, ast.BinOp)
        for factor, other in ((node.left, node.right), (node.right, node.left)):
            scaled = isinstance(factor, ast.Constant) and factor.value in (100, 10, 100.0)
            if scaled and isinstance(node.op, ast.Mult) and has_classes(facts):
                taken = True
                yield Edit(
                    "Give shares, not percents", source.replaced((node, source.source(other)))
                )
    if not taken:
        yield from bounded(source, facts, fault)


def bounded(source: Source, facts: Facts, fault: Fault) -> Iterator[Edit]:
    """What `predict` returns, clipped or undone: exp after a log, rows that add up to 1."""
    for node in returned(source)[-1:]:
        value = source.source(node)
        forms = []
        if has_classes(facts) and re.search(
            r"range|between|outside|probabilit|negative", fault.message
        ):
            forms.append((f"np.clip({value}, 0.0, 1.0)", "Keep chances between 0 and 1"))
        elif not has_classes(facts) and "log1p" in source.text and "expm1(" not in value:
            forms.append((f"np.expm1({value})", "Undo the logarithm of the target"))
        if not has_classes(facts) and re.search(r"negative|log", fault.message):
            forms.append((f"np.clip({value}, 0.0, None)", "Predict nothing below 0"))
        for form, title in forms:
            new = source.replaced((node, form))
            yield Edit(title, with_import(new, "import numpy as np"))


def formed(message: str) -> Fault:
    """The fault of predictions."""
    place = Place(file="model_a.py", line=2)
    return Fault(kind="submission_format", message=message, place=place, evidence="")


HEAD = "import numpy as np\n\ndef predict(model, X):\n    "
REPAIR = Repair(
    name="raw_predictions",
    title="Give raw predictions in their form",
    kinds=("submission_format", "shape", "contract_usage", "preprocessing", "dtype", "unknown"),
    propose=propose,
    examples=(
        Example(
            formed("predictions have no probabilities"),
            f"{HEAD}return model.predict(X.values)\n",
            f"{HEAD}return model.predict_proba(X.values)\n",
        ),
        Example(
            formed("predictions are out of range: probabilities from -9 to 0"),
            f"{HEAD}return np.log(model.predict_proba(X))\n",
            f"{HEAD}return model.predict_proba(X)\n",
        ),
        Example(
            formed("predictions are out of range: probabilities from 0 to 100"),
            f"{HEAD}return 100 * model.predict_proba(X)\n",
            f"{HEAD}return model.predict_proba(X)\n",
        ),
        Example(
            formed("predictions that are not numbers"),
            f"{HEAD}p = model.predict_proba(X)\n    p[0] = np.nan\n    return p\n",
            f"{HEAD}p = model.predict_proba(X)\n    return p\n",
        ),
    ),
)
