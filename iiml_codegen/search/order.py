"""In which order candidates go: by the gain that is to be expected of each, per second."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.search.admission import best_of
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench

STEP_DOWN = 0.85
"""Of a candidate's expected gain: what one later in its track's plan has."""
SAME_FAMILY = 0.5
"""What is left of it where another model of its kind is scored: they err on the same rows."""
NEW_TRACK = 1.5
"""Nothing else of its track is scored: it may help most in a blend."""
STEEPNESS, STEEPER = 5.0, 15.0
"""How fast the gain falls below the best, and grows above it: a new best is worth the most."""
LEAST_QUALITY, MOST_QUALITY = 0.05, 4.0
START_SECONDS = 1.5
"""Of each run: to start, read and answer."""
LEAST_PACE, MOST_PACE = 0.2, 10.0


class Order:
    """The order of candidates. With `measured` off, only the plan's own costs count, no clock."""

    def __init__(self, bench: Bench, planned: Sequence[Attempt], *, measured: bool = True) -> None:
        self.bench = bench
        self.measured = measured
        self.limited: Callable[[Attempt, float], float] = lambda attempt, seconds: seconds
        """What a fold takes where its fit stops by itself: who knows the time that is left says."""
        self.places: dict[str, int] = {}
        of_track: dict[Track, int] = {}
        for attempt in planned:
            place = of_track.setdefault(attempt.member.track, 0)
            self.places[attempt.id] = place
            of_track[attempt.member.track] = place + 1
        self.tracks = tuple(of_track)

    def first(self, candidates: Iterable[Attempt], known: Sequence[Attempt]) -> list[Attempt]:
        """Candidates, the one with most gain per second first; equal ones as they came."""
        return sorted(candidates, key=lambda one: -self.rate(one, known))

    def rate(self, attempt: Attempt, known: Sequence[Attempt]) -> float:
        """Gain per second of making it whole."""
        folds = len(self.bench.shadows.folds) - len(attempt.raws) - attempt.running
        seconds = self.fold_seconds(attempt, known) + START_SECONDS
        return self.gain(attempt, known) / (max(1, folds) * seconds)

    def gain(self, attempt: Attempt, known: Sequence[Attempt]) -> float:
        """What it should add to what is known, in parts of what a first good candidate adds."""
        others = [a for a in known if a is not attempt and a.score and a.status != "failed"]
        gain = STEP_DOWN ** self.places.get(attempt.id, 0)
        if any(family(a) == family(attempt) for a in others):
            gain *= SAME_FAMILY
        of_track = [a for a in others if a.member.track == attempt.member.track]
        if not of_track:
            gain *= NEW_TRACK
        skill = self.skill(attempt, known)
        if skill is None:
            seen = [s for a in of_track if (s := self.skill(a, known)) is not None]
            skill = max(seen, default=None)
        return gain * (quality(skill) if skill is not None else 1.0)

    def skill(self, attempt: Attempt, known: Sequence[Attempt]) -> float | None:
        """How far it has gone of the way to the best, on its first fold or else on the sample.

        Of those that were seen on the sample alone, to the best one's place there, or beyond.
        """
        best = best_of(self.bench, known)
        if attempt.score and attempt.score.folds and best and best.score and best.score.folds:
            return self.bench.skill(attempt.score.folds[0], best.score.folds[0])
        sampled = [a.sampled.value for a in known if a.sampled]
        if attempt.sampled is None or not sampled:
            return None
        top = max(sampled) if self.bench.task.greater_is_better else min(sampled)
        top = best.sampled.value if best is not None and best.sampled else top
        beats = self.bench.better(top, self.bench.constant)
        return self.bench.skill(attempt.sampled.value, top) if beats else None

    def fold_seconds(self, attempt: Attempt, known: Sequence[Attempt]) -> float:
        """What one fold should take: measured, or planned and scaled by how others turned out."""
        if not self.measured:
            return attempt.member.cost
        if attempt.seconds or attempt.estimate != attempt.member.cost:
            return self.limited(attempt, attempt.expected_seconds())
        on_card = self.bench.context.card_bytes > 0 and attempt.uses_card
        pace = self.pace([a for a in known if (a.card_bytes > 0) == on_card])
        return self.limited(attempt, attempt.estimate * pace)

    def pace(self, known: Sequence[Attempt]) -> float:
        """How much longer folds of these took on this machine and these data than was planned."""
        ratios = [
            max(1.0, a.expected_seconds()) / max(1.0, a.member.cost + START_SECONDS)
            for a in known
            if a.seconds and a.parent is None
        ]
        if not ratios:
            return 1.0
        return min(MOST_PACE, max(LEAST_PACE, statistics.median(ratios)))

    def openers(self, unscored: Sequence[Attempt], known: Sequence[Attempt]) -> list[Attempt]:
        """The first of the candidates for each track of which nothing is scored or being scored."""
        begun = {a.member.track for a in known if a.score or a.sampled or a.running}
        found: dict[Track, Attempt] = {}
        for attempt in unscored:
            track = attempt.member.track
            if track in self.tracks and track not in begun and not attempt.raws:
                found.setdefault(track, attempt)
        return list(found.values())


def quick_first(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The plan's order, but what needs no encoding and no network before all else.

    The first candidate proves prep and gives the first submission.
    """
    return sorted(attempts, key=lambda one: one.member.track != "traditional")


def family(attempt: Attempt) -> str:
    """Which kind of model it is: the template's name without the kind of task."""
    return attempt.member.template.rpartition("_")[0] or attempt.member.template


def quality(skill: float) -> float:
    """What a skill does to the gain: a little less than the best helps, a lot less does not."""
    beyond = min(skill, 2.0) - 1.0
    steepness = STEEPER if beyond > 0 else STEEPNESS
    return min(MOST_QUALITY, max(LEAST_QUALITY, math.exp(steepness * beyond)))
