"""Tuning: other constants for the best members, proposed by what earlier proposals scored.

Each proposal is a candidate like any other, `T3-lightgbm`. Its first fold is compared with that of
the candidate whose constants it varies; only one that is likely better goes on.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import structs

from iiml_codegen.domain.events import Note
from iiml_codegen.domain.wire import Frozen, from_plain, to_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.implementation.modeling_coder import fill_constants
from iiml_codegen.implementation.recipes import template_text
from iiml_codegen.search.admission import ranked
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import SCORING_SECONDS, Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.time_left import whole_ones
from iiml_codegen.syntax import literal_value, syntax_tree

MOST_PARENTS = 3
"""The best members of the best track that are varied."""
MOST_TRIALS = 24
"""Of one parent; more find nothing that folds of a few thousand rows could tell from luck."""
PATIENCE = 8
"""Trials in a row of which none was kept: then a parent has nothing more to give."""
LEAST_BUDGET = 180.0
"""Seconds: in less, runs take longer to start than better constants are worth."""
FOLDS_TO_AFFORD = 2
VARIANT = "_t"


class Range(Frozen):
    """The sensible values of a constant; `log`: by factors; `whole`: no fractions."""

    low: float
    high: float
    log: bool = False
    whole: bool = False


class Space(Frozen):
    """What may change in some templates: constants, `NAME` or `NAME.key`, with their ranges."""

    templates: tuple[str, ...]
    source: str
    constants: dict[str, Range]


class Proposed(Frozen):
    """The worker's answer."""

    values: dict[str, int | float]


class Tuning:
    """Proposes candidates; belongs to the exploration's thread. Trouble ends it with a note."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.made = 0
        self.over = False
        self.trials: dict[str, list[tuple[dict[str, int | float], Attempt]]] = {}

    def next(
        self, known: Sequence[Attempt], affords: Callable[[Attempt, int], bool]
    ) -> Attempt | None:
        """The next proposal, for the parent with the fewest that there is time for."""
        if self.over:
            return None
        for parent in sorted(self.parents(known), key=lambda a: len(self.trials_of(a))):
            if not self.is_exhausted(parent) and affords(parent, FOLDS_TO_AFFORD):
                try:
                    return self.proposal(parent)
                except IimlError as error:
                    self.over = True
                    said = f"constants are not tuned: {error}"
                    self.bench.context.journal.append(Note(level="information", text=said))
                    return None
        return None

    def parents(self, known: Sequence[Attempt]) -> list[Attempt]:
        """Of the members whose templates have a space, the best of the best one's track."""
        own = [a for a in known if a.parent is None and not a.dropped]
        able = [a for a in whole_ones(self.bench, own) if space_of(a.member.template)]
        best = ranked(self.bench, able)
        return [a for a in best if a.member.track == best[0].member.track][:MOST_PARENTS]

    def is_exhausted(self, parent: Attempt) -> bool:
        """Whether enough was tried for a parent, or too much in vain."""
        tried = [attempt for _, attempt in self.trials_of(parent)]
        last = tried[-PATIENCE:]
        vain = len(last) == PATIENCE and all(a.status in ("stopped", "failed") for a in last)
        no_time = bool(last) and last[-1].status == "stopped" and last[-1].score is None
        return vain or no_time or len(tried) >= MOST_TRIALS

    def trials_of(self, parent: Attempt) -> list[tuple[dict[str, int | float], Attempt]]:
        """What was tried for a parent, in order."""
        return self.trials.setdefault(parent.id, [])

    def proposal(self, parent: Attempt) -> Attempt:
        """A candidate with other constants; raises IimlError where none can be proposed."""
        space, tried = space_of(parent.member.template), self.trials_of(parent)
        mine, place = values_in(parent.code.model, space), list(self.trials).index(parent.id)
        tellable = [(mine, parent), *tried]
        params = {
            "ranges": {name: to_plain(one) for name, one in space.items()},
            "trials": [{"values": v, "score": first_fold(a)} for v, a in tellable if alive(a)],
            "greater": self.bench.task.greater_is_better,
            # No two parents are varied by the same draws: they may differ in little else.
            "seed": self.bench.context.options.seed + place * (MOST_TRIALS + 1),
        }
        worker = self.bench.context.worker
        found = worker.call_typed("propose", params, Proposed, timeout=SCORING_SECONDS)
        self.made += 1
        attempt = variant(self.bench, parent, found.values, self.made)
        tried.append((found.values, attempt))
        return attempt


