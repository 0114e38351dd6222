"""Web search beside what a backbone grounds itself: one question, a few pages with their excerpts.

What comes back was written by strangers: it is data for a prompt's `data` parts, never a request.
"""

from __future__ import annotations

import html
import json
import re
import threading
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future
from email.message import Message
from http.client import HTTPException, HTTPMessage
from typing import IO, Protocol, TypeVar
from urllib.parse import SplitResult, urlencode, urlsplit

import msgspec

from iiml_codegen.backbones.backbone import RETRYABLE, Source, Trouble
from iiml_codegen.backbones.setup import SearchProvider
from iiml_codegen.backbones.setup import SearchSetup as SearchSetup
from iiml_codegen.errors import IimlError

ENDPOINTS: dict[SearchProvider, str] = {
    "brave": "https://api.search.brave.com/res/v1/web/search",
    "searxng": "",
    "tavily": "https://api.tavily.com/search",
}
NEED_KEY: frozenset[SearchProvider] = frozenset({"brave", "tavily"})
LOOPBACK = ("localhost", "127.0.0.1", "::1")
LARGEST = 2_000_000
"""Bytes of an answer that are read; a longer one is none."""
CHUNK = 65_536
MOST_RESULTS = 20
LONGEST_QUERY, LONGEST_TITLE, LONGEST_EXCERPT, LONGEST_URL = 400, 200, 600, 1_000
TAG = re.compile(r"<[^<>]{0,400}>")
AGENT = "iiml"


class WebSearchError(IimlError):
    """A search gave no results; `trouble` is named as a backbone's."""

    code = "IIML913"
    exit_code = 5

    def __init__(
        self, trouble: Trouble, message: str, *, hint: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint, retryable=trouble in RETRYABLE)
        self.trouble = trouble
        self.retry_after = retry_after


class WebSearch(Protocol):
    """Looks something up on the web. Threads may share it."""

    def search(self, query: str, limit: int = 5) -> tuple[Source, ...]:
        """The best pages first, at most `limit`. Raises `WebSearchError`."""


def same(text: str) -> str:
    """The redaction where no key is known."""
    return text


def web_search(
    setup: SearchSetup, key: str = "", redact: Callable[[str], str] = same
) -> HttpWebSearch:
    """The configured search; raises `WebSearchError` for a setup that cannot work."""
    return HttpWebSearch(setup, key, redact)


