"""Too much memory, too much time, a graphics card that is not there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from .api_boosters import added, boosters
from .mutator import Draw, Mutator, with_import
from .source import Change, Edit, Source, last_name

COUNTS = ("ROUNDS", "MOST_ROUNDS", "TREES", "MOST_TREES", "PATIENCE")
DESIGNED = ("features", "design", "numbers")


def dense_texts(source: Source, draw: Draw) -> Iterable[Change]:
    """A sparse table is written out with all its zeros, in long floats."""
    if "csr_matrix" not in source.text:
        return
    for call in source.calls("fit", "fit_transform"):
        for node in call.args[:1]:
            if isinstance(node, ast.Name | ast.Call):
                yield source.swap(node, f"{source.code(node)}.toarray()")


def large_settings(source: Source, draw: Draw) -> Iterable[Change]:
    """A setting with some zeros, or levels, too many for the memory."""
    larger = {
        "max_bin": "50_000_000",
        "num_leaves": "131_072",
        "max_depth": "31",
        "depth": "16",
        "border_count": "65_535",
    }
    for node in source.nodes:
        if not isinstance(node, ast.Dict):
            continue
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in larger:
                yield source.swap(value, larger[str(key.value)], f"{key.value} too large")


def long_ngrams(source: Source, draw: Draw) -> Iterable[Change]:
    """Sequences of words or characters of any length."""
    pattern = r"\b(?:longest=\d+|ngram_range=\([^()]*\))"
    for match in re.finditer(pattern, source.text):
        start = len(source.text[: match.start()].encode())
        name = match.group().split("=")[0]
        new = "longest=60" if name == "longest" else "ngram_range=(1, 60)"
        edit = Edit(start, start + len(match.group().encode()), new)
        yield Change((edit,), f"{match.group()} -> {new}")


def all_pairs(source: Source, draw: Draw) -> Iterable[Change]:
    """Each row is compared with every other at once."""
    for node in source.assigned("numbers", "features", within=("prepare",)):
        name = source.code(node.targets[0])
        lines = (
            f'dense = {name}.select_dtypes("number").fillna(0).to_numpy("float64")',
            "apart = np.abs(np.repeat(dense[:, None, :], len(dense), axis=1) - dense[None])",
            f'{name}["nearest"] = np.sort(apart.sum(axis=2), axis=1)[:, 1]',
        )
        yield source.after(node, "\n".join(lines), "distances of all pairs at once")


def joined_with_itself(source: Source, draw: Draw) -> Iterable[Change]:
    """A join whose key is not unique on either side."""
    if not source.assigned("rows", within=("prepare",)):
        return
    for node in source.assigned("numbers", within=("prepare",)):
        lines = (
            'rows["one"] = 1',
            'pairs = rows.merge(rows, on="one").merge(rows.head(20), on="one")',
            'numbers["pairs"] = len(pairs)',
        )
        yield source.after(node, "\n".join(lines), "a join of all rows with all rows")


def many_rounds(source: Source, draw: Draw) -> Iterable[Change]:
    """A number of rounds or trees with zeros too many, and patience to match."""
    found = [(name, node) for name, node in source.constants() if name in COUNTS and node.value]
    edits = []
    for _, node in found:
        assert node.value is not None
        end = source.span(node.value)[1]
        edits.append(Edit(end, end, "_000_0" if "_" in source.code(node.value) else "0000"))
    if edits:
        places = tuple(node.lineno for _, node in found[1:])
        yield Change(tuple(edits), f"ten thousand times {found[0][0]}", places)


def many_iterations(source: Source, draw: Draw) -> Iterable[Change]:
    """A solver that is never content."""
    for call in source.calls("LogisticRegression", "LinearSVC", "Ridge"):
        for keyword in call.keywords:
            if keyword.arg == "max_iter":
                yield source.swap(keyword, "max_iter=100_000_000, tol=1e-300")


def wide_grids(source: Source, draw: Draw) -> Iterable[Change]:
    """A grid of settings, all tried with many folds."""
    for function in source.functions("fit"):
        for node in source.statements(function.name):
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
                continue
            if last_name(node.value.func) not in ("LogisticRegression", "RidgeCV"):
                continue
            name = source.code(node.targets[0])
            key = "C" if last_name(node.value.func) == "LogisticRegression" else "alphas"
            grid = "np.logspace(-5, 5, 3000)"
            values = grid if key == "C" else "[[a] for a in np.logspace(-5, 5, 3000)]"
            line = f'{name} = GridSearchCV({name}, {{"{key}": {values}}}, cv=20)'
            change = source.after(node, line)
            statement = "from sklearn.model_selection import GridSearchCV"
            yield with_import(source, change, statement)


def sleeping(source: Source, draw: Draw) -> Iterable[Change]:
    """A pause that was put in for somebody's server."""
    for node in source.assigned(within=("prepare", "extract", "fit")):
        yield with_import(source, source.after(node, "time.sleep(3600)"), "import time")


