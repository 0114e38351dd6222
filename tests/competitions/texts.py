"""Competitions of sentences: words drawn from topics, so that a model can learn them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .drafts import Draft, asked

SYLLABLES = ("ba", "co", "du", "fe", "gi", "ha", "jo", "ku", "le", "mi", "no", "pa", "ri", "su")


def vocabulary(rng: np.random.Generator, words: int) -> np.ndarray:
    """Distinct made-up words of two to four syllables."""
    made: set[str] = set()
    while len(made) < words:
        made.add("".join(rng.choice(SYLLABLES, rng.integers(2, 5))))
    return np.array(sorted(made))


def _sentences(
    rng: np.random.Generator, labels: np.ndarray, topics: np.ndarray, words: np.ndarray
) -> list[str]:
    """One sentence per label; `topics` are word probabilities (labels x words)."""
    sentences = []
    for label in labels:
        picked = rng.choice(words, rng.integers(8, 25), p=topics[label])
        picked = np.insert(picked, len(picked) // 2, "and")
        sentences.append(" ".join(picked).capitalize() + rng.choice([".", "!", "?", ", alas."]))
    return sentences


def _topics(rng: np.random.Generator, labels: int, words: int, own: float) -> np.ndarray:
    shared = rng.dirichlet(np.full(words, 0.5))
    special = rng.dirichlet(np.full(words, 0.05), labels)
    return np.asarray((1 - own) * shared + own * special)


def authors(rows: int, seed: int) -> Draft:
    """Who wrote it: three authors, one probability column each."""
    rng = np.random.default_rng(seed)
    names = ("EAP", "HPL", "MWS")
    labels = rng.choice(3, rows, p=(0.4, 0.3, 0.3))
    words = vocabulary(rng, 400)
    frame = pd.DataFrame(
        {
            "id": [f"id{number:05d}" for number in rng.permutation(99_999)[:rows]],
            "text": _sentences(rng, labels, _topics(rng, 3, 400, 0.25), words),
            "author": np.array(names)[labels],
        }
    )
    text = "# Who wrote it?\n\nGive the probability of each author for every sentence.\n\n"
    text += "## Metric\nMulti-class logarithmic loss.\n"
    task = asked("multiclass", ("author",), "log_loss", answer="class_probabilities")
    task |= {"classes": names, "greater_is_better": False}
    task |= {"class_columns": {name: name for name in names}}
    return Draft(frame, text, task, fill=1 / 3)


def insults(rows: int, seed: int) -> Draft:
    """Comments without ids: target first, dates with gaps, escapes and quotes in the text."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(rows) < 0.27).astype(int)
    words = vocabulary(rng, 300)
    sentences = _sentences(rng, labels, _topics(rng, 2, 300, 0.3), words)
    ends = rng.choice(["", "\\n\\nok", "\\xa0", " \\u2019s", ' ""so""'], rows)
    times = pd.Timestamp("2012-03-01") + pd.to_timedelta(rng.integers(0, 9_000_000, rows), unit="s")
    dates = pd.Series(times.strftime("%Y%m%d%H%M%SZ")).mask(rng.random(rows) < 0.2)
    comments = [f'"{sentence}{end}"' for sentence, end in zip(sentences, ends, strict=True)]
    frame = pd.DataFrame({"Insult": labels, "Date": dates, "Comment": comments})
    text = "# Is it an insult?\n\nPredict the probability that a comment is an insult.\n\n"
    text += (
        "## Metric\nArea under the ROC curve.\n\n## Submission\nThe same columns as the sample.\n"
    )
    task = asked("binary", ("Insult",), "roc_auc", id_column=None, classes=("0", "1"))
    task |= {"copied_columns": ("Date", "Comment")}
    return Draft(frame, text, task, sample="sample_submission_null.csv")
