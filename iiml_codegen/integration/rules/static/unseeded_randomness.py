"""IIML108: chance without a seed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.roles import role_of
from iiml_codegen.integration.rules.module_index import last_name, root_name
from iiml_codegen.integration.rules.rule import (
    Checked,
    Example,
    Finding,
    StaticRule,
    at,
)
from iiml_codegen.integration.rules.text_edits import between, end_of, is_at, spliced

SEEDS = ("random_state", "random_seed", "seed")
SEEDED_BY_ARGUMENT = ("numpy.random.default_rng", "numpy.random.RandomState", "random.Random")
NOT_DRAWN = (
    "numpy.random.seed",
    "numpy.random.Generator",
    "random.seed",
    "numpy.random.SeedSequence",
)
ESTIMATORS = {
    *(
        f"{a}{b}"
        for a in ("RandomForest", "ExtraTrees", "GradientBoosting", "HistGradientBoosting")
        for b in ("Classifier", "Regressor")
    ),
    *(
        f"{a}{b}"
        for a in ("LGBM", "CatBoost", "MLP", "Bagging")
        for b in ("Classifier", "Regressor")
    ),
    *("TruncatedSVD", "KMeans", "MiniBatchKMeans", "NMF", "UMAP", "TSNE", "IsolationForest"),
    *("LatentDirichletAllocation", "train_test_split", "ShuffleSplit", "StratifiedShuffleSplit"),
}

DRAWING = {*ESTIMATORS, "sample"}
GENERATORS = ("numpy", "random")


def check(module: Checked) -> Iterator[Finding]:
    """Look at draws from global generators, and at estimators that draw without a seed."""
    heads = {name for name, full in module.imports.items() if full.startswith(GENERATORS)}
    for node in module.nodes(ast.Call):
        if last_name(node.func) not in DRAWING and root_name(node.func) not in heads:
            continue
        called = module.full(node.func)
        if is_unseeded(node, called):
            hint = "draw from np.random.default_rng(seed), or pass random_state=seed"
            yield at(node, f"{called or ast.unparse(node.func)} draws without a seed", hint)


def is_unseeded(node: ast.Call, called: str) -> bool:
    """Whether a call draws from a generator that nobody seeded."""
    if called in NOT_DRAWN:
        return False
    if called in SEEDED_BY_ARGUMENT:
        return not node.args and not node.keywords
    if called.startswith(("numpy.random.", "random.")):
        return True
    keywords = {keyword.arg for keyword in node.keywords}
    seeded = None in keywords or bool(keywords & set(SEEDS))
    if called.rpartition(".")[2] in ESTIMATORS and called:
        return not seeded
    is_sample = isinstance(node.func, ast.Attribute) and node.func.attr == "sample"
    return is_sample and not called and not seeded and bool(keywords & {"frac", "n"})


def fix(module: Checked, finding: Finding) -> str | None:
    """Add `random_state` to an estimator or to `sample`: the seed that is given, or 0."""
    for call in module.calls(*DRAWING):
        if not is_at(call, finding.line, finding.column, module):
            continue
        function = module.owner(call)
        names = module.parameters(function) if function else []
        seed = next((name for name in names if role_of(name) == "seed"), "0")
        return with_argument(module, call, f"random_state={seed}")
    return None


def with_argument(module: Checked, call: ast.Call, argument: str) -> str | None:
    """The text with one more argument at the end of a call; None where a comment is in between."""
    given = [*call.args, *call.keywords]
    line, column = end_of(call)
    closing = (line, column - 1)
    if not given:
        return spliced(module, closing, closing, argument)
    last = end_of(max(given, key=end_of))
    gap = between(module, last, closing)
    if "#" in gap or ")" in gap:
        return None
    added = gap.replace(",", f", {argument},", 1) if "," in gap else f", {argument}{gap}"
    return spliced(module, last, closing, added)


RULE = StaticRule(
    code="IIML108",
    title="Randomness without a seed",
    why="The pipeline has to give the same submission each time, and folds have to be comparable.",
    severity="warning",
    fixable="safe",
    fault="preprocessing",
    check=check,
    fix=fix,
    valid=(
        Example("import numpy as np\n\nx = np.random.default_rng(0).normal()\n"),
        Example("from sklearn.cluster import KMeans\n\nk = KMeans(3, random_state=1)\n"),
        Example("from sklearn.cluster import KMeans\n\nk = KMeans(**{})\n"),
        Example("t = None\ns = t.sample(frac=0.5, random_state=0)\n"),
    ),
    invalid=(
        Example("import numpy as np\n\nx = np.random.rand(3)\n"),
        Example("import numpy as np\n\nx = np.random.default_rng()\n"),
        Example("import random\n\nx = random.random()\n"),
        Example("from sklearn.cluster import KMeans\n\nk = KMeans(3)\n"),
        Example("t = None\ns = t.sample(frac=0.5)\n"),
    ),
)
