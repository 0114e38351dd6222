"""Asking models: answers found, checked, sent back, cached, limited and told, never with a key.

The models are loopback servers of the OpenAI protocol.
"""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from processes.fake_openai import FakeOpenAI
from processes.fake_server import Answer, Behaviour, in_turn, overflow, refused, telling_key
from processes.sample_prompts import parts_of

from iiml_codegen.backbones.agents.coding import WrittenModule
from iiml_codegen.backbones.agents.task_analyzer import TaskReading
from iiml_codegen.backbones.answer_cache import AnswerCache, KeptAnswer
from iiml_codegen.backbones.asking import BackboneAsker, NoAnswerError
from iiml_codegen.backbones.calling import Around
from iiml_codegen.backbones.choice import BackboneChoice
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.backbones.ledger import Ledger
from iiml_codegen.backbones.providers import backbone_of
from iiml_codegen.backbones.setup import BackboneSetup, Price
from iiml_codegen.budget import Budget
from iiml_codegen.domain.events import ModelCalled, Note
from iiml_codegen.journal import Journal

GOOD = '{"domain": "deliveries", "row": "one round of a van"}'
KEY = "sk-top-secret-key-1"
PRICES = {"fake-model": Price(input=1.0, output=10.0)}


@dataclass
class Asked:
    """An asker before a loopback model, with its journal."""

    server: FakeOpenAI
    journal: Journal
    asker: BackboneAsker

    def read(
        self, check: Callable[[TaskReading], str] = lambda _: "", rounds: int | None = None
    ) -> TaskReading:
        parts = parts_of("task_analyzer")
        return self.asker.ask("task_analyzer", parts, TaskReading, check=check, rounds=rounds)

    def write(self) -> str:
        parts = parts_of("preprocessing_coder")
        return self.asker.ask("preprocessing_coder", parts, WrittenModule).code

    @property
    def calls(self) -> list[ModelCalled]:
        return [e.event for e in self.journal.read() if isinstance(e.event, ModelCalled)]

    @property
    def notes(self) -> list[str]:
        return [e.event.text for e in self.journal.read() if isinstance(e.event, Note)]

    @property
    def sent(self) -> list[list[str]]:
        """The texts of each request's messages."""
        asked = self.server.questions
        return [[message["content"] for message in one.body["messages"]] for one in asked]


@pytest.fixture
def models() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def asked(models: ExitStack, tmp_path: Path) -> Callable[..., Asked]:
    """Makes an asker of a model that gives these answers, with what is to surround it."""

    def make(*answers: Answer, agents: dict[str, str] | None = None, **around: object) -> Asked:
        server = models.enter_context(FakeOpenAI(in_turn(*answers)))
        journal = Journal(tmp_path / f"journal-{len(os.listdir(tmp_path))}.sqlite")
        models.callback(journal.close)
        setup = BackboneSetup(
            name="mine", provider="openai", model="fake-model", base_url=server.base_url
        )
        choice = BackboneChoice(
            {"mine": setup},
            lambda setup: backbone_of(setup, {"OPENAI_API_KEY": KEY}),
            default="mine",
            agents=agents,
            prices=PRICES,
        )
        surrounding = replace(Around(journal=journal, secrets=Secrets({"a": KEY})), **around)
        return Asked(server, journal, BackboneAsker(choice, surrounding))

    return make


def test_a_good_answer_is_typed_paid_and_told(asked: Callable[..., Asked]) -> None:
    one = asked(GOOD)
    assert one.read() == TaskReading(domain="deliveries", row="one round of a van")
    (call,) = one.calls
    assert (call.agent, call.prompt, call.round) == ("task_analyzer", "task_analyzer@1", 1)
    assert (call.backbone, call.model, call.outcome) == ("mine", "fake-model", "accepted")
    assert call.input_tokens > 100 and call.output_tokens > 5 and not call.estimated
    cost = (call.input_tokens + 10 * call.output_tokens) / 1_000_000
    assert call.cost == pytest.approx(cost) and one.asker.ledger.total.cost == call.cost


@pytest.mark.parametrize(
    "text",
    [
        f"Of course! Here it is:\n```json\n{GOOD}\n```\nAnything else?",
        f"<think>{{what}} may it be</think>\n{GOOD}",
        f'{{"note": 1}} no, rather {GOOD}',
    ],
)
def test_an_answer_is_found_in_what_is_around_it(asked: Callable[..., Asked], text: str) -> None:
    assert asked(text).read().domain == "deliveries"


