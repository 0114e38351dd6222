"""Form and themes of a text as numbers, for models that read tables."""

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD

from workspace_templates.recipes.memory import remember

TEXT_PATTERNS = {
    "capitals": r"[A-Z]",
    "digits": r"\d",
    "marks": r"[^\w\s]",
    "commas": r"[,;:]",
    "stops": r"[.?!]",
    "exclamations": "!",
    "questions": r"\?",
    "quotes": '["\u201c\u201d]',
    "shouted": r"\b[A-Z]{3,}\b",
    "you": r"(?i:\b(?:you|your|you're|u|ur)\b)",
    "self": r"\b(?:I|[Mm]y|[Mm]e|[Ww]e|[Oo]ur)\b",
}


def text_statistics(text: pd.Series) -> pd.DataFrame:
    """Measure lengths, variety and shares of capitals, marks and pronouns: one row per text."""
    words = [sentence.split() for sentence in text]
    length = text.str.len().to_numpy(dtype="float64")
    n_words = np.array([len(parts) for parts in words], dtype="float64")
    columns = {"length": length, "words": n_words, "lines": text.str.count("\n") + 1.0}
    columns["word_length"] = length / np.maximum(n_words, 1)
    columns["variety"] = [len(set(parts)) / max(len(parts), 1) for parts in words]
    columns["repeats"] = text.str.count(r"(.)\1\1")
    for name, pattern in TEXT_PATTERNS.items():
        columns[name] = text.str.count(pattern).to_numpy() / np.maximum(length, 1)
    return pd.DataFrame(columns, index=text.index).astype("float32").add_prefix(f"{text.name}_")


def text_svd(
    matrix: csr_matrix, fitted: dict[str, Any], name: str, *, themes: int = 16, seed: int = 0
) -> pd.DataFrame:
    """Compress a tf-idf matrix to its strongest themes (latent semantic analysis), float32."""
    most = max(1, min(themes, matrix.shape[1] - 1))
    svd = remember(fitted, f"themes of {name}", partial(strongest_themes, matrix, most, seed))
    names = [f"{name}_theme{i}" for i in range(svd.n_components)]
    return pd.DataFrame(svd.transform(matrix).astype("float32"), columns=names)


def strongest_themes(matrix: csr_matrix, themes: int, seed: int = 0) -> TruncatedSVD:
    """Learn themes from the rows in an order of their own: where a row stands must not matter."""
    ordered = matrix[content_order(matrix)]
    return TruncatedSVD(themes, n_iter=4, random_state=seed).fit(ordered)


def content_order(matrix: csr_matrix) -> np.ndarray:
    """Order rows by what they hold."""
    cells = matrix.sorted_indices()
    held = [
        (cells.indices[start:end].tobytes(), cells.data[start:end].tobytes())
        for start, end in pairwise(cells.indptr)
    ]
    return np.array(sorted(range(len(held)), key=held.__getitem__), dtype="int64")
