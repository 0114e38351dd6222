"""Questions of a solver for the editor's model, as files below `iiml/`; nothing else is read."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import msgspec

from iiml_codegen.backbones.editor import Question
from iiml_codegen.domain.events import EditorQuestion
from iiml_codegen.domain.wire import from_json
from iiml_codegen.errors import IimlError
from iiml_codegen.workspace import Workspace

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
FOLDER = ".generated/questions"
LONGEST = 4_000_000
"""Bytes of the longest question; prompts are trimmed to far less."""


class NotReadable(IimlError):
    """A question cannot be asked."""


def place_of(workspace: Workspace, asked: EditorQuestion) -> Path:
    """The file of a question. Raises `NotReadable` for one that lies anywhere else, or is a link.

    The journal that names it may have come with the folder.
    """
    if not NAME.fullmatch(asked.question) or asked.file != f"{FOLDER}/{asked.question}.json":
        raise NotReadable(f"{asked.file!r} is no place for a question")
    path = workspace.work / "iiml" / asked.file
    if path.resolve() != path:
        raise NotReadable(f"{asked.file} is a link")
    return path


def is_open(path: Path) -> bool:
    """Whether the solver still waits: it removes the file of a question that it needs no more."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def read_question(path: Path, asked: EditorQuestion) -> Question:
    """What is asked. Raises `NotReadable`."""
    try:
        if not is_open(path) or path.stat().st_size > LONGEST:
            raise NotReadable(f"{asked.file} is no file of a question")
        question = from_json(path.read_bytes(), Question)
    except (OSError, msgspec.MsgspecError) as error:
        raise NotReadable(f"{asked.file} cannot be read: {error}") from error
    if question.id != asked.question:
        raise NotReadable(f"{asked.file} has another question")
    return question
