"""What a model server's error means: which trouble it is, how long to wait, what to do about it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from iiml_codegen.backbones.backbone import BackboneError, Trouble

LONGEST_MESSAGE = 300
BY_STATUS: dict[int, Trouble] = {401: "key", 402: "key", 403: "key", 404: "configuration"}
BY_STATUS |= {405: "configuration", 408: "timeout", 413: "overflow", 429: "rate", 504: "timeout"}
OVERFLOW = re.compile(
    r"context.length|context.window|context.size|maximum context|too many (input )?tokens"
    r"|prompt is too long|input token count|exceeds? the (maximum|available)|exceed_context",
    re.IGNORECASE,
)
BAD_KEY = re.compile(r"api.?key.{0,20}(invalid|not valid|expired|incorrect)|invalid.api.?key", re.I)
NO_CREDIT = re.compile(
    r"insufficient_quota|billing_(hard_limit|not_active)|credit balance|\blimit: 0\b", re.IGNORECASE
)
"""Words for what no waiting helps against: providers name "billing" with any limit of a minute."""
FILTERED = re.compile(r"content_policy|content_filter|safety", re.IGNORECASE)
DELAY = re.compile(r"(\d+(?:\.\d+)?)s")


@dataclass(frozen=True)
class Server:
    """Whom we ask, as messages call it. `hide` takes keys out of what the server says."""

    name: str
    url: str
    key_name: str
    hide: Callable[[str], str]

    @property
    def key_hint(self) -> str:
        """How to give a key."""
        return f"set {self.key_name}, or enter it in the editor: “iiML: Set API Key”"


def from_status(
    server: Server, status: int, body: object, headers: Mapping[str, str]
) -> BackboneError:
    """The error that a status and a body stand for."""
    said, trouble = told(body, server), _trouble(status, _everything(body))
    hint = ""
    if trouble == "key":
        hint = f"is the key right, and may it use this model? {server.key_hint}"
    elif 300 <= status < 400:
        hint = f"set base_url to the address that answers itself, not {server.url}"
    elif trouble == "overflow":
        hint = "the prompt was too long; set the model's `context` in the user configuration"
    message = f"{server.name} answered {status}{': ' if said else ''}{said}"
    after = wait_asked_for(headers, body) if trouble in ("rate", "server") else None
    return BackboneError(trouble, message, hint=hint, retry_after=after)


def _trouble(status: int, everything: str) -> Trouble:
    if status in (400, 422, 500) and OVERFLOW.search(everything):
        return "overflow"
    if status == 400 and BAD_KEY.search(everything):
        return "key"
    if status == 429 and NO_CREDIT.search(everything):
        return "key"
    if 300 <= status < 400:
        return "configuration"
    return BY_STATUS.get(status, "server" if status >= 500 else "refused")


def told(body: object, server: Server) -> str:
    """The server's own words on an error, short, on one line and without keys."""
    value = body
    if isinstance(value, Mapping):
        value = value.get("error") or value
    if isinstance(value, Mapping):
        value = value.get("message") or value.get("detail") or ""
    return short(value if isinstance(value, str) else "", server.hide)


def short(text: str, hide: Callable[[str], str]) -> str:
    """Somebody else's words for a message of ours: no keys, one line, not long."""
    printable = "".join(one if one.isprintable() else " " for one in hide(text))
    line = " ".join(printable.replace("\ufffd", " ").split())
    return line if len(line) <= LONGEST_MESSAGE else line[:LONGEST_MESSAGE] + "…"


def from_exception(server: Server, error: Exception) -> BackboneError:
    """The error that an SDK's or httpx's exception stands for, by their names: httpx has two."""
    found: BaseException | None = error
    kinds: set[str] = set()
    while found is not None:
        if isinstance(found, BackboneError):
            return found
        kinds |= {kind.__name__ for kind in type(found).__mro__}
        found = found.__cause__
    if kinds & {"TimeoutException", "APITimeoutError"}:
        return BackboneError("timeout", f"{server.name} said nothing for too long")
    if kinds & {"RemoteProtocolError", "ReadError"}:
        return BackboneError("network", f"{server.name} broke off in the middle of its answer")
    if kinds & {"TransportError", "RequestError", "APIConnectionError"}:
        return BackboneError(
            "network",
            f"{server.name} cannot be reached",
            hint=f"does a server run at {server.url}?",
        )
    if "APIError" in kinds:  # said in the middle of a stream
        what = told({"message": str(error)}, server)
        return BackboneError("server", f"{server.name} gave up: {what}")
    what = short(f"{type(error).__name__}: {error}", server.hide)
    return BackboneError("malformed", f"{server.name} sent what is no answer ({what})")


def wait_asked_for(
    headers: Mapping[str, str], body: object, now: Callable[[], datetime] | None = None
) -> float | None:
    """Seconds that a server asks us to wait: Retry-After, or RetryInfo of Google's."""
    text = str(headers.get("retry-after") or headers.get("Retry-After") or "").strip()
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return float(text)
    if text:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (aware - (now or _now)()).total_seconds())
    return _retry_info(body)


def _now() -> datetime:
    return datetime.now(UTC)


def _retry_info(body: object) -> float | None:
    error: Any = body.get("error") if isinstance(body, Mapping) else None
    details: Any = error.get("details") if isinstance(error, Mapping) else None
    for detail in details if isinstance(details, list) else []:
        delay = detail.get("retryDelay") if isinstance(detail, Mapping) else None
        if isinstance(delay, str) and (found := DELAY.fullmatch(delay)):
            return float(found.group(1))
    return None


def _everything(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body, default=str)
