"""Which models are tried, in which order, with which settings, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from iiml_codegen.domain.blueprint import Member, Track
from iiml_codegen.domain.knowledge import Knowledge, MemberAdvice
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskKind, TaskSummary
from iiml_codegen.errors import UnsupportedTaskError
from iiml_codegen.implementation.modeling_coder import template_constants, template_view
from iiml_codegen.implementation.recipes import template_text
from iiml_codegen.integration.roles import signature
from iiml_codegen.planning.contract_plan import VIEW_KINDS
from iiml_codegen.planning.objectives import learns_logarithms, loss_settings, skips_zeros
from iiml_codegen.planning.raster_plan import VIEW, largest_raster, side_for
from iiml_codegen.planning.target_plan import plain

PLAIN_TABLE: dict[TaskKind, str] = {
    "binary": "lightgbm_classifier",
    "multiclass": "lightgbm_classifier",
    "multilabel": "lightgbm_multilabel",
    "ordinal": "lightgbm_regressor",
    "regression": "lightgbm_regressor",
    "multi_regression": "lightgbm_multi_regressor",
    "text": "rewriting_table",
}
PLAIN_TEXT = "text_naive_bayes"
BOOSTING = ("lightgbm", "catboost", "xgboost")
FEWEST_SIGNS = 8
WORD = re.compile(r"[a-z]+")
SIDED = frozenset({"x", "xmin", "xmax", "left", "right", "angle", "yaw", "steering"})
"""Words of targets and labels that mean something else in the mirror."""


def plan_members(
    task: TaskSummary, profile: DataProfile, knowledge: Knowledge, tracks: tuple[Track, ...]
) -> tuple[tuple[Member, MemberAdvice], ...]:
    """Members in the order of trial; without knowledge, one plain model for what there is.

    Raises UnsupportedTaskError when no template serves the task in the tracks asked for.
    """
    advices = [advice for advice in knowledge.members if advice.track in tracks]
    advices = [advice for advice in advices if advice.view != VIEW or profile.rasters]
    if not knowledge.members and "traditional" in tracks:
        advices = [plain_advice(task, profile)]
    if not advices:
        raise UnsupportedTaskError(
            f"no recipe for {task.kind} in the tracks {', '.join(tracks)}",
            hint="the traditional track has recipes for every kind of task",
        )
    return tuple((planned(advice, task, profile), advice) for advice in advices)


def planned(advice: MemberAdvice, task: TaskSummary, profile: DataProfile) -> Member:
    """One member with the template and constants of this kind of task."""
    template = advice.templates[task.kind]
    constants = {**advice.constants, **advice.constants_of.get(task.kind, {})}
    known = template_constants(template)
    if "CLASSES" in known and task.classes:
        constants["CLASSES"] = len(task.classes)
    if "GRADES" in known and task.classes:
        constants["GRADES"] = [plain(label) for label in task.classes]
    if "LOG_TARGET" in known and learns_logarithms(task, profile):
        constants["LOG_TARGET"] = True
    if "SKIPS_ZEROS" in known and skips_zeros(task, profile):
        constants["SKIPS_ZEROS"] = True
    if loss := loss_settings(template, task):
        constants["PARAMS"] = {**constants.get("PARAMS", {}), **loss}
    if "BALANCED" in known and task.metric == "macro_f1":
        constants["BALANCED"] = True
    raster = largest_raster(profile)
    if "SIDE" in known and advice.view == VIEW and raster is not None:
        constants["SIDE"] = side_for(raster)
    coloured = raster is not None and raster.channels > 1
    parts = advice.parts
    if tells_sides(task) or (are_signs(task.classes) and not coloured):
        constants["MIRROR"] = False
        parts = {name: unmirrored(part) for name, part in parts.items()}
    return Member(
        name=advice.name,
        track=advice.track,
        template=template,
        view=advice.view or template_view(template),
        others=template_others(template),
        constants={name: value for name, value in constants.items() if name in known},
        cost=advice.cost * trees_at_once(template, task),
        why=f"{advice.why} ({advice.source})",
        parts=parts,
    )


def are_signs(classes: Sequence[str]) -> bool:
    """Whether labels are digits or letters: the mirror image of a sign is another one or none.

    Longer numbers are mostly names of classes, whatever those are.
    """
    return len(classes) >= FEWEST_SIGNS and all(len(label) == 1 for label in classes)


def tells_sides(task: TaskSummary) -> bool:
    """Whether targets or labels say where in a picture something is, or which way it turns."""
    names = " ".join([*task.targets, *task.classes]).lower().replace("_", " ")
    return not SIDED.isdisjoint(WORD.findall(names))


def unmirrored(part: str) -> str:
    """The recipe that embeds pictures without their mirror images; any other as it is."""
    return f"{part}_unmirrored" if part.startswith("embed_pictures") else part


def trees_at_once(template: str, task: TaskSummary) -> float:
    """How many trees boosting grows a round, beside the two classes that costs were measured on."""
    boosts = task.kind == "multiclass" and template.startswith(BOOSTING)
    return max(1.0, len(task.classes) / 2) if boosts else 1.0


def template_others(template: str) -> tuple[str, ...]:
    """The views that a template's `fit` takes beside its rows, by the names of its parameters."""
    text = template_text("models", f"{template}.py")
    return tuple(one.name for one in signature(text, "fit") or () if one.name in VIEW_KINDS)


def plain_advice(task: TaskSummary, profile: DataProfile) -> MemberAdvice:
    """What one would try without knowing anything: trees on tables, naive Bayes on text."""
    texts = profile.free_texts()
    on_text = bool(texts) and task.kind in ("binary", "multiclass")
    template = PLAIN_TEXT if on_text else PLAIN_TABLE[task.kind]
    return MemberAdvice(
        name="naive_bayes" if on_text else "lightgbm",
        track="traditional",
        title="Naive Bayes on word counts" if on_text else "Gradient boosted trees",
        training="the template's own settings",
        templates={task.kind: template},
        order=1,
        cost=10.0,
        why="the plain choice where no knowledge was retrieved",
        source="iiML",
    )
