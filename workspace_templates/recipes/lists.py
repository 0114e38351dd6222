"""Cells that hold lists, such as "['a', 'b']": how long they are, and which items they share."""

import re
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.text_statistics import strongest_themes

LIST_ITEM = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^,\[\]]+))\s*(?:,|$)""")


def list_items(values: pd.Series) -> list[list[str]]:
    """Take lists apart that are written as in Python or JSON; a gap is an empty list."""
    bodies = (cell.strip()[1:-1] for cell in values.fillna("[]").astype(str))
    return [
        [next(filter(None, parts), "").strip() for parts in LIST_ITEM.findall(body)]
        for body in bodies
    ]


def list_features(
    values: pd.Series, fitted: dict[str, Any], *, common: int = 8, themes: int = 4
) -> pd.DataFrame:
    """Count the items, flag the commonest ones, and compress all to the strongest themes."""
    items = list_items(values)
    name = str(values.name)
    columns = {f"{name}_items": np.array([float(len(row)) for row in items])}
    learn = partial(commonest_items, items, common)
    for item in remember(fitted, f"commonest in {name}", learn):
        columns[f"{name}={item}"] = np.array([float(item in row) for row in items])
    table = pd.DataFrame(columns, index=values.index)
    weighed = list_weights(values, fitted)
    if weighed.shape[1] <= themes:
        return table
    svd = remember(fitted, f"themes of {name}", partial(strongest_themes, weighed, themes))
    names = [f"{name}_theme{i}" for i in range(themes)]
    compressed = pd.DataFrame(svd.transform(weighed), columns=names, index=values.index)
    return pd.concat([table, compressed], axis=1)


def commonest_items(items: list[list[str]], common: int) -> list[str]:
    """The items that most lists hold."""
    counts = pd.Series([item for row in items for item in set(row)], dtype=object).value_counts()
    return [str(item) for item in counts.sort_index().nlargest(common).index]


def list_weights(values: pd.Series, fitted: dict[str, Any], rarest: int = 2) -> csr_matrix:
    """Weigh the items of each list by rarity: rows of length one, a column per item."""
    joined = ["\n".join(row) for row in list_items(values)]
    vectoriser = TfidfVectorizer(
        token_pattern=r"[^\n]+", lowercase=False, min_df=rarest, binary=True, dtype=np.float32
    )

    def learn() -> TfidfVectorizer | None:
        try:
            return vectoriser.fit(joined)
        except ValueError:  # no item occurs often enough
            return None

    known = remember(fitted, f"items of {values.name}", learn)
    return csr_matrix((len(joined), 0)) if known is None else csr_matrix(known.transform(joined))
