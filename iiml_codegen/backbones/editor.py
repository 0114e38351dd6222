"""The editor's own model as a backbone: questions go out as files, answers come by the inbox."""

from __future__ import annotations

import os
import re
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import msgspec

from iiml_codegen.backbones.backbone import (
    BackboneError,
    Finish,
    Message,
    Reply,
    Request,
    Trouble,
    Usage,
)
from iiml_codegen.backbones.http_trouble import short
from iiml_codegen.backbones.patience import LOOK_SECONDS, Patience
from iiml_codegen.backbones.setup import BackboneSetup
from iiml_codegen.backbones.trimming import tokens
from iiml_codegen.domain.events import EditorQuestion
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.execution.inbox import ModelAnswer
from iiml_codegen.files import remove, replace

QUESTIONS = ".generated/questions"
"""Below `iiml/`."""
CHOSEN = "the editor's"
TROUBLE = re.compile(r"(\w+): *(.*)", re.DOTALL)
HINTS: dict[Trouble, str] = {"key": "choose a model in the editor and allow iiML to ask it"}
"""What a person can do about it."""


class Question(Frozen):
    """What the editor's model is asked; `seconds` is how long the answer is waited for.

    `model` is the family of models that the user wants; empty leaves the choice to the editor.
    """

    id: str
    agent: str
    messages: tuple[Message, ...]
    schema: dict[str, Any] | None
    max_output: int
    seconds: float
    model: str = ""


class EditorQuestions:
    """The questions of one solver that wait for the editor. Threads share it."""

    def __init__(self, workspace: Path, announce: Callable[[EditorQuestion], None]) -> None:
        self._workspace = workspace
        self._announce = announce
        self._waiting: dict[str, threading.Event] = {}
        self._answers: dict[str, ModelAnswer] = {}
        self._lock = threading.Lock()

    def deliver(self, answer: ModelAnswer) -> bool:
        """Hand an answer to whoever waits for it; False if nobody does (any more)."""
        with self._lock:
            waiting = self._waiting.get(answer.question)
            if waiting is None or waiting.is_set():
                return False
            self._answers[answer.question] = answer
            waiting.set()
            return True

    def backbone(self, setup: BackboneSetup) -> EditorBackbone:
        """The backbone that asks here."""
        return EditorBackbone(setup, self)

    def ask(self, request: Request, model: str, patience: Patience) -> ModelAnswer:
        """Put a question and wait. The file is gone afterwards, whatever happened."""
        question = Question(
            id=secrets.token_hex(8),
            agent=request.agent,
            messages=request.messages,
            schema=request.schema,
            max_output=request.max_output,
            seconds=round(patience.left, 3),
            model=model,
        )
        file = f"{QUESTIONS}/{question.id}.json"
        path, came = self._workspace / file, threading.Event()
        with self._lock:
            self._waiting[question.id] = came
        try:
            _write_privately(path, msgspec.json.encode(question))
            self._announce(EditorQuestion(question=question.id, file=file))
            while not came.wait(min(LOOK_SECONDS, patience.left)):
                patience.check()
            with self._lock:
                return self._answers[question.id]
        finally:
            with self._lock:
                self._waiting.pop(question.id, None)
                self._answers.pop(question.id, None)
            remove(path)


class EditorBackbone:
    """A model of the editor's, asked with the user's consent and without a key."""

    grounds = False

    def __init__(self, setup: BackboneSetup, questions: EditorQuestions) -> None:
        self.name = setup.name
        self.model = setup.model or CHOSEN
        self._wanted = setup.model
        self._questions = questions

    def ask(self, request: Request, *, seconds: float, stopped: Callable[[], bool]) -> Reply:
        """Answer one question; an editor that is not there does not answer in time."""
        patience = Patience(seconds, stopped, self.name)
        answer = self._questions.ask(request, self._wanted, patience)
        if answer.trouble:
            raise self._trouble(answer.trouble)
        counted = answer.input_tokens > 0 and answer.output_tokens > 0
        asked = sum(tokens(message.text) for message in request.messages)
        usage = Usage(
            input=answer.input_tokens if counted else asked,
            output=answer.output_tokens if counted else tokens(answer.text),
            estimated=not counted,
        )
        finish: Finish = "stop" if answer.text.strip() else "refused"
        return Reply(text=answer.text, usage=usage, finish=finish, model=answer.model)

    def _trouble(self, said: str) -> BackboneError:
        found = TROUBLE.fullmatch(said)
        known: dict[str, Trouble] = {one: one for one in get_args(Trouble)}
        if found is None or found.group(1) not in known:
            return BackboneError("server", f"{self.name}: {short(said, str)}")
        trouble = known[found.group(1)]
        message = short(found.group(2), str) or "no answer"
        return BackboneError(trouble, f"{self.name}: {message}", hint=HINTS.get(trouble, ""))


def _write_privately(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and from its first byte for nobody but the user."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
        replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
