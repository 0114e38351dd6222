"""Asking: a prompt is filled in and sent, its answer checked, sent back if wrong, and remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import IimlError

A = TypeVar("A", bound=Frozen)


class NoAnswerError(IimlError):
    """No usable answer came within rounds, time, tokens and money: the expert's one stands."""

    code = "IIML910"


def nothing_wrong(answer: object) -> str:
    """The check of answers that only their type restricts."""
    return ""


class Asker(Protocol):
    """Whom agents ask. Threads may share it."""

    @property
    def share_values(self) -> bool:
        """Whether prompts may hold values of cells."""

    def grounds(self, agent: str) -> bool:
        """Whether the backbone behind an agent can search the web."""

    def ask(
        self,
        agent: str,
        parts: Mapping[str, Any],
        answer: type[A],
        *,
        check: Callable[[A], str] = nothing_wrong,
        rounds: int | None = None,
        search: bool = False,
        prompt: str | None = None,
    ) -> A:
        """Fill `prompts/<prompt or agent>.md` in with `parts`, and give an answer of type `answer`.

        What `check` says against an answer goes back to the model, up to `rounds` times (the
        options' repair rounds unless given). Raises `NoAnswerError`.
        """
