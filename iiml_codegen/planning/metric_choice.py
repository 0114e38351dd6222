"""The metric and the kind of task: what the description says, else what the values suggest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iiml_codegen.domain.inventory import ColumnInfo
from iiml_codegen.domain.metric import METRICS, MetricInfo, find_metrics
from iiml_codegen.domain.task import Guess, TaskKind
from iiml_codegen.errors import CompetitionError

METRIC_HEADING = re.compile(r"^#+\s*.*(?:metric|evaluat|scor)", re.I | re.M)
MOST_CLASSES_OF_NUMBERS = 20
DEFAULT_METRIC: dict[TaskKind, str] = {
    "binary": "roc_auc",
    "multiclass": "accuracy",
    "multilabel": "mean_column_roc_auc",
    "ordinal": "quadratic_weighted_kappa",
    "regression": "rmse",
    "multi_regression": "mean_column_rmse",
}


@dataclass(frozen=True)
class Evidence:
    """What is known of the target before the kind is: its columns and the sample's cells."""

    targets: tuple[ColumnInfo, ...]
    class_columns: bool
    sample_answers: tuple[ColumnInfo, ...]
    description: str


@dataclass(frozen=True)
class Choice:
    """A metric, a kind of task, and what was guessed on the way."""

    metric: MetricInfo
    kind: TaskKind
    guesses: tuple[Guess, ...] = ()


def choose_metric(evidence: Evidence, wanted: str | None) -> Choice:
    """Take the metric that the user wants, else the description's, else the default of the kind.

    Raises CompetitionError for a metric name that is not in the registry.
    """
    if wanted is not None:
        if wanted not in METRICS:
            raise CompetitionError(
                f"unknown metric {wanted!r}", hint="one of: " + ", ".join(sorted(METRICS))
            )
        return with_kind(METRICS[wanted], evidence)
    for metric in described_metrics(evidence.description):
        kinds = set(metric.kinds)
        if kinds & set(possible_kinds(evidence)):
            return with_kind(metric, evidence)
    kind = possible_kinds(evidence)[0]
    name = default_metric(kind, evidence)
    why = f"no description names a metric; this is the usual one for {kind} tasks of this format"
    guess = Guess(what="metric", value=name, why=why)
    return Choice(METRICS[name], kind, (guess,))


def described_metrics(description: str) -> list[MetricInfo]:
    """Metrics in the section about evaluation, then in the whole text; best match first."""
    heading = METRIC_HEADING.search(description)
    found: list[MetricInfo] = []
    if heading:
        section = re.split(r"^#+\s", description[heading.end() :], maxsplit=1, flags=re.M)[0]
        found += matches(section)
    return found + matches(description)


def matches(text: str) -> list[MetricInfo]:
    """The metrics that a text names."""
    return [METRICS[match.name] for match in find_metrics(text)]


def with_kind(metric: MetricInfo, evidence: Evidence) -> Choice:
    """The first possible kind that the metric fits, in the metric's own order of preference."""
    possible = possible_kinds(evidence)
    for kind in metric.kinds:
        if kind in possible:
            return Choice(by_column(metric, kind), kind)
    raise CompetitionError(
        f"metric {metric.name} fits {', '.join(metric.kinds)}, but the target looks like "
        f"{' or '.join(possible)}",
        hint="choose another metric with --metric",
    )


def by_column(metric: MetricInfo, kind: TaskKind) -> MetricInfo:
    """With several targets, the form of the metric that says it is a mean over columns."""
    if kind in ("multilabel", "multi_regression"):
        return METRICS.get(f"mean_column_{metric.name}", metric)
    return metric


def possible_kinds(evidence: Evidence) -> tuple[TaskKind, ...]:
    """Kinds that the target's values allow, the most natural one first."""
    targets = evidence.targets
    if evidence.class_columns:
        return ("binary", "multiclass") if targets[0].distinct == 2 else ("multiclass",)
    if len(targets) > 1:
        flags = all(t.distinct <= 2 and t.minimum in (0, 1) for t in targets)
        return ("multilabel", "multi_regression") if flags else ("multi_regression",)
    target = targets[0]
    if target.distinct == 2:
        return ("binary", "multiclass", "ordinal", "regression")
    if target.dtype == "string":
        return ("multiclass",)
    if target.integral and target.distinct <= MOST_CLASSES_OF_NUMBERS:
        return ("multiclass", "ordinal", "regression")
    return ("regression",)


def default_metric(kind: TaskKind, evidence: Evidence) -> str:
    """The usual metric of a kind, read off the sample where its cells tell labels from shares."""
    if kind == "multiclass" and evidence.class_columns:
        return "multiclass_log_loss"
    if kind == "binary" and not any(asks_share(column) for column in evidence.sample_answers):
        return "accuracy"
    return DEFAULT_METRIC[kind]


def asks_share(column: ColumnInfo) -> bool:
    """A sample cell between 0 and 1, or all zeros in a column of floats, asks for a probability."""
    if column.dtype != "float":
        return False
    return not column.integral or column.distinct == 1
