"""Gemini backbones, against a real server of its REST API on loopback."""

from __future__ import annotations

import pytest
from processes.asking_backbones import KEY, SCHEMA, ask, question, trouble_of
from processes.fake_gemini import FakeGemini, blocked, wait_as_told
from processes.fake_server import (
    Answer,
    Behaviour,
    in_turn,
    overflow,
)

from iiml_codegen.backbones.backbone import BackboneError, Message, Request, Source
from iiml_codegen.backbones.gemini import GeminiBackbone
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


def test_google_says_in_the_body_how_long_to_wait() -> None:
    with serving(wait_as_told("1.5s")) as server:
        error = trouble_of(asked_at(server.base_url))
    assert (error.trouble, error.retryable, error.retry_after) == ("rate", True, 1.5)


@pytest.mark.parametrize(
    ("behaviour", "trouble"),
    [
        (Behaviour(body=b'data: {"candidates": 3}\n\n'), "malformed"),
        (Behaviour(body=b"data: {}\n\n", content_type="text/event-stream"), "malformed"),
        (overflow(), "overflow"),
        (Behaviour(status=400, error={"message": "API key not valid."}), "key"),
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
        (Behaviour(text=""), "refused"),
        (Behaviour(text="", finish="length"), "length"),
    ],
)
def test_an_answer_says_whether_it_is_whole(behaviour: Behaviour, finish: str) -> None:
    with serving(behaviour) as server:
        assert ask(asked_at(server.base_url)).finish == finish


def test_google_itself_needs_a_key() -> None:
    with pytest.raises(BackboneError) as caught:
        asked_at("", key="")
    assert caught.value.trouble == "key"
    assert "GEMINI_API_KEY" in caught.value.hint
