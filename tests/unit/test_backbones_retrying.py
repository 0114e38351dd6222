"""Retries and rates, against a real server on loopback; the clock is the test's own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from processes.asking_backbones import KEY, LONG, ask, never, question, trouble_of
from processes.fake_openai import FakeOpenAI
from processes.fake_server import (
    Answer,
    Behaviour,
    in_turn,
    overflow,
    stalled,
    telling_key,
    truncated,
    unavailable,
    wait_first,
)

from iiml_codegen.backbones.backbone import Backbone, BackboneError, Reply
from iiml_codegen.backbones.http_trouble import wait_asked_for
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.backbones.openai_compatible import OpenAIBackbone
from iiml_codegen.backbones.providers import backbone_of
from iiml_codegen.backbones.rate import RateLimited
from iiml_codegen.backbones.retrying import LONGEST_PAUSE, MOST_ATTEMPTS, Retrying
from iiml_codegen.backbones.setup import BackboneSetup


class Clock:
    """A clock that only pauses move; it keeps them."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float, stopped: Callable[[], bool]) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def asked_at(url: str) -> OpenAIBackbone:
    setup = BackboneSetup(name="mine", provider="openai", model="fake-model")
    return OpenAIBackbone(setup, url, KEY, "OPENAI_API_KEY", Secrets({"key": KEY}).hidden)


def serving(*answers: Answer) -> FakeOpenAI:
    return FakeOpenAI(in_turn(*answers))


def retrying(url: str, clock: Clock, told: list[str] | None = None) -> Retrying:
    hears = [] if told is None else told
    return Retrying(
        asked_at(url), told=hears.append, pause=clock.pause, clock=clock, chance=lambda: 0.0
    )


def test_trouble_that_passes_is_waited_for_longer_each_time() -> None:
    clock, told = Clock(), []
    with serving(unavailable(), truncated("half of it"), unavailable(), "whole") as server:
        reply = ask(retrying(server.base_url, clock, told))
    assert reply.text == "whole"
    assert clock.pauses == [0.5, 1.0, 2.0]
    assert "overloaded" in told[0]


def test_jitter_never_makes_a_wait_shorter_than_the_server_asks_for() -> None:
    clock = Clock()
    with serving(wait_first("7"), "whole") as server:
        assert ask(retrying(server.base_url, clock)).text == "whole"
    assert clock.pauses == [7.0]


@pytest.mark.parametrize("chance", [0.0, 1.0])
@pytest.mark.parametrize("attempt", range(1, 9))
def test_pauses_stay_within_their_bounds(attempt: int, chance: float) -> None:
    backbone = Retrying(asked_at("http://127.0.0.1:9"), chance=lambda: chance)
    free = backbone.pause_after(BackboneError("server", "x"), attempt)
    told = backbone.pause_after(BackboneError("rate", "x", retry_after=7.0), attempt)
    assert 0.5 <= free <= LONGEST_PAUSE
    assert 7.0 <= told <= 7.0 + LONGEST_PAUSE


def test_trouble_that_stays_is_raised_after_some_attempts() -> None:
    clock = Clock()
    with serving(unavailable()) as server:
        assert trouble_of(retrying(server.base_url, clock), seconds=1e6).trouble == "server"
    assert len(server.questions) == MOST_ATTEMPTS


@pytest.mark.parametrize("behaviour", [overflow(), telling_key()])
def test_trouble_that_cannot_pass_is_raised_at_once(behaviour: Behaviour) -> None:
    clock = Clock()
    with serving(behaviour) as server:
        assert not trouble_of(retrying(server.base_url, clock)).retryable
    assert (len(server.questions), clock.pauses) == (1, [])


def test_what_would_come_too_late_is_not_waited_for() -> None:
    clock = Clock()
    with serving(wait_first("3600"), "whole") as server:
        error = trouble_of(retrying(server.base_url, clock), seconds=LONG)
    assert (error.trouble, error.retry_after) == ("rate", 3600.0)
    assert clock.pauses == []


