"""A package that is not installed: a slip in its name, or the module works without it."""

from __future__ import annotations

import ast
import re
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
    "dask.dataframe": "pandas",
    "dask.array": "numpy",
    "jax.numpy": "numpy",
    "cupyx.scipy": "scipy",
    "koalas": "pandas",
    "daal4py.sklearn": "sklearn",
    "ray.util.joblib": "joblib",
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
WATCHING = frozenset({"tqdm", "numba", "memory_profiler", "line_profiler", "swifter", "loguru"})
"""What is left out rather than taken for another package that is spelled alike."""
ALIASES = {"pd": "pandas", "np": "numpy", "plt": "matplotlib.pyplot", "lgb": "lightgbm"}
"""What a name that is given to an import says about the one that is meant."""
FIELD = ("pandas", "numpy", "scipy", "sklearn", "lightgbm", "xgboost", "catboost", "collections")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """A slip mended, an unused import dropped, a stand-in, another home of the same names."""
    name = missing_module(fault.message) or (fault.names[0] if fault.names else "")
    source = Source(text)
    nodes = list(imports_of(source, name)) if name else []
    if not nodes:
        return
    yield from misspelt(source, name, facts)
    yield from unused(source, nodes, name)
    for old, new in stand_ins(source, nodes, name.split(".")[0]):
        if available(new, facts) and offered(nodes, old, new, facts):
            changed = renamed_module(source, old, new)
            if old.startswith("dask."):  # whose tables compute late; others' `.compute()` stays
                changed = changed.replace(".compute()", "")
            yield Edit(f"Import {new} for {old}", changed)
    yield from same_names(source, nodes, facts)


def stand_ins(source: Source, nodes: list[Imports], package: str) -> Iterator[tuple[str, str]]:
    """Modules and what stands in for them: the longest name that is known, then by the alias."""
    for node in nodes:
        for alias in node.names:
            plain = isinstance(node, ast.Import)
            full = alias.name if plain else getattr(node, "module", None) or ""
            parts = full.split(".")
            heads = [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
            yield from ((head, STAND_INS[head]) for head in heads if head in STAND_INS)
            if plain and alias.asname in ALIASES and parts[0] == package:
                yield full, ALIASES[alias.asname]
            if len(parts) > 1 and parts[0] == package and parts[1] in FIELD:
                yield ".".join(parts[:2]), parts[1]


def same_names(source: Source, nodes: list[Imports], facts: Facts) -> Iterator[Edit]:
    """The installed module that offers all names that are imported from the missing one."""
    for node in nodes:
        if facts.installed is None or not isinstance(node, ast.ImportFrom):
            continue
        homes = [facts.installed.modules_with(alias.name, FIELD) for alias in node.names]
        for home in [home for home in homes[0] if all(home in others for others in homes)][:2]:
            yield Edit(f"Import from {home}", renamed_module(source, node.module or "", home))


def misspelt(source: Source, name: str, facts: Facts) -> Iterator[Edit]:
    """The installed package that is spelled most alike."""
    package = name.split(".")[0]
    if facts.installed is None or package in STAND_INS or package in WATCHING:
        return
    for other in nearest(package, facts.installed.top_level(), most=2, cutoff=0.8):
        yield Edit(f"Import {other} for {package}", renamed_module(source, package, other))


def available(module: str, facts: Facts) -> bool:
    """Whether a stand-in is there, as far as one knows."""
    return facts.installed is None or facts.installed.exists(module)


def offered(nodes: list[Imports], old: str, new: str, facts: Facts) -> bool:
    """Whether a stand-in has the names that are imported from a module, as far as one knows."""
    for node in nodes:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if facts.installed is None or not f"{module}.".startswith(f"{old}."):
            continue
        members = facts.installed.members(new + module[len(old) :])
        if not {alias.name for alias in node.names} <= set(members):
            return False
    return True


def unused(source: Source, nodes: list[Imports], name: str) -> Iterator[Edit]:
    """Without imports whose names nothing reads."""
    parts = [(node, alias) for node in nodes for alias in node.names if concerns(node, alias, name)]
    if any(reads(source, bound_by(node, alias)) for node, alias in parts):
        return
    if re.search(rf"\.{name.split('.')[0]}\.|\.(?:progress|parallel)_", source.text):
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
            missing("modin"),
            "import modin.pandas as pd\n\nx = pd.DataFrame()\n",
            "import pandas as pd\n\nx = pd.DataFrame()\n",
        ),
        Example(
            missing("dask"),
            "import dask.dataframe as dd\n\nx = dd.read_csv(f).compute()\n",
            "import pandas as dd\n\nx = dd.read_csv(f)\n",
        ),
        Example(
            missing("cuml"),
            "from cuml.ensemble import RandomForestClassifier as F\n\nx = F()\n",
            "from sklearn.ensemble import RandomForestClassifier as F\n\nx = F()\n",
        ),
        Example(
            missing("thunderforest"),
            "from thunderforest import RandomForestClassifier\n\nx = RandomForestClassifier()\n",
            "from sklearn.ensemble import RandomForestClassifier\n\nx = RandomForestClassifier()\n",
            HERE,
        ),
    ),
)
