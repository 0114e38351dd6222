"""Tokens and money of a solve: no call starts that could take more than is allowed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from iiml_codegen.backbones.setup import Price
from iiml_codegen.domain.events import Event, ModelCalled
from iiml_codegen.errors import IimlError
from iiml_codegen.model_use import ModelUse, by_agent, together

CAUTION = 1.25
"""Our estimate of a prompt's tokens may be so much too low: code in rare words, other scripts."""


class SpentError(IimlError):
    """The tokens or the money of a solve do not suffice for another call."""

    code = "IIML915"


class Ledger:
    """What asking took so far, and what is taken by calls on their way. Threads share it.

    `earlier` are the events of the solve that is resumed: what they say was paid counts.
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        max_cost: float | None = None,
        earlier: Iterable[Event] = (),
    ) -> None:
        self.max_tokens = max_tokens
        self.max_cost = max_cost
        self._uses: dict[str, ModelUse] = by_agent(earlier)
        self._tokens_on_their_way = 0
        self._cost_on_its_way = 0.0
        self._lock = threading.Lock()

    @contextmanager
    def held(self, input_tokens: int, max_output: int, price: Price | None) -> Iterator[None]:
        """Set aside the most that a call can take while the block runs. Raises `SpentError`."""
        upper = round(input_tokens * CAUTION)
        cost = price.of(upper, max_output) if price else 0.0
        with self._lock:
            self._refuse(upper + max_output, cost, price)
            self._tokens_on_their_way += upper + max_output
            self._cost_on_its_way += cost
        try:
            yield
        finally:
            with self._lock:
                self._tokens_on_their_way -= upper + max_output
                self._cost_on_its_way -= cost

    def record(self, call: ModelCalled) -> None:
        """Count what a call really took."""
        with self._lock:
            self._uses[call.agent] = self._uses.get(call.agent, ModelUse()).and_also(call)

    @property
    def uses(self) -> dict[str, ModelUse]:
        """What each agent took."""
        with self._lock:
            return dict(self._uses)

    @property
    def total(self) -> ModelUse:
        """What all took."""
        return together(self.uses.values())

    def _refuse(self, tokens: int, cost: float, price: Price | None) -> None:
        spent = together(self._uses.values())
        on_their_way = self._tokens_on_their_way
        if self.max_tokens is not None and spent.tokens + on_their_way + tokens > self.max_tokens:
            raise SpentError(
                f"another call could pass the limit of {self.max_tokens} tokens",
                hint=f"{spent.tokens} are spent; raise --max-tokens",
            )
        if self.max_cost is None:
            return
        if price is None:
            raise SpentError(
                "the cost is limited, but no price of this model is known",
                hint='say it in the user configuration: [prices."MODEL"] input = … output = …',
            )
        if spent.cost + self._cost_on_its_way + cost > self.max_cost:
            raise SpentError(
                f"another call could pass the limit of {self.max_cost:g} $",
                hint=f"{spent.cost:.4f} $ are spent; raise --max-cost",
            )
