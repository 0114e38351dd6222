"""Predictions of the wrong form or worth: what was done to them last is not done."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, name_of, source_at
from iiml_codegen.integration.repairs.lines import taken_out
from iiml_codegen.integration.repairs.peeled_layers import Layer, layers
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

CONCERNS = (
    (
        r"no better than|constant|same answer|everywhere",
        r"first class|minus|round|rint|argmax|reversed|sort|argsort|shuffl|permut|roll|flip|sample"
        r"|mean|full|zeros|ones|^int$|compare|floor|log|times 0|expm1|columns|rank|take|median",
    ),
    (
        r"not finite|predictions that are not numbers|NaN|gaps|missing|empty|Empty|infinit",
        r"^nan$|where|mask|shift|log|divided|sqrt|reindex|power|diff",
    ),
    (r"label|codes|classes", r"plus|minus|times|label|^str$|map|where|compare|round|list|power"),
    (
        r"no numbers|not numbers|convert|string|text|dtype|labels|ufunc|written",
        r"^str$|mod|map|format|list|label|vectorize|frame|DataFrame|tolist|array|join|char",
    ),
    (
        r"shape|dimension|1-?D|2-?D|broadcast|rows|column|axis|one number|length|shorter|longer",
        r"reshape|column|stack|newaxis|expand|slice|T$|ravel|flatten|argmax|mean|sum|max|atleast"
        r"|tile|repeat|frame|DataFrame|Series|list|first class|transpose|to_frame|squeeze|matrix"
        r"|concatenate|insert|append|delete|hstack|vstack|unique|resize|swapaxes",
    ),
    (
        r"probabilit|range|between|outside|negative|add up|sum|log",
        r"times|plus|minus|log|exp|power|divided|round|sqrt|square|logit|softmax|cumsum|rank",
    ),
)
"""What a message speaks of, and the words of layers that make it so."""
FAR = 20
SPOKEN = r"predict|score|answer|submission|probabilit"
"""Of what a message speaks that is not about a line of `predict` or `decide`."""
KEPT = r"^(?:asarray|astype|clip|float\w*|values|to_numpy|nan_to_num|softmax|expit|divided)$"
INVERSE = {"log1p": "np.expm1({})", "log": "np.exp({})", "sqrt": "np.square({})"}


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Layers that such a fault comes from, outer ones first; then the others."""
    source = source_at(fault, text)
    blamed = [source.functions[name] for name in functions(fault, source)]
    worth = re.search(CONCERNS[0][0], fault.message) is not None
    edits = [found for function in blamed for found in peeled(source, function)]
    binary = facts.task is None or facts.task.kind == "binary"
    edits.sort(key=lambda found: rank(found[0], fault.message, binary=binary))
    if worth and blamed:
        yield from undone(source, source.functions.get("fit"), blamed[0])
    for word, new in edits:
        if rank(word, fault.message) == FAR:
            continue
        yield Edit(f"Give predictions without “{word}”", new)
    if worth and facts.task is not None and facts.task.kind == "binary":
        yield from other_way_round(source)


def functions(fault: Fault, source: Source) -> list[str]:
    """The function that is to blame first: the fault's own, else what predicts."""
    found = [name for name in ("predict", "decide") if name in source.functions]
    here = source.place.name if source.place is not None else ""
    concerned = any(re.search(said, fault.message) for said, _ in CONCERNS)
    if here not in found and not re.search(SPOKEN, fault.message):
        return []
    if here in found and not fault.code.startswith(("IIML5", "IIML6")):
        found = [here]
    return sorted(found, key=lambda name: name != here) if concerned else []


def rank(word: str, message: str, *, binary: bool = True) -> int:
    """How far a layer is from what a message speaks of; single columns are for two classes."""
    if not binary and word in ("first class", "columns"):
        return 15
    for place, (said, words) in enumerate(CONCERNS):
        if re.search(said, message) and re.search(words, word):
            return place
    return FAR if re.search(KEPT, word) else 10


def peeled(source: Source, function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """The text without one layer or statement each, with a word for it; what is last first."""
    parameters = [item.arg for item in function.args.args]
    given = frozenset(parameters[: len(parameters) - (function.name == "decide")])
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.stmt)]
    for node in sorted(nodes, key=lambda node: -node.lineno):
        if isinstance(node, ast.Return | ast.Assign) and isinstance(node.value, ast.expr):
            for layer in layers(source, node.value, given):
                yield layer.word, without(source, node, layer)
        if changes(node) and (shorter := taken_out(source, node)):
            yield word_of(source, node), shorter


def without(source: Source, node: ast.stmt, layer: Layer) -> str:
    """The text without a layer; a name that would be set to itself is not set at all."""
    ((_, new), *_), target = layer.edits, getattr(node, "targets", [None])[0]
    whole = layer.edits[0][0] is getattr(node, "value", None)
    if whole and name_of(target) == new and (shorter := taken_out(source, node)):
        return shorter
    return source.replaced(*layer.edits)


