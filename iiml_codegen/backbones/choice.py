"""Which backbone answers for which agent; each is made when it is first asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from iiml_codegen.backbones.backbone import Backbone, BackboneError
from iiml_codegen.backbones.models import ModelFacts, facts_of
from iiml_codegen.backbones.setup import EXPERT, BackboneSetup, Price

MOST_FAILURES = 3
"""So many calls in a row without an answer, and a backbone is asked no more."""
FOR_GOOD = ("key", "configuration")
"""Trouble that asking again does not mend."""


@dataclass(frozen=True)
class Chosen:
    """A backbone with what is known of it."""

    backbone: Backbone
    setup: BackboneSetup
    facts: ModelFacts


class BackboneChoice:
    """The backbones of a solve. `default` and `agents` name them; "expert" asks nobody."""

    def __init__(
        self,
        setups: Mapping[str, BackboneSetup],
        build: Callable[[BackboneSetup], Backbone],
        *,
        default: str = EXPERT,
        agents: Mapping[str, str] | None = None,
        prices: Mapping[str, Price] | None = None,
    ) -> None:
        self._setups = setups
        self._build = build
        self._default = default
        self._agents = dict(agents or {})
        self._prices = dict(prices or {})
        self._made: dict[str, Chosen] = {}
        self._failures: dict[str, int] = {}
        self._gone: dict[str, str] = {}
        self._lock = threading.Lock()

    def name_for(self, agent: str) -> str:
        """The name of the backbone that answers for an agent."""
        return self._agents.get(agent, self._default)

    def of(self, agent: str) -> Chosen:
        """The backbone of an agent. Raises `BackboneError` where it has none, or none any more."""
        name = self.name_for(agent)
        if name == EXPERT:
            raise BackboneError("configuration", f"the expert answers for {agent}")
        with self._lock:
            if name in self._gone:
                raise BackboneError("configuration", f"{name} is not asked any more", hint="")
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def answered(self, name: str) -> None:
        """A backbone gave an answer."""
        with self._lock:
            self._failures.pop(name, None)

    def failed(self, name: str, error: BackboneError) -> bool:
        """A backbone gave none; True if it is not asked any more from now on."""
        with self._lock:
            if name in self._gone:
                return False
            self._failures[name] = self._failures.get(name, 0) + 1
            gone = error.trouble in FOR_GOOD or self._failures[name] >= MOST_FAILURES
            if gone:
                self._gone[name] = error.trouble
            return gone

    def _make(self, name: str) -> Chosen:
        if name not in self._setups:
            raise BackboneError("configuration", f"there is no backbone {name}")
        setup = self._setups[name]
        backbone = self._build(setup)
        return Chosen(backbone, setup, facts_of(backbone.model or setup.model, setup, self._prices))


def only(backbone: Backbone, prices: Mapping[str, Price] | None = None) -> BackboneChoice:
    """One backbone that answers for every agent."""
    setup = BackboneSetup(name=backbone.name, provider="openai", model=backbone.model)
    return BackboneChoice(
        {setup.name: setup}, lambda _: backbone, default=setup.name, prices=prices
    )
