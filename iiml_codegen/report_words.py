"""How the report says things: numbers, durations, names of files."""

from __future__ import annotations

import math
from typing import get_args

from iiml_codegen.domain.blueprint import Part, Track
from iiml_codegen.domain.candidate import WORDS, Candidate, Method
from iiml_codegen.domain.diagnosis import DiagnosisPart
from iiml_codegen.domain.leak import LeakVerdict
from iiml_codegen.domain.profile import ColumnProfile, DataProfile, Raster
from iiml_codegen.domain.task import Answer, TaskKind
from iiml_codegen.integration.rules.scoring import RULES as LEAK_RULES
from iiml_codegen.leaderboard import scope as scope
from iiml_codegen.model_use import ModelUse, cost_text
from iiml_codegen.planning.raster_plan import words_for
from iiml_codegen.workspace import Workspace

PARTS: dict[Part, str] = {
    "prep": "Preparing the data",
    "model": "Models",
    "train": "Training",
    "eval": "Scoring and answering",
}
KINDS: dict[TaskKind, str] = {
    "binary": "yes or no",
    "multiclass": "one of several classes",
    "multilabel": "several labels, each yes or no",
    "ordinal": "a grade",
    "regression": "a number",
    "multi_regression": "several numbers",
    "text": "a text",
}
ANSWERS: dict[Answer, str] = {
    "label": "the label",
    "label_list": "labels",
    "ranked_labels": "the likeliest labels",
    "probability": "a probability",
    "class_probabilities": "a probability for each class",
    "value": "a number",
    "mask": "the run lengths of a mask",
    "text": "a text",
}
MISSING: dict[DiagnosisPart, str] = {
    "confusion": "confusion matrix",
    "residuals": "residuals",
    "learning": "learning curve",
    "importance": "importance",
}
VERDICT_CLASSES: dict[LeakVerdict, str] = {
    "passed": "kept",
    "violated": "failed",
    "reported": "warning",
    "declared": "soft",
    "skipped": "soft",
}
FILES = (
    ("submission.csv", "the best submission so far"),
    ("iiml/blueprint.md", "the plan, as a page"),
    ("iiml/prep.py", "how the data are prepared; yours to edit"),
    *(
        (f"iiml/{part}_{track}.py", what)
        for track in get_args(Track)
        for part, what in (
            ("model", f"the best model of the track {track}; yours to edit"),
            ("pipeline", "the same with its prep as one file, as it was scored"),
        )
    ),
    ("iiml/best.py", "one file that makes the submission again, without iiML"),
)


def number(value: float | None, digits: int = 5) -> str:
    """A number with so many significant digits; an empty string for nothing."""
    if value is None:
        return ""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e7:
        return f"{int(value)}"
    text = f"{value:.{digits}g}"
    return text.replace("inf", "∞").replace("nan", "not a number")


def decimal(value: float | None, digits: int = 5) -> str:
    """A score; enough decimals to tell neighbours apart, none that mean nothing."""
    if value is None or not math.isfinite(value):
        return number(value)
    whole = len(str(int(abs(value))))
    return f"{value:.{max(0, digits + 1 - whole)}f}"


def share(value: float) -> str:
    """A share in 0..1 as per cent; a small one does not become nothing."""
    if value == 0:
        return "0 %"
    return "< 0.1 %" if value < 0.001 else f"{100 * value:.1f} %".replace(".0 ", " ")


def duration(seconds: float | None) -> str:
    """Seconds as a person says them."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


def label(candidate: Candidate) -> str:
    """What a candidate is called: its members, as they are what a reader knows."""
    return " + ".join(candidate.members) or candidate.id


def short_label(candidate: Candidate) -> str:
    """A name that fits beside a chart: an ensemble is called by how it combines how many."""
    if len(candidate.members) > 1 and candidate.note:
        return candidate.note
    return label(candidate)


def way(method: Method) -> str:
    """A way to combine, as people call it."""
    return WORDS[method]


def span(column: ColumnProfile) -> str:
    """Smallest to largest value of a number, or examples of anything else."""
    if column.minimum is not None and column.maximum is not None:
        return f"{number(column.minimum, 4)} … {number(column.maximum, 4)}"
    shown = [text if len(text) <= 40 else text[:39] + "…" for text in column.examples[:3]]
    return ", ".join(shown)


def sides(column: ColumnProfile) -> str:
    """Which tables have the column, where it is not both."""
    if column.in_train and column.in_test:
        return ""
    return "train only" if column.in_train else "test only"


def bars(profile: DataProfile) -> list[tuple[str, list[tuple[str, float, str]]]]:
    """For each target with classes: (label, share, share as text), most frequent first."""
    found = []
    for target in profile.targets:
        shares = sorted(target.shares.items(), key=lambda item: (-item[1], item[0]))[:12]
        if shares:
            found.append((target.name, [(name, part, share(part)) for name, part in shares]))
    return found


def leak_rule(code: str) -> str:
    """What a leak test looks for."""
    return next((f"{rule.title}. {rule.why}" for rule in LEAK_RULES if rule.code == code), "")


def leak_class(verdict: LeakVerdict) -> str:
    """How a verdict is coloured."""
    return VERDICT_CLASSES[verdict]


def picture(raster: Raster) -> str:
    """How the columns of a row's picture are laid out."""
    return words_for(raster)


def plain_columns(profile: DataProfile) -> tuple[ColumnProfile, ...]:
    """The columns that are no pixels."""
    pixels = profile.in_pictures()
    return tuple(column for column in profile.columns if column.name not in pixels)


def files_of(workspace: Workspace) -> tuple[str, ...]:
    """The files that a person may want, of those that are there."""
    return tuple(name for name, _ in FILES if (workspace.work / name).exists())


def about(name: str) -> str:
    """What a file is for."""
    return dict(FILES).get(name, "")


def cost(use: ModelUse) -> str:
    """Dollars of an agent's calls; says where no price is known."""
    return cost_text(use) or ("no price known" if use.calls else "0 $")
