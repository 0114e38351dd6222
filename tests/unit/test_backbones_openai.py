"""Backbones of the OpenAI protocol, against a real server on loopback."""

from __future__ import annotations

import gzip

import pytest
from msgspec.structs import replace
from processes.asking_backbones import KEY, SCHEMA, ask, question, trouble_of
from processes.fake_openai import FakeOpenAI
from processes.fake_server import (
    Answer,
    Behaviour,
    in_turn,
    overflow,
)

from iiml_codegen.backbones.backbone import BackboneError
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.backbones.openai_compatible import OpenAIBackbone
from iiml_codegen.backbones.setup import BackboneSetup

ANSWER = "Lima, of course, because it is the capital."
REFUSAL = b"""{"choices": [{"finish_reason": "stop",
    "message": {"content": "Well.", "refusal": "I cannot help with that"}}]}"""


def asked_at(url: str, model: str = "fake-model", key: str = KEY) -> OpenAIBackbone:
    setup = BackboneSetup(name="mine", provider="openai", model=model)
    return OpenAIBackbone(setup, url, key, "OPENAI_API_KEY", Secrets({"key": key}).hidden)


def serving(*answers: Answer) -> FakeOpenAI:
    return FakeOpenAI(in_turn(*answers))


def forms(server: FakeOpenAI) -> list[str]:
    return [one.body.get("response_format", {}).get("type", "") for one in server.questions]


def test_a_streamed_answer_is_put_together_and_its_tokens_are_the_servers_count() -> None:
    with serving(ANSWER) as server:
        reply = ask(asked_at(server.base_url))
    assert (reply.text, reply.finish, reply.usage.estimated) == (ANSWER, "stop", False)
    assert reply.usage.output == len(ANSWER) // 4 + 1
    [asked] = server.questions
    assert asked.key == KEY
    assert asked.body["stream"] is True
    assert asked.body["messages"][0] == {"role": "system", "content": "Be short."}


def test_tokens_are_estimated_where_the_server_does_not_count() -> None:
    with serving(Behaviour(text=ANSWER, usage=False)) as server:
        usage = ask(asked_at(server.base_url)).usage
    assert usage.estimated
    assert usage.input > 0
    assert usage.output > 0


def test_a_schema_is_sent_strictly_with_every_property_required() -> None:
    with serving('{"city": "Lima", "why": ""}') as server:
        ask(asked_at(server.base_url), question(schema=SCHEMA))
    shape = server.questions[0].body["response_format"]["json_schema"]
    assert shape["strict"] is True
    assert shape["schema"]["required"] == ["city", "why"]
    assert shape["schema"]["additionalProperties"] is False
    assert "default" not in shape["schema"]["properties"]["why"]


def test_a_schema_with_open_objects_is_sent_as_it_is() -> None:
    schema = {"type": "object", "properties": {"all": {"type": "object"}}, "required": []}
    with serving("{}") as server:
        ask(asked_at(server.base_url), question(schema=schema))
    shape = server.questions[0].body["response_format"]["json_schema"]
    assert (shape["strict"], shape["schema"]) == (False, schema)


def test_a_server_that_knows_only_json_objects_is_asked_so_from_then_on() -> None:
    with FakeOpenAI(
        in_turn('{"city": "Lima"}'), refuses={"json_schema"}, refusal=500, names_it=False
    ) as server:
        backbone = asked_at(server.base_url)
        for _ in range(2):
            assert ask(backbone, question(schema=SCHEMA)).text == '{"city": "Lima"}'
    assert forms(server) == ["json_schema", "json_object", "json_object"]
    assert server.questions[1].body["response_format"]["schema"] == SCHEMA


def test_a_server_that_knows_no_form_at_all_is_asked_for_plain_text() -> None:
    with FakeOpenAI(in_turn("Lima"), refuses={"json_schema", "json_object"}) as server:
        backbone = asked_at(server.base_url)
        for _ in range(2):
            ask(backbone, question(schema=SCHEMA))
    assert forms(server) == ["json_schema", "json_object", "", ""]


def test_trouble_of_a_server_that_took_the_form_before_is_not_about_the_form() -> None:
    with serving('{"city": "Lima"}', Behaviour(status=500)) as server:
        backbone = asked_at(server.base_url)
        ask(backbone, question(schema=SCHEMA))
        assert trouble_of(backbone, question(schema=SCHEMA)).trouble == "server"
    assert forms(server) == ["json_schema", "json_schema"]


