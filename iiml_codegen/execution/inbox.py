"""The solver's inbox: requests of viewers, as files, each taken once."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path

import msgspec

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.files import FileHeldError, remove, replace, write_atomically


class Request(Frozen, tag_field="request", tag=True):
    """Base of all requests; in JSON the class name stands under `request`."""


class StopRequest(Request):
    """Stop and keep the best so far. Meant for one solver: a later one must not obey it."""

    solver: int


class VerifyRequest(Request):
    """Check the modules in the folder again, because they were edited."""


class AcceptPatchRequest(Request):
    """The user accepts a patch that was offered."""

    patch: str


class ModelAnswer(Request):
    """What the editor's model answered to a question; `trouble` says why there is no answer."""

    question: str
    text: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    trouble: str = ""


class UnreadableRequest(Request):
    """A file in the inbox that is no request; it is put aside under `name`.bad."""

    name: str
    why: str


AnyRequest = StopRequest | VerifyRequest | AcceptPatchRequest | ModelAnswer | UnreadableRequest
_REQUESTS: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)
_COUNTER = itertools.count()


class Inbox:
    """A folder of requests. Any process may send; each request reaches one taker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, request: AnyRequest) -> None:
        """Leave a request; names sort by time of sending."""
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_COUNTER):06d}.json"
        write_atomically(self._folder / name, msgspec.json.encode(request))

    def take(self) -> list[AnyRequest]:
        """The requests that nobody took before, oldest first; they are gone afterwards."""
        if not self._folder.is_dir():
            return []
        taken = [self._claim(path) for path in sorted(self._folder.glob("[0-9]*.json"))]
        return [request for request in taken if request is not None]

    def _claim(self, path: Path) -> AnyRequest | None:
        """Rename decides who takes a request: only one process can, the others see it gone."""
        mine = path.with_suffix(f".taken-{os.getpid()}")
        try:
            replace(path, mine)
        except FileNotFoundError:
            return None
        except FileHeldError:
            return None  # somebody reads it; the next look takes it
        try:
            request = _REQUESTS.decode(mine.read_bytes())
        except msgspec.DecodeError as error:
            replace(mine, path.with_suffix(".bad"))
            return UnreadableRequest(name=path.name, why=str(error))
        remove(mine)
        return request
