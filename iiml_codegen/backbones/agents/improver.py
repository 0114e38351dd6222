"""Improver, answered by a backbone: which change of one blueprint step is worth a trial next?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from msgspec import Meta

from iiml_codegen.backbones.asking import Asker
from iiml_codegen.domain.wire import Frozen

AGENT = "improver"
NEW = "new"
MOST_IDEAS = 3
ROUNDS = 2
LONGEST_TITLE, LONGEST_WHY = 120, 400


class Idea(Frozen):
    """A change of one step, small enough to be tried by itself."""

    step: Annotated[str, Meta(description='id of the step to change, or "new" for a prep step')]
    title: Annotated[str, Meta(description="what the step does then, at most ten words")]
    why: Annotated[str, Meta(description="why the score should gain, one sentence")]
    change: Annotated[str, Meta(description="what exactly to do, for the coder")]
    candidate: Annotated[str, Meta(description="id of the candidate to change; empty: base")] = ""


class Ideas(Frozen):
    """What to try next, most promising first; none where nothing new comes to mind."""

    ideas: tuple[Idea, ...]


class BackboneImprover:
    """Proposes changes of single steps."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker

    def propose(self, parts: Mapping[str, Any], wrong: Callable[[Idea], str]) -> tuple[Idea, ...]:
        """Ideas against which `wrong` has nothing to say; raises NoAnswerError.

        One bad idea among good ones is left out; where all are bad the model hears why.
        """

        def check(answer: Ideas) -> str:
            said = [found for idea in answer.ideas if (found := wrong(idea))]
            return said[0] if said and len(said) == len(answer.ideas) else ""

        answer = self.asker.ask(AGENT, parts, Ideas, check=check, rounds=ROUNDS)
        fitting = [short(idea) for idea in answer.ideas if not wrong(idea)]
        return tuple(fitting[:MOST_IDEAS])


def short(idea: Idea) -> Idea:
    """An idea whose title and reason fit on a line."""
    return Idea(
        step=idea.step.strip(),
        title=" ".join(idea.title.split())[:LONGEST_TITLE],
        why=" ".join(idea.why.split())[:LONGEST_WHY],
        change=idea.change,
        candidate=idea.candidate.strip(),
    )