@cache
def spaces() -> tuple[Space, ...]:
    """All spaces of `workspace_templates/knowledge/tuning.toml`, strictly read."""
    plain = tomllib.loads(template_text("knowledge", "tuning.toml"))
    return tuple(from_plain(one, Space) for one in plain["space"])


def space_of(template: str) -> dict[str, Range]:
    """The ranges of a template's constants; empty where nothing is to be tuned."""
    return next((one.constants for one in spaces() if template in one.templates), {})


def values_in(text: str, space: Mapping[str, Range]) -> dict[str, int | float]:
    """The values that a module gives to the constants of a space; the middle where it has none."""
    written: dict[str, Any] = {}
    for node in syntax_tree(text).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        target = node.target if isinstance(node, ast.AnnAssign) else target
        if isinstance(target, ast.Name) and target.id.isupper():
            value = getattr(node, "value", None)
            written[target.id] = literal(value)
    found = {}
    for name, one in space.items():
        constant, _, key = name.partition(".")
        value = written.get(constant)
        value = value.get(key) if key and isinstance(value, dict) else value
        middle = (one.low * one.high) ** 0.5 if one.log else (one.low + one.high) / 2
        value = value if isinstance(value, int | float) else middle
        found[name] = round(value) if one.whole else value
    return found


def literal(node: ast.expr | None) -> Any:
    """The value of a literal; None for anything else."""
    try:
        return literal_value(node) if node is not None else None
    except ValueError:
        return None


def variant(
    bench: Bench, parent: Attempt, values: Mapping[str, int | float], number: int
) -> Attempt:
    """The parent's code with other constants, as a candidate of its own."""
    changes: dict[str, Any] = {}
    for name, value in values.items():
        constant, _, key = name.partition(".")
        if key:
            changes.setdefault(constant, {})[key] = value
        else:
            changes[constant] = value
    member, code = parent.member, parent.code
    constants = dict(member.constants)
    for constant, value in changes.items():
        held = constants.get(constant)
        constants[constant] = {**(held or {}), **value} if isinstance(value, dict) else value
    name = f"{member.name}{VARIANT}{number}"
    told = ", ".join(f"{n.rpartition('.')[2]} {v:g}" for n, v in values.items())
    identity = f"T{number}-{member.name}"
    new = CandidateCode(
        id=identity,
        member=structs.replace(member, name=name, constants=constants),
        folder=bench.context.workspace.candidate(identity),
        prep=code.prep,
        model=fill_constants(code.model, changes),
        task=code.task,
        bindings=code.bindings,
        observations=code.observations,
        label=code.label,
        blueprint=code.blueprint,
        contract=code.contract,
        origin=f"{parent.id} with {told}",
        base=code.model,
        changes=changes,
    )
    return Attempt(
        new,
        estimate=parent.expected_seconds(),
        parent=parent,
        load=parent.load,
        cores=parent.cores,
        peak_bytes=parent.peak_bytes,
        card_bytes=parent.card_bytes,
    )


def untuned(name: str) -> str:
    """The name of the plan's member that a tuned one varies."""
    start, _, number = name.rpartition(VARIANT)
    return start if number.isdecimal() and start else name


def first_fold(attempt: Attempt) -> float | None:
    """Its score on its first fold; None before it has one."""
    return attempt.score.folds[0] if attempt.score and attempt.score.folds else None


def alive(attempt: Attempt) -> bool:
    """Whether it tells anything: it has a score, or is under way."""
    return first_fold(attempt) is not None or attempt.status in ("running", "partial")
