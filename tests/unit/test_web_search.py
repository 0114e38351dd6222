"""Web search asks a real server on loopback, and gives what it says as data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from processes.fake_search import FakeSearch, fake_search

from iiml_codegen.backbones.web_search import (
    LARGEST,
    SearchProvider,
    SearchSetup,
    WebSearchError,
    web_search,
)

KEY = "search-key-4711"
PROVIDERS: tuple[SearchProvider, ...] = ("brave", "searxng", "tavily")


@pytest.fixture
def server() -> Iterator[FakeSearch]:
    """A server that answers well until it is told otherwise."""
    with fake_search() as fake:
        yield fake


def setup(
    server: FakeSearch, provider: SearchProvider = "brave", seconds: float = 20.0
) -> SearchSetup:
    """A provider at the address of the server."""
    return SearchSetup(provider=provider, endpoint=f"{server.address}/{provider}", seconds=seconds)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_provider_gives_pages_without_markup(
    server: FakeSearch, provider: SearchProvider
) -> None:
    pages = web_search(setup(server, provider), KEY).search("how to  merge")
    assert [page.url for page in pages] == ["https://example.org/merge", "https://example.org/sort"]
    assert pages[0].title == "Merging tables"
    assert pages[0].excerpt == "Use merge with a key & keep the order."


def test_each_provider_is_asked_in_its_own_way(server: FakeSearch) -> None:
    for provider in PROVIDERS:
        web_search(setup(server, provider), KEY).search("merge", limit=2)
    brave, searxng, tavily = server.asked
    assert brave["question"] == {"q": "merge", "count": "2"}
    assert brave["headers"]["x-subscription-token"] == KEY
    assert searxng["question"] == {"q": "merge", "format": "json"}
    assert tavily["question"] == {"query": "merge", "max_results": 2}
    assert tavily["headers"]["authorization"] == f"Bearer {KEY}"


def test_no_more_pages_come_than_were_asked_for(server: FakeSearch) -> None:
    assert len(web_search(setup(server), KEY).search("merge", limit=1)) == 1


def test_known_keys_leave_neither_in_questions_nor_in_results(server: FakeSearch) -> None:
    found = web_search(setup(server), KEY, lambda text: text.replace("merge", "[key]"))
    pages = found.search("what is merge")
    assert server.asked[0]["question"]["q"] == "what is [key]"
    assert pages[0].excerpt.startswith("Use [key] with")


def test_nothing_is_asked_without_words(server: FakeSearch) -> None:
    assert web_search(setup(server), KEY).search("  \n ") == ()
    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "trouble", "retryable"),
    [
        (401, "key", False),
        (429, "rate", True),
        (503, "server", True),
        (404, "configuration", False),
    ],
)
def test_a_refusal_is_told_by_its_kind(
    server: FakeSearch, status: int, trouble: str, retryable: bool
) -> None:
    server.status, server.headers = status, {"Retry-After": "7"}
    server.body = KEY.encode()
    with pytest.raises(WebSearchError) as caught:
        web_search(setup(server), KEY).search("merge")
    assert (caught.value.trouble, caught.value.retryable) == (trouble, retryable)
    assert caught.value.retry_after == 7.0
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"<html>no", b'{"web": {"results": 3}}', b"\xff\xfe", b"[" * 100_000, b""]
)
def test_what_is_no_list_of_results_is_malformed(server: FakeSearch, body: bytes) -> None:
    server.body = body
    with pytest.raises(WebSearchError) as caught:
        web_search(setup(server), KEY).search("merge")
    assert caught.value.trouble == "malformed"


def test_empty_results_are_no_trouble(server: FakeSearch) -> None:
    server.body = b'{"type": "search", "query": {"original": "merge"}}'
    assert web_search(setup(server), KEY).search("merge") == ()


def test_an_answer_that_never_ends_is_given_up(server: FakeSearch) -> None:
    server.endless = True
    with pytest.raises(WebSearchError) as caught:
        web_search(setup(server, seconds=0.4), KEY).search("merge")
    assert caught.value.trouble == "timeout"


def test_too_long_an_answer_is_not_read_to_its_end(server: FakeSearch) -> None:
    server.body = b" " * (LARGEST + 1)
    with pytest.raises(WebSearchError, match="too much"):
        web_search(setup(server), KEY).search("merge")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_redirect_to_elsewhere_is_not_followed(server: FakeSearch, scheme: str) -> None:
    with fake_search() as other:
        elsewhere = other.address.replace("http:", f"{scheme}:") + "/brave"
        server.status, server.headers = 302, {"Location": elsewhere}
        with pytest.raises(WebSearchError):
            web_search(setup(server), KEY).search("merge")
        assert other.asked == []


def test_a_server_that_is_not_there_is_a_network_trouble() -> None:
    with fake_search() as gone:
        there = setup(gone)
    with pytest.raises(WebSearchError) as caught:
        web_search(there, KEY).search("merge")
    assert caught.value.trouble == "network"


@pytest.mark.parametrize(
    ("wrong", "key", "trouble"),
    [
        (SearchSetup(provider="brave"), "", "key"),
        (SearchSetup(provider="brave"), "key\r\nX-Other: 1", "key"),
        (SearchSetup(provider="searxng"), "", "configuration"),
        (SearchSetup(provider="searxng", endpoint="file:///etc/passwd"), "", "configuration"),
        (SearchSetup(provider="tavily", endpoint="http://search.example/x"), KEY, "configuration"),
        (
            SearchSetup(provider="searxng", endpoint="http://a:b@search.example"),
            "",
            "configuration",
        ),
    ],
)
def test_a_setup_that_cannot_work_is_refused_at_once(
    wrong: SearchSetup, key: str, trouble: str
) -> None:
    with pytest.raises(WebSearchError) as caught:
        web_search(wrong, key)
    assert caught.value.trouble == trouble


def test_the_key_is_not_shown_by_the_object(server: FakeSearch) -> None:
    assert KEY not in repr(web_search(setup(server), KEY))
