"""Asking a backbone in a test: one question, its answer or its trouble."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest

from iiml_codegen.backbones.backbone import Backbone, BackboneError, Message, Reply, Request

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "why": {"type": "string", "default": ""}},
    "required": ["city"],
}
KEY = "sk-not-a-real-key-0123456789"
LONG = 60.0
"""Seconds within which anything that works ends, on however busy a machine."""


def question(
    text: str = "Which city?",
    schema: dict[str, object] | None = None,
    max_output: int = 200,
    search: bool = False,
) -> Request:
    """A question with a system message."""
    return Request(
        agent="task_analyzer",
        messages=(Message(speaker="system", text="Be short."), Message(speaker="user", text=text)),
        schema=schema,
        max_output=max_output,
        search=search,
    )


def never() -> bool:
    """Nobody stops it."""
    return False


def ask(backbone: Backbone, request: Request | None = None, seconds: float = LONG) -> Reply:
    """The answer to a question."""
    return backbone.ask(request or question(), seconds=seconds, stopped=never)


def trouble_of(
    backbone: Backbone,
    request: Request | None = None,
    seconds: float = LONG,
    stopped: Callable[[], bool] = never,
) -> BackboneError:
    """The trouble that a question ends in; no part of it holds the key."""
    with pytest.raises(BackboneError) as caught:
        backbone.ask(request or question(), seconds=seconds, stopped=stopped)
    error = caught.value
    assert KEY not in "".join(traceback.format_exception(error)) + error.hint + repr(error)
    return error
