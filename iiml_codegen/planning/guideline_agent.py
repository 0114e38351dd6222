"""Guideline agent, answered by the expert: blueprint and interface contract."""

from __future__ import annotations

import msgspec

from iiml_codegen.domain.blueprint import LETTER, Blueprint, FoldPlan, Member, Part, Step
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.inventory import TableInfo
from iiml_codegen.domain.knowledge import Knowledge, MemberAdvice
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.domain.metric_info import decision_for
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.planning.contract_plan import plan_contract
from iiml_codegen.planning.fold_plan import plan_folds
from iiml_codegen.planning.member_plan import plan_members
from iiml_codegen.planning.prep_plan import Planned, PrepRequest, plan_prep

DECISION_WHY = {
    "threshold": "the metric counts labels; the cut is fitted on out-of-fold probabilities",
    "argmax": "the metric counts labels; the likeliest one is the best bet",
    "grades": "the metric punishes far misses; cuts between grades are fitted out-of-fold",
    "labels": "the metric counts labels; each has a cut fitted out-of-fold",
    "clip": "answers beyond what the target ever was can only cost",
}


class ExpertGuidelineAgent:
    """Plans from what was measured and retrieved; every step says why."""

    def plan(
        self,
        task: TaskSummary,
        profile: DataProfile,
        knowledge: Knowledge,
        table: TableInfo,
        options: SolveOptions,
    ) -> tuple[Blueprint, Contract]:
        """The whole plan; raises UnsupportedTaskError when no model serves the task."""
        members = plan_members(task, profile, knowledge, options.tracks)
        views = frozenset(member.view for member, _ in members)
        if "design" in views:
            views |= {"features"}
        left_out = set() if options.use_suspected_leaks else {leak.column for leak in profile.leaks}
        request = PrepRequest(task, profile, knowledge, table, views, frozenset(left_out))
        folds = plan_folds(profile, task.kind, options.folds, options.seed)
        blueprint = Blueprint(
            title=task.title,
            kind=task.kind,
            steps=(
                *numbered("prep", plan_prep(request)),
                *member_steps(members, task),
                *numbered("eval", eval_steps(task, folds)),
            ),
            members=tuple(member for member, _ in members),
            folds=folds,
            notes=notes(task, profile, options),
        )
        return blueprint, plan_contract(task, views)


def numbered(part: Part, planned: list[Planned]) -> tuple[Step, ...]:
    """Give each planned step its letter and number."""
    return tuple(
        Step(
            id=f"{LETTER[part]}{number}",
            part=part,
            key=step.key,
            title=step.title,
            why=step.why,
            values=step.values,
        )
        for number, step in enumerate(planned, start=1)
    )


def member_steps(
    members: tuple[tuple[Member, MemberAdvice], ...], task: TaskSummary
) -> tuple[Step, ...]:
    """One model step and one train step per member."""
    metric = METRICS[task.metric]
    why = f"the metric is {metric.title}; {metric.note}"
    models, trains = [], []
    for number, (member, advice) in enumerate(members, start=1):
        model = Step(
            id=f"M{number}",
            part="model",
            key=member.template,
            title=advice.title,
            why=member.why,
            values=member.constants,
            member=member.name,
        )
        models.append(model)
        trains.append(
            msgspec.structs.replace(
                model, id=f"T{number}", part="train", title=advice.training, why=why
            )
        )
    return (*models, *trains)


def eval_steps(task: TaskSummary, folds: FoldPlan) -> list[Planned]:
    """How rows are withheld, how raw predictions become answers, how they are handed in."""
    title = f"Withhold rows in {folds.folds} {folds.strategy} folds"
    if folds.column:
        title += f" along {folds.column}"
    steps = [Planned("folds", title, folds.why, {"strategy": folds.strategy})]
    decision = decision_of(task)
    if decision != "none":
        title = f"Turn raw predictions into answers for {METRICS[task.metric].title}"
        steps.append(Planned(f"decide_{decision}", title, DECISION_WHY[decision], {}))
    form = task.submission
    why = f"as {form.file}: {', '.join(form.columns[:4])}{'…' if len(form.columns) > 4 else ''}"
    steps.append(Planned("submission", f"Write {form.rows:,} rows in the sample's form", why, {}))
    return steps


def decision_of(task: TaskSummary) -> str:
    """The decision step that this task's answers want."""
    if task.submission.answer in ("probability", "class_probabilities"):
        return "none"
    return decision_for(METRICS[task.metric].wants, task.kind)


def notes(task: TaskSummary, profile: DataProfile, options: SolveOptions) -> tuple[str, ...]:
    """What a reader of the plan should know besides the steps."""
    said = [f"Guessed: {g.what} is {g.value}, because {g.why}." for g in task.guesses]
    verdict = "used because you asked for it" if options.use_suspected_leaks else "left out"
    for leak in profile.leaks:
        said.append(f"Suspected leak: {leak.column} by its {leak.by} ({leak.why}); {verdict}.")
    if task.train_only_columns:
        listed = ", ".join(task.train_only_columns[:8])
        said.append(f"Only the training table has {listed}: left out.")
    said.extend(profile.warnings)
    return tuple(said)
