"""Text columns in a view of numbers and categories: make them categories where the view is made."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import insert_at_start, rows_parameter
from iiml_codegen.integration.repairs.flow import (
    Source,
    here,
    keyword_of,
    method,
    name_of,
    receiver,
    source_at,
)
from iiml_codegen.integration.repairs.lines import put_after
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import with_import
from iiml_codegen.integration.repairs.text_to_numbers import CODED
from iiml_codegen.integration.repairs.views import changed_view, wanted_view

SIGNS = (
    r"could not convert string|dtypes? (?:for data )?must be|[Bb]ad pandas dtypes|no numbers"
    r"|object array|cat_features|type object|type str|not numeric|unsupported dtype|numeric type"
    r"|dtype '?(?:object|str)|must be numeric|columns of (?:text|kind|dtype)|another type|text"
)
WORDS = 'select_dtypes(exclude=["number", "bool", "category"]).columns'
AS_CATEGORIES = "{x}.astype(dict.fromkeys({x}." + WORDS + ', "category"))'
AS_CODES = (
    "{x}.assign(**{{name: " + CODED.format(x="{x}[name]") + " for name in {x}." + WORDS + "}})"
)


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First categories where columns are joined, then in the view, then numbers for the model."""
    source, view = source_at(fault, text), wanted_view(fault, facts)
    if not re.search(SIGNS, fault.message) or view == "target" or converts(source):
        return
    if "prepare" in source.functions:
        yield from uncast(source)
        title = "Make text columns categories"
        for node in here(source, ast.Assign):
            if isinstance(node.value, ast.Subscript) and source.function(node) is source.place:
                new = f'{source.source(node.value)}.astype("category")'
                yield Edit(title, source.replaced((node.value, new)))
        for join in joins(source):
            new = AS_CATEGORIES.format(x=name_of(join.targets[0]))
            yield Edit(title, put_after(source, join, f"{name_of(join.targets[0])} = {new}"))
        yield Edit(title, changed_view(source, view, AS_CATEGORIES))
        coded = changed_view(source, view, AS_CODES)
        if coded != text:
            yield Edit("Code the words as numbers", with_import(coded, "import pandas as pd"))
    else:
        yield from enabled(source)
        numbers = only_numbers(text)
        if numbers != text:
            loses = "what the text columns would tell"
            yield Edit("Give the model number columns only", numbers, loses=loses)


def uncast(source: Source) -> Iterator[Edit]:
    """Numbers that `prepare` makes text of, left as they are."""
    for call in source.nearest(ast.Call):
        made = method(call) == "astype" and call.args and ast.unparse(call.args[0])
        function = source.function(call)
        main = function is not None and function.name in ("prepare", "extract")
        alone = not isinstance(source.parents.get(call), ast.Attribute)
        if main and alone and made in ("str", "object", "'str'", "'object'", "'string'"):
            value = source.source(receiver(call) or call)
            yield Edit("Leave the columns as they are", source.replaced((call, value)))


def converts(source: Source) -> bool:
    """Whether the line in `prepare` itself makes numbers of one column: that is what to mend."""
    if source.place is None or source.place.name not in ("prepare", "extract"):
        return False
    mine = [call for call in here(source, ast.Call) if source.function(call) is source.place]
    return any(method(call) in ("astype", "to_numeric", "float") for call in mine)


def joins(source: Source) -> Iterator[ast.Assign]:
    """Assignments of columns that are joined side by side, in `prepare`."""
    for node in ast.walk(source.functions["prepare"]):
        if isinstance(node, ast.Assign) and name_of(node.targets[0]):
            calls = [call for call in ast.walk(node.value) if isinstance(call, ast.Call)]
            if any(method(call) == "concat" and keyword_of(call, "axis") for call in calls):
                yield node


def enabled(source: Source) -> Iterator[Edit]:
    """XGBoost told that there are categories."""
    for call in source.nearest(ast.Call):
        if re.search(r"^XGB|^DMatrix", method(call)) and not keyword_of(call, "enable_categorical"):
            new = f"{source.source(call)[:-1].rstrip().rstrip(',')}, enable_categorical=True)"
            yield Edit("Let XGBoost take categories", source.replaced((call, new)))


def only_numbers(text: str) -> str:
    """`fit` and `predict` take the number columns of their rows."""
    for function in ("fit", "predict"):
        rows = rows_parameter(text, function)
        if rows is None:
            return text
        statement = f'{rows} = {rows}.select_dtypes(["number", "bool"])'
        text = insert_at_start(text, function, statement)
    return text


BAD = Fault(
    kind="dtype",
    message="ValueError: pandas dtypes must be int, float or bool.\nFields with bad pandas dtypes",
    place=Place(file="model_a.py", line=2),
    evidence="",
)
MADE = "features.astype(dict.fromkeys(features." + WORDS + ', "category"))'
REPAIR = Repair(
    name="text_columns",
    title="Make text columns categories",
    kinds=("dtype", "contract_fulfilment", "preprocessing", "unknown"),
    propose=propose,
    examples=(
        Example(
            BAD,
            "def prepare(data_dir):\n    features = pd.concat([a, b], axis=1)\n"
            '    return {"features_train": features[:9], "features_test": features[9:]}\n',
            "def prepare(data_dir):\n    features = pd.concat([a, b], axis=1)\n"
            f"    features = {MADE}\n"
            '    return {"features_train": features[:9], "features_test": features[9:]}\n',
        ),
        Example(
            BAD,
            'def fit(X, y):\n    """Fit."""\n    return 1\n\n\n'
            "def predict(model, X):\n    return X\n",
            'def fit(X, y):\n    """Fit."""\n    X = X.select_dtypes(["number", "bool"])\n'
            "    return 1\n\n\ndef predict(model, X):\n"
            '    X = X.select_dtypes(["number", "bool"])\n    return X\n',
        ),
    ),
)