def slow_loops(source: Source, draw: Draw) -> Iterable[Change]:
    """Rows are compared one by one."""
    for node in source.assigned("numbers", within=("prepare",)):
        lines = (
            'numbers["alike"] = [',
            "    sum((row == other).mean() > 0.9 for _, other in numbers.iterrows())",
            "    for _, row in numbers.iterrows()",
            "]",
        )
        yield source.after(node, "\n".join(lines), "rows compared one by one")


def waiting(source: Source, draw: Draw) -> Iterable[Change]:
    """A loop that waits for what never comes."""
    for node in source.statements("prepare"):
        if isinstance(node, ast.Assign) and "data_dir / " in source.code(node):
            lines = ('while not (data_dir / "ready.flag").exists():', "    time.sleep(1)")
            change = source.before(node, "\n".join(lines), "waits for a file")
            yield with_import(source, change, "import time")


def booster_cards(source: Source, draw: Draw) -> Iterable[Change]:
    """Boosting on a graphics card."""
    for call in boosters(source, "CatBoost"):
        yield added(source, call, 'task_type="GPU"')
        yield added(source, call, 'task_type="GPU", devices="0"')
    for call in boosters(source, "LGBM"):
        yield added(source, call, 'device="gpu"')
        yield added(source, call, 'device_type="cuda"')
    for call in boosters(source, "XGB"):
        for keyword in call.keywords:
            if keyword.arg == "tree_method":
                yield source.swap(keyword, 'tree_method="gpu_hist"')
                yield source.swap(keyword, 'tree_method="hist", device="gpu:7:7"')


def card_libraries(source: Source, draw: Draw) -> Iterable[Change]:
    """Libraries that need a graphics card, in place of those that do not."""
    moves = {
        "import numpy as np": "import cupy as np",
        "import pandas as pd": "import cudf as pd",
    }
    parts = ("sklearn.linear_model", "sklearn.naive_bayes", "sklearn.svm", "sklearn.decomposition")
    for node in source.tree.body:
        if isinstance(node, ast.Import) and source.code(node) in moves:
            yield source.swap(node, moves[source.code(node)])
        elif isinstance(node, ast.ImportFrom) and node.module in parts:
            yield source.swap(node, source.code(node).replace("sklearn", "cuml"))


def moved_to_card(source: Source, draw: Draw) -> Iterable[Change]:
    """Rows are moved to a graphics card before the fit."""
    for function in source.functions("fit"):
        first = function.body[1] if len(function.body) > 1 else function.body[0]
        change = source.before(first, 'X = torch.as_tensor(np.asarray(X)).to("cuda")')
        yield with_import(source, change, "import torch")


MUTATORS = (
    Mutator("dense_texts", "memory", "either", dense_texts),
    Mutator("large_setting", "memory", "model", large_settings),
    Mutator("long_ngrams", "memory", "prep", long_ngrams),
    Mutator("all_pairs", "memory", "prep", all_pairs),
    Mutator("joined_with_itself", "memory", "prep", joined_with_itself),
    Mutator("many_rounds", "timeout", "model", many_rounds),
    Mutator("many_iterations", "timeout", "model", many_iterations),
    Mutator("wide_grid", "timeout", "model", wide_grids),
    Mutator("sleeping", "timeout", "either", sleeping),
    Mutator("slow_loop", "timeout", "prep", slow_loops),
    Mutator("waiting", "timeout", "prep", waiting),
    Mutator("booster_on_card", "gpu", "model", booster_cards),
    Mutator("card_library", "gpu", "either", card_libraries),
    Mutator("moved_to_card", "gpu", "model", moved_to_card),
)