def test_being_stopped_ends_the_retries() -> None:
    stopped = threading.Event()
    with serving(unavailable(), "whole") as server:
        backbone = Retrying(asked_at(server.base_url), pause=lambda *_: stopped.set())
        error = trouble_of(backbone, stopped=stopped.is_set)
    assert error.trouble == "stopped"
    assert len(server.questions) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12.0),
        ("0.5", 0.5),
        ("Fri, 02 Jan 2026 10:00:30 GMT", 30.0),
        ("Fri, 02 Jan 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    now = datetime(2026, 1, 2, 10, 0, tzinfo=UTC)
    assert wait_asked_for({"retry-after": header}, None, lambda: now) == seconds


def limited(url: str, clock: Clock, **limits: float | int) -> RateLimited:
    return RateLimited(asked_at(url), pause=clock.pause, clock=clock, **limits)


def test_requests_beyond_the_limit_wait_until_the_minute_is_over() -> None:
    clock = Clock()
    with serving("whole") as server:
        backbone = limited(server.base_url, clock, requests=2)
        for _ in range(4):
            backbone.ask(question(), seconds=1e6, stopped=never)
            clock.now += 1
    assert clock.pauses == [58.0]
    assert len(server.questions) == 4


def test_tokens_beyond_the_limit_wait_and_are_counted_as_they_were_used() -> None:
    clock = Clock()
    with serving("whole") as server:
        backbone = limited(server.base_url, clock, tokens=300)
        for _ in range(3):  # each may take 200 and more, and takes about 7
            backbone.ask(question(max_output=200), seconds=1e6, stopped=never)
        assert clock.pauses == []
        backbone.ask(question(max_output=290), seconds=1e6, stopped=never)
    assert clock.pauses == [60.0]


def test_a_question_larger_than_a_minute_goes_when_nothing_else_does() -> None:
    clock = Clock()
    with serving("whole") as server:
        backbone = limited(server.base_url, clock, tokens=100)
        backbone.ask(question(max_output=5_000), seconds=1e6, stopped=never)
    assert clock.pauses == []


def test_a_turn_that_comes_too_late_is_not_waited_for() -> None:
    clock = Clock()
    with serving("whole") as server:
        backbone = limited(server.base_url, clock, requests=1)
        backbone.ask(question(), seconds=10, stopped=never)
        error = trouble_of(backbone, seconds=10)
    assert (error.trouble, error.retryable, error.retry_after) == ("rate", True, 60.0)
    assert clock.pauses == []


def test_no_more_questions_at_once_than_allowed() -> None:
    entered, release, most, now = threading.Semaphore(0), threading.Event(), [0], [0]
    lock = threading.Lock()

    def answer(messages: object, schema: object) -> str:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        entered.release()
        assert release.wait(LONG)
        with lock:
            now[0] -= 1
        return "whole"

    with FakeOpenAI(answer) as server:
        backbone = RateLimited(asked_at(server.base_url), parallel=2)
        replies: list[Reply] = []
        threads = [threading.Thread(target=lambda: replies.append(ask(backbone))) for _ in range(5)]
        for thread in threads:
            thread.start()
        for _ in range(2):
            assert entered.acquire(timeout=LONG)
        release.set()
        for thread in threads:
            thread.join(LONG)
    assert (len(replies), most[0]) == (5, 2)


def made(**said: object) -> Backbone:
    setup = BackboneSetup(**{"name": "mine", "provider": "openai", "model": "fake-model"} | said)
    return backbone_of(setup, {"OPENAI_API_KEY": KEY, "OTHER_KEY": "another-key-987654"})


def test_a_backbone_made_from_its_setup_hides_the_key_that_an_answer_repeats() -> None:
    with serving(Behaviour(text="your key is", echo_key=True)) as server:
        text = ask(made(base_url=server.base_url)).text
        other = ask(made(base_url=server.base_url, key="OTHER_KEY")).text
    assert text == other == "your key is [hidden]"
    assert [one.key for one in server.questions] == [KEY, "another-key-987654"]


def test_a_backbone_made_from_its_setup_gives_one_try_its_own_time() -> None:
    with serving(stalled(), "whole") as server:
        reply = ask(made(base_url=server.base_url, timeout=2.0))
    assert reply.text == "whole"


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "file:///etc/passwd", "http://", "https://me:secret@example.org/v1"]
)
def test_a_base_url_is_a_plain_web_address(url: str) -> None:
    with pytest.raises(BackboneError) as caught:
        made(base_url=url)
    assert caught.value.trouble == "configuration"
    assert "secret" not in str(caught.value)


def test_the_editors_model_needs_an_editor() -> None:
    with pytest.raises(BackboneError) as caught:
        made(provider="editor")
    assert caught.value.trouble == "configuration"
