"""The exploration: which run comes next, what its result means, and when to stop.

Threads of the pool only run scripts and scored candidates' refits. Candidates' state belongs to
the thread of `run`: what a run gave is taken in there, one result after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from copy import copy
from dataclasses import replace

from iiml_codegen.domain.events import Note
from iiml_codegen.search.admission import best_of
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.incoming import Board, Incoming, Seen
from iiml_codegen.search.jobs import Done, Job, Jobs
from iiml_codegen.search.leak_gate import LeakGate
from iiml_codegen.search.order import Order
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.results import Results
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.slots import Need, Slots, machine_of
from iiml_codegen.search.time_left import TimeLeft, whole_ones
from iiml_codegen.search.tuning import Tuning
from iiml_codegen.search.yours import Saved, is_yours

LOOK_SECONDS = 0.5
MOST_THREADS = 256
"""Each starts when it has work; how many have any is decided by slots."""
SHARE_OF_THE_PLAN = 0.5
"""Of the budget: how long the plan's own candidates go before those of a second line."""
SHARE_OF_THE_FIRST = 0.4
"""Of the budget: how long tracks wait for the first candidate to be made whole."""
NO_TIME = "not started: too little time left"
TOO_LONG = "its other folds do not fit into the time that is left"
NO_FOLD = "no fold of it fits into the time that is left"
Refit = Callable[[], bool]
"""Hands a candidate in; says whether a submission stands now. For a thread of its own."""


