"""A name or module that cannot be imported from there: where the library has it now."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.alike import nearest
from iiml_codegen.integration.repairs.example_facts import HERE, failure
from iiml_codegen.integration.repairs.imports import (
    bound_by,
    from_elsewhere,
    imports_of,
    reads,
    renamed_module,
    without_parts,
)
from iiml_codegen.integration.repairs.messages import missing_module, refused_import
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import Source, imported_packages

RENAMED = {
    "Imputer": "SimpleImputer",
    "plot_roc_curve": "RocCurveDisplay",
    "trapz": "trapezoid",
    "simps": "simpson",
    "cumtrapz": "cumulative_trapezoid",
    "median_absolute_deviation": "median_abs_deviation",
    "Int64Index": "Index",
    "RandomizedPCA": "PCA",
    "RandomizedLogisticRegression": "LogisticRegression",
    "calinski_harabaz_score": "calinski_harabasz_score",
    "jaccard_similarity_score": "jaccard_score",
}
"""New names in change logs; taken only where the installed libraries offer them."""
MOVED = {
    "sklearn.cross_validation": "sklearn.model_selection",
    "sklearn.grid_search": "sklearn.model_selection",
    "sklearn.learning_curve": "sklearn.model_selection",
    "sklearn.externals.joblib": "joblib",
    "sklearn.externals.six": "six",
    "sklearn.ensemble.forest": "sklearn.ensemble",
    "sklearn.tree.tree": "sklearn.tree",
    "sklearn.linear_model.logistic": "sklearn.linear_model",
    "sklearn.preprocessing.imputation": "sklearn.impute",
    "sklearn.feature_extraction.stop_words": "sklearn.feature_extraction.text",
    "sklearn.utils.testing": "sklearn.utils._testing",
    "sklearn.metrics.scorer": "sklearn.metrics",
    "pandas.util.testing": "pandas.testing",
    "pandas.tools.plotting": "pandas.plotting",
}
"""Modules that moved; the names decide where the library has none of these."""


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The name from where it is now, then a module that is called nearly so."""
    source = Source(text)
    refused = refused_import(fault.message)
    if refused is not None:
        yield from names_moved(source, *refused, facts)
    absent = missing_module(fault.message) or (fault.names[0] if fault.names else "")
    if refused is None and absent:
        yield from module_moved(source, absent, facts)


def names_moved(source: Source, module: str, name: str, facts: Facts) -> Iterator[Edit]:
    """One name from another module, or another name of the same."""
    for node in imports_of(source, module):
        if not isinstance(node, ast.ImportFrom) or name not in {a.name for a in node.names}:
            continue
        if hasattr(builtins, name):
            alias = next(a for a in node.names if a.name == name)
            dropped = source.edited(without_parts(source, node, [alias]))
            yield Edit(f"Use the {name} of Python itself", dropped)
        for home, new in homes(source, module, name, facts):
            title = f"Import {new} from {home}" if home else f"Import {new}"
            yield Edit(title, from_elsewhere(source, node, name, home, new))
        yield from unused(source, node, name)
        return


def homes(source: Source, module: str, name: str, facts: Facts) -> list[tuple[str, str]]:
    """Modules and names to import instead, the likeliest first."""
    installed = facts.installed
    if installed is None:
        return []
    packages = (module.split(".")[0], *imported_packages(source.text))
    found = [(home, name) for home in installed.modules_with(name, packages)]
    new = RENAMED.get(name)
    if new in installed.members(module):
        found.append((module, str(new)))
    if new and new != name:
        found += [(home, new) for home in installed.modules_with(new, packages)]
    if name in installed.top_level():
        found.insert(0, ("", name))
    near = nearest(name, installed.members(module), cutoff=0.7)
    found += [(module, other) for other in near]
    return list(dict.fromkeys(found))[:5]


def unused(source: Source, node: ast.ImportFrom, name: str) -> Iterator[Edit]:
    """Without the name, where nothing reads it."""
    alias = next(a for a in node.names if a.name == name)
    if not reads(source, bound_by(node, alias)):
        changes = without_parts(source, node, [alias])
        yield Edit(f"Drop the import of {name}, which nothing uses", source.edited(changes))


def module_moved(source: Source, module: str, facts: Facts) -> Iterator[Edit]:
    """The modules that the change logs name, those with the same names, those spelled alike."""
    if not list(imports_of(source, module)):
        return
    candidates = [MOVED[module]] if module in MOVED else []
    installed = facts.installed
    if installed is not None:
        candidates = [name for name in candidates if installed.exists(name)]
        parent, _, last = module.rpartition(".")
        for name in imported_from(source, module):
            packages = (module.split(".")[0],)
            candidates += installed.modules_with(name, packages)[:2] if parent else ()
        if parent:
            near = nearest(last, installed.submodules(parent), cutoff=0.7)
            candidates = [f"{parent}.{other}" for other in near[:1]] + candidates
    for candidate in list(dict.fromkeys(candidates))[:4]:
        yield Edit(f"Import from {candidate}", renamed_module(source, module, candidate))


def imported_from(source: Source, module: str) -> list[str]:
    """The names that are imported from a module."""
    nodes = [n for n in imports_of(source, module) if isinstance(n, ast.ImportFrom)]
    return [alias.name for node in nodes for alias in node.names]


def lacking(message: str) -> Fault:
    """The fault of an import that fails at the first line."""
    kind = "ModuleNotFoundError" if message.startswith("No module") else "ImportError"
    return failure(
        "missing_dependency" if kind == "ModuleNotFoundError" else "incompatible_api",
        f"{kind}: {message}",
    )


REPAIR = Repair(
    name="moved_import",
    title="Import from where the names are now",
    kinds=("missing_dependency", "incompatible_api"),
    propose=propose,
    examples=(
        Example(
            lacking("No module named 'sklearn.cross_validation'"),
            "from sklearn.cross_validation import KFold\n\nx = KFold\n",
            "from sklearn.model_selection import KFold\n\nx = KFold\n",
        ),
        Example(
            lacking("No module named 'sklearn.model_selecton'"),
            "from sklearn.model_selecton import KFold\n\nx = KFold\n",
            "from sklearn.model_selection import KFold\n\nx = KFold\n",
            HERE,
        ),
        Example(
            lacking("cannot import name 'KFold' from 'sklearn.metrics' (there)"),
            "from sklearn.metrics import KFold, log_loss\n\nx = KFold, log_loss\n",
            "from sklearn.metrics import log_loss\nfrom sklearn.model_selection import KFold\n\n"
            "x = KFold, log_loss\n",
            HERE,
        ),
        Example(
            lacking("cannot import name 'StratifiedKFolds' from 'sklearn.model_selection' (there)"),
            "from sklearn.model_selection import StratifiedKFolds\n\nx = StratifiedKFolds(5)\n",
            "from sklearn.model_selection import StratifiedKFold as StratifiedKFolds\n\n"
            "x = StratifiedKFolds(5)\n",
            HERE,
        ),
        Example(
            lacking("cannot import name 'joblib' from 'sklearn.externals' (there)"),
            "from sklearn.externals import joblib\n\nx = joblib\n",
            "import joblib\n\nx = joblib\n",
            HERE,
        ),
        Example(
            lacking("cannot import name 'Imputer' from 'sklearn.preprocessing' (there)"),
            "from sklearn.preprocessing import Imputer\n\nx = Imputer()\n",
            "from sklearn.impute import SimpleImputer as Imputer\n\nx = Imputer()\n",
            HERE,
        ),
    ),
)
