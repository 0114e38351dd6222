"""A search server on loopback that answers as Brave, SearXNG and Tavily do, or misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGES = [
    {
        "title": "Merging <b>tables</b>",
        "url": "https://example.org/merge",
        "text": "Use <strong>merge</strong> with\u202e a key &amp; keep the order.",
    },
    {"title": "No page", "url": "javascript:alert(1)", "text": "not an address"},
    {"title": "Sorting", "url": "https://example.org/sort", "text": "Stable sorts keep ties."},
]


@dataclass
class FakeSearch:
    """Where it listens, what it was asked, and how it answers."""

    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    endless: bool = False
    over: threading.Event = field(default_factory=threading.Event)


def answer(path: str) -> bytes:
    """The pages in the shape of the provider that the path stands for."""
    if path.startswith("/brave"):
        found = [{"title": p["title"], "url": p["url"], "description": p["text"]} for p in PAGES]
        return json.dumps({"type": "search", "web": {"results": found}}).encode()
    found = [{"title": p["title"], "url": p["url"], "content": p["text"]} for p in PAGES]
    return json.dumps({"query": "", "results": found, "answers": []}).encode()


class Handler(BaseHTTPRequestHandler):
    """Answers GET and POST as its `FakeSearch` says."""

    fake: FakeSearch

    def do_GET(self) -> None:
        """A question in the address."""
        parts = urlsplit(self.path)
        question = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self._answer(parts.path, question)

    def do_POST(self) -> None:
        """A question in the body."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(urlsplit(self.path).path, json.loads(body))

    def _answer(self, path: str, question: dict[str, Any]) -> None:
        fake = self.fake
        fake.asked.append(
            {
                "path": path,
                "question": question,
                "headers": {n.lower(): v for n, v in self.headers.items()},
            }
        )
        body = answer(path) if fake.body is None else fake.body
        self.send_response(fake.status)
        for name, value in fake.headers.items():
            self.send_header(name, value)
        if not fake.endless:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        while fake.endless and not fake.over.wait(0.05):
            self.wfile.write(b" ")

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def fake_search() -> Iterator[FakeSearch]:
    """A server for as long as the test needs it."""
    fake = FakeSearch()
    handler = type("Own", (Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
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
