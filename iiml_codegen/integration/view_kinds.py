"""What each kind of view can do, and which estimators refuse what a view may hold."""

from __future__ import annotations

OF_FRAMES = frozenset(
    {
        "apply",
        "assign",
        "columns",
        "drop",
        "dropna",
        "dtypes",
        "fillna",
        "groupby",
        "head",
        "iloc",
        "index",
        "isna",
        "isnull",
        "iterrows",
        "itertuples",
        "join",
        "loc",
        "merge",
        "notna",
        "pivot_table",
        "rename",
        "reset_index",
        "select_dtypes",
        "set_index",
        "sort_values",
        "to_numpy",
        "value_counts",
        "values",
    }
)
OF_SPARSE = frozenset(
    {
        "getnnz",
        "indices",
        "indptr",
        "nnz",
        "toarray",
        "tocoo",
        "tocsc",
        "tocsr",
        "todense",
    }
)
OF_ARRAYS = frozenset({"flatten", "ravel"})
LACKS: dict[str, frozenset[str]] = {
    "frame": OF_SPARSE | OF_ARRAYS | {"reshape"},
    "sparse": OF_FRAMES | OF_ARRAYS,
    "array": OF_FRAMES | OF_SPARSE | {"multiply"},
}
"""What views of each kind cannot do, among the methods and attributes that models call."""
INSTEAD = {"frame": "a frame has columns", "sparse": "X.toarray() gives an array of few rows"}
INTO_ARRAYS = frozenset({"DataFrame", "array", "asarray"})
"""Functions that make no table of a sparse one, but an object that holds it."""
TAKE_NO_GAPS = (
    "AdaBoost",
    "BayesianRidge",
    "BernoulliNB",
    "ComplementNB",
    "ElasticNet",
    "GaussianNB",
    "GaussianProcess",
    "GradientBoosting",
    "HuberRegressor",
    "KMeans",
    "KNeighbors",
    "Lasso",
    "LinearDiscriminant",
    "LinearRegression",
    "LinearSV",
    "Logistic",
    "MLP",
    "MultinomialNB",
    "NuSV",
    "PCA",
    "Perceptron",
    "QuadraticDiscriminant",
    "RadiusNeighbors",
    "Ridge",
    "SGD",
    "SVC",
    "SVR",
    "TruncatedSVD",
)
"""Beginnings of scikit-learn's estimators that refuse missing values."""
TAKE_NO_WORDS = (*TAKE_NO_GAPS, "Bagging", "DecisionTree", "ExtraTrees", "RandomForest")
"""Those that cannot read categories either."""
