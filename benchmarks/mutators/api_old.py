"""Spellings that numpy, pandas, scipy and scikit-learn really had, and have no longer.

Taken from the libraries' release notes; each says which release took it away.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from iiml_codegen.domain.fault import FaultClass

from .mutator import Draw, Mutator, Target, respelt
from .source import Change, Edit, Source, last_name


def old(name: str, component: Target, pattern: str, new: str, imports: str = "") -> Mutator:
    """An old spelling that a regular expression can write."""
    return respelt(name, "incompatible_api", component, pattern, new, imports)


def appended_frames(source: Source, draw: Draw) -> Iterable[Change]:
    """`DataFrame.append` (pandas 2.0)."""
    for call in source.calls("concat"):
        listed = call.args[0] if call.args else None
        if isinstance(listed, ast.List) and len(listed.elts) == 2:
            first, second = (source.code(item) for item in listed.elts)
            rest = "".join(f", {source.code(keyword)}" for keyword in call.keywords)
            yield source.swap(call, f"{first}.append({second}{rest})")


def read_keywords(source: Source, draw: Draw) -> Iterable[Change]:
    """Arguments of `read_csv` (pandas 2.0)."""
    new = draw.rng.choice(
        ["error_bad_lines=False", "warn_bad_lines=True", "squeeze=True", "mangle_dupe_cols=True"]
    )
    for call in source.calls("read_csv"):
        last = [*call.args, *call.keywords][-1]
        end = source.span(last)[1]
        yield Change((Edit(end, end, f", {new}"),), f"read_csv({new})")


def filled_by_method(source: Source, draw: Draw) -> Iterable[Change]:
    """`fillna(method=...)` (pandas 3.0)."""
    way = draw.rng.choice(["ffill", "bfill", "pad"])
    for call in source.calls("fillna"):
        if isinstance(call.func, ast.Attribute):
            before = source.code(call.func.value)
            yield source.swap(call, f'{before}.fillna(method="{way}")')


def positional_axis(source: Source, draw: Draw) -> Iterable[Change]:
    """`drop(labels, 1)` (pandas 2.0)."""
    for call in source.calls("drop"):
        named = [k for k in call.keywords if k.arg == "columns"]
        if named and isinstance(call.func, ast.Attribute):
            before = source.code(call.func.value)
            yield source.swap(call, f"{before}.drop({source.code(named[0].value)}, 1)")


def builtin_aliases(source: Source, draw: Draw) -> Iterable[Change]:
    """`np.float` and its like (numpy 1.24)."""
    words = {"float64": "np.float", "int64": "np.int", "object": "np.object"}
    for call in source.calls("astype", "asarray", "array", "zeros", "to_numpy"):
        for node in [*call.args, *(k.value for k in call.keywords if k.arg == "dtype")]:
            if isinstance(node, ast.Constant) and node.value in words:
                yield source.swap(node, words[node.value])
            elif isinstance(node, ast.Name) and node.id == "object":
                yield source.swap(node, "np.object")


def old_estimator_keywords(source: Source, draw: Draw) -> Iterable[Change]:
    """Arguments of estimators that are gone (scikit-learn 1.2 to 1.8)."""
    known = {
        "LogisticRegression": ("multi_class='auto'", "penalty='none'"),
        "RidgeCV": ("normalize=True", "store_cv_values=True"),
        "Ridge": ("normalize=True",),
        "ExtraTreesClassifier": ("min_impurity_split=1e-7",),
        "ExtraTreesRegressor": ("min_impurity_split=1e-7", "criterion='mse'"),
        "GradientBoostingClassifier": ("loss='deviance'", "min_impurity_split=1e-7"),
        "TfidfVectorizer": ("charset='utf-8'", "min_n=1"),
        "CountVectorizer": ("charset='utf-8'", "min_n=1"),
        "MultinomialNB": ("fit_prior='uniform'",),
        "LinearSVC": ("loss='l2'",),
        "LinearDiscriminantAnalysis": ("store_covariances=True",),
        "TruncatedSVD": ("n_iterations=5",),
    }
    for call in source.calls(*known):
        for written in known[last_name(call.func)]:
            word = written.split("=")[0]
            if not {k.arg for k in call.keywords} & {word, None}:
                end = source.span(call)[1] - 1
                inner = source.raw[source.span(call.func)[1] + 1 : end].decode().rstrip()
                comma = "" if not inner or inner.endswith(",") else ", "
                new = written.replace("'", '"')
                stop = len(source.raw[:end].rstrip())
                yield Change((Edit(stop, stop, f"{comma}{new}"),), f"added: {new}")


def max_features_auto(source: Source, draw: Draw) -> Iterable[Change]:
    """`max_features="auto"` of forests (scikit-learn 1.3)."""
    for match in re.finditer(r'("max_features": |max_features=)([\w.]+)', source.text):
        start = len(source.text[: match.start()].encode())
        new = f'{match.group(1)}"auto"'
        edit = Edit(start, start + len(match.group().encode()), new)
        yield Change((edit,), f"{match.group()} -> {new}")


def removed_modules(source: Source, draw: Draw) -> Iterable[Change]:
    """Modules of scikit-learn and scipy under their old names."""
    moves = {
        "sklearn.linear_model": "sklearn.linear_model.logistic",
        "sklearn.ensemble": "sklearn.ensemble.forest",
        "sklearn.multiclass": "sklearn.multiclass.classifiers",
        "sklearn.naive_bayes": "sklearn.naive_bayes.discrete",
        "sklearn.discriminant_analysis": "sklearn.lda",
        "sklearn.preprocessing": "sklearn.preprocessing.data",
        "sklearn.decomposition": "sklearn.decomposition.truncated_svd",
        "scipy.special": "scipy.misc",
        "sklearn.svm": "sklearn.svm.classes",
    }
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in moves:
            start = source.span(node)[0] + len("from ")
            edit = Edit(start, start + len(node.module), moves[node.module])
            yield Change((edit,), f"{node.module} -> {moves[node.module]}")


API: FaultClass = "incompatible_api"
MUTATORS = (
    Mutator("pandas_append", API, "prep", appended_frames),
    Mutator("pandas_read_keyword", API, "prep", read_keywords),
    Mutator("pandas_fill_method", API, "prep", filled_by_method),
    Mutator("pandas_positional_axis", API, "prep", positional_axis),
    old("pandas_iteritems", "prep", r"(\w)\.items\(\)", r"\1.iteritems()"),
    old("pandas_ix", "prep", r"\.(?:iloc|loc)\[", ".ix["),
    old("pandas_as_matrix", "either", r"\.to_numpy\([^()]*\)", ".as_matrix()"),
    old("pandas_applymap", "prep", r"\.isna\(\)", ".applymap(pd.isnull)"),
    old("pandas_sort", "prep", r"\.sort_index\(\)", ".sort()"),
    old(
        "pandas_join_axes",
        "prep",
        r"pd\.concat\((\w+), axis=1\)",
        r"pd.concat(\1, axis=1, join_axes=[\1[0].index])",
    ),
    old(
        "pandas_convert_objects",
        "prep",
        r"pd\.to_numeric\((.+?), errors=\"coerce\"\)",
        r"\1.convert_objects(convert_numeric=True)",
    ),
    old("pandas_int_index", "prep", r"pd\.Index\(", "pd.Int64Index("),
    old("pandas_value_counts", "prep", r"(\w+)\.value_counts\(\)", r"pd.value_counts(\1)"),
    Mutator("numpy_builtin_alias", API, "either", builtin_aliases),
    old("numpy_inf", "either", r"\bnp\.inf\b", "np.Inf"),
    old("numpy_nan", "either", r"\bnp\.nan\b", "np.NaN"),
    old("numpy_float_", "either", r"dtype=\"float64\"", "dtype=np.float_"),
    old("numpy_in1d", "prep", r"(\w+)\.isin\((\w+)\)", r"np.in1d(\1, \2)"),
    old("numpy_asfarray", "either", r"np\.asarray\((\w+)\)", r"np.asfarray(\1)"),
    old(
        "sklearn_externals",
        "model",
        r"^import numpy as np$",
        "import numpy as np\nfrom sklearn.externals import joblib",
    ),
    old(
        "sklearn_cross_validation",
        "model",
        r"^import numpy as np$",
        "import numpy as np\nfrom sklearn.cross_validation import train_test_split",
    ),
    Mutator("sklearn_old_keyword", API, "either", old_estimator_keywords),
    Mutator("sklearn_max_features_auto", API, "model", max_features_auto),
    Mutator("sklearn_old_module", API, "either", removed_modules),
)
