"""A package that is not installed: a slip in its name, or the module works without it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.alike import nearest
from iiml_codegen.integration.repairs.example_facts import HERE, failure
from iiml_codegen.integration.repairs.imports import (
    Imports,
    bound_by,
    imports_of,
    reads,
    renamed_module,
    without_parts,
)
from iiml_codegen.integration.repairs.messages import missing_module
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import Change, Source

STAND_INS = {
    "simplejson": "json",
    "ujson": "json",
    "orjson": "json",
    "rapidjson": "json",
    "cPickle": "pickle",
    "pickle5": "pickle",
    "dill": "pickle",
    "cloudpickle": "pickle",
    "Queue": "queue",
    "ConfigParser": "configparser",
    "StringIO": "io",
    "cudf": "pandas",
    "modin.pandas": "pandas",
    "fireducks.pandas": "pandas",
    "cuml": "sklearn",
    "sklearnex": "sklearn",
    "cupy": "numpy",
    "bottleneck": "numpy",
    "backports.zoneinfo": "zoneinfo",
    "typing_extensions": "typing",
    "tomli": "tomllib",
    "regex": "re",
    "re2": "re",
    "scikit_learn": "sklearn",
    "skleran": "sklearn",
    "opencv": "cv2",
    "pillow": "PIL",
    "pyyaml": "yaml",
    "lgb": "lightgbm",
    "xgb": "xgboost",
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
}
"""Packages with the same interface for what a competition needs; distribution and alias names."""
WRAPPERS = frozenset({"tqdm", "trange", "njit", "jit", "memory_profiler", "profile", "typechecked"})
"""What only watches or speeds up what it is given; without it the result is the same."""
ACCELERATORS = frozenset({"tqdm", "numba", "memory_profiler", "line_profiler", "sklearnex"})


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """A slip mended, an unused import dropped, a stand-in, a wrapper left out."""
    name = missing_module(fault.message) or (fault.names[0] if fault.names else "")
    source = Source(text)
    nodes = list(imports_of(source, name)) if name else []
    if not nodes:
        return
    yield from misspelt(source, name, facts)
    yield from unused(source, nodes, name)
    package = name.split(".")[0]
    for old in dict.fromkeys((name, package)):
        if old in STAND_INS and available(STAND_INS[old], facts):
            new = STAND_INS[old]
            yield Edit(f"Import {new} for {old}", renamed_module(source, old, new))
    if package in ACCELERATORS:
        yield from unwrapped(source, list(imports_of(source, package)), package)


def misspelt(source: Source, name: str, facts: Facts) -> Iterator[Edit]:
    """The installed package that is spelled most alike."""
    package = name.split(".")[0]
    if facts.installed is None or package in STAND_INS or package in ACCELERATORS:
        return
    for other in nearest(package, facts.installed.top_level(), most=2, cutoff=0.8):
        yield Edit(f"Import {other} for {package}", renamed_module(source, package, other))


def available(module: str, facts: Facts) -> bool:
    """Whether a stand-in is there, as far as one knows."""
    return facts.installed is None or facts.installed.exists(module)


def unused(source: Source, nodes: list[Imports], name: str) -> Iterator[Edit]:
    """Without imports whose names nothing reads."""
    parts = [(node, alias) for node in nodes for alias in node.names if concerns(node, alias, name)]
    if any(reads(source, bound_by(node, alias)) for node, alias in parts):
        return
    changes = dropped(source, parts)
    if changes:
        yield Edit(f"Drop the import of {name}, which nothing uses", source.edited(changes))


def concerns(node: Imports, alias: ast.alias, name: str) -> bool:
    """Whether a part of an import is of a package."""
    return isinstance(node, ast.ImportFrom) or f"{alias.name}.".startswith(f"{name}.")


def dropped(source: Source, parts: list[tuple[Imports, ast.alias]]) -> list[Change]:
    """The changes that take parts of imports away."""
    changes: list[Change] = []
    for node in dict.fromkeys(node for node, _ in parts):
        mine = [alias for owner, alias in parts if owner is node]
        changes += without_parts(source, node, mine)
    return changes


def unwrapped(source: Source, nodes: list[Imports], package: str) -> Iterator[Edit]:
    """`tqdm(rows, desc="x")` as `rows`, `@njit` gone, and no import of them."""
    names = {bound_by(node, alias) for node in nodes for alias in node.names}
    changes = dropped(source, [(node, alias) for node in nodes for alias in node.names])
    used = 0
    for name in sorted(names):
        for read in reads(source, name):
            change = bare(source, read)
            if change is None:
                return
            changes.append(change)
            used += 1
    if used:
        yield Edit(f"Do without {package}", source.edited(changes))


def bare(source: Source, read: ast.Name) -> Change | None:
    """What a wrapper wraps; None where it does more than wrap."""
    node: ast.AST = read
    parent = source.parents.get(node)
    while isinstance(parent, ast.Attribute):
        node, parent = parent, source.parents.get(parent)
    call = parent if isinstance(parent, ast.Call) and parent.func is node else None
    whole = call or node
    owner = source.parents.get(whole)
    if isinstance(owner, ast.FunctionDef) and whole in owner.decorator_list:
        start = source.starts[getattr(whole, "lineno", 1) - 1]
        return start, source.data.index(b"\n", source.end(whole)) + 1, ""
    if call is None or not call.args:
        return None
    given = ", ".join(source.of(argument) for argument in call.args)
    last = source.of(node).rpartition(".")[2]
    return source.replaced(call, f"range({given})" if last == "trange" else source.of(call.args[0]))


def missing(name: str) -> Fault:
    """The fault of a package that is not there."""
    message = f"ModuleNotFoundError: No module named '{name}'"
    return failure("missing_dependency", message, 1, name)


REPAIR = Repair(
    name="missing_package",
    title="Do without a package, or spell it right",
    kinds=("missing_dependency",),
    propose=propose,
    examples=(
        Example(
            missing("sklern"),
            "from sklern.svm import SVC\n\nx = SVC\n",
            "from sklearn.svm import SVC\n\nx = SVC\n",
            HERE,
        ),
        Example(
            missing("nampy"),
            "import nampy\nimport numpy as np\n\nx = np\n",
            "import numpy as np\n\nx = np\n",
        ),
        Example(
            missing("ujson"), "import ujson\n\nx = ujson\n", "import json as ujson\n\nx = ujson\n"
        ),
        Example(
            missing("cudf"),
            "import cudf as pd\n\nx = pd.DataFrame()\n",
            "import pandas as pd\n\nx = pd.DataFrame()\n",
        ),
        Example(
            missing("tqdm"),
            "import os\nfrom tqdm import tqdm\n\nfor x in tqdm(os.sep, desc='a'):\n    pass\n",
            "import os\n\nfor x in os.sep:\n    pass\n",
        ),
        Example(
            missing("numba"),
            "from numba import njit\n\n\n@njit(cache=True)\ndef f(x):\n    return x\n",
            "\n\ndef f(x):\n    return x\n",
        ),
    ),
)
