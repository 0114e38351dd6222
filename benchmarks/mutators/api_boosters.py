"""Spellings of LightGBM, XGBoost and CatBoost of other releases, and plain misspellings."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from iiml_codegen.domain.fault import FaultClass

from .api_old import old
from .mutator import Draw, Mutator, misspelt
from .source import Change, Edit, Source, last_name

OWN_KEYWORDS = ("fitted", "min_count", "rounds", "seed", "threads", "valid")


def boosters(source: Source, word: str) -> list[ast.Call]:
    """Calls that make estimators of one library."""
    return [call for call in source.calls() if last_name(call.func).startswith(word)]


def added(source: Source, call: ast.Call, written: str) -> Change:
    """One more argument at the start of a call's keywords."""
    first = call.keywords[0] if call.keywords else None
    if first is None:
        end = source.span(call)[1] - 1
        return Change((Edit(end, end, f", {written}"),), f"added: {written}")
    start = source.span(first)[0]
    return Change((Edit(start, start, f"{written}, "),), f"added: {written}")


def stopping_of_lightgbm(source: Source, draw: Draw) -> Iterable[Change]:
    """`early_stopping_rounds` and `verbose_eval` of fit (LightGBM 4.0)."""
    for call in source.calls("fit"):
        named = {k.arg: k for k in call.keywords}
        if "callbacks" in named:
            yield source.swap(named["callbacks"], "early_stopping_rounds=PATIENCE, verbose=False")
            yield added(source, call, draw.rng.choice(["verbose_eval=False", "verbose=0"]))


def watching_of_lightgbm(source: Source, draw: Draw) -> Iterable[Change]:
    """A name of the watched rows that never existed."""
    for call in source.calls("fit"):
        for keyword in call.keywords:
            if keyword.arg == "eval_X":
                yield source.swap(keyword, f"eval_x={source.code(keyword.value)}")
                yield source.swap(keyword, f"valid_X={source.code(keyword.value)}")


def stopping_of_xgboost(source: Source, draw: Draw) -> Iterable[Change]:
    """`early_stopping_rounds` and `eval_metric` of fit (XGBoost 2.1)."""
    if not boosters(source, "XGB"):
        return
    for call in source.calls("fit"):
        named = {k.arg for k in call.keywords}
        if "eval_set" in named:
            yield added(source, call, "early_stopping_rounds=PATIENCE")
            yield added(source, call, 'eval_metric="logloss"')
            yield added(source, call, "callbacks=[]")


def threads_of_catboost(source: Source, draw: Draw) -> Iterable[Change]:
    """What other libraries call the same thing, or two names for one thing."""
    for call in boosters(source, "CatBoost"):
        for keyword in call.keywords:
            if keyword.arg == "thread_count":
                yield source.swap(keyword, f"n_jobs={source.code(keyword.value)}")
            if keyword.arg == "iterations":
                yield added(source, call, "n_estimators=500")
            if keyword.arg == "cat_features":
                yield source.swap(keyword, f"categorical_feature={source.code(keyword.value)}")
            if keyword.arg == "random_seed":
                yield added(source, call, "random_state=0")
            if keyword.arg == "verbose":
                yield added(source, call, 'logging_level="Silent"')


def misspelt_keywords(source: Source, draw: Draw) -> Iterable[Change]:
    """An argument of a library's function is misspelt."""
    own = {function.name for function in source.functions()}
    for call in source.calls():
        if last_name(call.func) in own or not isinstance(call.func, ast.Attribute | ast.Name):
            continue
        for keyword in call.keywords:
            if keyword.arg and len(keyword.arg) > 3 and keyword.arg not in OWN_KEYWORDS:
                new = misspelt(keyword.arg, draw.rng)
                yield source.swap(keyword, f"{new}={source.code(keyword.value)}")


def misspelt_methods(source: Source, draw: Draw) -> Iterable[Change]:
    """A method or function of a library is misspelt."""
    for call in source.calls():
        if isinstance(call.func, ast.Attribute) and len(call.func.attr) > 3:
            before = source.code(call.func.value)
            yield source.swap(call.func, f"{before}.{misspelt(call.func.attr, draw.rng)}")


def misspelt_imports(source: Source, draw: Draw) -> Iterable[Change]:
    """A class by a name that its module does not have."""
    for node in source.tree.body:
        if not isinstance(node, ast.ImportFrom) or node.module in ("typing", "__future__"):
            continue
        for alias in node.names:
            if alias.asname is None and len(alias.name) > 4:
                names = [n for n in source.nodes if isinstance(n, ast.Name)]
                wrong = draw.rng.choice([misspelt(alias.name, draw.rng), f"{alias.name}s"])
                start = source.span(node)[0]
                place = start + source.code(node).rindex(alias.name)
                edits = [Edit(place, place + len(alias.name), wrong)]
                edits += [Edit(*source.span(n), wrong) for n in names if n.id == alias.name]
                yield Change(tuple(edits), f"{alias.name} -> {wrong}")


API: FaultClass = "incompatible_api"
MUTATORS = (
    Mutator("lightgbm_stopping", API, "model", stopping_of_lightgbm),
    Mutator("lightgbm_watching", API, "model", watching_of_lightgbm),
    old("lightgbm_best_iteration", "model", r"\.best_iteration_\b", ".best_iter_"),
    Mutator("xgboost_stopping", API, "model", stopping_of_xgboost),
    old("xgboost_tree_limit", "model", r"\.best_iteration \+ 1", ".best_ntree_limit"),
    old(
        "xgboost_seed_of_booster",
        "model",
        r"predict_proba\(X\)",
        "predict_proba(X, ntree_limit=model.rounds)",
    ),
    Mutator("catboost_arguments", API, "model", threads_of_catboost),
    old("catboost_tree_count", "model", r"\.tree_count_", ".get_best_tree_count()"),
    Mutator("misspelt_argument", API, "either", misspelt_keywords),
    Mutator("misspelt_method", API, "either", misspelt_methods),
    Mutator("misspelt_class", API, "either", misspelt_imports),
)
