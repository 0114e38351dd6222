"""An idea becomes a candidate: its parent's plan with one step changed, and texts to match."""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec

from iiml_codegen.backbones.agents.improver import NEW, Idea
from iiml_codegen.domain.blueprint import Blueprint, Member, Step
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode

WRITTEN = "written"
"""The key of steps that no recipe writes."""
SUFFIX = re.compile(r"_l\d+$")


@dataclass(frozen=True)
class Change:
    """What an idea does to its parent's plan: `step` as it will be, in `file`."""

    step: Step
    file: str
    blueprint: Blueprint
    member: Member

    @property
    def of_prep(self) -> bool:
        """Whether prep changes, and not the model."""
        return self.step.part == "prep"


def steps_open(blueprint: Blueprint, member: Member) -> tuple[Step, ...]:
    """The steps that a candidate's texts carry out."""
    return (*blueprint.part("prep"), *blueprint.steps_of(member.name))


def planned_change(blueprint: Blueprint, code: CandidateCode, idea: Idea, number: int) -> Change:
    """The plan of the candidate with that number; raises KeyError for a step not its own."""
    member = code.member
    if idea.step == NEW:
        taken = [int(step.id[1:]) for step in blueprint.part("prep")]
        step = Step(
            id=f"P{max(taken, default=0) + 1}",
            part="prep",
            key=WRITTEN,
            title=idea.title,
            why=idea.why,
        )
        return Change(step, "prep.py", with_step(blueprint, step), member)
    old = next((s for s in steps_open(blueprint, member) if s.id == idea.step), None)
    if old is None:
        raise KeyError(idea.step)
    step = msgspec.structs.replace(old, key=WRITTEN, title=idea.title, why=idea.why, values={})
    if step.part == "prep":
        return Change(step, "prep.py", with_step(blueprint, step), member)
    name = f"{SUFFIX.sub('', member.name)}_l{number}"
    renamed = with_member(with_step(blueprint, step), member.name, name)
    return Change(step, code.model_name, renamed, renamed.member(name))


def with_step(blueprint: Blueprint, step: Step) -> Blueprint:
    """The plan with one step replaced, or added behind the others of its part."""
    steps = list(blueprint.steps)
    places = [at for at, one in enumerate(steps) if one.id == step.id]
    if places:
        steps[places[0]] = step
    else:
        last = max((at for at, one in enumerate(steps) if one.part == step.part), default=-1)
        steps.insert(last + 1, step)
    return msgspec.structs.replace(blueprint, steps=tuple(steps))


def with_member(blueprint: Blueprint, name: str, new: str) -> Blueprint:
    """The plan with a member that goes by its own name: no recipe writes it any more."""
    members = tuple(
        msgspec.structs.replace(one, name=new, template="", constants={})
        if one.name == name
        else one
        for one in blueprint.members
    )
    steps = tuple(
        msgspec.structs.replace(one, member=new) if one.member == name else one
        for one in blueprint.steps
    )
    return msgspec.structs.replace(blueprint, members=members, steps=steps)


def child_of(
    bench: Bench, parent: CandidateCode, change: Change, text: str, number: int
) -> CandidateCode:
    """The candidate of an idea, with the edited text in place of its parent's."""
    name = f"L{number}-{change.step.id}"
    texts = {**parent.modules(), change.file: text}
    return CandidateCode(
        id=name,
        member=change.member,
        folder=bench.context.workspace.candidate(name),
        prep=texts["prep.py"],
        model=texts[parent.model_name],
        task=bench.task,
        blueprint=change.blueprint,
        contract=bench.contract_of(parent),
        origin=f"[{change.step.id}] {change.step.title}, on {parent.id}",
    )


def with_prep_of(
    bench: Bench, other: CandidateCode, best: CandidateCode, number: int
) -> CandidateCode:
    """Another model behind the best candidate's prep, so that both can stand in an ensemble."""
    name = f"L{number}-{SUFFIX.sub('', other.member.name)}"
    own, new = bench.blueprint_of(other), bench.blueprint_of(best)
    rest = tuple(step for step in own.steps if step.part != "prep")
    blueprint = msgspec.structs.replace(new, steps=(*new.part("prep"), *rest), members=own.members)
    return CandidateCode(
        id=name,
        member=other.member,
        folder=bench.context.workspace.candidate(name),
        prep=best.prep,
        model=other.model,
        task=bench.task,
        blueprint=blueprint,
        contract=bench.contract_of(best),
        origin=f"{other.id} with the prep of {best.id}",
    )
