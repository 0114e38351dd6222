"""What asking models took: calls, tokens and dollars, added up from the journal."""

from __future__ import annotations

from collections.abc import Iterable

from iiml_codegen.domain.events import Entry, Event, ModelCalled, SolveStarted
from iiml_codegen.domain.wire import Frozen


class ModelUse(Frozen):
    """Calls that were paid (`calls`), of them rejected and failed ones, and cached answers beside.

    `unpriced` calls are those that no price is known of: `cost` (dollars) leaves them out.
    """

    calls: int = 0
    cached: int = 0
    rejected: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    unpriced: int = 0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """Tokens in both directions."""
        return self.input_tokens + self.output_tokens

    def and_also(self, call: ModelCalled) -> ModelUse:
        """The sums with one more call."""
        paid = call.outcome != "cached"
        return ModelUse(
            calls=self.calls + paid,
            cached=self.cached + (not paid),
            rejected=self.rejected + (call.outcome == "rejected"),
            failed=self.failed + (call.outcome == "failed"),
            input_tokens=self.input_tokens + call.input_tokens * paid,
            output_tokens=self.output_tokens + call.output_tokens * paid,
            cost=self.cost + (call.cost or 0.0) * paid,
            unpriced=self.unpriced + (paid and call.cost is None),
            estimated=self.estimated or (paid and call.estimated),
        )


def by_agent(events: Iterable[Event]) -> dict[str, ModelUse]:
    """The sums per agent, in the order in which agents asked first."""
    uses: dict[str, ModelUse] = {}
    for event in events:
        if isinstance(event, ModelCalled):
            uses[event.agent] = uses.get(event.agent, ModelUse()).and_also(event)
    return uses


def total(events: Iterable[Event]) -> ModelUse:
    """The sums of all agents together."""
    use = ModelUse()
    for event in events:
        if isinstance(event, ModelCalled):
            use = use.and_also(event)
    return use


def together(uses: Iterable[ModelUse]) -> ModelUse:
    """The sums of several sums."""
    every = list(uses)
    return ModelUse(
        estimated=any(use.estimated for use in every),
        **{name: sum(getattr(use, name) for use in every) for name in _NUMBERS},
    )


def since_start(entries: Iterable[Entry]) -> list[Event]:
    """The events of the latest solve and of what resumed it."""
    events: list[Event] = []
    for entry in entries:
        if isinstance(entry.event, SolveStarted) and not entry.event.resumed:
            events.clear()
        events.append(entry.event)
    return events


def cost_text(use: ModelUse) -> str:
    """Dollars, as a person reads them; "" where nothing was paid or no price is known."""
    if not use.calls or use.unpriced == use.calls:
        return ""
    dollars = f"{use.cost:.2f} $" if use.cost >= 1 else f"{use.cost:.4f} $"
    return f"{dollars} and calls without a known price" if use.unpriced else dollars


def use_text(use: ModelUse) -> str:
    """The sums in one line, as in "3 calls (1 rejected), 4120 tokens, 0.0021 $"."""
    odd = [
        f"{count} {word}"
        for count, word in ((use.rejected, "rejected"), (use.failed, "failed"))
        if count
    ]
    calls = f"{use.calls} call{'' if use.calls == 1 else 's'}"
    calls += f" ({', '.join(odd)})" if odd else ""
    tokens = f"{'about ' if use.estimated else ''}{use.tokens} tokens" if use.calls else ""
    known = f"{use.cached} known already" if use.cached else ""
    return ", ".join(filter(None, (calls, known, tokens, cost_text(use))))


_NUMBERS = tuple(name for name in ModelUse.__struct_fields__ if name != "estimated")
