"""A keyword or an attribute that a library renamed or dropped."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import (
    calls_at,
    replace_nodes,
    source_of,
    without_keyword,
)
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of

KEYWORDS = {
    "sparse": "sparse_output",
    "base_estimator": "estimator",
    "affinity": "metric",
    "line_terminator": "lineterminator",
    "n_jobs": "thread_count",
    "n_iter": "max_iter",
    "loss_function": "objective",
    "random_seed": "random_state",
    "random_state": "random_seed",
    "use_label_encoder": None,
}
ATTRIBUTES = {
    "get_feature_names": "get_feature_names_out",
    "iteritems": "items",
    "as_matrix": "to_numpy",
    "applymap": "map",
    "product": "prod",
    "in1d": "isin",
    "trapz": "trapezoid",
    "row_stack": "vstack",
    "mad": "std",
}
PLAIN_TYPES = {"float": "float", "int": "int", "bool": "bool", "object": "object", "str": "str"}
PLAIN_TYPES |= {"float_": "np.float64", "unicode_": "np.str_", "Inf": "np.inf", "NaN": "np.nan"}


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First the new name, then without the keyword."""
    for name in fault.names:
        if "unexpected keyword" in fault.message:
            for line in lines_of(fault):
                yield from without_or_renamed(text, line, name)
        elif "has no attribute" in fault.message:
            yield from other_attribute(text, name, "numpy" in fault.message)


def without_or_renamed(text: str, line: int, name: str) -> Iterator[Edit]:
    """The keyword under its new name, or gone."""
    holding = [call for call in calls_at(ast.parse(text), line) if has_keyword(call, name)]
    for call in holding[-1:]:
        new = KEYWORDS.get(name)
        if new and not has_keyword(call, new):
            keyword = next(keyword for keyword in call.keywords if keyword.arg == name)
            value = f"{new}={source_of(text, keyword.value)}"
            yield Edit(f"Write {new} for {name}", replace_nodes(text, [(keyword, value)]))
        source = without_keyword(text, call, name)
        if source is not None:
            yield Edit(f"Drop the keyword {name}", replace_nodes(text, [(call, source)]))


def has_keyword(call: ast.Call, name: str) -> bool:
    """Whether a call passes a keyword."""
    return any(keyword.arg == name for keyword in call.keywords)


def other_attribute(text: str, name: str, of_numpy: bool) -> Iterator[Edit]:
    """The attribute under its new name, or the plain type that it was an alias of."""
    edits: list[tuple[ast.AST, str]] = []
    new = ATTRIBUTES.get(name)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr == name:
            value = source_of(text, node.value)
            if of_numpy and name in PLAIN_TYPES and value in ("np", "numpy"):
                edits.append((node, PLAIN_TYPES[name]))
                new = PLAIN_TYPES[name]
            elif new:
                edits.append((node, f"{value}.{new}"))
    if edits:
        yield Edit(f"Write {new} for {name}", replace_nodes(text, edits))


def changed(message: str, name: str) -> Fault:
    """The fault of a name that is no more."""
    return Fault(
        kind="incompatible_api",
        message=message,
        place=Place(file="prep.py", line=1),
        evidence="",
        names=(name,),
    )


SPARSE = changed("TypeError: __init__() got an unexpected keyword argument 'sparse'", "sparse")
REPAIR = Repair(
    name="changed_api",
    title="Follow a library's new names",
    kinds=("incompatible_api",),
    propose=propose,
    examples=(
        Example(SPARSE, "e = Encoder(a, sparse=False)\n", "e = Encoder(a, sparse_output=False)\n"),
        Example(
            changed("TypeError: fit() got an unexpected keyword argument 'verbose'", "verbose"),
            "m = fit(X, y, verbose=0, seed=1)\n",
            "m = fit(X, y, seed=1)\n",
        ),
        Example(
            changed("AttributeError: module 'numpy' has no attribute 'float'", "float"),
            "x = a.astype(np.float)\n",
            "x = a.astype(float)\n",
        ),
        Example(
            changed(
                "AttributeError: 'T' object has no attribute 'get_feature_names'",
                "get_feature_names",
            ),
            "n = t.get_feature_names()\n",
            "n = t.get_feature_names_out()\n",
        ),
    ),
)
