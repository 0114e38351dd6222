"""A loopback server that plays a language model by a script: the agent's name chooses the answer.

It speaks the OpenAI protocol (`/v1/chat/completions`, whole or streamed) and Gemini's REST
(`…:generateContent`, `…:streamGenerateContent`). Every question is kept as it came over the wire.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SIGNATURE = re.compile(r"iiML agent (\w+), prompt version (\d+)")
CHARACTERS_PER_TOKEN = 4
PIECE = 400


@dataclass(frozen=True)
class Asked:
    """One question: who asked, for the how many-th time, with which key, and all its text."""

    agent: str
    count: int
    key: str
    text: str
    body: bytes

    @property
    def tokens(self) -> int:
        """Roughly: four characters of text are one."""
        return len(self.text) // CHARACTERS_PER_TOKEN


@dataclass(frozen=True)
class Raw:
    """An answer that is not the protocol's: status and bytes as they are."""

    status: int
    body: bytes
    content_type: str = "application/json"


Answer = str | Raw
Answering = Callable[[Asked], Answer]


class AnswerFiles:
    """Answers kept as files: `AGENT.json`, or `AGENT.py` for code.

    `AGENT.WORD.py` is the answer where the question holds WORD, `AGENT-2.py` that to the second
    question; the most special one wins, and the last one is repeated.
    """

    def __init__(self, folder: Path) -> None:
        self.files = sorted(path for path in folder.iterdir() if path.suffix in {".json", ".py"})

    def __call__(self, asked: Asked) -> Answer:
        fitting = [path for path in self.files if self._fits(path, asked)]
        if not fitting:
            return Raw(500, b'{"error": {"message": "no answer is written for this agent"}}')
        best = max(fitting, key=lambda path: (path.stem.count("."), self._turn(path)))
        text = best.read_text("utf-8")
        return text if best.suffix == ".json" else f"Here it is.\n\n```python\n{text}```\n"

    @staticmethod
    def _turn(path: Path) -> int:
        return int(path.stem.rpartition("-")[2]) if "-" in path.stem else 1

    def _fits(self, path: Path, asked: Asked) -> bool:
        name, _, word = path.stem.partition("-")[0].partition(".")
        return name == asked.agent and word in asked.text and self._turn(path) <= asked.count


class ScriptedModel:
    """The server; use it in a `with`. `url` is an OpenAI base URL, `root` the bare address."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.asked: list[Asked] = []
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{self.root}/v1"

    def __enter__(self) -> ScriptedModel:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def agents(self) -> Counter[str]:
        """How often each agent asked."""
        with self._lock:
            return Counter(self._counts)

    def take(self, key: str, body: bytes) -> tuple[Asked, Answer]:
        """Keep a question, and find its answer."""
        text = "\n".join(texts(json.loads(body)))
        found = SIGNATURE.search(text)
        agent = found.group(1) if found else ""
        with self._lock:
            self._counts[agent] += 1
            asked = Asked(agent, self._counts[agent], key, text, body)
            self.asked.append(asked)
        return asked, self.answering(asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        model = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Stay quiet."""

            def do_GET(self) -> None:
                listed = {"object": "list", "data": [{"id": "scripted", "object": "model"}]}
                self._send(200, json.dumps(listed).encode(), "application/json")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
                asked, answer = model.take(self.headers.get("x-goog-api-key") or bearer, body)
                if isinstance(answer, Raw):
                    self._send(answer.status, answer.body, answer.content_type)
                elif "generateContent" in self.path or "streamGenerate" in self.path:
                    self._say(gemini(asked, answer), "streamGenerate" in self.path, done=False)
                elif json.loads(body).get("stream"):
                    self._say(openai_pieces(asked, answer), streamed=True, done=True)
                else:
                    self._say([openai_whole(asked, answer)], streamed=False, done=False)

            def _say(self, pieces: list[dict[str, Any]], streamed: bool, done: bool) -> None:
                if not streamed:
                    self._send(200, json.dumps(pieces[0]).encode(), "application/json")
                    return
                lines = [f"data: {json.dumps(piece)}\n\n" for piece in pieces]
                lines += ["data: [DONE]\n\n"] if done else []
                self._send(200, "".join(lines).encode(), "text/event-stream")

            def _send(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


def texts(value: Any) -> list[str]:
    """Every text of the conversation, whichever protocol wraps it."""
    if isinstance(value, dict):
        parts = [value.get(key) for key in ("systemInstruction", "messages", "contents", "parts")]
        said = [value[key] for key in ("text", "content") if isinstance(value.get(key), str)]
        nested = value.get("content") if isinstance(value.get("content"), list) else None
        return said + [text for part in [*parts, nested] for text in texts(part)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return []


def counted(asked: Asked, answer: str) -> tuple[int, int]:
    """Tokens of question and answer."""
    return asked.tokens, len(answer) // CHARACTERS_PER_TOKEN + 1


def openai_whole(asked: Asked, answer: str) -> dict[str, Any]:
    """A `chat.completion`."""
    message = {"role": "assistant", "content": answer}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return _openai("chat.completion", [choice]) | {"usage": _usage(asked, answer)}


def openai_pieces(asked: Asked, answer: str) -> list[dict[str, Any]]:
    """The chunks of a streamed `chat.completion`, usage last."""
    pieces = [answer[at : at + PIECE] for at in range(0, len(answer), PIECE)]
    chunks = [
        _openai(
            "chat.completion.chunk",
            [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
        )
        for piece in pieces
    ]
    end = [{"index": 0, "delta": {}, "finish_reason": "stop"}]
    chunks.append(_openai("chat.completion.chunk", end))
    return [*chunks, _openai("chat.completion.chunk", []) | {"usage": _usage(asked, answer)}]


def gemini(asked: Asked, answer: str) -> list[dict[str, Any]]:
    """One whole `GenerateContentResponse`."""
    prompt, output = counted(asked, answer)
    usage = {"promptTokenCount": prompt, "candidatesTokenCount": output}
    content = {"role": "model", "parts": [{"text": answer}]}
    candidate = {"content": content, "finishReason": "STOP", "index": 0}
    total = usage | {"totalTokenCount": prompt + output}
    return [{"candidates": [candidate], "usageMetadata": total, "modelVersion": "scripted"}]


def _openai(kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "scripted-1",
        "object": kind,
        "created": 0,
        "model": "scripted",
        "choices": choices,
    }


def _usage(asked: Asked, answer: str) -> dict[str, int]:
    prompt, output = counted(asked, answer)
    usage = {"prompt_tokens": prompt, "completion_tokens": output}
    return usage | {"total_tokens": prompt + output}
