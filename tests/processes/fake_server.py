"""What the loopback model servers share: how they behave, what they were asked, how they run."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

PIECE = 12
"""Characters of a streamed piece."""
MOST_SILENT = 60.0
"""Seconds after which a stalled stream ends anyway, so that no thread outlives a test for long."""


@dataclass(frozen=True)
class Behaviour:
    """One answer, and what is odd about it.

    `finish` is "stop", "length", "refused" or "" for none at all. `body` replaces the protocol's
    answer. `cut` closes the connection after so many pieces, `stall` says nothing more after them,
    `endless` goes on until the asker leaves. `echo_key` puts the key that came into the answer.
    """

    text: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = ""
    finish: str = "stop"
    usage: bool = True
    cut: int | None = None
    stall: int | None = None
    endless: bool = False
    echo_key: bool = False
    sources: tuple[tuple[str, str], ...] = ()


Answer = str | Behaviour
Answering = Callable[[list[dict[str, str]], dict[str, Any] | None], Answer]
"""From the messages (`role` and `content`) and the schema, if one was sent, to the answer."""


def in_turn(*answers: Answer) -> Answering:
    """One answer after the other; the last one is repeated."""
    left, lock = list(answers), threading.Lock()

    def answer(messages: list[dict[str, str]], schema: dict[str, Any] | None) -> Answer:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return answer


def wait_first(seconds: str) -> Behaviour:
    """429 with Retry-After: seconds, or a date of HTTP."""
    return Behaviour(status=429, headers={"Retry-After": seconds}, error={"message": "slow down"})


def unavailable() -> Behaviour:
    """503."""
    return Behaviour(status=503, error={"message": "the model is overloaded", "code": 503})


def truncated(text: str) -> Behaviour:
    """A stream whose connection is closed in the middle."""
    return Behaviour(text=text, cut=1)


def malformed() -> Behaviour:
    """An event whose JSON ends too early."""
    return Behaviour(
        body=b'data: {"choices": [{"delta": {"cont\n\n', content_type="text/event-stream"
    )


def random_bytes(seed: int = 1) -> Behaviour:
    """Bytes that are no protocol's."""
    return Behaviour(body=random.Random(seed).randbytes(4_000), content_type="text/event-stream")


def endless() -> Behaviour:
    """An answer that never ends."""
    return Behaviour(text="and so on ", endless=True)


def stalled() -> Behaviour:
    """A stream that says something and then nothing more."""
    return Behaviour(text="so it begins and then nothing", stall=1)


def refused() -> Behaviour:
    """The provider's filter let nothing through."""
    return Behaviour(finish="refused")


def overflow() -> Behaviour:
    """The prompt is longer than the model takes, in the words of vLLM and OpenAI."""
    text = "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens"
    return Behaviour(status=400, error={"message": text, "code": "context_length_exceeded"})


def telling_key(status: int = 401) -> Behaviour:
    """An error that repeats the key it was given."""
    return Behaviour(status=status, error={"message": "this key is not accepted"}, echo_key=True)


@dataclass(frozen=True)
class Recorded:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The key it carried, wherever the protocol has it."""
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
        return self.headers.get("x-goog-api-key") or bearer


class FakeServer:
    """A loopback server on a free port; use it in a `with`. `requests` are all that came."""

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self.leaving = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leaving.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def questions(self) -> list[Recorded]:
        """The requests that ask for an answer."""
        with self._lock:
            return [one for one in self.requests if one.method == "POST"]

    def get(self, asked: Recorded, reply: Replying) -> None:
        """Answer a GET, that for the list of models."""
        raise NotImplementedError

    def post(self, asked: Recorded, reply: Replying) -> None:
        """Answer a question."""
        raise NotImplementedError

    def _record(self, method: str, handler: BaseHTTPRequestHandler) -> Recorded:
        length = int(handler.headers.get("Content-Length") or 0)
        body = json.loads(handler.rfile.read(length) or b"{}")
        headers = {name.lower(): value for name, value in handler.headers.items()}
        recorded = Recorded(method, handler.path, headers, body)
        with self._lock:
            self.requests.append(recorded)
        return recorded

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Stay quiet."""

            def do_GET(self) -> None:
                server.get(server._record("GET", self), Replying(self, server.leaving))

            def do_POST(self) -> None:
                server.post(server._record("POST", self), Replying(self, server.leaving))

        return Handler


class Replying:
    """One reply on its way; an asker who left ends it."""

    def __init__(self, handler: BaseHTTPRequestHandler, leaving: threading.Event) -> None:
        self._handler = handler
        self._leaving = leaving

    def whole(
        self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """A reply in one piece."""
        handler = self._handler
        try:
            handler.send_response(status)
            for name, value in {"Content-Type": kind, **(headers or {})}.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            handler.close_connection = True

    def json(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        """JSON in one piece."""
        self.whole(status, json.dumps(value).encode(), "application/json", headers)

    def events(self, events: Iterable[str], behaviour: Behaviour) -> None:
        """Events of a stream, ended by closing the connection; `cut` and `stall` come in here."""
        handler = self._handler
        handler.close_connection = True
        ends = [at for at in (behaviour.cut, behaviour.stall) if at is not None]
        try:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream")
            if behaviour.cut is not None:  # so that the asker can tell that something is missing
                handler.send_header("Content-Length", "100000")
            handler.end_headers()
            for number, event in enumerate(events):
                if number in ends:
                    break
                handler.wfile.write(f"data: {event}\n\n".encode())
                handler.wfile.flush()
                if self._leaving.is_set():
                    break
            if behaviour.stall is not None:
                self._leaving.wait(MOST_SILENT)
        except OSError:
            return  # the asker has left


def pieces(behaviour: Behaviour) -> Iterable[str]:
    """The text piece by piece, without end for an endless answer."""
    text = behaviour.text
    while True:
        yield from (text[at : at + PIECE] for at in range(0, len(text), PIECE))
        if not behaviour.endless:
            return


def counted(text: str) -> int:
    """Roughly the tokens of a text."""
    return len(text) // 4 + 1


def with_key(behaviour: Behaviour, asked: Recorded) -> Mapping[str, Any]:
    """The error's body; with the key in it where that is wanted."""
    if not behaviour.echo_key:
        return behaviour.error
    message = f"{behaviour.error.get('message', '')}: {asked.key}, in {dict(asked.headers)}"
    return {**behaviour.error, "message": message}
