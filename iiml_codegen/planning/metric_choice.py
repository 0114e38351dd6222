"""The metric and the kind of task: what the description says, else what the values suggest."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from iiml_codegen.domain.inventory import ColumnInfo
from iiml_codegen.domain.layout import SourceText
from iiml_codegen.domain.metric import METRICS, MetricInfo, find_metrics, normalise
from iiml_codegen.domain.task import Guess, TaskKind
from iiml_codegen.errors import CompetitionError

METRIC_HEADING = re.compile(r"^#+\s*.*(?:metric|evaluat|scor)", re.I | re.M)
MOST_CLASSES_OF_NUMBERS = 20
GRADES = re.compile(
    r"rating|grade|score|stage|level|severity|quality|rank|speed|stars?$|priority|intensity|degree",
    re.I,
)
SPREAD = 5.0
"""A target without negative values whose largest is so many times its median is judged by ratio."""
LOG_LOSSES = ("log_loss", "multiclass_log_loss")
EVEN_CLASSES = re.compile(
    r"\b(?:each|every|all|both) class(?:es)? (?:\w+ ){0,4}?"
    r"(?:equally (?:important|weighted)|weighted equally|count\w* (?:equally|the same)|"
    r"contribut\w+ equally|(?:equal|same) (?:weight|importance))|"
    r"\b(?:equal|same) (?:weight|importance) (?:to|for) (?:each|every|all|both) class(?:es)?|"
    r"\bnumber of \w+ (?:of|in|from) class [a-z0-9]{1,2}\b"
)
"""Words of a description, or of what follows a formula, for a mean over classes of their means."""
NEAREST = {
    "root mean squared scaled error": "rmse",
    "rmsse": "rmse",
    "wrmsse": "rmse",
    "mean absolute scaled error": "mae",
    "mase": "mae",
}
"""Metrics that are not modelled, and the nearest that are: what scales them is not known here."""
LOG_METRICS = ("rmsle", "mean_column_rmsle", "msle", "rmse_of_logs")
DEFAULT_METRIC: dict[TaskKind, str] = {
    "binary": "roc_auc",
    "multiclass": "accuracy",
    "multilabel": "mean_column_roc_auc",
    "ordinal": "quadratic_weighted_kappa",
    "regression": "rmse",
    "multi_regression": "mean_column_rmse",
    "text": "exact_match",
}


@dataclass(frozen=True)
class Evidence:
    """What is known of the target before the kind is: columns, the sample's cells, masks or not.

    `pooled`: answers of all targets stand in one column, as in a long submission.
    `source` is what texts are made from, where these are asked for.
    """

    targets: tuple[ColumnInfo, ...]
    class_columns: bool
    sample_answers: tuple[ColumnInfo, ...]
    description: str
    masks: bool = False
    pooled: bool = False
    source: SourceText | None = None


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
        if (METRICS[wanted].wants == "masks") != evidence.masks:
            raise CompetitionError(
                f"metric {wanted} {masks_said(METRICS[wanted])}",
                hint="choose another metric with --metric",
            )
        if lacks_columns(METRICS[wanted], evidence):
            raise CompetitionError(
                f"metric {wanted} wants a column of answers for each class, and there is only one",
                hint="choose a metric on labels with --metric, such as accuracy or map_at_3",
            )
        return with_kind(METRICS[wanted], evidence)
    described = described_metrics(evidence.description)
    for metric in described:
        if not misfit(metric, evidence):
            return weighed(metric, evidence)
    near = nearest(evidence)
    if near is not None:
        return near
    kind: TaskKind = "ordinal" if is_graded(evidence) else possible_kinds(evidence)[0]
    name = default_metric(kind, evidence)
    why = f"no description names a metric; this is the usual one for {kind} tasks of this format"
    if described:
        why = f"{misfit(described[0], evidence)}; this is the usual one for {kind} tasks"
    guess = Guess(what="metric", value=name, why=why)
    return Choice(METRICS[name], kind, (guess,))


def nearest(evidence: Evidence) -> Choice | None:
    """The metric that comes nearest to one which the description names and nobody here computes."""
    words = f" {normalise(evidence.description)} "
    phrase = next((one for one in NEAREST if f" {one} " in words), None)
    if phrase is None or misfit(METRICS[NEAREST[phrase]], evidence):
        return None
    why = f"the description names the {phrase}, which is not modelled; this is the nearest that is"
    guess = Guess(what="metric", value=NEAREST[phrase], why=why)
    return replace(with_kind(METRICS[NEAREST[phrase]], evidence), guesses=(guess,))


def weighed(metric: MetricInfo, evidence: Evidence) -> Choice:
    """The metric that a description names, with the weights that it speaks of.

    A log loss in which classes count the same is one of its own; of other weights a guess says
    that they are left out.
    """
    description, balanced = evidence.description, METRICS["balanced_log_loss"]
    plain = normalise(description)
    even = EVEN_CLASSES.search(plain) if metric.name in LOG_LOSSES else None
    if even is not None and not misfit(balanced, evidence):
        why = f'the description names {metric.title.lower()} and says "{even.group()}"'
        guess = Guess(what="metric", value=balanced.name, why=why)
        return replace(with_kind(balanced, evidence), guesses=(guess,))
    choice = with_kind(metric, evidence)
    for match in find_metrics(description):
        before = plain[: match.position].split()[-1:]
        if match.name == metric.name and before in (["balanced"], ["weighted"]):
            why = f"the description says {before[0]} {match.phrase}, and no weights are known here"
            guess = Guess(what="metric", value=choice.metric.name, why=why)
            return replace(choice, guesses=(guess,))
    return choice


def misfit(metric: MetricInfo, evidence: Evidence) -> str:
    """Why a metric that the description names cannot judge this target; "" if it can."""
    possible, target = possible_kinds(evidence), evidence.targets[0]
    if (metric.wants == "masks") != evidence.masks:
        return f"the description names {metric.name}, which {masks_said(metric)}"
    if not set(metric.kinds) & set(possible):
        kinds, name = " or ".join(metric.kinds), metric.name
        return f"the description names {name} for {kinds}, but {target.name} looks {possible[0]}"
    if lacks_columns(metric, evidence):
        return f"the description names {metric.name}, but the answers have no column for each class"
    lowest = min((t.minimum for t in evidence.targets if t.minimum is not None), default=0.0)
    if metric.name in LOG_METRICS and lowest <= -1:
        return f"the description names {metric.name}, but {target.name} has negative values"
    return ""


def masks_said(metric: MetricInfo) -> str:
    """What keeps a metric from judging these answers, if only one of both is about masks."""
    return "judges masks of pictures" if metric.wants == "masks" else "judges no masks of pictures"


def lacks_columns(metric: MetricInfo, evidence: Evidence) -> bool:
    """A metric on numbers for each class, where the one column of answers can only hold labels."""
    if metric.wants not in ("probabilities", "scores") or metric.places or evidence.class_columns:
        return False
    possible = possible_kinds(evidence)
    return next((k for k in metric.kinds if k in possible), None) == "multiclass"


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
            return Choice(by_column(metric, kind, pooled=evidence.pooled), kind)
    raise CompetitionError(
        f"metric {metric.name} fits {', '.join(metric.kinds)}, but the target looks like "
        f"{' or '.join(possible)}",
        hint="choose another metric with --metric",
    )


def by_column(metric: MetricInfo, kind: TaskKind, *, pooled: bool) -> MetricInfo:
    """With several targets, the form of the metric that says it is a mean over columns.

    The area under one curve is another where all answers stand in one column.
    """
    if kind == "multilabel" and pooled and metric.name == "roc_auc":
        return METRICS["micro_roc_auc"]
    if kind in ("multilabel", "multi_regression"):
        return METRICS.get(f"mean_column_{metric.name}", metric)
    return metric


def possible_kinds(evidence: Evidence) -> tuple[TaskKind, ...]:
    """Kinds that the target's values allow, the most natural one first."""
    targets = evidence.targets
    if evidence.source is not None:
        return ("text",)
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
    if target.integral and len(target.values) == target.distinct:
        return ("regression", "multiclass", "ordinal")
    return ("regression",)


