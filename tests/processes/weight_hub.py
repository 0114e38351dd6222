"""A hub on loopback that holds repositories of files, as `huggingface_hub` downloads them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "d" * 40
SMALL = 10_000


@dataclass
class WeightHub:
    """Where it listens; repositories by name: their folder and licence; what was downloaded.

    With `cut` the connection ends after so many bytes of a larger file, once. While it `stalls`,
    weights are begun and never end.
    """

    address: str = ""
    folders: dict[str, Path] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)
    cut: int = 0
    stalls: bool = False
    over: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """Answers `/api/models/NAME` and `/NAME/resolve/COMMIT/FILE`, ranges included."""

    hub: WeightHub

    def do_HEAD(self) -> None:
        """The size and hash of a file."""
        self.do_GET()

    def do_GET(self) -> None:
        """A repository's page, or a file of it."""
        path = unquote(urlsplit(self.path).path).strip("/")
        if path.startswith("api/models/"):
            self._page(path.removeprefix("api/models/"))
            return
        name, _, rest = path.partition("/resolve/")
        file = self.hub.folders.get(name, Path("/none")) / rest.partition("/")[2]
        if file.is_file():
            self._file(name, file)
        else:
            self._answer(404, b"")

    def _page(self, name: str) -> None:
        folder = self.hub.folders.get(name)
        if folder is None:
            self._answer(404, b"{}")
            return
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        siblings = [
            {"rfilename": file.relative_to(folder).as_posix(), "size": file.stat().st_size}
            for file in files
        ]
        licence = self.hub.licences.get(name, "apache-2.0")
        page = {"_id": name, "id": name, "sha": COMMIT, "gated": False, "siblings": siblings}
        page |= {"cardData": {"license": licence}, "tags": [f"license:{licence}"]}
        self._answer(200, json.dumps(page).encode(), {"Content-Type": "application/json"})

    def _file(self, name: str, file: Path) -> None:
        content = file.read_bytes()
        asked = self.headers.get("Range", "")
        first = int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
        headers = {
            "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
            "X-Repo-Commit": COMMIT,
            "Accept-Ranges": "bytes",
        }
        if asked:
            headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        if self.command == "GET":
            self.hub.sent.append((f"{name}/{file.name}", asked))
        self._answer(206 if asked else 200, content[first:], headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if 0 < self.hub.cut < len(body):
            body, self.hub.cut = body[: self.hub.cut], 0
            self.close_connection = True
        if self.hub.stalls and len(body) > SMALL:
            self.wfile.write(body[:SMALL])
            self.wfile.flush()
            self.hub.over.wait(30)
            return
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def weight_hub() -> Iterator[WeightHub]:
    """A hub for as long as the test needs it."""
    hub = WeightHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
