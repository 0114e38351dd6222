"""What a backbone is: one question in, one answer out; providers differ behind this seam."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import IimlError

Speaker = Literal["system", "user", "assistant"]
Finish = Literal["stop", "length", "refused"]
Trouble = Literal[
    "key",
    "refused",
    "overflow",
    "rate",
    "server",
    "network",
    "timeout",
    "malformed",
    "configuration",
    "stopped",
]
"""`key`: missing or not accepted; `overflow`: the prompt is longer than the model takes;
`malformed`: the provider's answer is no answer of its protocol; `stopped`: we were told to stop."""
RETRYABLE: frozenset[Trouble] = frozenset({"rate", "server", "network", "timeout", "malformed"})


class Message(Frozen):
    """One turn of a conversation."""

    speaker: Speaker
    text: str


class Request(Frozen):
    """One question. `schema` is a JSON schema without references; None asks for plain text.

    `max_output` and `thoughts` are tokens: of the answer, and of what a model that reasons may
    write before it. `search` asks for grounding in web search, where the backbone offers it.
    """

    agent: str
    messages: tuple[Message, ...]
    schema: dict[str, Any] | None = None
    max_output: int = 2_000
    thoughts: int = 0
    temperature: float = 0.2
    search: bool = False


class Usage(Frozen):
    """Tokens of one call; `estimated` where the provider did not count them."""

    input: int = 0
    output: int = 0
    estimated: bool = False


class Source(Frozen):
    """A page that an answer rests on."""

    title: str
    url: str
    excerpt: str = ""


class Reply(Frozen):
    """One answer; `finish` says whether it is whole.

    `model` is who answered, where the backbone leaves that choice to somebody else.
    """

    text: str
    usage: Usage
    finish: Finish = "stop"
    sources: tuple[Source, ...] = ()
    model: str = ""


class BackboneError(IimlError):
    """A backbone gave no answer; `retry_after` are the seconds that it asked us to wait."""

    code = "IIML911"
    exit_code = 5

    def __init__(
        self, trouble: Trouble, message: str, *, hint: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint, retryable=trouble in RETRYABLE)
        self.trouble = trouble
        self.retry_after = retry_after


class Backbone(Protocol):
    """An LLM. Threads may share it."""

    @property
    def name(self) -> str:
        """What the user calls it: the provider, or a name of the user configuration."""

    @property
    def model(self) -> str:
        """The provider's name of the model."""

    @property
    def grounds(self) -> bool:
        """Whether it can search the web for an answer."""

    def ask(self, request: Request, *, seconds: float, stopped: Callable[[], bool]) -> Reply:
        """Answer one question, once: no retries, no cache. Ends within `seconds`.

        `stopped` is asked while it waits. Raises `BackboneError`.
        """
