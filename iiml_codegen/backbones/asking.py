"""Asking: a prompt is filled in and sent, its answer checked, sent back if wrong, remembered."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from iiml_codegen.backbones import parsing
from iiml_codegen.backbones.answer_cache import KeptAnswer, key_of
from iiml_codegen.backbones.backbone import Backbone, BackboneError, Message, Reply
from iiml_codegen.backbones.calling import MARGIN, Around, Caller, Question
from iiml_codegen.backbones.choice import BackboneChoice, Chosen, only
from iiml_codegen.backbones.ledger import CAUTION, Ledger, SpentError
from iiml_codegen.backbones.models import ModelFacts
from iiml_codegen.backbones.prompt import Filled, Prompt, PromptError, load
from iiml_codegen.backbones.setup import Price
from iiml_codegen.backbones.trimming import CUT, tokens
from iiml_codegen.domain.events import ModelCalled
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import IimlError

A = TypeVar("A", bound=Frozen)
HARDER = 0.5
"""To what share of its length a prompt is cut that was too long for the model."""
LONGEST_WRONG = 6_000
"""Characters of a wrong answer that its model sees again."""


class NoAnswerError(IimlError):
    """No usable answer came within rounds, time, tokens and money: the expert's one stands."""

    code = "IIML914"


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

    def within(self, seconds: float) -> Asker:
        """The same, but with answers that come within so many seconds from now, or not at all."""

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


class BackboneAsker:
    """Asks backbones: each answer paid once, within limits, without keys, checked, told."""

    def __init__(
        self,
        choice: BackboneChoice,
        around: Around | None = None,
        *,
        caller: Caller | None = None,
        until: float = math.inf,
    ) -> None:
        self._choice = choice
        self._around = around or Around()
        self._caller = caller or Caller(choice, self._around)
        self._until = until

    @property
    def share_values(self) -> bool:
        """Whether prompts may hold values of cells."""
        return self._around.share_values

    @property
    def ledger(self) -> Ledger:
        """What asking took so far."""
        return self._around.ledger

    def grounds(self, agent: str) -> bool:
        """Whether the backbone behind an agent can search the web; no if there is none."""
        try:
            chosen = self._choice.of(agent)
        except BackboneError:
            return False
        return chosen.backbone.grounds and chosen.setup.grounding

    def within(self, seconds: float) -> BackboneAsker:
        """The same backbones and limits, with answers within so many seconds from now."""
        until = min(self._until, time.monotonic() + seconds)
        return BackboneAsker(self._choice, self._around, caller=self._caller, until=until)

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
        """See `Asker`."""
        loaded = load(prompt or agent)
        filled = filled_in(loaded, parts, answer)
        schema = None if parsing.is_code(answer) else parsing.schema_of(answer)
        try:
            chosen = self._choice.of(agent)
        except BackboneError as error:
            self._caller.no_backbone(agent, error)
            raise NoAnswerError(str(error)) from error
        question = Question(agent, loaded, filled, schema, search and self.grounds(agent))
        messages = filled.messages(input_limit(chosen.facts, loaded))
        key = key_of(chosen.setup, chosen.backbone.model, question.request(chosen, messages))
        judge = _Judge(answer, check, self._around.secrets.known_hidden)
        known = self._known(key, judge)
        if known is not None:
            self._caller.cached(question, chosen)
            return known
        most = self._around.rounds if rounds is None else rounds
        try:
            reply, good = self._talk(question, chosen, messages, judge, most)
        except (BackboneError, SpentError) as error:
            raise NoAnswerError(str(error)) from error
        if self._around.cache is not None:
            self._around.cache.keep(key, KeptAnswer(text=reply.text, sources=reply.sources))
        return good

    def _known(self, key: str, judge: _Judge[A]) -> A | None:
        """The answer that was accepted before, if today's check accepts it, too."""
        kept = self._around.cache.find(key) if self._around.cache is not None else None
        return judge.look(kept.text)[0] if kept is not None else None

    def _talk(
        self,
        question: Question,
        chosen: Chosen,
        first: tuple[Message, ...],
        judge: _Judge[A],
        rounds: int,
    ) -> tuple[Reply, A]:
        """Ask until an answer is good; only the last wrong one is shown again."""
        messages, longer, last, why = first, 1, None, ""
        for number in range(1, rounds + 2):
            reply, told, first = self._call(question, chosen, (first, messages), number, longer)
            good, why = judge.look(reply.text)
            if good is not None:
                self._caller.tell(told, "accepted")
                return reply, good
            why = _why(reply, why)
            self._caller.tell(told, "rejected", why)
            if reply.finish == "refused" or (reply.text == last and reply.finish != "length"):
                again = "" if reply.finish == "refused" else "the same wrong answer again: "
                raise NoAnswerError(f"{question.agent}: {again}{why}")
            longer = longer * 2 if reply.finish == "length" else longer
            last, messages = reply.text, (*first, *_feedback(reply.text, why))
        raise NoAnswerError(f"{question.agent} gave no usable answer: {why}")

    def _call(
        self,
        question: Question,
        chosen: Chosen,
        asked: tuple[tuple[Message, ...], tuple[Message, ...]],
        number: int,
        longer: int,
    ) -> tuple[Reply, ModelCalled, tuple[Message, ...]]:
        """One round; a prompt that is too long is cut harder and asked once more."""
        first, messages = asked
        request = question.request(chosen, messages, longer)
        try:
            return (*self._caller.call(question, chosen, request, number, self._until), first)
        except BackboneError as error:
            if error.trouble != "overflow":
                raise
        limit = sum(tokens(message.text) for message in messages)
        first = question.filled.messages(round(limit * HARDER))
        request = question.request(chosen, first, longer)
        return (*self._caller.call(question, chosen, request, number, self._until), first)