def test_what_is_wrong_goes_back_with_the_last_wrong_answer_only(
    asked: Callable[..., Asked],
) -> None:
    one = asked("I do not know", '{"domain": 7}', GOOD)
    assert one.read().domain == "deliveries"
    assert [call.outcome for call in one.calls] == ["rejected", "rejected", "accepted"]
    assert "missing" in one.calls[1].why or "Expected" in one.calls[1].why
    first, _, third = one.sent
    assert third[:2] == first and len(third) == 4
    assert third[2] == '{"domain": 7}' and "Expected `str`" in third[3]


def test_what_the_agent_says_against_it_goes_back_too(asked: Callable[..., Asked]) -> None:
    other = GOOD.replace("deliveries", "parcels")
    one = asked(GOOD, other)
    found = one.read(check=lambda answer: "" if answer.domain == "parcels" else "no parcels in it")
    assert found.domain == "parcels" and "no parcels in it" in one.sent[1][-1]
    assert one.calls[0].why == "no parcels in it"


def test_after_so_many_rounds_there_is_no_answer(asked: Callable[..., Asked]) -> None:
    one = asked("no", "never", "not now", GOOD)
    with pytest.raises(NoAnswerError, match="no complete JSON object"):
        one.read(rounds=2)
    assert [call.round for call in one.calls] == [1, 2, 3]


def limit(body: dict[str, Any]) -> int:
    """How many tokens a question allows an answer."""
    return int(body.get("max_completion_tokens") or body["max_tokens"])


def test_the_same_wrong_answer_again_ends_it(asked: Callable[..., Asked]) -> None:
    one = asked("no")
    with pytest.raises(NoAnswerError, match="same wrong answer"):
        one.read(rounds=9)
    assert len(one.calls) == 2


def test_a_refusal_is_not_asked_again(asked: Callable[..., Asked]) -> None:
    one = asked(refused(), GOOD)
    with pytest.raises(NoAnswerError, match="refused"):
        one.read()
    assert len(one.server.questions) == 1


def test_an_answer_that_was_cut_may_be_longer_next_time(asked: Callable[..., Asked]) -> None:
    one = asked(Behaviour(text=GOOD[:20], finish="length"), GOOD)
    assert one.read().domain == "deliveries"
    first, second = (question.body for question in one.server.questions)
    assert limit(second) == 2 * limit(first) and "cut off" in one.sent[1][-1]


def test_a_model_that_thought_until_it_was_cut_is_asked_for_a_longer_answer(
    asked: Callable[..., Asked],
) -> None:
    one = asked(Behaviour(text="", finish="length"), Behaviour(text="", finish="length"), GOOD)
    assert one.read(rounds=2).domain == "deliveries"
    limits = [limit(question.body) for question in one.server.questions]
    assert limits == [limits[0], 2 * limits[0], 4 * limits[0]]


@pytest.mark.parametrize("thought", ["", "<think>", "\n<thinking>"])
def test_what_was_thought_is_no_answer(asked: Callable[..., Asked], thought: str) -> None:
    draft = GOOD.replace("deliveries", "a draft")
    ends = "</thinking>" if "ing" in thought else "</think>"
    assert asked(f"{thought}Perhaps {draft}? No.{ends}{GOOD}").read().domain == "deliveries"
    with pytest.raises(NoAnswerError, match="cut off"):
        asked(Behaviour(text=f"<think>Perhaps {draft}", finish="length")).read(rounds=0)


def test_a_prompt_that_is_too_long_is_cut_and_sent_once_more(asked: Callable[..., Asked]) -> None:
    one = asked(overflow(), GOOD)
    assert one.read().domain == "deliveries"
    long, short = (len("".join(texts)) for texts in one.sent)
    assert short < 0.75 * long
    assert "For length: " in one.sent[1][1]
    assert [call.outcome for call in one.calls] == ["failed", "accepted"]


def test_code_comes_as_a_block_without_a_schema(asked: Callable[..., Asked]) -> None:
    code = 'PARTS = {"a": 1}\n\n\ndef prepare(data_dir):\n    return PARTS\n'
    one = asked(f"Here:\n```python\n{code}```\n")
    assert one.write() == code
    assert "response_format" not in one.server.questions[0].body
    assert asked(json.dumps({"code": code})).write() == code
    assert asked(code).write() == code


