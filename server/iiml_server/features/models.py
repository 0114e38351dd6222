"""The editor's language models: questions of running solves go to the client, answers come back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import msgspec
from pygls.exceptions import JsonRpcException

from iiml_codegen.backbones.editor import Question
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.domain.events import EditorQuestion, Entry, SolveEnded, SolveStarted
from iiml_codegen.execution.inbox import Inbox, ModelAnswer
from iiml_server.protocol import IimlServer
from iiml_server.questions import NotReadable, is_open, place_of, read_question
from iiml_server.sessions import Session
from iiml_server.wire_models import ModelMessage, ModelQuestion, ModelReply

ASK = "iiml/askModel"
LOOK = 0.25
"""Seconds between looks whether the solver still waits."""
log = logging.getLogger("iiml.server")


class Questions:
    """The questions of running solves, asked one after another, each once.

    `_asked` has their tasks by folder and question.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._asked: dict[Path, dict[str, asyncio.Task[None]]] = {}

    def heard(self, ls: IimlServer, folder: Path, entries: Sequence[Entry]) -> None:
        """Ask what the journal says is asked; a solve that ended takes its questions along."""
        news: list[Entry] = []
        for entry in entries:
            if isinstance(entry.event, SolveStarted | SolveEnded):
                self.end(folder)
                news.clear()
            elif isinstance(entry.event, EditorQuestion):
                news.append(entry)
        session = ls.sessions.of(folder.as_uri())
        if session is None or not session.running or not ls.has_models:
            return
        asked = self._asked.setdefault(folder, {})
        for entry in news:
            assert isinstance(entry.event, EditorQuestion)
            if entry.event.question not in asked:
                work = self._ask(ls, session, entry.event, entry.at)
                asked[entry.event.question] = asyncio.ensure_future(work)

    def show(self, ls: IimlServer, session: Session) -> None:
        """Where no solver is at work, nobody waits for an answer."""
        if not session.running:
            self.end(session.folder)

    def end(self, folder: Path) -> None:
        """Ask nothing more for a folder."""
        for task in self._asked.pop(folder, {}).values():
            task.cancel()

    async def _ask(
        self, ls: IimlServer, session: Session, asked: EditorQuestion, since: float
    ) -> None:
        """Ask a question when its turn comes, if the solver still waits, and hand the answer in."""
        name = session.folder.name
        try:
            async with self._turn:
                path = place_of(session.workspace, asked)
                if not await ls.aside(is_open, path):
                    return
                question = await ls.aside(read_question, path, asked)
                async with asyncio.timeout(since + question.seconds - time.time()):
                    reply = await ask(ls, session, path, question)
            if reply is not None:
                answer = answer_of(question, reply, Secrets(ls.keys))
                await ls.aside(Inbox(session.workspace.inbox).send, answer)
        except NotReadable as error:
            log.warning("a question of %s is not asked: %s", name, error)
        except TimeoutError:
            log.warning("the editor's model did not answer %s in time", name)
        except OSError as error:
            log.warning("the answer for %s cannot be handed in: %s", name, error)


async def ask(
    ls: IimlServer, session: Session, path: Path, question: Question
) -> ModelReply | None:
    """Put a question to the client; None if the solver does not wait for the answer any more."""
    number = str(uuid4())
    asked = ModelQuestion(
        folder=session.uri,
        question=question.id,
        agent=question.agent,
        messages=[ModelMessage(one.speaker, one.text) for one in question.messages],
        schema=msgspec.json.encode(question.schema).decode() if question.schema else None,
        max_output=question.max_output,
        model=question.model,
    )
    asking = ls.protocol.send_request_async(ASK, asked, msg_id=number)
    try:
        while not (await asyncio.wait({asking}, timeout=LOOK))[0]:
            if not await ls.aside(is_open, path):
                return None
        return _reply(asking)
    finally:
        if not asking.done():
            ls.withdraw(number)


def _reply(asking: asyncio.Future[ModelReply]) -> ModelReply:
    """What the client said; an error of it is an answer, too."""
    try:
        return asking.result()
    except JsonRpcException as error:
        return ModelReply("", "", 0, 0, "server", f"the editor gave no answer: {error.message}")


def answer_of(question: Question, reply: ModelReply, secrets: Secrets) -> ModelAnswer:
    """An answer for the solver, without any key that we know."""
    trouble = f"{reply.trouble}: {reply.message}" if reply.trouble else ""
    return ModelAnswer(
        question=question.id,
        text=secrets.hidden(reply.text),
        model=reply.model,
        input_tokens=max(0, reply.input_tokens),
        output_tokens=max(0, reply.output_tokens),
        trouble=secrets.hidden(trouble),
    )


def register(server: IimlServer) -> None:
    """Let the server pass questions on."""
    questions = Questions()
    server.hearers.append(questions.heard)
    server.viewers.append(questions.show)
