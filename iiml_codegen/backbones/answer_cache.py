"""Answers by content, in the user's cache: what was paid once is not paid again.

Only answers that were accepted are kept. The files are the user's alone; the oldest go first when
there are too many bytes.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import msgspec
import platformdirs

from iiml_codegen.backbones.backbone import Request, Source
from iiml_codegen.backbones.setup import BackboneSetup
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.files import replace

MOST_BYTES = 64 * 2**20
LOOK_EVERY = 50
"""Answers written between two looks at the size of the cache."""


class KeptAnswer(Frozen):
    """An answer's text, and the pages that it rests on."""

    text: str
    sources: tuple[Source, ...] = ()


class AnswerCache:
    """A folder of answers. Several processes may use it at once; trouble with it costs nothing."""

    def __init__(self, folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder or answers_folder()
        self._most_bytes = most_bytes
        self._written = 0

    def find(self, key: str) -> KeptAnswer | None:
        """The answer to a question, if it was accepted before."""
        path = self._path(key)
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=KeptAnswer)
            os.utime(path)
        except (OSError, msgspec.DecodeError):
            return None
        return kept

    def keep(self, key: str, answer: KeptAnswer) -> None:
        """Remember an accepted answer."""
        with suppress(OSError):
            _write_private(self._path(key), msgspec.json.encode(answer))
            if self._written % LOOK_EVERY == 0:
                self._drop_oldest()
            self._written += 1

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"

    def _drop_oldest(self) -> None:
        found = []
        for path in self._folder.glob("??/*.json"):
            with suppress(OSError):
                state = path.stat()
                found.append((state.st_mtime, state.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._most_bytes:
                return
            path.unlink(missing_ok=True)
            total -= size


def answers_folder() -> Path:
    """Where answers are kept; `IIML_CACHE_DIR` moves it with the whole cache."""
    root = os.environ.get("IIML_CACHE_DIR") or platformdirs.user_cache_dir("iiml")
    return Path(root).resolve() / "answers"


def key_of(setup: BackboneSetup, model: str, request: Request) -> str:
    """What a question is known by: whom it goes to, and every word of it."""
    whom = (setup.name, setup.provider, model, setup.base_url, setup.command)
    what = (request.messages, request.schema, request.temperature, request.search)
    return hashlib.sha256(msgspec.json.encode((whom, what), order="sorted")).hexdigest()


def _write_private(path: Path, data: bytes) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name[:20]}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(data)
        replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
