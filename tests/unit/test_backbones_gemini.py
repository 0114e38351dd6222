"""Gemini backbones, against a real server of its REST API on loopback."""

from __future__ import annotations

import sys

import pytest
from processes.asking_backbones import KEY, LONG, SCHEMA, ask, question, trouble_of
from processes.fake_gemini import FakeGemini, blocked, wait_as_told
from processes.fake_server import (
    Answer,
    Behaviour,
    endless,
    in_turn,
    malformed,
    overflow,
    random_bytes,
    refused,
    stalled,
    telling_key,
    truncated,
    unavailable,
    wait_first,
)

from iiml_codegen.backbones.backbone import BackboneError, Message, Request, Source
from iiml_codegen.backbones.gemini import GeminiBackbone
from iiml_codegen.backbones.guarded_http import MOST_BYTES
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.backbones.setup import BackboneSetup

ANSWER = "Lima, of course, because it is the capital."


def asked_at(url: str, model: str = "gemini-fake", key: str = KEY) -> GeminiBackbone:
    setup = BackboneSetup(name="mine", provider="gemini", model=model)
    return GeminiBackbone(setup, url, key, "GEMINI_API_KEY", Secrets({"key": key}).hidden)


def serving(*answers: Answer) -> FakeGemini:
    return FakeGemini(in_turn(*answers))


def test_a_streamed_answer_is_put_together_and_its_tokens_are_googles_count() -> None:
    with serving(ANSWER) as server:
        reply = ask(asked_at(server.base_url))
    assert (reply.text, reply.finish, reply.usage.estimated) == (ANSWER, "stop", False)
    [asked] = server.questions
    assert asked.key == KEY
    assert asked.path == "/v1beta/models/gemini-fake:streamGenerateContent?alt=sse"
    assert asked.body["systemInstruction"]["parts"] == [{"text": "Be short."}]


def test_turns_of_a_conversation_keep_their_speakers() -> None:
    said = (("system", "Be short."), ("user", "Who?"), ("assistant", "I."), ("user", "Where?"))
    messages = tuple(Message(speaker=speaker, text=text) for speaker, text in said)
    with serving(ANSWER) as server:
        ask(asked_at(server.base_url), Request(agent="x", messages=messages))
    roles = [one["role"] for one in server.questions[0].body["contents"]]
    assert roles == ["user", "model", "user"]


def test_tokens_are_estimated_where_they_are_not_counted() -> None:
    with serving(Behaviour(text=ANSWER, usage=False)) as server:
        assert ask(asked_at(server.base_url)).usage.estimated


def test_a_schema_is_sent_in_the_words_that_gemini_knows() -> None:
    with serving('{"city": "Lima"}') as server:
        ask(asked_at(server.base_url), question(schema=SCHEMA))
    config = server.questions[0].body["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"]["required"] == ["city"]
    assert config["responseJsonSchema"]["properties"]["why"] == {"type": "string"}


