"""The editor's model as a backbone: the question's file, the inbox, the waiting."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from processes.asking_backbones import SCHEMA, ask, never, question, trouble_of

from iiml_codegen.backbones.backbone import Backbone
from iiml_codegen.backbones.editor import EditorQuestions, Question
from iiml_codegen.backbones.setup import BackboneSetup
from iiml_codegen.domain.events import EditorQuestion
from iiml_codegen.domain.wire import from_json
from iiml_codegen.execution.inbox import Inbox, ModelAnswer

Answering = Callable[[Question], ModelAnswer]


class Rig:
    """A workspace whose editor answers by the inbox, as the solver's watch takes it."""

    def __init__(self, folder: Path, answering: Answering | None) -> None:
        self.folder = folder
        self.inbox = Inbox(folder / "inbox")
        self.answering = answering
        self.seen: list[Question] = []
        self.modes: list[int] = []
        self.delivered: list[bool] = []
        self.questions = EditorQuestions(folder, self._announced)

    def _announced(self, event: EditorQuestion) -> None:
        path = self.folder / event.file
        asked = from_json(path.read_bytes(), Question)
        assert asked.id == event.question == path.stem
        self.seen.append(asked)
        self.modes.append(stat.S_IMODE(path.stat().st_mode))
        if self.answering is not None:
            self.inbox.send(self.answering(asked))

    def watch(self) -> bool:
        """Look into the inbox once; nobody stops."""
        for request in self.inbox.take():
            assert isinstance(request, ModelAnswer)
            self.delivered.append(self.questions.deliver(request))
        return False

    def backbone(self, model: str = "") -> Backbone:
        setup = BackboneSetup(name="editor", provider="editor", model=model)
        return self.questions.backbone(setup)

    def files(self) -> list[Path]:
        return [path for path in (self.folder / ".generated").rglob("*") if path.is_file()]


def saying(text: str, **more: int | str) -> Answering:
    return lambda asked: ModelAnswer(question=asked.id, text=text, **more)


def test_a_question_goes_out_as_a_file_and_its_answer_comes_by_the_inbox(tmp_path: Path) -> None:
    rig = Rig(tmp_path, saying("Lima", model="gpt", input_tokens=9, output_tokens=2))
    request = question(schema=SCHEMA)
    reply = rig.backbone("gpt").ask(request, seconds=60, stopped=rig.watch)
    assert (reply.text, reply.usage.input, reply.usage.estimated) == ("Lima", 9, False)
    assert reply.model == "gpt"
    [asked] = rig.seen
    assert (asked.agent, asked.messages, asked.schema) == (
        request.agent,
        request.messages,
        request.schema,
    )
    assert (asked.max_output, asked.model) == (200, "gpt")
    assert 0 < asked.seconds <= 60
    assert rig.delivered == [True]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_nobody_else_can_read_the_question(tmp_path: Path) -> None:
    rig = Rig(tmp_path, saying("Lima"))
    rig.backbone().ask(question(), seconds=60, stopped=rig.watch)
    assert rig.modes == [0o600]


def test_tokens_are_estimated_where_the_editor_does_not_count(tmp_path: Path) -> None:
    rig = Rig(tmp_path, saying("Lima is the capital"))
    usage = rig.backbone().ask(question(), seconds=60, stopped=rig.watch).usage
    assert usage.estimated
    assert usage.output > 0


def test_the_file_is_gone_after_an_answer_a_timeout_and_a_stop(tmp_path: Path) -> None:
    rig = Rig(tmp_path, saying("Lima"))
    rig.backbone().ask(question(), seconds=60, stopped=rig.watch)
    silent = Rig(tmp_path, None)
    assert trouble_of(silent.backbone(), seconds=0.2).trouble == "timeout"
    error = trouble_of(silent.backbone(), stopped=lambda: len(silent.seen) == 2)
    assert error.trouble == "stopped"
    assert rig.files() == []


@pytest.mark.parametrize(
    ("said", "trouble", "words"),
    [
        ("key: you did not consent", "key", "you did not consent"),
        ("refused: off topic", "refused", "off topic"),
        ("the editor is tired", "server", "the editor is tired"),
        ("odd: something", "server", "odd: something"),
        ("overflow: too long\nby far", "overflow", "too long by far"),
    ],
)
def test_the_editor_says_why_there_is_no_answer(
    tmp_path: Path, said: str, trouble: str, words: str
) -> None:
    rig = Rig(tmp_path, saying("", trouble=said))
    error = trouble_of(rig.backbone(), stopped=rig.watch)
    assert error.trouble == trouble
    assert words in str(error)


def test_an_empty_answer_is_no_answer(tmp_path: Path) -> None:
    rig = Rig(tmp_path, saying(" \n"))
    assert rig.backbone().ask(question(), seconds=60, stopped=rig.watch).finish == "refused"


def test_answers_that_nobody_waits_for_change_nothing(tmp_path: Path) -> None:
    rig = Rig(tmp_path, lambda asked: ModelAnswer(question="0123456789abcdef", text="Cusco"))
    assert trouble_of(rig.backbone(), seconds=0.3, stopped=rig.watch).trouble == "timeout"
    late = ModelAnswer(question=rig.seen[0].id, text="Cusco")
    assert (rig.delivered, rig.questions.deliver(late)) == ([False], False)


def test_the_first_of_two_answers_counts(tmp_path: Path) -> None:
    rig = Rig(tmp_path, None)

    def twice(event: EditorQuestion) -> None:
        answers = [ModelAnswer(question=event.question, text=text) for text in ("Lima", "Cusco")]
        rig.delivered += [questions.deliver(answer) for answer in answers]

    questions = EditorQuestions(tmp_path, twice)
    backbone = questions.backbone(BackboneSetup(name="editor", provider="editor"))
    assert ask(backbone).text == "Lima"
    assert rig.delivered == [True, False]


def test_a_question_that_cannot_be_announced_leaves_no_file(tmp_path: Path) -> None:
    def fails(event: EditorQuestion) -> None:
        raise OSError("the journal cannot be written")

    questions = EditorQuestions(tmp_path, fails)
    backbone = questions.backbone(BackboneSetup(name="editor", provider="editor"))
    with pytest.raises(OSError, match="journal"):
        backbone.ask(question(), seconds=60, stopped=never)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