def changes(node: ast.stmt) -> bool:
    """Whether a statement changes what is there already."""
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Subscript)
    in_place = isinstance(node, ast.Expr) and method(node.value) in ("sort", "shuffle", "put")
    return in_place or isinstance(node, ast.AugAssign)


def word_of(source: Source, node: ast.stmt) -> str:
    """A word for what a statement does to predictions."""
    if isinstance(node, ast.AugAssign):
        names = {ast.Mult: "times", ast.Add: "plus", ast.Sub: "minus", ast.Div: "divided"}
        return names.get(type(node.op), "power")
    if isinstance(node, ast.Expr):
        return method(node.value)
    value = node.value if isinstance(node, ast.Assign) else None
    return "nan" if value and re.search(r"nan|inf\b|None", source.source(value)) else "set"


def undone(
    source: Source, fit: ast.FunctionDef | None, function: ast.FunctionDef
) -> Iterator[Edit]:
    """What `fit` does to the target, taken back in what `predict` returns."""
    answers = [item.arg for item in fit.args.args[1:2]] if fit is not None else []
    for node in ast.walk(fit) if fit is not None else ():
        done = method(node) if isinstance(node, ast.Call) and node.args else ""
        if done not in INVERSE or not isinstance(node, ast.Call):
            continue
        inverse = INVERSE[done].partition("(")[0].rpartition(".")[2]
        back = any(method(inner) == inverse for inner in ast.walk(function))
        if name_of(node.args[0]) in answers and not back:
            for given in [n for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]:
                if given.value is not None:
                    value = source.source(given.value)
                    new = source.replaced((given.value, INVERSE[done].format(value)))
                    yield Edit(f"Take the {done} of the target back", new)


def other_way_round(source: Source) -> Iterator[Edit]:
    """Chances of the other class."""
    for node in ast.walk(source.functions["predict"]):
        if isinstance(node, ast.Return) and node.value is not None:
            new = source.replaced((node.value, f"1 - ({source.source(node.value)})"))
            yield Edit("Give the chance of the other class", new)


def formed(message: str, code: str = "IIML404") -> Fault:
    """The fault of predictions."""
    place = Place(file="model_a.py", line=2)
    return Fault(kind="submission_format", message=message, place=place, evidence="", code=code)


def given(before: str, after: str, message: str) -> Example:
    """A function that predicts, wrong and right."""
    head = "def predict(model, X):\n    p = model.predict_proba(X)\n"
    return Example(formed(message), f"{head}{before}", f"{head}{after}")


NO_SKILL = "the score 0.6125 is no better than the constant answer's 0.6166"
SHAPE = "raw predictions of shape (9, 1), and not (9,)"
REPAIR = Repair(
    name="peeled_answers",
    title="Give predictions without what was done last",
    kinds=("submission_format", "shape", "preprocessing", "dtype", "contract_usage", "unknown"),
    propose=propose,
    examples=(
        given("    return p[:, 0]\n", "    return p[:, 1]\n", NO_SKILL),
        given("    return 1 - p[:, 1]\n", "    return p[:, 1]\n", NO_SKILL),
        given("    return np.round(p[:, 1])\n", "    return p[:, 1]\n", NO_SKILL),
        given("    p = p[::-1]\n    return p\n", "    return p\n", NO_SKILL),
        given("    return p[:, 1:]\n", "    return p[:, 1]\n", SHAPE),
        given("    return p.reshape(-1, 1)\n", "    return p\n", SHAPE),
        given("    return np.column_stack([1 - p, p])\n", "    return p\n", SHAPE),
        given("    return pd.DataFrame({'p': p})\n", "    return p\n", SHAPE),
        given('    return np.char.mod("%.3f", p)\n', "    return p\n", "p holds no numbers"),
        given("    return [f'{x}' for x in p]\n", "    return p\n", "p holds no numbers"),
        given("    return np.log(p)\n", "    return p\n", "probabilities from -9 to 0"),
        given("    p *= 100\n    return p\n", "    return p\n", "probabilities from 0 to 99"),
        given("    return np.where(X > 1, p, np.nan)\n", "    return p\n", "4 are not finite"),
        given("    p[X > 1] = np.nan\n    return p\n", "    return p\n", "4 are not finite"),
        Example(
            formed(NO_SKILL),
            "def fit(X, y):\n    return m(X, np.log1p(y))\n\n\ndef predict(model, X):\n"
            "    return model.predict(X)\n",
            "def fit(X, y):\n    return m(X, np.log1p(y))\n\n\ndef predict(model, X):\n"
            "    return np.expm1(model.predict(X))\n",
        ),
    ),
)