class HttpWebSearch:
    """Asks Brave Search, a SearXNG server or Tavily over HTTP, once per question.

    Questions and results go through `redact`. Redirects are followed only within one server.
    """

    def __init__(
        self, setup: SearchSetup, key: str = "", redact: Callable[[str], str] = same
    ) -> None:
        self._setup, self._key = setup, key.strip()
        self._endpoint = setup.endpoint or ENDPOINTS[setup.provider]
        self._redact = redact
        self._check()
        self._opener = urllib.request.build_opener(SameServer())

    def __repr__(self) -> str:
        """Without the key."""
        return f"HttpWebSearch({self._setup.provider!r})"

    def search(self, query: str, limit: int = 5) -> tuple[Source, ...]:
        """One request; raises `WebSearchError`."""
        words = " ".join(self._redact(query).split())[:LONGEST_QUERY]
        limit = max(1, min(limit, MOST_RESULTS))
        if not words:
            return ()
        request = self._request(words, limit)
        body = within(self._setup.seconds, lambda: self._fetch(request))
        pages = (self._source(*found) for found in results(self._setup.provider, body))
        return tuple(page for page in pages if page is not None)[:limit]

    def _check(self) -> None:
        provider, address = self._setup.provider, split(self._endpoint)
        if address is None:
            raise WebSearchError(
                "configuration",
                f"the search {provider} has no usable endpoint",
                hint="set search.endpoint to the http(s) address that answers searches",
            )
        if provider in NEED_KEY and not self._key:
            raise WebSearchError(
                "key", f"the search {provider} needs a key", hint="set SEARCH_API_KEY"
            )
        if self._key and address.scheme != "https" and address.hostname not in LOOPBACK:
            raise WebSearchError(
                "configuration",
                f"a key is not sent over plain http to {address.hostname}",
                hint="give search.endpoint an https address",
            )
        if not (self._key.isascii() and self._key.isprintable()):
            raise WebSearchError("key", "the search key is no key", hint="see SEARCH_API_KEY")

    def _request(self, words: str, limit: int) -> urllib.request.Request:
        headers = {"Accept": "application/json", "User-Agent": AGENT}
        provider = self._setup.provider
        if provider == "tavily":
            headers |= {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
            body = json.dumps({"query": words, "max_results": limit}).encode()
            return urllib.request.Request(self._endpoint, body, headers, method="POST")
        asked = {"q": words}
        if provider == "brave":
            asked["count"] = str(limit)
            headers["X-Subscription-Token"] = self._key
        else:
            asked["format"] = "json"
            headers |= {"Authorization": f"Bearer {self._key}"} if self._key else {}
        joint = "&" if urlsplit(self._endpoint).query else "?"
        return urllib.request.Request(self._endpoint + joint + urlencode(asked), headers=headers)

    def _fetch(self, request: urllib.request.Request) -> bytes:
        """The answer's bytes; runs in a thread of its own."""
        try:
            with self._opener.open(request, timeout=self._setup.seconds) as response:
                body = bytearray()
                while chunk := response.read1(CHUNK):
                    body += chunk
                    if len(body) > LARGEST:
                        raise WebSearchError("malformed", "the search answered too much")
                return bytes(body)
        except urllib.error.HTTPError as error:
            error.close()
            raise refusal(error.code, error.headers) from None
        except TimeoutError as error:
            raise WebSearchError("timeout", "the search did not answer in time") from error
        except (OSError, HTTPException, ValueError) as error:
            why = self._redact(str(getattr(error, "reason", error)))
            raise WebSearchError("network", f"the search cannot be reached: {why}") from error

    def _source(self, title: str, url: str, excerpt: str) -> Source | None:
        url = self._redact(url.strip())
        if split(url) is None or len(url) > LONGEST_URL:
            return None
        clean = self._redact(plain(excerpt))[:LONGEST_EXCERPT]
        return Source(title=self._redact(plain(title))[:LONGEST_TITLE], url=url, excerpt=clean)


class SameServer(urllib.request.HTTPRedirectHandler):
    """Follows redirects only to the same scheme, host and port: no key goes elsewhere."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The next request; raises `WebSearchError` where it would leave the server."""
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            raise WebSearchError(
                "configuration",
                "the search sends us to another server",
                hint="set search.endpoint to the address that answers itself",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` gives or raises, waited for so long at most: a server may trickle for ever."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001  (handed over to who waits)
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True, name="web-search").start()
    try:
        return answer.result(timeout=seconds)
    except TimeoutError:
        raise WebSearchError("timeout", "the search did not answer in time") from None


def refusal(status: int, headers: Message[str, str]) -> WebSearchError:
    """What an HTTP status says, without the server's own words."""
    after = headers.get("Retry-After", "").strip()
    trouble: Trouble = "configuration"
    if status in (401, 403):
        trouble = "key"
    elif status in (402, 429, 432, 433):
        trouble = "rate"
    elif status >= 500:
        trouble = "server"
    hints = {"key": "is SEARCH_API_KEY right?", "configuration": "is search.endpoint right?"}
    return WebSearchError(
        trouble,
        f"the search answered {status}",
        hint=hints.get(trouble, ""),
        retry_after=float(after) if after.isdecimal() else None,
    )


class Found(msgspec.Struct):
    """A result as the three providers spell it; what else it holds is not read."""

    url: str | None = None
    title: str | None = None
    description: str | None = None
    content: str | None = None


class FoundList(msgspec.Struct):
    """A list of results under `results`: SearXNG's and Tavily's answer, a part of Brave's."""

    results: list[Found] = []


class BraveAnswer(msgspec.Struct):
    """Brave's answer; without hits there is no `web`."""

    web: FoundList | None = None


def results(provider: SearchProvider, body: bytes) -> list[tuple[str, str, str]]:
    """Title, address and excerpt of each result; raises `WebSearchError` for another answer."""
    try:
        if provider == "brave":
            found = msgspec.json.decode(body, type=BraveAnswer, strict=False).web or FoundList()
        else:
            found = msgspec.json.decode(body, type=FoundList, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WebSearchError("malformed", "the search answered no list of results") from error
    return [
        (one.title or "", one.url or "", one.description or one.content or "")
        for one in found.results
    ]


def plain(text: str) -> str:
    """One line without markup and without characters that nobody sees."""
    shown = html.unescape(TAG.sub(" ", text))
    kept = (c if c.isspace() or unicodedata.category(c)[0] != "C" else " " for c in shown)
    return " ".join("".join(kept).split())


def split(url: str) -> SplitResult | None:
    """The parts of a web address; None for anything else."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable and not re.search(r"\s", url) and "@" not in parts.netloc else None
