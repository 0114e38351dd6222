"""The metrics that Kaggle uses, and how to find them in what a competition says.

Only facts; the worker computes (`worker/metrics.py` has the same names, a test compares the two).
A metric on several target columns is the mean over columns, with or without `mean_column_`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.domain.metric_classes import CLASS_METRICS
from iiml_codegen.domain.metric_info import (
    Decision,
    MetricInfo,
    Range,
    Wants,
    decision_for,
)
from iiml_codegen.domain.metric_numbers import NUMBER_METRICS
from iiml_codegen.domain.metric_texts import TEXT_METRICS
from iiml_codegen.domain.task import TaskKind
from iiml_codegen.domain.wire import Frozen

__all__ = [
    "METRICS",
    "Decision",
    "MetricInfo",
    "MetricMatch",
    "Range",
    "Wants",
    "decision_for",
    "find_metrics",
]

METRICS: dict[str, MetricInfo] = {
    info.name: info for info in CLASS_METRICS + NUMBER_METRICS + TEXT_METRICS
}
CUES = ("evaluat", "metric", "scored", "score is", "judged", "leaderboard", "measured")
NEAR = 250
"""Characters before a phrase in which a cue word makes it the likelier metric."""


class MetricMatch(Frozen, frozen=True):
    """A metric that a text names: by which phrase, and whether a word like "evaluated" is near."""

    name: str
    phrase: str
    cued: bool
    position: int


def normalise(text: str) -> str:
    """Lower case with single spaces; what is neither letter, digit nor @ separates words."""
    return " ".join(re.sub(r"[^a-z0-9@]+", " ", text.lower()).split())


def _phrases(kind: TaskKind | None) -> dict[str, list[str]]:
    """Phrase to the metrics that it may mean, in registry order; their names are phrases too."""
    phrases: dict[str, list[str]] = {}
    for info in METRICS.values():
        if kind is None or kind in info.kinds:
            for phrase in {normalise(p): None for p in (*info.aliases, info.name)}:
                phrases.setdefault(phrase, []).append(info.name)
    return phrases


def _occurrences(text: str, phrase: str) -> Iterator[tuple[int, int]]:
    """Where a phrase stands in a normalised text as whole words; a plural s is allowed."""
    for match in re.finditer(rf"(?<![a-z0-9]){re.escape(phrase)}s?(?![a-z0-9])", text):
        yield match.span()


def _rank(match: MetricMatch) -> tuple[bool, int, int]:
    return (not match.cued, -len(match.phrase), match.position)


def find_metrics(text: str, kind: TaskKind | None = None) -> tuple[MetricMatch, ...]:
    """Metrics that a text names, the likeliest first; only such as fit `kind` if it is given.

    A phrase inside a longer one does not count ("mean squared error" in "root mean squared error").
    A match near a cue word goes first, then the longer phrase, then the earlier one.
    """
    plain = normalise(text)
    taken: list[tuple[int, int]] = []
    best: dict[str, MetricMatch] = {}
    phrases = _phrases(kind)
    for phrase in sorted(phrases, key=lambda p: (-len(p), p)):
        for start, end in _occurrences(plain, phrase):
            if any(start < other_end and other < end for other, other_end in taken):
                continue
            taken.append((start, end))
            cued = any(cue in plain[max(0, start - NEAR) : end + 40] for cue in CUES)
            for name in phrases[phrase]:
                match = MetricMatch(name=name, phrase=phrase, cued=cued, position=start)
                best[name] = min(best.get(name, match), match, key=_rank)
    return tuple(sorted(best.values(), key=_rank))