def test_a_schema_that_is_refused_is_left_to_the_prompt() -> None:
    odd = Behaviour(status=400, error={"message": "The specified schema has too many states"})
    with serving(odd, '{"city": "Lima"}') as server:
        assert ask(asked_at(server.base_url), question(schema=SCHEMA)).text == '{"city": "Lima"}'
    config = server.questions[1].body["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert "responseJsonSchema" not in config


def test_a_grounded_answer_tells_its_sources_and_is_asked_for_without_a_schema() -> None:
    page = ("Lima", "https://example.org/lima")
    with serving(Behaviour(text=ANSWER, sources=(page,))) as server:
        backbone = asked_at(server.base_url)
        reply = ask(backbone, question(schema=SCHEMA, search=True))
    assert backbone.grounds
    assert reply.sources == (Source(title=page[0], url=page[1], excerpt=ANSWER),)
    body = server.questions[0].body
    assert body["tools"] == [{"googleSearch": {}}]
    assert "responseJsonSchema" not in body["generationConfig"]


def test_where_grounding_is_switched_off_nothing_is_searched() -> None:
    setup = BackboneSetup(name="mine", provider="gemini", model="gemini-fake", grounding=False)
    with serving(ANSWER) as server:
        backbone = GeminiBackbone(setup, server.base_url, KEY, "GEMINI_API_KEY", str)
        ask(backbone, question(search=True))
    assert not backbone.grounds
    assert "tools" not in server.questions[0].body


def test_a_model_that_cannot_be_told_not_to_think_is_asked_without_it() -> None:
    cannot = Behaviour(status=400, error={"message": "Thinking budget is not supported"})
    with FakeGemini(in_turn(cannot, ANSWER), models=("gemini-2.5-flash",)) as server:
        backbone = asked_at(server.base_url, model="")
        for _ in range(2):
            assert ask(backbone).text == ANSWER
    sent = ["thinkingConfig" in one.body["generationConfig"] for one in server.questions]
    assert sent == [True, False, False]


@pytest.mark.parametrize(
    ("behaviour", "seconds"), [(wait_as_told("1.5s"), 1.5), (wait_first("7"), 7.0)]
)
def test_google_says_how_long_to_wait(behaviour: Behaviour, seconds: float) -> None:
    with serving(behaviour) as server:
        error = trouble_of(asked_at(server.base_url))
    assert (error.trouble, error.retryable, error.retry_after) == ("rate", True, seconds)
    assert len(server.questions) == 1


@pytest.mark.parametrize(
    ("behaviour", "trouble"),
    [
        (unavailable(), "server"),
        (truncated(ANSWER), "network"),
        (Behaviour(text=ANSWER, finish=""), "network"),
        (malformed(), "malformed"),
        (random_bytes(), "malformed"),
        (Behaviour(body=b"<html>Welcome</html>", content_type="text/html"), "malformed"),
        (Behaviour(body=b'data: {"candidates": 3}\n\n'), "malformed"),
        (Behaviour(body=b"data: {}\n\n", content_type="text/event-stream"), "malformed"),
        (overflow(), "overflow"),
        (Behaviour(status=400, error={"message": "API key not valid."}), "key"),
        (Behaviour(status=400, error={"message": "odd"}), "refused"),
    ],
)
def test_what_goes_wrong_has_a_name(behaviour: Behaviour, trouble: str) -> None:
    with serving(behaviour) as server:
        error = trouble_of(asked_at(server.base_url))
    assert error.trouble == trouble
    assert "mine" in str(error)


@pytest.mark.parametrize(
    ("behaviour", "finish"),
    [
        (blocked(), "refused"),
        (refused(), "refused"),
        (Behaviour(text=""), "refused"),
        (Behaviour(text="", finish="length"), "length"),
    ],
)
def test_an_answer_says_whether_it_is_whole(behaviour: Behaviour, finish: str) -> None:
    with serving(behaviour) as server:
        assert ask(asked_at(server.base_url)).finish == finish


def test_an_answer_without_end_is_cut_where_no_answer_is_longer() -> None:
    with serving(endless()) as server:
        reply = ask(asked_at(server.base_url), question(max_output=50))
    assert reply.finish == "length"
    assert len(reply.text) < 50 * 20


@pytest.mark.parametrize("behaviour", [endless(), stalled()])
def test_an_answer_that_does_not_come_to_its_end_is_left_in_time(behaviour: Behaviour) -> None:
    with serving(behaviour) as server:
        error = trouble_of(asked_at(server.base_url), question(max_output=10**7), seconds=0.5)
    assert (error.trouble, error.retryable) == ("timeout", True)


@pytest.mark.parametrize("behaviour", [endless(), stalled()])
def test_being_stopped_ends_the_waiting(behaviour: Behaviour) -> None:
    with serving(behaviour) as server:
        error = trouble_of(
            asked_at(server.base_url),
            question(max_output=10**7),
            stopped=lambda: bool(server.questions),
        )
    assert (error.trouble, error.retryable) == ("stopped", False)


@pytest.mark.parametrize(("status", "trouble"), [(401, "key"), (403, "key"), (500, "server")])
def test_no_key_comes_back_in_an_error(status: int, trouble: str) -> None:
    with serving(telling_key(status)) as server:
        error = trouble_of(asked_at(server.base_url))
    assert error.trouble == trouble
    assert "[hidden]" in str(error)


def test_a_model_that_is_not_there_is_answered_with_those_that_are() -> None:
    with FakeGemini(in_turn(ANSWER), models=("gemini-small", "gemini-large")) as server:
        error = trouble_of(asked_at(server.base_url, model="gemini-huge"))
    assert error.trouble == "configuration"
    assert "gemini-huge" in str(error)
    assert "gemini-small, gemini-large" in error.hint


def test_the_key_does_not_follow_to_another_server() -> None:
    with serving(ANSWER) as other:
        there = Behaviour(status=307, headers={"Location": f"{other.base_url}/v1beta/models/x:y"})
        with serving(there) as server:
            error = trouble_of(asked_at(server.base_url))
    assert error.trouble == "configuration"
    assert not other.requests


def test_google_itself_needs_a_key() -> None:
    with pytest.raises(BackboneError) as caught:
        asked_at("", key="")
    assert caught.value.trouble == "key"
    assert "GEMINI_API_KEY" in caught.value.hint


def test_more_bytes_than_any_answer_has_are_not_read_to_their_end() -> None:
    line = Behaviour(body=b"data: " + b"x" * (MOST_BYTES + 1), content_type="text/event-stream")
    with serving(line) as server:
        error = trouble_of(asked_at(server.base_url))
    assert "more than any answer" in str(error)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google", None)
    error = trouble_of(asked_at("http://127.0.0.1:9"), seconds=LONG)
    assert error.trouble == "configuration"
    assert "iiml[llm]" in error.hint
