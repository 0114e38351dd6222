"""Names that are nowhere defined, and packages that are nowhere installed."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .mutator import Draw, Mutator, misspelt, respelt, with_import
from .source import Change, Edit, Source

ABSENT = (
    "import seaborn as sns",
    "import optuna",
    "import missingno as msno",
    "from category_encoders import TargetEncoder",
    "import polars as pl",
    "from imblearn.over_sampling import SMOTE",
    "import featuretools as ft",
)
PACKAGE_SLIPS = {
    "sklearn": ("scikit_learn", "skleran", "scikitlearn"),
    "pandas": ("panda", "pandsa"),
    "numpy": ("nunpy", "numpi"),
    "lightgbm": ("lgbm", "lightgmb"),
    "xgboost": ("xgb", "xgbost"),
    "catboost": ("cat_boost", "catbost"),
    "scipy": ("scypi", "sipy"),
}


def misspelt_names(source: Source, draw: Draw) -> Iterable[Change]:
    """One use of a name is misspelt."""
    for node in source.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and len(node.id) > 2:
            yield source.swap(node, misspelt(node.id, draw.rng))


def dropped_imports(source: Source, draw: Draw) -> Iterable[Change]:
    """An import is deleted by somebody who tidied up."""
    for node in source.tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom) or len(node.names) != 1:
            continue
        name = (node.names[0].asname or node.names[0].name).split(".")[0]
        start, end = source.starts[node.lineno - 1], source.starts[node.end_lineno or 0]
        uses = source.uses(name)
        if uses:
            yield Change((Edit(start, end, ""),), f"dropped: {source.code(node)}", tuple(uses))


def renamed_definitions(source: Source, draw: Draw) -> Iterable[Change]:
    """A function gets a better name, but its calls keep the old one."""
    interface = ("prepare", "extract", "fit", "predict", "decide")
    for node in source.functions():
        uses = source.uses(node.name)
        if node.name in interface or not uses:
            continue
        start = source.span(node)[0] + len("def ")
        new = draw.rng.choice([f"{node.name}_of", f"make_{node.name}", f"_{node.name}"])
        edit = Edit(start, start + len(node.name.encode()), new)
        yield Change((edit,), f"def {node.name} -> def {new}", tuple(uses))


def renamed_constants(source: Source, draw: Draw) -> Iterable[Change]:
    """A constant gets another name, but not where it is used."""
    for name, node in source.constants():
        uses = source.uses(name)
        if uses:
            start = source.span(node)[0]
            new = draw.rng.choice([f"{name}S", f"{name}_VALUE", f"MY_{name}"])
            edit = Edit(start, start + len(name), new)
            yield Change((edit,), f"{name} -> {new}", tuple(uses))


def late_definitions(source: Source, draw: Draw) -> Iterable[Change]:
    """Two lines change places, so that the first needs the second."""
    for function in source.functions():
        for first, second in zip(function.body, function.body[1:], strict=False):
            if not isinstance(first, ast.Assign) or not isinstance(second, ast.Assign):
                continue
            if len(source.uses_in(second) & source.names_of(first)) == 0:
                continue
            a, b = (source.starts[n.lineno - 1] for n in (first, second))
            ends = [source.starts[n.end_lineno or 0] for n in (first, second)]
            upper, lower = source.raw[a : ends[0]].decode(), source.raw[b : ends[1]].decode()
            between = source.raw[ends[0] : b].decode()
            yield Change((Edit(a, ends[1], lower + between + upper),), "two lines swapped")


def foreign_words(source: Source, draw: Draw) -> Iterable[Change]:
    """true, false and null, as other languages have them."""
    words = {True: "true", False: "false", None: "null"}
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | None):
            yield source.swap(node, words[node.value])


def unimported_packages(source: Source, draw: Draw) -> Iterable[Change]:
    """A package by its full name, where it was imported by a short one."""
    for node in source.nodes:
        if isinstance(node, ast.Name) and node.id in ("np", "pd", "lgb"):
            full = {"np": "numpy", "pd": "pandas", "lgb": "lightgbm"}[node.id]
            yield source.swap(node, full)


def unknown_attributes(source: Source, draw: Draw) -> Iterable[Change]:
    """An attribute of the module's own class is misspelt."""
    for node in source.nodes:
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.value.id == "model" and len(node.attr) > 3:
            new = misspelt(node.attr, draw.rng)
            yield source.swap(node, f"model.{new}")


def misspelt_packages(source: Source, draw: Draw) -> Iterable[Change]:
    """The name of a package, guessed or mistyped in its import."""
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            package, module = node.module.split(".")[0], node.module
        elif isinstance(node, ast.Import):
            package = module = node.names[0].name.split(".")[0]
        else:
            continue
        for new in PACKAGE_SLIPS.get(package, ()):
            start = source.span(node)[0] + source.code(node).index(module)
            edit = Edit(start, start + len(package), new)
            yield Change((edit,), f"{package} -> {new}")


def unused_packages(source: Source, draw: Draw) -> Iterable[Change]:
    """An import that a notebook's first cell always has."""
    imports = [n for n in source.tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    yield source.after(imports[-1], draw.rng.choice(ABSENT))


def progress_bars(source: Source, draw: Draw) -> Iterable[Change]:
    """A progress bar of a package that is not there."""
    for node in source.nodes:
        if isinstance(node, ast.For) and not isinstance(node.iter, ast.Constant):
            package = draw.rng.choice(["alive_progress", "fastprogress", "progressbar2"])
            word = {"alive_progress": "alive_it", "fastprogress": "progress_bar"}
            call = word.get(package, "progressbar")
            change = source.swap(node.iter, f"{call}({source.code(node.iter)})")
            yield with_import(source, change, f"from {package} import {call}")


MUTATORS = (
    Mutator("misspelt_name", "undefined_name", "either", misspelt_names),
    Mutator("dropped_import", "undefined_name", "either", dropped_imports),
    Mutator("renamed_definition", "undefined_name", "either", renamed_definitions),
    Mutator("renamed_constant", "undefined_name", "either", renamed_constants),
    Mutator("late_definition", "undefined_name", "either", late_definitions),
    Mutator("foreign_word", "undefined_name", "either", foreign_words),
    Mutator("unimported_package", "undefined_name", "either", unimported_packages),
    Mutator("unknown_attribute", "undefined_name", "model", unknown_attributes),
    Mutator("misspelt_package", "missing_dependency", "either", misspelt_packages),
    Mutator("unused_package", "missing_dependency", "either", unused_packages),
    Mutator("progress_bar", "missing_dependency", "either", progress_bars),
    respelt(
        "drop_in_pandas",
        "missing_dependency",
        "either",
        r"^import pandas as pd$",
        "import modin.pandas as pd",
    ),
    respelt(
        "dropped_in_sklearn",
        "missing_dependency",
        "model",
        r"^from sklearn\.",
        "from sklearnex.",
    ),
)