@pytest.mark.parametrize("name", ["temperature", "stream_options", "max_tokens", "stream"])
def test_what_a_model_refuses_is_left_out_from_then_on(name: str) -> None:
    with FakeOpenAI(in_turn(ANSWER), refuses={name}) as server:
        backbone = asked_at(server.base_url)
        for _ in range(2):
            assert ask(backbone).text == ANSWER
    first, *others = server.questions
    assert first.body.get(name)
    assert [one.body.get(name) for one in others] in ([None, None], [False, False])
    if name == "max_tokens":
        assert others[0].body["max_completion_tokens"] == 200


def test_an_account_without_credit_is_no_matter_of_waiting() -> None:
    error = {"message": "You exceeded your current quota", "code": "insufficient_quota"}
    with serving(Behaviour(status=429, error=error)) as server:
        assert trouble_of(asked_at(server.base_url)).trouble == "key"


@pytest.mark.parametrize(
    ("behaviour", "trouble"),
    [
        (Behaviour(body=b"[1, 2]"), "malformed"),
        (Behaviour(body=b'{"choices": [{"text": "Lima", "finish_reason": "stop"}]}'), "malformed"),
        (
            Behaviour(body=b'data: {"choices": 3}\n\n', content_type="text/event-stream"),
            "malformed",
        ),
        (Behaviour(body=b'{"error": {"message": "no memory"}}'), "server"),
        (overflow(), "overflow"),
        (Behaviour(status=413), "overflow"),
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
        (Behaviour(text="  \n"), "refused"),
        (Behaviour(body=REFUSAL), "refused"),
        (Behaviour(text=ANSWER, finish="length"), "length"),
    ],
)
def test_an_answer_says_whether_it_is_whole(behaviour: Behaviour, finish: str) -> None:
    with serving(behaviour) as server:
        assert ask(asked_at(server.base_url)).finish == finish


def test_a_wrong_base_url_is_told_apart_from_a_wrong_model() -> None:
    with serving(ANSWER) as server:
        error = trouble_of(asked_at(f"{server.root}/api"))
    assert error.trouble == "configuration"
    assert "/v1" in error.hint


def test_a_server_that_is_not_there_is_named() -> None:
    with serving(ANSWER) as server:
        url = server.base_url
    error = trouble_of(asked_at(url))
    assert error.trouble == "network"
    assert url in error.hint


def test_without_a_model_the_first_one_of_the_server_answers() -> None:
    with FakeOpenAI(in_turn(ANSWER), models=("only-one",)) as server:
        backbone = asked_at(server.base_url, model="")
        assert backbone.model == "only-one"
        assert ask(backbone).text == ANSWER


def test_a_server_on_this_machine_needs_no_key() -> None:
    with serving(ANSWER) as server:
        assert ask(asked_at(server.base_url, key="")).text == ANSWER


def test_openai_itself_does() -> None:
    with pytest.raises(BackboneError) as caught:
        asked_at("", key="")
    assert caught.value.trouble == "key"
    assert "OPENAI_API_KEY" in caught.value.hint


def test_an_answer_that_is_not_streamed_although_it_should_be_is_taken() -> None:
    body = b'{"choices": [{"message": {"content": "Lima"}, "finish_reason": "stop"}]}'
    with serving(Behaviour(body=body)) as server:
        assert ask(asked_at(server.base_url)).text == "Lima"


def test_a_stream_without_anything_in_it_is_asked_for_as_a_whole() -> None:
    nothing = Behaviour(body=b"", content_type="text/event-stream")
    with serving(nothing, overflow()) as server:
        assert trouble_of(asked_at(server.base_url)).trouble == "overflow"
    assert [one.body["stream"] for one in server.questions] == [True, False]


def test_thoughts_are_not_the_answer() -> None:
    with serving("<think>\nCusco? No.\n</think>\n\nLima") as server:
        assert ask(asked_at(server.base_url)).text == "Lima"


def test_a_model_that_reasons_has_room_for_its_thoughts() -> None:
    with serving(ANSWER) as server:
        backbone = asked_at(server.base_url)
        backbone.ask(replace(question(), thoughts=500), seconds=10, stopped=lambda: False)
    assert server.questions[0].body["max_tokens"] == question().max_output + 500


def test_a_limit_of_a_minute_is_a_matter_of_waiting() -> None:
    words = "Rate limit reached. Add a payment method: https://platform.openai.com/account/billing"
    error = {"message": words, "code": "rate_limit_exceeded"}
    with serving(Behaviour(status=429, error=error)) as server:
        assert trouble_of(asked_at(server.base_url)).trouble == "rate"


def test_compressed_bytes_that_nobody_asked_for_are_not_unpacked() -> None:
    body = gzip.compress(b" " * 10**6)
    packed = Behaviour(body=body, headers={"Content-Encoding": "gzip"})
    with serving(packed) as server:
        assert trouble_of(asked_at(server.base_url)).trouble == "malformed"
