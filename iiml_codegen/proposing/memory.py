"""What the second line has tried and learnt, as it is told to the model before its next idea."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from iiml_codegen.backbones.agents.improver import Idea
from iiml_codegen.domain.events import IdeaTried, StepWorth
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.incoming import Seen

MOST_LISTED = 12
MOST_LESSONS = 4


@dataclass
class Memory:
    """Ideas with their outcomes, lessons, what steps are worth."""

    tried: list[IdeaTried] = field(default_factory=list)
    lessons: list[str] = field(default_factory=list)
    worths: list[StepWorth] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def is_new(self, idea: Idea) -> bool:
        """Whether nothing like it was tried: same title, or same words for the coder."""
        return not (keys(idea) & self.seen)

    def begin(self, idea: Idea) -> None:
        """It is tried from now on."""
        self.seen |= keys(idea)

    def tried_lines(self, metric: str) -> list[str]:
        """What became of each idea, the latest last."""
        return [tried_line(one, metric) for one in self.tried[-MOST_LISTED:]]

    def learnt(self, lesson: str) -> None:
        """Keep what was learnt."""
        if lesson and lesson not in self.lessons:
            self.lessons.append(lesson)

    def worth_lines(self, candidate: str, metric: str) -> list[str]:
        """What the steps of a candidate are worth."""
        return [worth_line(one, metric) for one in self.worths if one.candidate == candidate]


def keys(idea: Idea) -> set[tuple[str, str]]:
    """What an idea is known by, whatever its case and spaces."""
    words = {"title": idea.title, "change": idea.change}
    return {(kind, " ".join(text.lower().split())) for kind, text in words.items()}


def tried_line(one: IdeaTried, metric: str) -> str:
    """An idea, and how it went."""
    said = f"[{one.step}] {one.title} (on {one.parent}): {one.outcome}"
    if one.difference is not None and one.p_better is not None:
        gain = f"{one.difference:+.4g} ± {one.standard_error or 0.0:.2g} {metric}"
        said += f", gain {gain}, P(better) {one.p_better:.2f}"
    return f"{said}; {' '.join(one.reason.split())[:160]}" if one.reason else said


def worth_line(one: StepWorth, metric: str) -> str:
    """What a step is worth."""
    return f"{one.step}: worth {one.difference:+.4g} ± {one.standard_error:.2g} {metric}"


def board_lines(bench: Bench, candidates: Sequence[Seen]) -> Iterator[str]:
    """Candidates that may be changed, best first."""
    for one in ranked(bench, candidates)[:MOST_LISTED]:
        score = one.candidate.score
        if score is not None:
            origin = f"; {one.code.origin}" if one.code.origin else ""
            said = f"{score.value:.5g} ± {score.standard_error:.2g}"
            yield f"{one.id} ({one.code.member.name}): {said}{origin}"


def ranked(bench: Bench, candidates: Sequence[Seen]) -> list[Seen]:
    """Candidates that are scored on all folds and that no leak test refused, best first."""
    sign = -1 if bench.task.greater_is_better else 1
    cleared = [c for c in candidates if c.cleared and c.candidate.score is not None]
    return sorted(cleared, key=lambda c: (sign * value(c), c.id))


def value(one: Seen) -> float:
    """The score of a candidate that has one."""
    assert one.candidate.score is not None
    return one.candidate.score.value
