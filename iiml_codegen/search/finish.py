"""From candidates to `submission.csv`: combine, refit on the real folder, check, replace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iiml_codegen.domain.candidate import Candidate, Ensemble
from iiml_codegen.domain.events import CandidateUpdated, Note, SubmissionWritten
from iiml_codegen.domain.fault import Violation
from iiml_codegen.domain.wire import from_plain, to_json, to_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.implementation.recipes import template_text
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.pipeline_plan import Combination, HarnessPlan, Module, Pipeline
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.specs import refit_spec, short_hash

OVERHEAD_SECONDS = 6.0
BLEND_SECONDS = 12.0
MOST_SEEDS = 3
SHARE_FOR_REFIT = 0.35
OVERRUN = 1.05


@dataclass(frozen=True)
class Plan:
    """What is refitted: attempts in order, how they are combined, and how many seeds."""

    id: str
    attempts: tuple[Attempt, ...]
    ensemble: Ensemble
    seeds: int


class Finisher:
    """Refits, checks and hands in; knows what stands so that only something better replaces it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.standing: Ensemble | None = None
        self.candidate: str | None = None

    @property
    def scale(self) -> float:
        """How many more rows the refit has than a fold's fit, after its own held-out rows."""
        shadow = self.bench.shadow(0)
        return self.bench.shadows.train_rows / max(1, shadow.train_rows - shadow.n_valid)

    def refit_seconds(self, attempts: Sequence[Attempt], seeds: int = 1) -> float:
        """What the refit of these candidates should take."""
        threads = self.bench.slots
        fits = sum(a.refit_seconds(self.scale, threads) * seeds_of(a, seeds) for a in attempts)
        return fits + OVERHEAD_SECONDS

    def reserve(self, attempts: Sequence[Attempt]) -> float:
        """Seconds to keep for the end: the refit of the best few that are known now."""
        chosen = self.affordable(attempts, self.bench.context.options.budget * SHARE_FOR_REFIT)
        return self.refit_seconds(chosen) * 1.15 + BLEND_SECONDS

    def affordable(self, attempts: Sequence[Attempt], seconds: float) -> list[Attempt]:
        """The best candidates whose refits fit into so many seconds together; at least one."""
        sign = -1 if self.bench.task.greater_is_better else 1
        ranked = sorted((a for a in attempts if a.score), key=lambda a: sign * a.value)
        chosen: list[Attempt] = []
        for attempt in ranked:
            if not chosen or self.refit_seconds([*chosen, attempt]) <= seconds:
                chosen.append(attempt)
        return chosen

    def submit_first(self, attempt: Attempt) -> None:
        """Hand in the first candidate that beats the constant prediction."""
        assert attempt.score is not None
        ensemble = Ensemble(
            method="single", members=(attempt.id,), parameters={}, score=attempt.score
        )
        self.submit(Plan(attempt.id, (attempt,), ensemble, seeds=1))

    def finish(self, attempts: Sequence[Attempt]) -> None:
        """Hand in the best combination of what was found, if it beats what stands."""
        budget = self.bench.context.budget
        complete = [a for a in attempts if len(a.raws) == len(self.bench.shadows.folds)]
        chosen = self.affordable(complete, budget.left() - OVERHEAD_SECONDS)
        if "modules" in self.bench.context.options.without:
            chosen = chosen[:1]
        if not chosen:
            return
        ensemble = self.bench.blend([(a.id, a.raws) for a in chosen])
        by_id = {a.id: a for a in chosen}
        members = tuple(by_id[name] for name in ensemble.members)
        single = ensemble.method == "single"
        name = members[0].id if single else f"ensemble-{short_hash(*ensemble.members)[:6]}"
        if not single:
            self.announce(name, ensemble, members)
        seeds = self.affordable_seeds(members)
        self.submit(Plan(name, members, ensemble, seeds))

    def announce(self, name: str, ensemble: Ensemble, members: Sequence[Attempt]) -> None:
        """Put the ensemble on the leaderboard."""
        candidate = Candidate(
            id=name,
            track=members[0].member.track,
            members=tuple(a.member.name for a in members),
            status="scored",
            score=ensemble.score,
            seconds=round(sum(sum(a.seconds.values()) for a in members), 2),
            note=f"{ensemble.method} of {len(members)}",
        )
        self.bench.context.journal.append(CandidateUpdated(candidate=candidate))

    def affordable_seeds(self, members: Sequence[Attempt]) -> int:
        """As many seeds as the time left allows, up to `MOST_SEEDS`."""
        left = self.bench.context.budget.left()
        fitting = [n for n in range(1, MOST_SEEDS + 1) if self.refit_seconds(members, n) < left]
        return max(fitting, default=1)

    def submit(self, plan: Plan) -> None:
        """Refit, check, and replace what stands; trouble leaves what stands as it is."""
        try:
            self.refit_and_replace(plan)
        except IimlError as error:
            self.note(f"{plan.id} was not handed in: {error}")

    def refit_and_replace(self, plan: Plan) -> None:
        """Run the pipeline on the real folder and promote it with its submission."""
        context = self.bench.context
        pipeline = self.pipeline(plan)
        name = f"refit-{plan.id}-{short_hash(pipeline.text)[:8]}"
        script = context.workspace.candidate(plan.id) / "best.py"
        context.workspace.write_text(script, pipeline.text)
        context.workspace.write_bytes(
            script.with_name("best.map.json"), to_json(pipeline.source_map)
        )
        seconds = max(context.budget.left() * OVERRUN, 20.0)
        result = context.runner.run(
            refit_spec(self.bench, script, name, plan.attempts[0].code, seconds)
        )
        if not result.ok:
            self.note(f"the refit of {plan.id} ended as {result.status}: {result.reason}")
            return
        submission = context.workspace.run(name) / "submission.csv"
        broken = self.violations(submission)
        if broken:
            self.note(f"{plan.id} is not a valid submission: {broken[0].message}")
            return
        if self.standing and not self.improves(plan.ensemble):
            self.note(f"{plan.id} does not beat what stands; {self.candidate} stays")
            return
        self.replace(plan, pipeline, submission)

    def improves(self, ensemble: Ensemble) -> bool:
        """Whether a better score, or the same candidate on more folds, asks to replace."""
        assert self.standing is not None
        if ensemble.members == self.standing.members:
            return True
        if ensemble.score.rows > self.standing.score.rows:
            return self.bench.better(ensemble.score.value, self.bench.constant)
        return self.bench.better(ensemble.score.value, self.standing.score.value)

    def violations(self, submission: Path) -> list[Violation]:
        """What the submission check finds."""
        context = self.bench.context
        params: dict[str, Any] = {
            "folder": str(context.workspace.folder),
            "task": to_plain(self.bench.task),
            "submission": str(submission),
        }
        answer = context.worker.call("check_submission", params, timeout=60.0)
        return [
            from_plain(
                {
                    "code": v["code"],
                    "message": v["message"],
                    "hint": v.get("hint") or "",
                    "place": {"file": submission.name, "line": v.get("line") or 1},
                },
                Violation,
            )
            for v in answer["violations"]
        ]

    def replace(self, plan: Plan, pipeline: Pipeline, submission: Path) -> None:
        """Promote best.py and the submission; both are written atomically."""
        workspace = self.bench.context.workspace
        workspace.write_text(workspace.best, pipeline.text)
        kept = workspace.replace_submission(submission)
        if kept:
            self.note(f"the submission.csv that was there is kept as {kept.name}")
        first = plan.attempts[0]
        for name, text in first.code.modules().items():
            workspace.promote(name, text)
        if first.code.pipeline:
            workspace.write_text(workspace.pipeline(first.member.track), first.code.pipeline.text)
        self.standing, self.candidate = plan.ensemble, plan.id
        self.bench.context.journal.append(
            SubmissionWritten(
                path=str(workspace.submission.name),
                candidate=plan.id,
                score=plan.ensemble.score.value,
            )
        )

    def pipeline(self, plan: Plan) -> Pipeline:
        """Assemble the pipeline with the literals of the refit: rounds, seeds, decision, blend."""
        first = plan.attempts[0].code
        members = [
            a.code.member_module(a.refit_rounds(self.scale), tuple(range(seeds_of(a, plan.seeds))))
            for a in plan.attempts
        ]
        harness = HarnessPlan(
            title=self.bench.task.title,
            task=self.bench.task,
            decision=first.decision(plan.ensemble.score.fitted),
            combination=combination(plan.ensemble),
            threads=self.bench.slots,
        )
        if len(members) == 1:
            return first.assembled(members[0], harness)
        return assemble(first.prep_module(), members, harness)

    def note(self, text: str) -> None:
        """Tell the reader of the journal."""
        self.bench.context.journal.append(Note(level="warning", text=text))


def seeds_of(attempt: Attempt, seeds: int) -> int:
    """Only a model whose fit takes a seed gains from several."""
    return seeds if "seed: int" in attempt.code.model else 1


def combination(ensemble: Ensemble) -> Combination | None:
    """The template that combines members, with the parameters that the worker fitted."""
    if ensemble.method == "single":
        return None
    name = f"blend_{ensemble.method}"
    module = Module(name=name, label=f"{name}.py", text=template_text("ensembles", f"{name}.py"))
    return Combination(module=module, parameters=ensemble.parameters)
