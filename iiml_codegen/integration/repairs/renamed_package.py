"""A missing package: an import that moved, or one that nothing uses; nothing is installed here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

MOVED = {
    "sklearn.cross_validation": "sklearn.model_selection",
    "sklearn.grid_search": "sklearn.model_selection",
    "sklearn.externals.joblib": "joblib",
    "sklearn.ensemble.forest": "sklearn.ensemble",
    "sklearn.preprocessing.imputation": "sklearn.impute",
    "sklearn.feature_extraction.stop_words": "sklearn.feature_extraction.text",
    "pandas.util.testing": "pandas.testing",
    "simplejson": "json",
    "ujson": "json",
    "cPickle": "pickle",
    "Queue": "queue",
}


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First import from where the names are now, then drop an import that nothing uses."""
    for name in fault.names:
        if name in MOVED:
            moved = moved_import(text, name, MOVED[name])
            if moved != text:
                yield Edit(f"Import from {MOVED[name]}", moved)
        unused = without_unused(text, name)
        if unused != text:
            yield Edit(f"Drop the import of {name}, which nothing uses", unused)


def moved_import(text: str, old: str, new: str) -> str:
    """The imports of one module from another; a whole module keeps the name that it had."""
    text = re.sub(rf"^from {re.escape(old)} import", f"from {new} import", text, flags=re.M)
    bound = "" if "." in old else f" as {old}"
    return re.sub(rf"^import {re.escape(old)}$", f"import {new}{bound}", text, flags=re.M)


def without_unused(text: str, package: str) -> str:
    """The text without imports of a package whose names are read nowhere."""
    tree = ast.parse(text)
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    gone: set[int] = set()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = (
                [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module]
            )
            bound = {(a.asname or a.name).split(".")[0] for a in node.names}
            if all(f"{m}.".startswith(f"{package}.") for m in modules) and not bound & read:
                gone.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = text.split("\n")
    return "\n".join(line for number, line in enumerate(lines, start=1) if number not in gone)


def missing(name: str) -> Fault:
    """The fault of a package that is not there."""
    return Fault(
        kind="missing_dependency",
        message=f"ModuleNotFoundError: No module named '{name}'",
        place=Place(file="prep.py", line=1),
        evidence="",
        names=(name,),
    )


REPAIR = Repair(
    name="renamed_package",
    title="Import from where the names are now",
    kinds=("missing_dependency",),
    propose=propose,
    examples=(
        Example(
            missing("sklearn.cross_validation"),
            "from sklearn.cross_validation import KFold\n\nx = KFold\n",
            "from sklearn.model_selection import KFold\n\nx = KFold\n",
        ),
        Example(
            missing("ujson"), "import ujson\n\nx = ujson\n", "import json as ujson\n\nx = ujson\n"
        ),
        Example(
            missing("tqdm"), "import os\nfrom tqdm import tqdm\n\nx = os\n", "import os\n\nx = os\n"
        ),
    ),
)
