"""One call of a backbone: within time, tokens and money, without keys, told in the journal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from iiml_codegen.backbones.answer_cache import AnswerCache
from iiml_codegen.backbones.backbone import BackboneError, Message, Reply, Request, Usage
from iiml_codegen.backbones.choice import BackboneChoice, Chosen
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.backbones.ledger import Ledger, SpentError
from iiml_codegen.backbones.prompt import Filled, Prompt
from iiml_codegen.backbones.setup import EXPERT
from iiml_codegen.backbones.trimming import tokens
from iiml_codegen.budget import Budget
from iiml_codegen.domain.events import CallOutcome, ModelCalled, Note
from iiml_codegen.journal import Journal

LONGEST_CALL = 300.0
SHARE = 0.5
"""Of the whole solve's seconds, what one call may take at most."""
SHORTEST_CALL = 1.0
MARGIN = 64
"""Tokens that providers add around messages."""
LONGEST_WHY = 300
PAID_ANYWAY = ("timeout", "malformed")
"""Trouble after which a provider has read the prompt: its tokens count, as estimated."""


@dataclass(frozen=True)
class Around:
    """What surrounds asking: where it is told, what it may take, when it ends."""

    journal: Journal | None = None
    budget: Budget | None = None
    stopped: Callable[[], bool] = field(default=lambda: False)
    ledger: Ledger = field(default_factory=Ledger)
    cache: AnswerCache | None = None
    secrets: Secrets = field(default_factory=lambda: Secrets({}))
    rounds: int = 3
    share_values: bool = True


@dataclass(frozen=True)
class Question:
    """One thing that an agent wants to know, whatever has been said about it so far."""

    agent: str
    prompt: Prompt
    filled: Filled
    schema: dict[str, Any] | None
    search: bool

    def request(self, chosen: Chosen, messages: tuple[Message, ...], longer: int = 1) -> Request:
        """The question as it is sent; `longer` lets an answer be so many times as long."""
        front, setup = self.prompt.front, chosen.setup
        return Request(
            agent=self.agent,
            messages=messages,
            schema=self.schema,
            max_output=min(front.max_output * longer, chosen.facts.max_output),
            thoughts=chosen.facts.thoughts,
            temperature=front.temperature if setup.temperature is None else setup.temperature,
            search=self.search,
        )


class Caller:
    """Calls backbones, and tells what came of it. Threads share it."""

    def __init__(self, choice: BackboneChoice, around: Around) -> None:
        self.choice = choice
        self.around = around
        self._said: set[str] = set()
        self._lock = threading.Lock()

    def call(
        self, question: Question, chosen: Chosen, request: Request, number: int, until: float
    ) -> tuple[Reply, ModelCalled]:
        """The answer, and what is to be told once it has been judged.

        Raises `BackboneError` and `SpentError`, which are told already.
        """
        around, began = self.around, time.monotonic()
        estimate = sum(tokens(message.text) for message in request.messages) + MARGIN
        estimate += tokens(str(request.schema)) if request.schema else 0
        told = self._told(question, chosen, number)
        try:
            seconds = self._seconds(chosen, until)
            longest = request.max_output + request.thoughts
            with around.ledger.held(estimate, longest, chosen.facts.price):
                reply = chosen.backbone.ask(request, seconds=seconds, stopped=around.stopped)
                reply = _counted(self._redacted(reply), estimate)
                told = _with_usage(told, chosen, reply, time.monotonic() - began)
                around.ledger.record(told)
        except BackboneError as error:
            self._failed(told, chosen, error, estimate, time.monotonic() - began)
            raise
        except SpentError as error:
            self.say(str(error))
            raise
        self.choice.answered(chosen.setup.name)
        return reply, told

    def cached(self, question: Question, chosen: Chosen) -> None:
        """Tell that an answer was known already."""
        self.tell(self._told(question, chosen, 1), "cached")

    def tell(self, told: ModelCalled, outcome: CallOutcome, why: str = "") -> None:
        """Write down what came of a call."""
        short = " ".join(self.around.secrets.hidden(why).split())[:LONGEST_WHY]
        if self.around.journal is not None:
            event = msgspec.structs.replace(told, outcome=outcome, why=short)
            self.around.journal.append(event)

    def say(self, text: str) -> None:
        """Tell a reader once why models are not asked, or not any more."""
        text = self.around.secrets.hidden(text)
        with self._lock:
            new = text not in self._said
            self._said.add(text)
        if new and self.around.journal is not None:
            self.around.journal.append(Note(level="warning", text=f"Models: {text}"))

    def no_backbone(self, agent: str, error: BackboneError) -> None:
        """Tell why an agent has no backbone, unless the user wanted it so."""
        name = self.choice.name_for(agent)
        if name != EXPERT and self.choice.failed(name, error):
            self.say(f"{name} is not asked: {error}")

    def _seconds(self, chosen: Chosen, until: float) -> float:
        """How long a call may take. Raises `BackboneError` where that is too short to begin."""
        left = [LONGEST_CALL, until - time.monotonic()]
        if self.around.budget is not None:
            left += [SHARE * self.around.budget.total, self.around.budget.available()]
        if self.around.stopped() or min(left) < SHORTEST_CALL:
            raise BackboneError("stopped", "there is no time left to ask a model")
        return min(left)

    def _redacted(self, reply: Reply) -> Reply:
        hidden = self.around.secrets.known_hidden
        sources = tuple(
            msgspec.structs.replace(
                one, title=hidden(one.title), url=hidden(one.url), excerpt=hidden(one.excerpt)
            )
            for one in reply.sources
        )
        return msgspec.structs.replace(reply, text=hidden(reply.text), sources=sources)

    def _failed(
        self,
        told: ModelCalled,
        chosen: Chosen,
        error: BackboneError,
        estimate: int,
        seconds: float,
    ) -> None:
        paid = estimate if error.trouble in PAID_ANYWAY else 0
        nothing = Reply(text="", usage=Usage(input=paid, estimated=bool(paid)))
        told = _with_usage(told, chosen, nothing, seconds)
        self.around.ledger.record(told)
        self.tell(told, "failed", f"{error.trouble}: {error}")
        ours = error.trouble in ("stopped", "overflow", "refused")
        if not ours and self.choice.failed(chosen.setup.name, error):
            self.say(f"{chosen.setup.name} is not asked any more: {error}")

    def _told(self, question: Question, chosen: Chosen, number: int) -> ModelCalled:
        return ModelCalled(
            agent=question.agent,
            prompt=question.prompt.label,
            backbone=chosen.setup.name,
            model=chosen.backbone.model,
            outcome="failed",
            round=number,
            cost=0.0,
        )


def _counted(reply: Reply, estimate: int) -> Reply:
    """The reply with tokens, by our own estimate where its provider did not count them."""
    if reply.usage.input or reply.usage.output:
        return reply
    usage = Usage(input=estimate, output=tokens(reply.text), estimated=True)
    return msgspec.structs.replace(reply, usage=usage)


def _with_usage(told: ModelCalled, chosen: Chosen, reply: Reply, seconds: float) -> ModelCalled:
    price, usage = chosen.facts.price, reply.usage
    return msgspec.structs.replace(
        told,
        model=reply.model or chosen.backbone.model,
        input_tokens=usage.input,
        output_tokens=usage.output,
        estimated=usage.estimated,
        cost=price.of(usage.input, usage.output) if price else None,
        seconds=round(seconds, 3),
    )