class _Judge(Generic[A]):
    """Finds the answer in a text, and what is wrong with it."""

    def __init__(
        self, kind: type[A], check: Callable[[A], str], hidden: Callable[[str], str]
    ) -> None:
        self._kind = kind
        self._check = check
        self._hidden = hidden

    def look(self, text: str) -> tuple[A | None, str]:
        """The answer, or None and what is wrong."""
        try:
            answer = parsing.parsed(text, self._kind, self._hidden)
        except parsing.WrongAnswer as error:
            return None, str(error)
        wrong = self._check(answer)
        return (None, wrong) if wrong else (answer, "")


def filled_in(prompt: Prompt, parts: Mapping[str, Any], answer: type[Frozen]) -> Filled:
    """A prompt with its values, and the form of its answer. Raises `PromptError`."""
    if prompt.front.answer != answer.__name__:
        raise PromptError(
            f"prompt {prompt.name} asks for {prompt.front.answer}, its agent for {answer.__name__}"
        )
    return prompt.filled(parts, parsing.demand(answer))


def input_limit(facts: ModelFacts, prompt: Prompt) -> int:
    """How many tokens a prompt may have, so that its answer has room, too."""
    longest = min(prompt.front.max_output, facts.max_output) + facts.thoughts
    return max(MARGIN, round((facts.context - longest) / CAUTION) - MARGIN)


def asker_over(
    backbone: Backbone, around: Around | None = None, prices: Mapping[str, Price] | None = None
) -> BackboneAsker:
    """An asker with one backbone for all agents."""
    return BackboneAsker(only(backbone, prices), around)


def _why(reply: Reply, wrong: str) -> str:
    """What to say against an answer; one that was cut or refused is wrong for that reason."""
    if reply.finish == "refused":
        return "the model refused to answer"
    if reply.finish == "length":
        return f"the answer was cut off: it must be shorter ({wrong})"
    return wrong


def _feedback(text: str, why: str) -> tuple[Message, Message]:
    """The wrong answer, shortened, and what is wrong with it."""
    shown = text if len(text) <= LONGEST_WRONG else text[:LONGEST_WRONG] + CUT
    again = f"That cannot be used: {why}\nAnswer again, whole, in the form asked for."
    return (Message(speaker="assistant", text=shown or "-"), Message(speaker="user", text=again))