class Exploration:
    """Runs candidates on all slots until they or the time run out.

    `reserve` says how many seconds the end needs; `early_refit` is asked for the refit of the best
    candidate not handed in yet, and answers None where what stands is about as good. With a `gate`,
    only candidates that passed its leak tests become the best. `yours` is asked now and then for
    candidates of what a person has edited: they go before all others. What is `incoming`
    from a second line goes after all others, or before them once the plan's own had their share.
    What time is left after them, or while the second line thinks, goes to the constants of the
    best, by `tuning`; that line sees nothing of it, so that it neither waits for variants nor
    builds on them.
    """

    def __init__(
        self,
        bench: Bench,
        attempts: list[Attempt],
        repairer: Repairer,
        reserve: Callable[[list[Attempt]], float],
        sample: Shadow | None = None,
        gate: LeakGate | None = None,
        yours: Callable[[], Saved] = Saved,
        incoming: Incoming | None = None,
        tuning: Tuning | None = None,
    ) -> None:
        self.bench = bench
        self.gate = gate
        self.yours = yours
        self.incoming = incoming or Incoming()
        self.brought: list[Attempt] = []
        self.unclimbed: list[Attempt] = []
        self.waiting = list(attempts)
        self.started: list[Attempt] = []
        self.repairer = repairer
        self.tuning = tuning
        self.offered: set[str] = set()
        self.wanted = bench.context.options.candidates
        self.order = Order(bench, attempts, measured=not self.wanted)
        self.time = TimeLeft(bench, self.order, reserve, self.started)
        self.results = Results(bench, self.time, repairer, gate, self.started)
        self.jobs = Jobs(bench, repairer, sample, gate)
        self.sample = sample
        self.machine = machine_of(bench)

    def run(self, early_refit: Callable[[Attempt], Refit | None]) -> list[Attempt]:
        """Explore; returns the candidates that have a score."""
        stop = self.bench.context.stop
        with closing(self.incoming), ThreadPoolExecutor(MOST_THREADS) as pool:
            slots: Slots[Job, Done] = Slots(pool, self.machine, in_order=self.wanted > 0)
            while not stop.is_set() and not self.has_enough():
                self.take_in_yours()
                self.take_in_others()
                self.offer(slots, early_refit)
                self.fill(slots)
                if not slots.busy:
                    if not self.expects_more():
                        break
                    self.incoming.wait(LOOK_SECONDS)
                    continue
                for job, done in slots.finished(LOOK_SECONDS):
                    self.results.absorb(job, done)
                self.stop_late(slots.at_work())
            self.take_in_others()
            self.bench.context.runner.stop_all()
        return self.found()

    def has_enough(self) -> bool:
        """Whether as many candidates as were asked for are whole; then all others end."""
        if not self.wanted or len(whole_ones(self.bench, self.started)) < self.wanted:
            return False
        if self.gate is not None and any(map(self.gate.open, whole_ones(self.bench, self.started))):
            return False
        said = f"{self.wanted} candidates are scored, as many as were asked for"
        for attempt in [*self.started, *self.unclimbed, *self.waiting, *self.brought]:
            if attempt.status in ("running", "partial"):
                self.results.end(attempt, "stopped", said)
                self.repairer.stop(attempt.code)
        self.waiting, self.brought, self.unclimbed = [], [], []
        return True

    def fill(self, slots: Slots[Job, Done]) -> None:
        """Start jobs until there is no room, or nothing to do that there is time for."""
        slots.machine = self.machine = machine_of(self.bench)
        while slots.fits(Need()) and (job := self.next_job(slots)):
            job.attempt.running += 1
            kept = replace(job, reserve=self.time.reserve(self.started))
            slots.start(kept, self.machine.need(job.attempt), self.jobs.perform)

    def take_in_yours(self) -> None:
        """Let candidates of what a person edited be next; those of older texts end."""
        saved = self.yours()
        if not saved.new:
            return
        named = " and ".join(attempt.id for attempt in saved.new)
        for older in [*self.started, *self.unclimbed]:
            ends = is_yours(older.id) and older.id not in saved.standing
            if ends and older.status in ("running", "partial"):
                self.repairer.stop(older.code)
                self.results.end(older, "stopped", f"edited again: {named} goes on")
        left = [attempt for attempt in self.unclimbed if attempt.status != "stopped"]
        self.unclimbed = [*left, *saved.new]

    def take_in_others(self) -> None:
        """Take over what the second line brings, and show it where things stand."""
        handed, verdicts = self.incoming.take()
        self.brought += handed
        for verdict in verdicts:
            for attempt in self.started:
                if attempt.id == verdict.candidate and attempt.status != "failed":
                    attempt.dropped = verdict.dropped
                    self.results.say(attempt, attempt.status, verdict.note)
        if self.incoming.open:
            known = [a for a in (*self.started, *self.brought, *self.waiting) if a.parent is None]
            turn = not self.waiting or self.plan_had_its_share
            board = Board(tuple(map(self.seen, known)), self.time.seconds(), turn)
            self.incoming.publish(board)

    def expects_more(self) -> bool:
        """Whether the second line may bring a candidate that there is time for."""
        return self.incoming.has_more() and self.time.seconds() > 0

    @property
    def plan_had_its_share(self) -> bool:
        """Whether what is left of the plan's own candidates waits for those of the second line."""
        return self.bench.context.budget.fraction_used() > SHARE_OF_THE_PLAN

    def seen(self, attempt: Attempt) -> Seen:
        """A candidate as it stands, for the second line."""
        whole = bool(whole_ones(self.bench, [attempt]))
        judged = whole and (self.gate is None or self.gate.judged(attempt))
        return Seen(
            code=copy(attempt.code),
            candidate=attempt.as_candidate(),
            raws=dict(attempt.raws),
            fold_seconds=attempt.expected_seconds(),
            settled=attempt.status in ("failed", "stopped") or judged,
            cleared=whole and (self.gate is None or self.gate.cleared(attempt)),
        )

    def found(self) -> list[Attempt]:
        """The candidates with a score; where leak tests left none, those that the plan wrote.

        Then a test is more likely wrong than the plan, and a submission is better than none.
        """
        scored = [attempt for attempt in self.started if attempt.score is not None]
        gate = self.gate
        if gate is None:
            return scored
        cleared = [a for a in scored if gate.cleared(a)]
        if cleared or not scored:
            return cleared
        left = [a for a in scored if gate.planned(a.code) or gate.refused(a) is None]
        if left:
            said = "leak tests left no candidate; those that the plan wrote are used all the same"
            self.bench.context.journal.append(Note(level="warning", text=said))
        return left

    def offer(
        self, slots: Slots[Job, Done], early_refit: Callable[[Attempt], Refit | None]
    ) -> None:
        """Start the refit of the best candidate not tried for it yet, if it is wanted already."""
        if slots.has_side:
            return
        fresh = [a for a in self.started if a.id not in self.offered and a.status != "failed"]
        fresh = [a for a in fresh if self.gate is None or self.gate.cleared(a)]
        best = best_of(self.bench, [a for a in fresh if a.text == a.code.text])
        if best is None:
            return
        refit = early_refit(best)
        if refit is not None:
            self.offered.add(best.id)
            slots.start_side(refit)

    def next_job(self, slots: Slots[Job, Done]) -> Job | None:
        """What to do next; None if there is no time, no room or no work."""
        tests = None if any(job.what == "leaks" for job in slots.at_work()) else self.leak_tests()
        first = tests or self.climb() or self.best_of_what_waits(slots)
        return first or self.taken_up(slots) or self.tuned()

    def leak_tests(self) -> Job | None:
        """The leak tests of a candidate that is worth its other folds; they go one by one."""
        if self.gate is not None and self.bench.seconds_left > 0:
            for attempt in self.started:
                if attempt.status not in ("failed", "stopped") and self.gate.due(attempt):
                    self.gate.begin(attempt)
                    return Job(attempt, "leaks")
        return None

    def climb(self) -> Job | None:
        """The trial of what a person edited, before all others but the plan's first."""
        while self.unclimbed and not self.first_goes_on():
            attempt = self.unclimbed.pop(0)
            if self.time.affords(attempt, folds=2):
                self.started.insert(0, attempt)
                return Job(attempt, "climb", fit_seconds=self.time.fit_seconds(attempt))
            self.results.say(attempt, "stopped", NO_TIME)
        return None

    def first_goes_on(self) -> bool:
        """Whether the plan's first candidate is not begun, or has the only core and no score.

        It proves prep, and gives the first submission.
        """
        if not self.started:
            return bool(self.waiting)
        begun = any(a.status == "running" for a in self.started)
        unscored = not any(a.score for a in self.started)
        return self.machine.cores == 1 and unscored and bool(begun or self.waiting)

    def best_of_what_waits(self, slots: Slots[Job, Done]) -> Job | None:
        """A fold of a candidate that earned it, or the trial of another one.

        The first candidate is made whole before all else, if that is soon. Then each track gets its
        first one; what comes after goes by the gain per second.
        """
        for attempt in self.in_turn():
            if not slots.fits(self.machine.need(attempt)):
                continue
            if attempt.wants_more:
                attempt.wants_more = False
                return Job(attempt, "trial", fit_seconds=self.time.fit_seconds(attempt))
            job = self.fold_of(attempt) if attempt.queued else self.trial_of(attempt)
            if job is not None:
                return job
        return None

    def in_turn(self) -> list[Attempt]:
        """Candidates that go on or begin, in their turn."""
        begun = [a for a in self.started if a.queued or a.wants_more]
        if not self.started:
            return [*self.waiting[:1], *self.brought]
        openers = self.order.openers([*begun, *self.waiting], self.started)
        others = [a for a in self.own_or_brought() if a not in openers]
        if best_of(self.bench, self.started) is None:
            new = [a for a in openers if a not in begun]
            return [*begun, *self.order.first(others, self.started), *new]
        whole = whole_ones(self.bench, self.started)
        first = [] if whole else [a for a in begun if a.admitted][:1]
        rest = [a for a in (*begun, *others) if a not in first and a not in openers]
        used = 0.0 if self.wanted else self.bench.context.budget.fraction_used()
        begin = [*openers, *first] if used > SHARE_OF_THE_FIRST else [*first, *openers]
        ordered = self.order.first(rest, self.started)
        if self.incoming.open or self.brought:  # what a second line brings goes before variants
            ordered.sort(key=lambda one: one.parent is not None)
        return [*begin, *ordered]

    def own_or_brought(self) -> list[Attempt]:
        """The plan's own candidates that wait, or a second line's if it is their turn."""
        brought = self.brought and (not self.waiting or self.plan_had_its_share)
        return self.brought[:1] if brought else self.waiting

    def fold_of(self, attempt: Attempt) -> Job | None:
        """Its next fold; a first one alone tells something, others only all together."""
        fits = self.time.affords_rest(attempt) if attempt.raws else self.time.affords(attempt)
        if fits:
            seconds = self.time.fit_seconds(attempt)
            return Job(attempt, "fold", attempt.queued.pop(0), seconds)
        if not attempt.running:
            self.results.end(attempt, "stopped", TOO_LONG if attempt.raws else NO_FOLD)
        return None

    def trial_of(self, attempt: Attempt) -> Job | None:
        """Begin a candidate; the first one of a track runs the sample even where no fold fits."""
        brought = attempt in self.brought
        opens = attempt in self.order.openers(self.waiting, self.started)
        (self.brought if brought else self.waiting).remove(attempt)
        folds = 1 if opens else 2
        if self.time.affords(attempt, folds) or (opens and self.sample and self.time.seconds() > 0):
            self.started.append(attempt)
            seconds = self.time.fit_seconds(attempt)
            return Job(attempt, "trial", fit_seconds=seconds, few=attempt.encodes_much)
        self.started += [attempt] if brought else []
        self.results.say(attempt, "stopped", NO_TIME)
        return None

    def taken_up(self, slots: Slots[Job, Done]) -> Job | None:
        """A fold that was left out for want of time, where nothing waits and all others fit now.

        The final refit may need less than it seemed, or the machine have become less busy.
        """
        if self.wanted or self.waiting or self.brought:
            return None
        left = [a for a in self.started if (a.status, a.note) == ("stopped", TOO_LONG)]
        for attempt in self.order.first(left, self.started):
            folds = range(len(self.bench.shadows.folds))
            attempt.queued = [fold for fold in folds if fold not in attempt.raws]
            if slots.fits(self.machine.need(attempt)) and self.time.affords_rest(attempt):
                self.results.say(attempt, "partial")
                return self.fold_of(attempt)
            attempt.queued = []
        return None

    def tuned(self) -> Job | None:
        """A candidate with other constants than its parent, where nothing else is to do.

        Where no clock may count, the second line has to have ended, as its thoughts take time.
        """
        if self.tuning is None or self.waiting or self.brought:
            return None
        if self.wanted and self.incoming.has_more():
            return None
        known = [a for a in self.started if self.gate is None or self.gate.cleared(a)]
        attempt = self.tuning.next(known, self.time.affords_again)
        if attempt is None:
            return None
        self.started.append(attempt)
        return Job(attempt, "trial")

    def stop_late(self, jobs: list[Job]) -> None:
        """End runs that eat into the time of the final refit, as it was when they began or less."""
        if not jobs or not any(a.score for a in self.started):
            return
        reserve = self.time.reserve(self.started)
        for job in jobs:
            if self.bench.seconds_left < min(reserve, job.reserve):
                job.attempt.queued.clear()
                self.repairer.stop(job.attempt.code)