def default_metric(kind: TaskKind, evidence: Evidence) -> str:
    """The usual metric of a kind, read off the sample where its cells tell labels from shares."""
    if evidence.masks:
        return "mean_dice"
    if evidence.source is not None and evidence.source.part:
        return "word_jaccard"
    if kind == "multiclass" and evidence.class_columns:
        return "multiclass_log_loss"
    if kind == "multiclass" and f"map_at_{labels_a_cell(evidence)}" in METRICS:
        return f"map_at_{labels_a_cell(evidence)}"
    if kind == "binary" and not any(asks_share(c, evidence) for c in evidence.sample_answers):
        return "accuracy"
    if kind in ("regression", "multi_regression") and all(map(spreads, evidence.targets)):
        return "rmsle" if kind == "regression" else "mean_column_rmsle"
    return DEFAULT_METRIC[kind]


def labels_a_cell(evidence: Evidence) -> int:
    """How many different labels of the target each cell of the sample lists; 0 if none does."""
    known = set(evidence.targets[0].values)
    cells = [cell.split() for column in evidence.sample_answers for cell in column.examples]
    listed = bool(cells) and all(len(set(c)) == len(c) and set(c) <= known for c in cells)
    return max(map(len, cells)) if listed else 0


def is_graded(evidence: Evidence) -> bool:
    """Consecutive whole numbers under a name that grades: their order counts."""
    target = evidence.targets[0]
    if len(evidence.targets) > 1 or evidence.class_columns or not 3 <= target.distinct <= 12:
        return False
    if target.minimum is None or target.maximum is None or not target.integral:
        return False
    consecutive = target.maximum - target.minimum + 1 == target.distinct
    return consecutive and GRADES.search(target.name) is not None


def spreads(target: ColumnInfo) -> bool:
    """Amounts of very different size, none negative: errors count by ratio."""
    if target.minimum is None or target.maximum is None or not target.median:
        return False
    return target.minimum >= 0 and target.maximum > SPREAD * target.median


def asks_share(column: ColumnInfo, evidence: Evidence) -> bool:
    """Whether a sample cell asks for a probability.

    It does between 0 and 1; and where all cells are alike, as labels in a sample would vary, unless
    the labels are words that the sample repeats.
    """
    if column.dtype == "float":
        return not column.integral or column.distinct == 1
    words = set(evidence.targets[0].values)
    spelled = bool(words & set(column.values)) and not words <= {"0", "1", "0.0", "1.0"}
    return column.distinct == 1 and not spelled
