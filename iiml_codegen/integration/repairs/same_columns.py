"""Test and train with other columns, order or categories: the test half follows train."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, name_of, source_at
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.views import Given, outputs_given, wanted_view

SIGNS = (
    r"differ|columns, `|categor|feature names|number of features|expecting \d+ features"
    r"|same columns|order|unseen|unknown categor|Unknown categor|previously unseen|mismatch"
)
UNSEEN = r"unseen|nknown categor"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Encoders that may meet the unknown first, then the view's halves."""
    if not re.search(SIGNS, fault.message):
        return
    source = source_at(fault, text)
    if re.search(UNSEEN, fault.message):
        yield from tolerant(source)
    yield from learned_once(source)
    view = wanted_view(fault, facts)
    for name, (train, test) in halves(source).items():
        if view in (name, ""):
            yield from followed(source, fault, train, test)


def halves(source: Source) -> dict[str, tuple[Given, Given]]:
    """The outputs of each view that has an expression for either half."""
    found: dict[str, dict[str, Given]] = {}
    for item in outputs_given(source):
        if item.half:
            found.setdefault(item.view, {})[item.half] = item
    return {view: (h["train"], h["test"]) for view, h in found.items() if len(h) == 2}


def followed(source: Source, fault: Fault, train: Given, test: Given) -> Iterator[Edit]:
    """The test half with the columns, or the types, of the training half."""
    mine, theirs = source.source(test.value), source.source(train.value)
    if "categor" in fault.message:
        new = f"{mine}.astype({theirs}.dtypes)"
        yield Edit("Give test the categories of train", source.replaced((test.value, new)))
    else:
        new = f"{mine}.reindex(columns={theirs}.columns, fill_value=0)"
        yield Edit("Give test the columns of train", source.replaced((test.value, new)))


def tolerant(source: Source) -> Iterator[Edit]:
    """Encoders told what to do with values that they never saw."""
    for call in source.nearest(ast.Call):
        inner = ", ".join(source.source(part) for part in (*call.args, *call.keywords))
        if "handle_unknown" in inner:
            continue
        more = {
            "OneHotEncoder": 'handle_unknown="ignore"',
            "OrdinalEncoder": 'handle_unknown="use_encoded_value", unknown_value=-1',
        }.get(method(call))
        if more:
            new = f"{source.source(call.func)}({', '.join(filter(None, (inner, more)))})"
            yield Edit("Let the encoder meet unknown values", source.replaced((call, new)))


def learned_once(source: Source) -> Iterator[Edit]:
    """`fit_transform` of the test half as `transform`; a second `get_dummies` follows the first."""
    for call in source.nearest(ast.Call):
        tested = any("test" in name_of(node) for arg in call.args for node in ast.walk(arg))
        if method(call) == "fit_transform" and tested and isinstance(call.func, ast.Attribute):
            new = f"{source.source(call.func.value)}.transform"
            yield Edit("Transform test as train was fitted", source.replaced((call.func, new)))
    dummies = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign) and method(node.value) == "get_dummies"
    ]
    named = {name_of(node.targets[0]): node for node in dummies if name_of(node.targets[0])}
    for name, node in named.items():
        train = name.replace("test", "train")
        if train != name and train in named and isinstance(node.value, ast.Call):
            new = f"{source.source(node.value)}.reindex(columns={train}.columns, fill_value=0)"
            yield Edit("Give test the columns of train", source.replaced((node.value, new)))


def differ(message: str) -> Fault:
    """The fault of halves that differ."""
    place = Place(file="prep.py", line=2)
    return Fault(kind="contract_fulfilment", message=message, place=place, evidence="")


COLUMNS = differ("`f_train` has 9 columns, `f_test` 8: Embarked_Q")
REPAIR = Repair(
    name="same_columns",
    title="Let test follow train",
    kinds=("contract_fulfilment", "contract_usage", "shape", "dtype", "leak", "unknown"),
    propose=propose,
    examples=(
        Example(
            COLUMNS,
            'def prepare(d):\n    return {"f_train": a, "f_test": b}\n',
            'def prepare(d):\n    return {"f_train": a, "f_test": b.reindex(columns=a.columns,'
            " fill_value=0)}\n",
        ),
        Example(
            differ("categories are not those of `f_train`: Sex"),
            'def prepare(d):\n    return {"f_train": a, "f_test": b}\n',
            'def prepare(d):\n    return {"f_train": a, "f_test": b.astype(a.dtypes)}\n',
        ),
        Example(
            COLUMNS,
            "x_train = pd.get_dummies(train)\nx_test = pd.get_dummies(test)\n",
            "x_train = pd.get_dummies(train)\n"
            "x_test = pd.get_dummies(test).reindex(columns=x_train.columns, fill_value=0)\n",
        ),
        Example(
            differ("ValueError: Found unknown categories ['Q'] in column 0"),
            "e = OneHotEncoder(sparse_output=False)\n",
            'e = OneHotEncoder(sparse_output=False, handle_unknown="ignore")\n',
        ),
    ),
)
