"""A model hub on loopback: lists models as the Hugging Face hub does, or misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


def model(name: str, task: str, licence: str, parameters: int, **more: Any) -> dict[str, Any]:
    """A model as the hub lists it."""
    return {
        "_id": name,
        "id": name,
        "modelId": name,
        "pipeline_tag": task,
        "cardData": {"license": licence},
        "downloads": 1000,
        "gated": False,
        "sha": "a" * 40,
        "tags": [task, f"license:{licence}"],
        "safetensors": {"parameters": {"F32": parameters}, "total": parameters},
        **more,
    }


@dataclass
class FakeHub:
    """Where it listens, what it lists, and what it was asked."""

    address: str = ""
    models: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[dict[str, list[str]], str]] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    status: int = 200
    body: bytes | None = None
    silent: bool = False
    over: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """Answers `GET /api/models` by task or by a word of the name."""

    fake: FakeHub

    def do_GET(self) -> None:
        """The list that was asked for."""
        question = parse_qs(urlsplit(self.path).query)
        self.fake.paths.add(urlsplit(self.path).path)
        self.fake.asked.append((question, self.headers.get("Authorization", "")))
        if self.fake.silent:
            self.fake.over.wait(30)
            return
        task = question.get("pipeline_tag", [""])[0]
        word = question.get("search", [""])[0]
        found = [
            one
            for one in self.fake.models
            if (not task or one["pipeline_tag"] == task) and word in one["id"]
        ]
        body = json.dumps(found).encode() if self.fake.body is None else self.fake.body
        self.send_response(self.fake.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    """A hub for as long as the test needs it."""
    fake = FakeHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"fake": fake}))
    server.daemon_threads = True
    fake.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
