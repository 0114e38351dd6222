"""What is to be known about a metric: its name, direction, and what it wants to be given."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.task import TaskKind
from iiml_codegen.domain.wire import Frozen

Wants = Literal["labels", "probabilities", "scores", "values", "masks", "texts"]
Range = Literal["unit", "signed", "loss"]
"""`unit`: 0..1, `signed`: 1 at best and 0 for chance, `loss`: 0 at best and no upper end."""
Decision = Literal[
    "none", "argmax", "threshold", "grades", "labels", "clip", "shares", "masks", "texts"
]
"""How raw predictions become answers: `workspace_templates/models/decide_<decision>.py`."""


class MetricInfo(Frozen, frozen=True):
    """One metric. `wants` is what its answers are, `kinds` the task kinds that it fits.

    `aliases` are lower-case phrases by which descriptions name it. `row_wise`: the value is a mean
    (or its root) of per-row losses. `decision` is the usual step for the first of `kinds`;
    `decision_for` knows the others. `note` says what is best to predict. `places`: of a ranking of
    labels so many count, 0 where rows have none.
    """

    name: str
    title: str
    greater_is_better: bool
    wants: Wants
    kinds: tuple[TaskKind, ...]
    aliases: tuple[str, ...]
    range: Range = "unit"
    row_wise: bool = False
    decision: Decision = "none"
    note: str = ""
    places: int = 0


def decision_for(metric: MetricInfo, kind: TaskKind) -> Decision:
    """The decision step between raw predictions of `kind` and answers that a metric wants.

    Numbers stay where answers can lie for any metric: graders of ranks refuse some others.
    """
    by_kind = metric.wants == "labels" or kind in ("regression", "multi_regression")
    return LABEL_DECISIONS[kind] if by_kind else metric.decision


LABEL_DECISIONS: dict[TaskKind, Decision] = {
    "binary": "threshold",
    "multiclass": "argmax",
    "multilabel": "labels",
    "ordinal": "grades",
    "regression": "clip",
    "multi_regression": "clip",
}

BINARY: tuple[TaskKind, ...] = ("binary",)
SINGLE: tuple[TaskKind, ...] = ("binary", "multiclass", "ordinal")
ANY_LABEL: tuple[TaskKind, ...] = ("binary", "multiclass", "multilabel", "ordinal")
PROBABLE: tuple[TaskKind, ...] = ("binary", "multiclass", "multilabel")
MANY: tuple[TaskKind, ...] = ("multiclass", "multilabel")
NUMBERS: tuple[TaskKind, ...] = ("regression", "multi_regression", "ordinal")
COLUMNS: tuple[TaskKind, ...] = ("multi_regression",)
NUMBER: tuple[TaskKind, ...] = ("regression",)
CLASSES: tuple[TaskKind, ...] = ("multiclass",)
TAGS: tuple[TaskKind, ...] = ("multilabel",)
TEXTS: tuple[TaskKind, ...] = ("text",)


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split("|"))


def labels_metric(
    name: str,
    title: str,
    kinds: tuple[TaskKind, ...],
    aliases: str,
    span: Range = "unit",
    greater: bool = True,
    row_wise: bool = False,
) -> MetricInfo:
    """A metric whose answers are labels."""
    return MetricInfo(
        name=name,
        title=title,
        greater_is_better=greater,
        wants="labels",
        kinds=kinds,
        aliases=_phrases(aliases),
        range=span,
        row_wise=row_wise,
        decision=LABEL_DECISIONS[kinds[0]],
        note="probabilities or grades, cut where out-of-fold rows score best",
    )


def masks_metric(name: str, title: str, aliases: str) -> MetricInfo:
    """A metric on masks, a mean over pictures: each of their pixels is in the mask or not."""
    return MetricInfo(
        name=name,
        title=title,
        greater_is_better=True,
        wants="masks",
        kinds=BINARY,
        aliases=_phrases(aliases),
        row_wise=True,
        decision="masks",
        note="probabilities of pixels, cut into masks where out-of-fold pictures score best",
    )


def texts_metric(name: str, title: str, aliases: str, note: str) -> MetricInfo:
    """A metric on texts, a mean over rows."""
    return MetricInfo(
        name=name,
        title=title,
        greater_is_better=True,
        wants="texts",
        kinds=TEXTS,
        aliases=_phrases(aliases),
        row_wise=True,
        decision="texts",
        note=note,
    )


def probabilities_metric(
    name: str, title: str, kinds: tuple[TaskKind, ...], aliases: str, *, balanced: bool = False
) -> MetricInfo:
    """A row-wise loss on probabilities; `balanced`: each class counts the same."""
    note = "calibrated probabilities"
    return MetricInfo(
        name=name,
        title=title,
        greater_is_better=False,
        wants="probabilities",
        kinds=kinds,
        aliases=_phrases(aliases),
        range="loss",
        row_wise=not balanced,
        decision="shares" if balanced else "none",
        note=f"{note}, divided by the shares of the classes" if balanced else note,
    )


def scores_metric(
    name: str,
    title: str,
    kinds: tuple[TaskKind, ...],
    aliases: str,
    span: Range = "unit",
    row_wise: bool = False,
    places: int = 0,
) -> MetricInfo:
    """A metric that only looks at the order (or the linear agreement) of predictions."""
    return MetricInfo(
        name=name,
        title=title,
        greater_is_better=True,
        wants="scores",
        kinds=kinds,
        aliases=_phrases(aliases),
        range=span,
        row_wise=row_wise,
        note="any increasing function of the probability or the value does",
        places=places,
    )


def values_metric(
    name: str,
    title: str,
    note: str,
    kinds: tuple[TaskKind, ...],
    aliases: str,
    *,
    span: Range = "loss",
    row_wise: bool = True,
) -> MetricInfo:
    """A metric on numbers; `note` is what minimises it."""
    return MetricInfo(
        name=name,
        title=title,
        greater_is_better=span == "signed",
        wants="values",
        kinds=kinds,
        aliases=_phrases(aliases),
        range=span,
        row_wise=row_wise,
        decision="clip",
        note=note,
    )
