"""One candidate under way: its code, and what its folds have given so far."""

from __future__ import annotations

import itertools
import math
import re
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from iiml_codegen.domain.blueprint import Member
from iiml_codegen.domain.candidate import Candidate, CandidateStatus, Score
from iiml_codegen.integration.fits import goes_alone
from iiml_codegen.integration.pipeline_plan import Rounds
from iiml_codegen.integration.roles import SYNONYMS
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.measured import FoldReport, Measured

REFIT_SPEEDUP = 1.5
"""How much faster two threads fit than one; measured on LightGBM and CatBoost, about 1.4 to 1.7."""
SMALL_FIT_SECONDS = 5.0
"""Shorter fits gain nothing by threads: these wait for each other, more so on a busy machine."""
ROWS_COST = 1.1
"""How much more than in proportion to its rows a fit takes."""
EPOCHS = re.compile(r"^EPOCHS\b", re.M)
"""A network's rounds are passes over all rows: of more rows it needs no more of them."""
NETWORK_SPEEDUP = 1.2
TAKES_SECONDS = re.compile(rf"\bdef fit\([^)]*\b({'|'.join(SYNONYMS['time_limit'])})\b")
TAKES_THREADS = re.compile(rf"\bdef fit\([^)]*\b({'|'.join(SYNONYMS['threads'])})\b")
USES_CARD = re.compile(r"\bcuda\b")


@dataclass
class Attempt:
    """Mutable state of a candidate; only the exploration's own thread changes it.

    One that is `dropped` is no better than what it was made from: it may help in an ensemble, but
    not stand alone. `estimate` is what a fold should take, `encoding` what comes before the first
    one, `predicting` what a fold's predictions should; `load` is how busy others kept the machine
    while that was measured. `sampled` is its score on the rows of the sample, `parent` the
    candidate whose constants it varies; one that `wants_more` had few of these rows, and has time
    for all of them: what its `last_sample` took helps to tell then what more rows cost.
    """

    code: CandidateCode
    estimate: float
    raws: dict[int, Path] = field(default_factory=dict)
    rounds: dict[int, Rounds] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    fit_seconds: dict[int, float] = field(default_factory=dict)
    predict_seconds: dict[int, float] = field(default_factory=dict)
    queued: list[int] = field(default_factory=list)
    running: int = 0
    admitted: bool = False
    text: str = ""
    status: CandidateStatus = "running"
    score: Score | None = None
    note: str = ""
    dropped: bool = False
    sampled: Score | None = None
    sample_rows: int = 0
    encoding: float = 0.0
    predicting: float = 0.0
    load: float = 0.0
    cores: int = 1
    wants_more: bool = False
    last_sample: Measured | None = None
    peak_bytes: int = 0
    parent: Attempt | None = None
    card_bytes: int = 0
    went_on: bool = False

    @property
    def id(self) -> str:
        """The candidate's id."""
        return self.code.id

    @property
    def member(self) -> Member:
        """The blueprint's member that it tries."""
        return self.code.member

    @property
    def value(self) -> float:
        """Its score so far; NaN before the first fold."""
        return self.score.value if self.score else math.nan

    def take(self, fold: int, text: str, raw: Path, report: FoldReport, seconds: float) -> None:
        """Keep what a fold gave; folds that ran with another text than `text` are run again."""
        if self.text and text != self.text:
            self.queued = sorted({*self.queued, *self.raws} - {fold})
            spent = (self.seconds, self.fit_seconds, self.predict_seconds)
            for kept in (self.raws, self.rounds, *spent):
                kept.clear()
        self.text = text
        self.raws[fold] = raw
        self.rounds[fold] = report.rounds.get(self.member.name)
        self.seconds[fold] = seconds
        self.fit_seconds[fold] = report.seconds["fit"]
        self.predict_seconds[fold] = report.seconds.get("predict", 0.0)
        self.card_bytes = max(self.card_bytes, report.card_bytes)

    def expected_seconds(self) -> float:
        """What one more fold should take."""
        return max(self.seconds.values(), default=self.estimate)

    def overhead_seconds(self) -> float:
        """What a fold took beside its fit and its predictions at most; 0 before the first one."""
        inside = {n: s + self.predict_seconds.get(n, 0.0) for n, s in self.fit_seconds.items()}
        return max((self.seconds[n] - inside[n] for n in inside if n in self.seconds), default=0.0)

    @property
    def takes_seconds(self) -> bool:
        """Whether its fit stops by itself when its time is over."""
        return TAKES_SECONDS.search(self.code.model) is not None

    @property
    def encodes_much(self) -> bool:
        """Whether a large network looks at each row first: then few rows must do for a start."""
        return self.member.track == "pretrained" and self.code.encodes()

    @property
    def uses_card(self) -> bool:
        """Whether it computes on a graphics card where there is one."""
        return USES_CARD.search(self.code.model) is not None

    @property
    def counts_epochs(self) -> bool:
        """Whether its rounds are passes over all rows."""
        return EPOCHS.search(self.code.model) is not None

    def refit_rounds(self, scale: float) -> Rounds:
        """The folds' median rounds, scaled to the rows of the refit; None if it has none.

        Passes over all rows stay as many: each of them makes more steps.
        """
        scale = 1.0 if self.counts_epochs else scale
        found = [r for r in self.rounds.values() if r is not None]
        if not found:
            return None
        lists = [r if isinstance(r, list) else [r] for r in found]
        columns = [[n for n in c if n is not None] for c in itertools.zip_longest(*lists)]
        medians = [max(1, round(statistics.median(column) * scale)) for column in columns]
        return medians if isinstance(found[0], list) else medians[0]

    def refit_seconds(self, scale: float, threads: int) -> float:
        """What one seed of the refit on all rows should take, with its predictions."""
        predict = max(self.predict_seconds.values(), default=0.0)
        return self.refit_fit_seconds(scale, threads) + predict

    def refit_fit_seconds(self, scale: float, threads: int) -> float:
        """What the fit of one seed on all rows should take."""
        fits = self.fit_seconds.values() or [self.estimate]
        # Several folds at once on a card only lengthen each other; but one that went on from a
        # checkpoint took less than a whole fit.
        shortest = self.card_bytes > 0 and not self.went_on
        fit = min(fits) if shortest else statistics.median(fits)
        seconds = fit * scale * ROWS_COST
        return seconds / self.speedup if threads > 1 and seconds > SMALL_FIT_SECONDS else seconds

    @property
    def speedup(self) -> float:
        """How much faster it fits with several threads than with one."""
        if TAKES_THREADS.search(self.code.model) is None:
            return 1.0
        return NETWORK_SPEEDUP if self.counts_epochs else REFIT_SPEEDUP

    @property
    def goes_alone(self) -> bool:
        """Whether its fits go one after the other, with no other beside them."""
        return goes_alone(self.code.model)

    def as_candidate(self) -> Candidate:
        """The candidate as journal and views know it."""
        lists = [r if isinstance(r, list) else [r] for r in self.rounds.values() if r is not None]
        return Candidate(
            id=self.id,
            track=self.member.track,
            members=(self.member.name,),
            status=self.status,
            score=self.score or self.sampled,
            sample=0 if self.score or not self.sampled else self.sample_rows,
            seconds=round(sum(self.seconds.values()), 2),
            rounds=tuple(tuple(r) for r in lists),
            note="; ".join(filter(None, (self.code.origin, self.note))),
        )
