"""Tokens and money: limits before a call, sums after it, and what an earlier solve paid."""

from __future__ import annotations

import pytest

from iiml_codegen.backbones.gemini import THOUGHTS
from iiml_codegen.backbones.ledger import Ledger, SpentError
from iiml_codegen.backbones.models import facts_of, table
from iiml_codegen.backbones.setup import BackboneSetup, Price
from iiml_codegen.domain.events import Entry, ModelCalled, SolveStarted
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.model_use import ModelUse, by_agent, cost_text, since_start, total, use_text

CHEAP = Price(input=1.0, output=10.0)


def call(agent: str = "improver", outcome: str = "accepted", **more: object) -> ModelCalled:
    said = {"input_tokens": 1_000, "output_tokens": 100, "cost": 0.002} | more
    if outcome == "cached":
        said |= {"input_tokens": 0, "output_tokens": 0, "cost": 0.0}
    return ModelCalled(agent=agent, prompt="p@1", backbone="b", model="m", outcome=outcome, **said)


def refused(ledger: Ledger, tokens: int, output: int, price: Price | None, why: str) -> None:
    """The ledger lets no call begin that could take so much."""
    with pytest.raises(SpentError, match=why), ledger.held(tokens, output, price):
        raise AssertionError("the call began")


def test_the_most_that_a_call_can_take_is_set_aside() -> None:
    ledger = Ledger(max_tokens=2_000)
    with ledger.held(800, 500, None):
        refused(ledger, 300, 200, None, "2000 tokens")
    with ledger.held(300, 200, None):
        assert ledger.total == ModelUse()


def test_what_was_spent_counts_against_tokens_and_money() -> None:
    ledger = Ledger(max_cost=0.01)
    with ledger.held(1_000, 500, CHEAP):
        ledger.record(call(cost=0.006))
    with pytest.raises(SpentError, match=r"0\.01 \$"), ledger.held(1_000, 500, CHEAP):
        raise AssertionError("the money is gone")


def test_money_cannot_be_limited_without_a_price() -> None:
    refused(Ledger(max_cost=5.0), 10, 10, None, "no price of this model")


def test_what_a_resumed_solve_had_paid_counts() -> None:
    start = SolveStarted(options=SolveOptions(), pid=1, started=0.0)
    again = SolveStarted(options=SolveOptions(), pid=2, started=0.0, resumed=True)
    events = [start, call(), start, call(), again, call(outcome="cached"), call(outcome="failed")]
    entries = [Entry(seq=n, at=float(n), event=event) for n, event in enumerate(events)]
    earlier = since_start(entries)
    assert Ledger(earlier=earlier).total == total(earlier)
    assert (total(earlier).calls, total(earlier).cached, total(earlier).tokens) == (2, 1, 2_200)
    ledger = Ledger(max_tokens=2_500, earlier=earlier)
    refused(ledger, 200, 200, None, "2500 tokens")


def test_the_sums_are_per_agent_and_say_what_they_leave_out() -> None:
    uses = by_agent(
        [call(), call("ensembler", cost=None), call(outcome="rejected", estimated=True)]
    )
    assert list(uses) == ["improver", "ensembler"]
    assert use_text(uses["improver"]) == "2 calls (1 rejected), about 2200 tokens, 0.0040 $"
    assert use_text(uses["ensembler"]) == "1 call, 1100 tokens" and not cost_text(uses["ensembler"])
    assert cost_text(total([call(), call(cost=None)])) == "0.0020 $ and calls without a known price"


@pytest.mark.parametrize(
    ("model", "context", "price"),
    [
        ("gemini-2.5-flash", 1_048_576, 0.3),
        ("models/gemini-2.5-flash-preview-09-2025", 1_048_576, 0.3),
        ("gpt-4o-mini-2024-07-18", 128_000, 0.15),
        ("openai/gpt-5-mini", 400_000, 0.25),
        ("gpt-5-pro", 128_000, None),
        ("qwen2.5-coder:7b", 32_768, None),
        ("something-of-mine", 8_192, None),
    ],
)
def test_models_are_known_by_name_and_version(
    model: str, context: int, price: float | None
) -> None:
    facts = facts_of(model)
    assert (facts.context, facts.price and facts.price.input) == (context, price)


def test_what_a_model_may_think_is_what_its_backbone_lets_it() -> None:
    assert facts_of("gemini-2.5-pro").thoughts == facts_of("gemini-4").thoughts == THOUGHTS
    assert facts_of("gemini-2.5-flash").thoughts == 0


def test_the_user_knows_better() -> None:
    setup = BackboneSetup(name="s", provider="openai", context=4_000, max_output=9_000)
    facts = facts_of("gpt-4o", setup, {"gpt-4o": CHEAP})
    assert (facts.context, facts.max_output, facts.price) == (4_000, 2_000, CHEAP)


def test_the_table_is_dated_and_has_sources() -> None:
    assert table().as_of > "2025" and table().sources
