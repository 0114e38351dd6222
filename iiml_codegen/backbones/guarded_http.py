"""What a model server may send: so many bytes, as they are, for so long; and to whom we speak."""

from __future__ import annotations

import importlib
import ipaddress
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from iiml_codegen.backbones.backbone import BackboneError
from iiml_codegen.backbones.patience import Patience

MOST_BYTES = 32 * 2**20
CONNECT_SECONDS = 10.0
PLAIN = {"accept-encoding": "identity"}
"""Compressed answers could grow without end in memory."""


def guard(patience: Patience) -> dict[str, list[Callable[[Any], None]]]:
    """Event hooks of httpx that end an answer when it is too long, or waited for too long."""

    def guarded(response: Any) -> None:
        patience.check()
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise BackboneError("malformed", f"{patience.who} sent a compressed answer unasked")
        # httpx accepts only streams of its own kind; it has two names, by the SDK's version.
        module = importlib.import_module(type(response).__module__.partition(".")[0])
        response.stream = _watched(module.SyncByteStream, response.stream, patience)

    return {"response": [guarded]}


def _watched(kind: Any, stream: Any, patience: Patience) -> Any:
    """A stream that checks patience and size with every piece."""

    def iterate(_: Any) -> Iterator[bytes]:
        size = 0
        for piece in stream:
            patience.check()
            size += len(piece)
            if size > MOST_BYTES:
                raise BackboneError("malformed", f"{patience.who} sent more than any answer has")
            yield piece

    members = {"__iter__": iterate, "close": lambda _: stream.close()}
    return type("WatchedStream", (kind,), members)()


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_url(url: str, who: str) -> str:
    """A base URL without a slash at its end. Raises `BackboneError` for what is none."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username or parts.password:
        raise BackboneError(
            "configuration",
            f"the base_url of {who} is no plain http or https address",
            hint="it looks like http://127.0.0.1:8000/v1, with no name and password in it",
        )
    return url.rstrip("/")
