"""What is refitted on all rows: members, how they are combined, seeds, and what it should take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.candidate import WORDS, Candidate, Ensemble
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.run import RunResult
from iiml_codegen.execution.supervised import read
from iiml_codegen.implementation.combining import combining_text
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.pipeline_plan import Combination, HarnessPlan, Module, Pipeline
from iiml_codegen.search.admission import ranked
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.specs import run_id, short_hash

OVERHEAD_SECONDS = 6.0
"""Of a run before one was measured: to start, read and answer."""
MARGIN = 1.15
BUSY_MARGIN = 0.4
"""Added for each second that others take beside one of ours: a busy machine may become busier."""
PREPARING = 1.4
"""How much longer all rows take than a fold's."""
MOST_SEEDS = 3
MOST_VARIANTS = 2


@dataclass(frozen=True)
class RefitPlan:
    """Attempts in the order of the ensemble's members, how they are combined, seeds of each.

    Without `seeds` each member has one.
    """

    attempts: tuple[Attempt, ...]
    ensemble: Ensemble
    seeds: tuple[int, ...] = ()

    @property
    def most_seeds(self) -> int:
        """Of the member that has most of them."""
        return max(self.seeds, default=1)

    @property
    def single(self) -> bool:
        """Whether it is one candidate alone."""
        return self.ensemble.method == "single"

    @property
    def id(self) -> str:
        """The candidate's id; an ensemble is named by its way and its members."""
        if self.single:
            return self.attempts[0].id
        return f"ensemble-{short_hash(self.ensemble.method, *self.ensemble.members)[:6]}"

    def as_candidate(self) -> Candidate:
        """The candidate as journal and views know it."""
        first = self.attempts[0]
        if self.single:
            return first.as_candidate()
        return Candidate(
            id=self.id,
            track=first.member.track,
            members=tuple(a.member.name for a in self.attempts),
            status="scored",
            score=self.ensemble.score,
            seconds=round(sum(sum(a.seconds.values()) for a in self.attempts), 2),
            note=f"{WORDS[self.ensemble.method]} of {len(self.attempts)}",
        )


@dataclass(frozen=True)
class Refit:
    """A plan made ready to run: nothing in it changes when its attempts go on.

    `modules` and `alone`, the pipeline of the first member, are what a person edits and reads;
    `alone_score` is what that member is worth. `blueprint` and `contract` are what the modules were
    written to.
    """

    candidate: Candidate
    code: CandidateCode
    seeds: int
    pipeline: Pipeline
    modules: dict[str, str]
    alone: str
    alone_score: float
    text: str
    blueprint: Blueprint
    contract: Contract
    members: tuple[CandidateCode, ...] = ()


def prepared_refit(bench: Bench, plan: RefitPlan) -> Refit:
    """Assemble a plan's pipeline; raises GenerationError or BindingError."""
    code = plan.attempts[0].code
    return Refit(
        candidate=plan.as_candidate(),
        code=code,
        seeds=plan.most_seeds,
        pipeline=refit_pipeline(bench, plan),
        modules=code.modules(),
        alone=code.pipeline.text if code.pipeline else "",
        alone_score=plan.attempts[0].value,
        text=code.text,
        blueprint=bench.blueprint_of(code),
        contract=bench.contract_of(code),
        members=tuple(attempt.code for attempt in plan.attempts),
    )


def plan_for_one(attempt: Attempt) -> RefitPlan:
    """The plan for one candidate alone, which has a score."""
    assert attempt.score is not None
    ensemble = Ensemble(method="single", members=(attempt.id,), parameters={}, score=attempt.score)
    return RefitPlan((attempt,), ensemble)


def scale_of(bench: Bench) -> float:
    """How many more rows the refit has than a fold's fit, after its own held-out rows."""
    shadow = bench.shadow(0)
    return bench.shadows.train_rows / max(1, shadow.train_rows - shadow.n_valid)


