"""What would be sent: an asker that fills prompts in, keeps them, and asks nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from iiml_codegen.backbones.asking import NoAnswerError, filled_in, input_limit, nothing_wrong
from iiml_codegen.backbones.backbone import Message
from iiml_codegen.backbones.models import facts_of
from iiml_codegen.backbones.prompt import load
from iiml_codegen.backbones.setup import BackboneSetup
from iiml_codegen.backbones.trimming import tokens
from iiml_codegen.domain.wire import Frozen

A = TypeVar("A", bound=Frozen)


class RecordedPrompt(Frozen):
    """One prompt as it would go to a backbone; `tokens` are estimated."""

    agent: str
    prompt: str
    backbone: str
    model: str
    tokens: int
    messages: tuple[Message, ...]


class PromptRecorder:
    """An `Asker` that keeps each prompt once, in the order of asking, and gives no answer."""

    def __init__(
        self,
        setups: Mapping[str, BackboneSetup],
        *,
        default: str,
        agents: Mapping[str, str] | None = None,
        share_values: bool = True,
    ) -> None:
        self._setups = setups
        self._default = default
        self._agents = dict(agents or {})
        self._share_values = share_values
        self._kept: list[RecordedPrompt] = []
        self._lock = threading.Lock()

    @property
    def share_values(self) -> bool:
        """Whether prompts may hold values of cells."""
        return self._share_values

    @property
    def recorded(self) -> tuple[RecordedPrompt, ...]:
        """The prompts so far."""
        with self._lock:
            return tuple(self._kept)

    def grounds(self, agent: str) -> bool:
        """No: nothing is searched."""
        return False

    def within(self, seconds: float) -> PromptRecorder:
        """The same: recording takes no time."""
        return self

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
        """Keep what would be sent; always raises `NoAnswerError`."""
        loaded = load(prompt or agent)
        name = self._agents.get(agent, self._default)
        setup = self._setups.get(name)
        facts = facts_of(setup.model, setup) if setup and setup.model else None
        limit = input_limit(facts, loaded) if facts else loaded.front.max_input
        messages = filled_in(loaded, parts, answer).messages(limit)
        record = RecordedPrompt(
            agent=agent,
            prompt=loaded.label,
            backbone=name,
            model=setup.model if setup else "",
            tokens=sum(tokens(message.text) for message in messages),
            messages=messages,
        )
        with self._lock:
            if record not in self._kept:
                self._kept.append(record)
        raise NoAnswerError(f"{agent} is not asked: its prompt is only shown")
