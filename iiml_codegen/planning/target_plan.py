"""The step that reads the target, and how its distribution is told."""

from __future__ import annotations

from math import isfinite

from iiml_codegen.domain.profile import TargetProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.plan_words import enumerated, named, percent, quantity
from iiml_codegen.planning.prep_request import Planned, PrepRequest
from iiml_codegen.planning.target_checks import gap_label

FEW_LABELS = 6
NEARLY_NONE = 0.001


def target_step(request: PrepRequest) -> Planned:
    """The target in the form that models learn."""
    task, targets = request.task, request.profile.targets
    name = shortened(task.targets[0])
    why = f"in train: {distribution(targets)}"
    if task.layout.masks:
        title = f"Take {name} as 1 for each pixel in the mask, else 0"
        return Planned("number_target", title, why, {"targets": list(task.targets)})
    source = task.layout.source
    if source is not None:
        why = f"{percent(source.same)} repeat {source.column} as it is; {distribution(targets)}"
        title = f"Take {name} as texts, letter by letter"
        return Planned("text_target", title, why, {"target": task.targets[0]})
    if task.classes:
        labels = [plain(label) for label in task.classes]
        title = f"Number the {len(task.classes)} labels of {name}"
        settings: dict[str, object] = {"target": task.targets[0], "classes": labels}
        if not task.layout.drop_unlabelled and (gap := gap_label(task.classes)):
            settings["gap"] = gap
        return Planned("class_target", title, why, settings)
    names = named(task.targets, "labels" if task.kind == "multilabel" else "targets")
    values: dict[str, object] = {"targets": list(task.targets)}
    form = targets[0].number_form
    if form is not None and not form.plain:
        values["written"] = {"decimal": form.decimal, "thousands": form.thousands}
    return Planned("number_target", f"Take {names} as {answer_word(task)}", why, values)


def answer_word(task: TaskSummary) -> str:
    """What each row of the target is."""
    if task.kind == "multilabel":
        return "yes or no each"
    return "the number to predict" if len(task.targets) == 1 else "the numbers to predict"


def distribution(targets: tuple[TargetProfile, ...]) -> str:
    """Shares of labels, or range and mean of numbers."""
    first = targets[0]
    if len(targets) > 1:
        means = {t.name: t.mean for t in targets if t.mean is not None}
        rates = {t.name: t.shares["1"] for t in targets if "1" in t.shares}
        if len(rates) == len(targets):
            return label_shares(rates)
        said = [f"{name} {quantity(mean)} on average" for name, mean in means.items()]
        return enumerated(said[:3]) or f"{len(targets)} targets"
    if first.shares:
        return label_shares(first.shares)
    if first.minimum is None or first.maximum is None or first.mean is None:
        return f"{first.distinct:,} distinct values"
    text = f"{quantity(first.minimum)} to {quantity(first.maximum)}, mean {quantity(first.mean)}"
    return text if first.skewness is None else f"{text}, skewness {first.skewness:.1f}"


def label_shares(shares: dict[str, float]) -> str:
    """Each label's share while they are few, else the commonest and the rarest."""
    said = [f"{shortened(label)} {share_of_rows(share)}" for label, share in shares.items()]
    if len(said) <= FEW_LABELS:
        return ", ".join(said)
    order = sorted(shares, key=lambda label: (-shares[label], label))
    most, least = order[0], order[-1]
    return (
        f"{shortened(most)} {share_of_rows(shares[most])} down to"
        f" {shortened(least)} {share_of_rows(shares[least])}"
    )


def share_of_rows(share: float) -> str:
    """A percentage with a digit more where it is small."""
    return f"{share:.0%}" if share >= 0.095 or share < NEARLY_NONE else f"{share:.1%}"


def plain(label: str) -> str | int | float:
    """A label as the literal that reads best: 1 instead of "1", but "01" as it stands."""
    for kind in (int, float):
        try:
            number = kind(label)
        except ValueError:
            continue
        if str(number) == label and isfinite(number):
            return number
    return label
