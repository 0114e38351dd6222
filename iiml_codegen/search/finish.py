"""What is handed in: how candidates are combined, and whether that beats what stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

from iiml_codegen.domain.candidate import METHODS, WORDS
from iiml_codegen.domain.events import CandidateUpdated, Note, WaysCompared
from iiml_codegen.errors import IimlError
from iiml_codegen.search.admission import by_fold, clearly_ahead, ranked
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.refit_plan import (
    RefitPlan,
    affordable,
    affordable_seeds,
    alike_preps,
    plan_for_one,
    refit_seconds,
    safe_seconds,
    smaller_sets,
)
from iiml_codegen.search.submitting import Submitter
from iiml_codegen.search.time_left import whole_ones

MOST_PREPS = 3
MOST_BLEND_SECONDS = 12.0
LEAST_BLEND_SECONDS = 3.0
SHARE_FOR_BLEND = 0.04
LONGEST_BLEND = 60.0
SHARE_FOR_REFIT = 0.35
SHARE_FOR_EARLY = 0.25
"""Of the time that is left: what the refit of something far better than what stands may take."""
ENOUGH_SKILL = 0.8
"""What stands is far behind where it has gone less of the way from the constant to the best."""


class Finisher:
    """Decides what is handed in and when: only what is better than what stands."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.submitter = Submitter(bench)
        self.plan: RefitPlan | None = None

    @property
    def handed_in(self) -> RefitPlan | None:
        """What `finish` decided, if it is what stands now."""
        plan, standing = self.plan, self.submitter.standing
        if plan is None or standing is None or standing.candidate.id != plan.id:
            return None
        return plan if standing.text in ("", plan.attempts[0].code.text) else None

    def reserve(self, attempts: Sequence[Attempt]) -> float:
        """Seconds to keep for the end: the refit of the best few of those that are whole now.

        Only whole ones are combined; before there is one, the best so far may become it. What
        failed is handed in only where there is nothing else.
        """
        able = [a for a in attempts if a.score and a.status != "failed"]
        best = ranked(self.bench, able or attempts)[:1]
        pool = ranked(self.bench, whole_ones(self.bench, attempts)) or best
        share = self.bench.context.budget.total * SHARE_FOR_REFIT
        chosen = affordable(self.bench, pool, share)
        seconds = max(safe_seconds(self.bench, some) for some in (chosen, pool[:1], best))
        return seconds + self.blend_seconds

    @property
    def blend_seconds(self) -> float:
        """What combining may take: a share of the budget, within bounds."""
        share = SHARE_FOR_BLEND * self.bench.context.budget.total
        return min(MOST_BLEND_SECONDS, max(LEAST_BLEND_SECONDS, share))

    def early_refit(self, attempt: Attempt) -> Callable[[], bool] | None:
        """The refit of a candidate as it is now, for another thread; None if it need not be yet.

        It need not where something nearly as good stands, or where only the end has time for it.
        """
        if not self.is_far_behind(attempt):
            return None
        if self.submitter.standing is not None and not self.submitter.is_constant:
            seconds = safe_seconds(self.bench, [attempt])
            if seconds > SHARE_FOR_EARLY * self.bench.seconds_left:
                return None
        return self.submitter.submission_of(plan_for_one(attempt)) or (lambda: False)

    def is_far_behind(self, attempt: Attempt) -> bool:
        """Whether what stands is nothing, or so weak beside a candidate that it must not last."""
        standing = self.submitter.standing
        if standing is None or self.submitter.is_constant:
            return True
        score = standing.candidate.score
        if score is None or attempt.score is None or self.submitter.stands(attempt):
            return False
        if not self.bench.better(attempt.value, self.bench.constant):
            return False
        return self.bench.skill(score.value, attempt.value) < ENOUGH_SKILL

    def finish(self, attempts: Sequence[Attempt], sets: Sequence[Sequence[str]] = ()) -> None:
        """Hand in the best combination of what was found, if it beats what stands.

        `sets` are ids that somebody thinks worth a blend of their own; their scores decide.
        """
        self.plan = plan = self.best_plan(attempts, sets)
        if plan is None:
            return
        if not plan.single:
            self.bench.context.journal.append(CandidateUpdated(candidate=plan.as_candidate()))
        self.tell_ways(plan)
        if not self.asked_for(plan) and not self.improves(plan, attempts):
            return
        if not self.bench.better(plan.ensemble.score.value, self.bench.constant):
            self.note(f"{plan.id} is no better than the best constant prediction")
        alone = None if plan.single else self.handed_in_alone(plan)
        if alone is not None:  # its refit took time that further seeds were meant for
            seeds = affordable_seeds(self.bench, plan.attempts)
            self.plan = plan = replace(plan, seeds=seeds)
        if alone is not None and not self.has_time_for(plan):
            self.note(f"no time is left for {plan.id}")
            self.plan = alone
            return
        submit = self.submitter.submission_of(plan)
        if submit is None or not submit():
            self.fall_back(plan, attempts)

    def handed_in_alone(self, plan: RefitPlan) -> RefitPlan | None:
        """Hand in the best member first, where what stands must not last; None if it was not."""
        best = next((a for a in ranked(self.bench, plan.attempts) if not a.dropped), None)
        if best is None or not self.is_far_behind(best):
            return None
        alone = plan_for_one(best)
        submit = self.submitter.submission_of(alone)
        return alone if submit is not None and submit() else None

    def has_time_for(self, plan: RefitPlan) -> bool:
        """Whether the refit of a plan should end in time."""
        seconds = refit_seconds(self.bench, plan.attempts, plan.seeds)
        return seconds < self.bench.seconds_left

    def tell_ways(self, plan: RefitPlan) -> None:
        """Say what each way to combine is worth, and whether the one that was asked for is."""
        taken, ways = plan.ensemble.method, plan.ensemble.ways
        if len(ways) > 1:
            told = WaysCompared(candidate=plan.id, taken=taken, ways=ways)
            self.bench.context.journal.append(told)
        wanted = self.bench.context.options.aggregation
        if METHODS.get(wanted, taken) != taken:
            why = f"the metric {self.bench.task.metric} and what was scored leave"
            self.note(f"{wanted} was asked for, but {why} only the {WORDS[taken]}")

    def best_plan(
        self, attempts: Sequence[Attempt], sets: Sequence[Sequence[str]] = ()
    ) -> RefitPlan | None:
        """The best way to combine whole candidates; a partial one where it is clearly better.

        Where nothing stands, any partial one will do.
        """
        bench = self.bench
        whole = [a for a in attempts if len(a.raws) == len(bench.shadows.folds)]
        rivals = whole or [a for a in attempts if self.submitter.stands(a)]
        ahead = clearly_ahead(bench, attempts, rivals)
        if ahead is not None and safe_seconds(bench, [ahead]) > bench.seconds_left:
            ahead = None
        if not whole and ahead is not None:
            return plan_for_one(ahead)
        if not whole and self.submitter.standing and not self.submitter.is_constant:
            return None
        pool = ranked(bench, whole or attempts)
        if not pool:
            return None
        plan: RefitPlan | None = None
        for alike in alike_preps(pool)[:MOST_PREPS]:
            chosen = affordable(bench, alike, bench.seconds_left - self.blend_seconds)
            if not whole or not self.combines:
                chosen = chosen[:1]
            for some in (chosen, *smaller_sets(chosen, sets)):
                if plan is not None and bench.seconds_left < self.reserve(plan.attempts):
                    break
                found = self.combined(some)
                if plan is None or self.beats(found, plan):
                    plan = found
        assert plan is not None
        if ahead is not None and not self.asked_for(plan) and self.is_ahead(ahead, plan):
            return plan_for_one(ahead)
        return replace(plan, seeds=affordable_seeds(bench, plan.attempts))

    def is_ahead(self, attempt: Attempt, plan: RefitPlan) -> bool:
        """Whether a candidate that lacks folds is better than a plan on those that it has."""
        if attempt.score is None:
            return False
        known = by_fold(plan.ensemble.score, range(len(self.bench.shadows.folds)))
        shared = [known[fold] for fold in attempt.raws if fold in known]
        return bool(shared) and self.bench.better(fmean(attempt.score.folds), fmean(shared))

    def asked_for(self, plan: RefitPlan) -> bool:
        """Whether somebody wants just this way to combine, whatever it is worth."""
        wanted = METHODS.get(self.bench.context.options.aggregation)
        return not plan.single and plan.ensemble.method == wanted

    @property
    def combines(self) -> bool:
        """Whether candidates may be combined at all."""
        options = self.bench.context.options
        return options.aggregation != "best" and "modules" not in options.without

    def beats(self, found: RefitPlan, plan: RefitPlan) -> bool:
        """Whether a plan is better than another; where a way is asked for, none is taken alone."""
        if self.bench.context.options.aggregation in METHODS and found.single != plan.single:
            return plan.single
        return self.bench.better(found.ensemble.score.value, plan.ensemble.score.value)

    def combined(self, chosen: Sequence[Attempt]) -> RefitPlan:
        """A blend or the best single one; the best by score if there is no time to find out."""
        if len(chosen) == 1:
            return plan_for_one(chosen[0])
        spare = self.bench.seconds_left - safe_seconds(self.bench, chosen)
        seconds = min(LONGEST_BLEND, max(spare, self.blend_seconds))
        try:
            ensemble = self.bench.blend([(a.id, a.raws) for a in chosen], seconds)
        except IimlError as error:
            self.note(f"candidates were not combined: {error}")
            return plan_for_one(chosen[0])
        by_id = {a.id: a for a in chosen}
        if ensemble.method == "single" and by_id[ensemble.members[0]].dropped:
            return plan_for_one(next(a for a in chosen if not a.dropped))
        return RefitPlan(tuple(by_id[name] for name in ensemble.members), ensemble)

    def improves(self, plan: RefitPlan, attempts: Sequence[Attempt]) -> bool:
        """Whether a better score, or the same candidate measured better, asks to replace."""
        standing, new = self.submitter.standing, plan.ensemble.score
        old = standing.candidate.score if standing else None
        if standing is None or old is None:
            return True
        if plan.single and self.submitter.stands(plan.attempts[0]):
            return new.rows > old.rows or plan.most_seeds > standing.seeds
        known = next((a for a in attempts if self.submitter.stands(a)), None)
        if known is None or known.score is None:
            return self.bench.better(new.value, old.value)
        folds, now = sorted(known.raws), known.score
        if len(now.folds) == len(folds) and len(new.folds) == len(self.bench.shadows.folds):
            shared = fmean(new.folds[fold] for fold in folds)
            return self.bench.better(shared, fmean(now.folds))
        return self.bench.better(new.value, now.value)

    def fall_back(self, plan: RefitPlan, attempts: Sequence[Attempt]) -> None:
        """Where the end of it all could not be handed in: its best member, if that is better."""
        if plan.single or self.bench.context.stop.is_set():
            return
        able = [a for a in plan.attempts if not a.dropped] or plan.attempts
        self.plan = single = plan_for_one(ranked(self.bench, able)[0])
        if not self.improves(single, attempts):
            return
        submit = self.submitter.submission_of(single)
        if submit:
            submit()

    def note(self, text: str) -> None:
        """Tell the reader of the journal."""
        self.bench.context.journal.append(Note(level="warning", text=text))
