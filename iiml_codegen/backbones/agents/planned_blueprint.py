"""From a model's plan to blueprint and contract: our numbering, our clauses, the expert's frame."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from msgspec.structs import replace

from iiml_codegen.backbones.agents.planned_pipeline import (
    Ground,
    PlannedMember,
    PlannedPipeline,
    PlannedView,
)
from iiml_codegen.backbones.digest import WRITTEN
from iiml_codegen.domain.blueprint import Blueprint, Member, Part, Step
from iiml_codegen.domain.contract import Clause, Contract, View
from iiml_codegen.domain.contract_words import worded
from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.contract_plan import target_clause, view_clauses

FIRST_KEYS = ("read_tables", "read_rows", "class_target", "number_target")
"""The expert's steps that every plan begins with: the rows and what is to be learned."""
LONGEST_TITLE, LONGEST_WHY = 90, 240
COST = 10.0
"""Seconds per fold where the expert has no member to compare with."""


def as_plan(plan: PlannedPipeline, ground: Ground) -> tuple[Blueprint, Contract]:
    """Blueprint and contract of a plan in which nothing is wrong."""
    planned = [member for member in plan.members if member.track in ground.tracks]
    read = {member.view for member in planned}
    views = tuple(view for view in plan.views if view.name in read)
    blueprint = blueprint_of(plan, planned, ground)
    return blueprint, contract_of(views, ground)


def blueprint_of(
    plan: PlannedPipeline, planned: Sequence[PlannedMember], ground: Ground
) -> Blueprint:
    """The steps in our numbering; reading, target, folds and evaluation are the expert's."""
    expert = ground.blueprint
    first = [step for step in expert.part("prep") if step.key in FIRST_KEYS]
    prep = [replace(step, id=f"P{n}") for n, step in enumerate(first, start=1)]
    learning = []
    for number, step in enumerate(plan.prep, start=len(prep) + 1):
        values: dict[str, Any] = {"columns": list(step.columns)} if step.columns else {}
        prep.append(written(f"P{number}", "prep", step.title, step.why, values))
        learning += [f"P{number}"] if step.learns_from_test else []
    members = [member_of(member, ground) for member in planned]
    models = [
        written(f"M{n}", "model", one.model, f"{one.settings}; {one.why}", {}, member.name)
        for n, (one, member) in enumerate(zip(planned, members, strict=True), start=1)
    ]
    trains = [
        written(f"T{n}", "train", training(one), one.why, {}, member.name)
        for n, (one, member) in enumerate(zip(planned, members, strict=True), start=1)
    ]
    return replace(
        expert,
        steps=(*prep, *models, *trains, *expert.part("eval")),
        members=tuple(members),
        transductive=tuple(learning),
    )


def written(
    number: str,
    part: Part,
    title: str,
    why: str,
    values: dict[str, Any],
    member: str | None = None,
) -> Step:
    """One step that a model planned; title and reason on one line each, within bounds."""
    return Step(
        id=number,
        part=part,
        key=WRITTEN,
        title=shortened(title, LONGEST_TITLE),
        why=shortened(why, LONGEST_WHY),
        values=values,
        member=member,
    )


def training(planned: PlannedMember) -> str:
    """How it is fitted; a model that says nothing of it wants the usual."""
    return planned.training.strip() or "Minimise the loss"


def member_of(planned: PlannedMember, ground: Ground) -> Member:
    """The member; as costly as half of the expert's of its track, until a sample run tells."""
    costs = [one.cost for one in ground.blueprint.members if one.track == planned.track]
    return Member(
        name=f"model_{planned.track}",
        track=planned.track,
        template="",
        view=planned.view,
        cost=median(costs) if costs else COST,
        why=shortened(planned.why, LONGEST_WHY),
    )


def contract_of(views: Sequence[PlannedView], ground: Ground) -> Contract:
    """What holds for each view as it was promised, and for the target as ever."""
    listed = tuple(
        View(name=one.name, kind=one.kind, says=shortened(one.says, LONGEST_TITLE))
        for one in sorted(views, key=lambda one: one.name)
    )
    promised = {view.name: view for view in views}
    drafts = [
        (as_promised(draft, promised[view.name]), view.says)
        for view in listed
        for draft in view_clauses(view, frozenset(promised), ground.task, ground.profile)
    ]
    drafts.append((target_clause(ground.task, ground.profile), "what the models learn"))
    clauses = tuple(
        worded(replace(draft, id=f"C{number}"), says)
        for number, (draft, says) in enumerate(drafts, start=1)
    )
    return Contract(views=listed, clauses=clauses)


def as_promised(draft: Clause, view: PlannedView) -> Clause:
    """A clause of ours, less what our recipes keep by themselves, plus what the model promised."""
    table = view.kind == "frame"
    mixed = table and view.values == "numbers_and_categories"
    return replace(
        draft,
        aligned_with=None,
        bounds=None,
        mirrors=(),
        no_missing=not view.gaps,
        finite=view.values != "anything",
        numeric=view.values == "numbers" or view.kind == "sparse",
        families=("number", "category") if mixed else (),
        in_order=table,
    )