def test_a_key_comes_back_in_no_answer_message_or_event(asked: Callable[..., Asked]) -> None:
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in KEY)
    one = asked(GOOD.replace("deliveries", KEY), GOOD.replace("deliveries", f"its {escaped}"))
    assert one.read().domain == "[hidden]"
    assert one.read().domain == "its [hidden]"
    failing = asked(telling_key())
    with pytest.raises(NoAnswerError) as error:
        failing.read()
    told = repr([*one.journal.read(), *failing.journal.read(), error.value, error.value.__cause__])
    assert failing.server.questions[0].key == KEY and KEY not in told


def test_what_was_accepted_once_is_not_paid_twice(
    asked: Callable[..., Asked], tmp_path: Path
) -> None:
    cache = AnswerCache(tmp_path / "answers")
    one = asked("what?", GOOD, cache=cache)
    assert one.read() == one.read()
    assert [call.outcome for call in one.calls] == ["rejected", "accepted", "cached"]
    assert one.calls[-1].input_tokens == 0 and one.asker.ledger.total.calls == 2
    assert len(one.server.questions) == 2


def test_a_kept_answer_that_a_new_check_refuses_is_asked_anew(
    asked: Callable[..., Asked], tmp_path: Path
) -> None:
    other = GOOD.replace("deliveries", "parcels")
    one = asked(GOOD, other, cache=AnswerCache(tmp_path / "answers"))
    one.read()
    assert one.read(check=lambda a: "" if a.domain == "parcels" else "no").domain == "parcels"
    assert len(one.server.questions) == 2


def test_kept_answers_are_the_users_alone_and_bounded(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "answers", most_bytes=400)
    for number in range(101):
        cache.keep(f"{number:064d}", KeptAnswer(text="x" * 60))
    files = sorted((tmp_path / "answers").glob("??/*.json"))
    assert cache.find(f"{100:064d}") == KeptAnswer(text="x" * 60)
    assert cache.find(f"{0:064d}") is None and len(files) < 60
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    files[-1].write_bytes(b"{")
    assert cache.find(files[-1].stem) is None


def test_no_call_starts_that_could_pass_the_limit(asked: Callable[..., Asked]) -> None:
    one = asked(GOOD, ledger=Ledger(max_tokens=100))
    with pytest.raises(NoAnswerError, match="limit of 100 tokens"):
        one.read()
    with pytest.raises(NoAnswerError, match="limit of 100 tokens"):
        one.read()
    assert not one.server.questions and len(one.notes) == 1


def test_nothing_is_asked_when_time_is_over_or_the_solve_stops(
    asked: Callable[..., Asked],
) -> None:
    stop = threading.Event()
    stop.set()
    for around in ({"stopped": stop.is_set}, {"budget": Budget(0.5)}):
        one = asked(GOOD, **around)
        with pytest.raises(NoAnswerError, match="no time left"):
            one.read()
        assert not one.server.questions
    with pytest.raises(NoAnswerError, match="no time left"):
        asked(GOOD).asker.within(0.1).ask("task_analyzer", parts_of("task_analyzer"), TaskReading)


def test_a_backbone_without_its_key_is_not_asked_any_more(asked: Callable[..., Asked]) -> None:
    one = asked(Behaviour(status=401, error={"message": "no such key"}))
    for _ in range(3):
        with pytest.raises(NoAnswerError):
            one.read()
    assert len(one.server.questions) == 1 and len(one.notes) == 1
    assert "mine is not asked any more" in one.notes[0]


def test_an_agent_can_be_left_to_the_expert(asked: Callable[..., Asked]) -> None:
    one = asked(GOOD, agents={"task_analyzer": "expert"})
    with pytest.raises(NoAnswerError, match="the expert answers for task_analyzer"):
        one.read()
    assert not one.server.questions and not one.notes


def test_threads_share_an_asker(asked: Callable[..., Asked]) -> None:
    one = asked(GOOD)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: one.read(), range(8)))
    assert len({answer.domain for answer in answers}) == 1
    assert one.asker.ledger.total.calls == len(one.calls) == 8
