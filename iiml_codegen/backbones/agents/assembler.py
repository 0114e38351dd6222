"""Assembler, answered by a backbone: which output is meant where the binder finds a tie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from iiml_codegen.backbones.agents.coding import observation_lines
from iiml_codegen.backbones.asking import Asker, NoAnswerError
from iiml_codegen.backbones.regions import regions
from iiml_codegen.domain.contract import Observation
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import BindingError

AGENT = "assembler"
ROUNDS = 2
LONGEST = 160


class Choice(Frozen):
    """One of several outputs that could serve."""

    output: Annotated[str, Meta(description="one of the choices")]
    why: Annotated[str, Meta(description="what in the code says so, in a few words")]


class BackboneAssembler:
    """Asked for ties only; whatever is not among the choices is no answer."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker

    def choose(
        self, tie: BindingError, model: str, observations: Sequence[Observation]
    ) -> tuple[str, str] | None:
        """The choice with its reason as evidence, or None."""
        if len(tie.choices) < 2:
            return None
        parts = {
            "tie": Exception.__str__(tie),
            "choices": list(tie.choices),
            "observed": observation_lines(observations),
            "model": regions("model.py", model, ()),
        }
        try:
            answer = self.asker.ask(
                AGENT,
                parts,
                Choice,
                check=lambda choice: stranger(choice, tie.choices),
                rounds=ROUNDS,
            )
        except NoAnswerError:
            return None
        return answer.output, f"chosen by the assembler agent: {plain(answer.why)}"


def stranger(choice: Choice, choices: Sequence[str]) -> str:
    """What is wrong with a choice that is none."""
    return "" if choice.output in choices else f"output must be one of {', '.join(choices)}"


def plain(text: str) -> str:
    """A reason fit for a comment: one line of printable characters."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words[:LONGEST] or "no reason given"
