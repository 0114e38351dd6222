"""What backbones share whose provider is a server: ends in time, no key that travels, hints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from processes.asking_backbones import KEY, ask, question, trouble_of
from processes.fake_gemini import FakeGemini
from processes.fake_openai import FakeOpenAI
from processes.fake_server import (
    Answer,
    Behaviour,
    endless,
    in_turn,
    malformed,
    random_bytes,
    refused,
    stalled,
    telling_key,
    truncated,
    unavailable,
    wait_first,
)

from iiml_codegen.backbones.backbone import Backbone
from iiml_codegen.backbones.gemini import GeminiBackbone
from iiml_codegen.backbones.guarded_http import MOST_BYTES
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.backbones.openai_compatible import OpenAIBackbone
from iiml_codegen.backbones.setup import BackboneSetup, Provider

ANSWER = "Lima, of course, because it is the capital."
HIDE = Secrets({"key": KEY}).hidden
Server = FakeGemini | FakeOpenAI


@dataclass(frozen=True)
class Spoken:
    """One protocol: its server, its backbone, its SDK, and the end of an address of questions."""

    provider: Provider
    server: type[FakeGemini] | type[FakeOpenAI]
    backbone: Callable[[BackboneSetup, str, str, str, Callable[[str], str]], Backbone]
    package: str
    path: str

    def serving(self, *answers: Answer, models: tuple[str, ...] = ("small", "large")) -> Server:
        return self.server(in_turn(*answers), models=models)

    def at(self, url: str, model: str = "small") -> Backbone:
        setup = BackboneSetup(name="mine", provider=self.provider, model=model)
        return self.backbone(setup, url, KEY, "A_KEY", HIDE)


@pytest.fixture(params=["gemini", "openai"])
def spoken(request: pytest.FixtureRequest) -> Spoken:
    if request.param == "gemini":
        return Spoken("gemini", FakeGemini, GeminiBackbone, "google", "/v1beta/models/x:y")
    return Spoken("openai", FakeOpenAI, OpenAIBackbone, "openai", "/chat/completions")


@pytest.mark.parametrize(
    ("behaviour", "trouble"),
    [
        (unavailable(), "server"),
        (truncated(ANSWER), "network"),
        (Behaviour(text=ANSWER, finish=""), "network"),
        (malformed(), "malformed"),
        (random_bytes(), "malformed"),
        (Behaviour(body=b"<html>Welcome</html>", content_type="text/html"), "malformed"),
        (Behaviour(status=400, error={"message": "odd"}), "refused"),
    ],
)
def test_what_goes_wrong_has_a_name(spoken: Spoken, behaviour: Behaviour, trouble: str) -> None:
    with spoken.serving(behaviour) as server:
        error = trouble_of(spoken.at(server.base_url))
    assert error.trouble == trouble
    assert "mine" in str(error)


def test_a_server_that_asks_to_wait_says_how_long(spoken: Spoken) -> None:
    with spoken.serving(wait_first("7")) as server:
        error = trouble_of(spoken.at(server.base_url))
    assert (error.trouble, error.retryable, error.retry_after) == ("rate", True, 7.0)
    assert len(server.questions) == 1  # the SDK's own retries are off


def test_a_refusal_is_told_from_an_answer(spoken: Spoken) -> None:
    with spoken.serving(refused()) as server:
        assert ask(spoken.at(server.base_url)).finish == "refused"


def test_an_answer_without_end_is_cut_where_no_answer_is_longer(spoken: Spoken) -> None:
    with spoken.serving(endless()) as server:
        reply = ask(spoken.at(server.base_url), question(max_output=50))
    assert reply.finish == "length"
    assert len(reply.text) < 50 * 20


@pytest.mark.parametrize("behaviour", [endless(), stalled()])
def test_an_answer_that_does_not_come_to_its_end_is_left_in_time(
    spoken: Spoken, behaviour: Behaviour
) -> None:
    with spoken.serving(behaviour) as server:
        error = trouble_of(spoken.at(server.base_url), question(max_output=10**7), seconds=0.5)
    assert (error.trouble, error.retryable) == ("timeout", True)


@pytest.mark.parametrize("behaviour", [endless(), stalled()])
def test_being_stopped_ends_the_waiting(spoken: Spoken, behaviour: Behaviour) -> None:
    with spoken.serving(behaviour) as server:
        error = trouble_of(
            spoken.at(server.base_url),
            question(max_output=10**7),
            stopped=lambda: bool(server.questions),
        )
    assert (error.trouble, error.retryable) == ("stopped", False)


@pytest.mark.parametrize(("status", "trouble"), [(401, "key"), (403, "key"), (500, "server")])
def test_no_key_comes_back_in_an_error(spoken: Spoken, status: int, trouble: str) -> None:
    with spoken.serving(telling_key(status)) as server:
        error = trouble_of(spoken.at(server.base_url))
    assert error.trouble == trouble
    assert "[hidden]" in str(error)


def test_a_model_that_is_not_there_is_answered_with_those_that_are(spoken: Spoken) -> None:
    with spoken.serving(ANSWER) as server:
        error = trouble_of(spoken.at(server.base_url, model="huge"))
    assert error.trouble == "configuration"
    assert "huge" in str(error)
    assert "small, large" in error.hint


def test_the_key_does_not_follow_to_another_server(spoken: Spoken) -> None:
    with spoken.serving(ANSWER) as other:
        there = Behaviour(status=307, headers={"Location": f"{other.base_url}{spoken.path}"})
        with spoken.serving(there) as server:
            error = trouble_of(spoken.at(server.base_url))
    assert error.trouble == "configuration"
    assert not other.requests


def test_more_bytes_than_any_answer_has_are_not_read_to_their_end(spoken: Spoken) -> None:
    line = Behaviour(body=b"data: " + b"x" * (MOST_BYTES + 1), content_type="text/event-stream")
    with spoken.serving(line) as server:
        error = trouble_of(spoken.at(server.base_url))
    assert "more than any answer" in str(error)


def test_without_the_package_it_says_what_to_install(
    spoken: Spoken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, spoken.package, None)
    error = trouble_of(spoken.at("http://127.0.0.1:9/v1"))
    assert error.trouble == "configuration"
    assert "iiml[llm]" in error.hint
