"""Guideline agent, answered by the expert: blueprint and interface contract."""

from __future__ import annotations

import msgspec

from iiml_codegen.domain.blueprint import (
    LETTER,
    Blueprint,
    FoldPlan,
    FoldStrategy,
    Member,
    Part,
    Step,
)
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.knowledge import Knowledge, MemberAdvice
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.domain.metric_info import decision_for
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.errors import CompetitionError
from iiml_codegen.implementation.enriched_fragments import ENRICHED_WRITERS
from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.contract_plan import plan_contract
from iiml_codegen.planning.fold_plan import plan_folds
from iiml_codegen.planning.member_plan import plan_members
from iiml_codegen.planning.plan_words import listed
from iiml_codegen.planning.prep_plan import plan_prep
from iiml_codegen.planning.prep_request import Planned, PrepRequest
from iiml_codegen.planning.raster_plan import without_pictures_of
from iiml_codegen.planning.transductive import transductive_steps

WITHOUT_FEATURES = {
    *("read_tables", "read_rows", "class_target", "number_target", "text_target", "design"),
    *ENRICHED_WRITERS,
}
DECISIONS: dict[str, tuple[str, str]] = {
    "threshold": (
        "Cut probabilities into labels where {metric} is best",
        "the metric counts labels; the cut is fitted on out-of-fold probabilities",
    ),
    "argmax": (
        "Answer the likeliest label",
        "the metric counts labels; the likeliest is the best bet",
    ),
    "grades": (
        "Round expected grades at cuts of their own",
        "the metric punishes far misses; cuts between grades are fitted out-of-fold",
    ),
    "labels": (
        "Cut each label's probability where {metric} is best",
        "the metric counts labels; each has a cut fitted out-of-fold",
    ),
    "shares": (
        "Divide probabilities by the shares of the classes",
        "each class counts the same in {metric}, however few rows it has; learners see the shares",
    ),
    "masks": (
        "Cut probabilities of pixels into masks where {metric} is best",
        "the metric counts masks; the cut, and the size below which a mask is none, are fitted on"
        " out-of-fold pictures",
    ),
    "texts": (
        "Answer with the texts of one model",
        "texts have no mean, so that there is no blend: the best candidate alone is handed in",
    ),
    "clip": (
        "Keep answers near the range that the target has, rounded where that scores better",
        "answers far beyond what the target ever was are extrapolations gone wrong",
    ),
}
MADE_FROM: dict[str, frozenset[str]] = {
    "combined": frozenset({"words_tfidf", "design"}),
    "design": frozenset({"features"}),
    "enriched": frozenset({"features"}),
}
"""Views that others are made from; a view stands before those it is made from."""
FOLD_TITLES: dict[FoldStrategy, str] = {
    "random": "Withhold rows at random in {folds} folds",
    "stratified": "Withhold rows in {folds} stratified folds",
    "grouped": "Withhold whole groups of {column} in {folds} folds",
    "forward": "Withhold what comes later in {column}, {folds} times",
    "blocks": "Withhold stretches of {column} in {folds} folds",
}


class ExpertGuidelineAgent:
    """Plans from what was measured and retrieved; every step says why."""

    def plan(
        self,
        task: TaskSummary,
        profile: DataProfile,
        knowledge: Knowledge,
        options: SolveOptions,
    ) -> tuple[Blueprint, Contract]:
        """The whole plan; raises CompetitionError where nothing can be learned."""
        left_out = set() if options.use_suspected_leaks else {leak.column for leak in profile.leaks}
        profile = without_pictures_of(profile, left_out)
        members = plan_members(task, profile, knowledge, options.tracks)
        views = frozenset(view for member, _ in members for view in member.views)
        for view, sources in MADE_FROM.items():
            views |= sources if view in views else frozenset()
        folds = plan_folds(profile, task.kind, options.folds, options.seed)
        request = PrepRequest(
            task, profile, knowledge, views, frozenset(left_out), readers_of(members), folds
        )
        prepared = numbered("prep", plan_prep(request))
        blueprint = Blueprint(
            title=task.title,
            kind=task.kind,
            steps=(
                *prepared,
                *member_steps(members, task),
                *numbered("eval", eval_steps(task, folds)),
            ),
            members=tuple(member for member, _ in members),
            folds=folds,
            notes=notes(task, profile, options),
            transductive=transductive_steps(prepared),
        )
        refuse_nothing_to_learn(blueprint, task)
        return blueprint, plan_contract(task, views, profile)


def readers_of(members: tuple[tuple[Member, MemberAdvice], ...]) -> dict[str, tuple[str, ...]]:
    """The members that read each view, in the order of trial."""
    readers: dict[str, tuple[str, ...]] = {}
    for member, _ in members:
        for view in member.views:
            readers[view] = (*readers.get(view, ()), member.name)
    return readers


def refuse_nothing_to_learn(blueprint: Blueprint, task: TaskSummary) -> None:
    """Raise CompetitionError when no column is left that could tell anything."""
    if {step.key for step in blueprint.part("prep")} <= WITHOUT_FEATURES:
        raise CompetitionError(
            f"no column that {task.train_file} and {task.test_file} share can tell anything about"
            f" {task.targets[0]}",
            hint="ids and constants are no features; suspected leaks need use_suspected_leaks",
        )


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
    note = "the likeliest label is the answer" if decision_of(task) == "argmax" else metric.note
    why = f"judged by {metric.title}: {note}"
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
    column = shortened(folds.column or "")
    title = FOLD_TITLES[folds.strategy].format(folds=folds.folds, column=column)
    steps = [Planned("folds", title, folds.why, {"strategy": folds.strategy})]
    decision = decision_of(task)
    if decision != "none":
        title, why = DECISIONS[decision]
        metric = METRICS[task.metric].title.lower()
        title, why = title.format(metric=metric), why.format(metric=metric)
        steps.append(Planned(f"decide_{decision}", title, why, {}))
    form = task.submission
    why = f"{form.file} has the columns {listed(form.columns, 4)}"
    what = "answers" if task.layout.answers_by_cell else "rows"
    steps.append(Planned("submission", f"Write {form.rows:,} {what} in the sample's form", why, {}))
    return steps


def decision_of(task: TaskSummary) -> str:
    """The decision step that this task's answers want."""
    decision = decision_for(METRICS[task.metric], task.kind)
    asks = task.submission.answer in ("probability", "class_probabilities")
    return "none" if asks and decision != "shares" else decision


def notes(task: TaskSummary, profile: DataProfile, options: SolveOptions) -> tuple[str, ...]:
    """What a reader of the plan should know besides the steps: whole sentences, leaks first."""
    verdict = "used because you asked for it" if options.use_suspected_leaks else "left out"
    said = [
        f"Suspected leak: {leak.column} by its {leak.by} ({leak.why}); {verdict}."
        for leak in profile.leaks
    ]
    said += [f"Guessed: {g.what} is {g.value}, because {g.why}." for g in task.guesses]
    if task.train_only_columns:
        only = listed(task.train_only_columns, 8)
        said.append(f"Only {task.train_file} has {only}: no features, as no test row has any.")
    for table in task.layout.train_only:
        said.append(f"{table.file} knows training rows only: no features, as no test row has any.")
    skip = "only train has"
    said += [sentence(w) for w in profile.warnings if not w.startswith(skip)]
    return tuple(said)


def sentence(text: str) -> str:
    """A remark as a sentence; a column's name at its beginning stays as it is."""
    return text if text.endswith(".") else f"{text}."
