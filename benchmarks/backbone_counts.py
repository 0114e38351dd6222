"""What a solve asked of its backbone, read from the journal."""

from __future__ import annotations

from collections import Counter

import msgspec

from iiml_codegen.domain.events import IdeaTried, ModelCalled
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace


class AgentCount(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of one agent by outcome."""

    agent: str
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    cached: int = 0


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Calls and tokens of a solve; `tried` are candidates that a model wrote or changed."""

    agents: tuple[AgentCount, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    tried: int = 0
    scored: int = 0
    ideas: int = 0

    @property
    def calls(self) -> int:
        """Calls that reached a model, or tried to."""
        return sum(one.accepted + one.rejected + one.failed for one in self.agents)

    def said(self) -> str:
        """Accepted, rejected and failed calls of each agent in a line."""
        return ", ".join(
            f"{one.agent} {one.accepted}/{one.rejected}/{one.failed}" for one in self.agents
        )


def counts_of(workspace: Workspace) -> Counts:
    """Read the journal of a solved folder."""
    journal = Journal(workspace.journal)
    try:
        events = [entry.event for entry in journal.read()]
        candidates = journal.candidates()
    finally:
        journal.close()
    calls = [event for event in events if isinstance(event, ModelCalled)]
    outcomes: Counter[tuple[str, str]] = Counter((call.agent, call.outcome) for call in calls)
    models = [one for one in candidates if one.id.startswith("L")]
    return Counts(
        agents=tuple(
            AgentCount(
                agent=agent,
                accepted=outcomes[agent, "accepted"],
                rejected=outcomes[agent, "rejected"],
                failed=outcomes[agent, "failed"],
                cached=outcomes[agent, "cached"],
            )
            for agent in sorted({call.agent for call in calls})
        ),
        input_tokens=sum(call.input_tokens for call in calls if call.outcome != "cached"),
        output_tokens=sum(call.output_tokens for call in calls if call.outcome != "cached"),
        tried=len(models),
        scored=sum(one.score is not None for one in models),
        ideas=sum(isinstance(event, IdeaTried) for event in events),
    )