def refit_seconds(bench: Bench, attempts: Sequence[Attempt], seeds: Sequence[int] = ()) -> float:
    """What the refit of these candidates should take, with so many seeds of each (one without)."""
    scale, threads = scale_of(bench), bench.slots
    counts = seeds or [1] * len(attempts)
    fits = [a for a, n in zip(attempts, counts, strict=True) for _ in range(n)]
    alone = [a for a in fits if a.goes_alone]
    beside = [a for a in fits if not a.goes_alone]
    if len(beside) == 1:
        alone, beside = fits, []
    predicting = sum(max(a.predict_seconds.values(), default=0.0) for a in fits)
    starting = max((starting_seconds(bench, a) for a in attempts), default=OVERHEAD_SECONDS)
    in_turn = sum(a.refit_fit_seconds(scale, threads) for a in alone)
    share = max(1, threads // max(1, len(beside)))
    fits_beside = [a.refit_fit_seconds(scale, share) for a in beside]
    several = side_by_side_seconds(fits_beside, threads // share)
    return starting + in_turn + several + predicting


def safe_seconds(bench: Bench, attempts: Sequence[Attempt], seeds: Sequence[int] = ()) -> float:
    """What to keep for the refit of these candidates."""
    return refit_seconds(bench, attempts, seeds) * margin(attempts)


def margin(attempts: Iterable[Attempt]) -> float:
    """By what a refit may take longer than it should."""
    load = max((attempt.load for attempt in attempts), default=1.0)
    return MARGIN + BUSY_MARGIN * max(0.0, load - 1.0)


def side_by_side_seconds(fits: Sequence[float], at_once: int) -> float:
    """What fits take at most, so many at once, where each begins as soon as one has ended."""
    return sum(fits) / at_once + (1 - 1 / at_once) * max(fits, default=0.0)


def starting_seconds(bench: Bench, attempt: Attempt) -> float:
    """What comes beside fits and predictions: starting, and preparing all rows, by the folds'."""
    run = bench.context.workspace.run(run_id(attempt.code, "prepare 0")) / "result.json"
    prepared = read(run, RunResult)
    overhead = attempt.overhead_seconds() or OVERHEAD_SECONDS
    return overhead + (PREPARING * prepared.cpu_seconds if prepared else 0.0)


def affordable(bench: Bench, attempts: Iterable[Attempt], seconds: float) -> list[Attempt]:
    """The best candidates whose refits should safely fit into so many seconds together.

    Where not even one fits, it is the best one. Of what was tuned from one candidate the best few
    are enough: they err on the same rows.
    """
    chosen: list[Attempt] = []
    pool = ranked(bench, attempts)
    for attempt in pool:
        alike = [one for one in chosen if one.parent and one.parent is attempt.parent]
        if len(alike) >= MOST_VARIANTS:
            continue
        if safe_seconds(bench, [*chosen, attempt]) <= seconds:
            chosen.append(attempt)
    return chosen or pool[:1]


def affordable_seeds(bench: Bench, members: Sequence[Attempt]) -> tuple[int, ...]:
    """As many seeds of each member as the time left allows, up to `MOST_SEEDS`; cheap ones first.

    Only a model whose fit takes a seed gains from several.
    """
    scale, threads = scale_of(bench), bench.slots
    cheap = sorted(range(len(members)), key=lambda n: members[n].refit_seconds(scale, threads))
    seeds = [1] * len(members)
    for count in range(2, MOST_SEEDS + 1):
        for place in cheap:
            more = [count if n == place else seeds[n] for n in range(len(members))]
            fits = safe_seconds(bench, members, more) < bench.seconds_left
            if fits and "seed: int" in members[place].code.model and seeds[place] == count - 1:
                seeds = more
    return tuple(seeds)


def refit_pipeline(bench: Bench, plan: RefitPlan) -> Pipeline:
    """Assemble the pipeline with the literals of the refit: rounds, seeds, decision, blend."""
    first, scale = plan.attempts[0].code, scale_of(bench)
    members = [
        a.code.member_module(a.refit_rounds(scale), tuple(range(seeds)))
        for a, seeds in zip(plan.attempts, plan.seeds or [1] * len(plan.attempts), strict=True)
    ]
    harness = HarnessPlan(
        title=bench.task.title,
        task=bench.task,
        decision=first.decision(plan.ensemble.score.fitted),
        combination=combination(plan.ensemble),
        threads=bench.slots,
    )
    if len(members) == 1:
        return first.assembled(members[0], harness)
    return assemble(first.prep_module(), members, harness)


def combination(ensemble: Ensemble) -> Combination | None:
    """The template that combines members, with the parameters that the worker fitted."""
    if ensemble.method == "single":
        return None
    name = f"blend_{ensemble.method}"
    text = combining_text(ensemble.method, ensemble.parameters)
    module = Module(name=name, label=f"{name}.py", text=text)
    return Combination(module=module, parameters=ensemble.parameters)


def smaller_sets(
    chosen: Sequence[Attempt], sets: Sequence[Sequence[str]]
) -> Iterator[list[Attempt]]:
    """Sets of several candidates that are fewer than all of them."""
    for names in sets:
        members = [attempt for attempt in chosen if attempt.id in names]
        if 1 < len(members) < len(chosen) and not all(one.dropped for one in members):
            yield members


def alike_preps(pool: Sequence[Attempt]) -> list[list[Attempt]]:
    """Candidates in groups that one prep serves, the group of the best one first.

    Each begins with one that may stand alone: what was dropped only helps others.
    """
    groups: dict[str, list[Attempt]] = {}
    for attempt in sorted(pool, key=lambda a: a.dropped):  # sorting keeps the order of scores
        if not attempt.dropped or attempt.code.prep in groups:
            groups.setdefault(attempt.code.prep, []).append(attempt)
    return list(groups.values()) or [[attempt] for attempt in pool[:1]]
