"""A loopback model that answers each agent in turn, with an asker in front of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from iiml_codegen.backbones.asking import asker_over
from iiml_codegen.backbones.calling import Around
from iiml_codegen.backbones.providers import backbone_of
from iiml_codegen.backbones.setup import BackboneSetup
from processes.fake_openai import FakeOpenAI
from processes.fake_server import Answer

AGENT = re.compile(r"iiML agent (\w+), prompt version")
NOTHING = "I do not know."


class AskedModel:
    """Use it in a `with`. The last answer to an agent is repeated; others are told nothing."""

    def __init__(
        self, answers: Mapping[str, Sequence[Answer]], *, share_values: bool = True
    ) -> None:
        self.answers = {agent: list(told) for agent, told in answers.items()}
        self.asked: list[tuple[str, str]] = []
        self.server = FakeOpenAI(self._answer)
        setup = BackboneSetup(
            name="x", provider="openai", model="fake-model", base_url=self.server.base_url
        )
        self.asker = asker_over(backbone_of(setup, {}), Around(share_values=share_values))

    def __enter__(self) -> AskedModel:
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__(None, None, None)

    def said(self, agent: str) -> list[str]:
        """All text of each question that an agent asked."""
        return [text for name, text in self.asked if name == agent]

    def _answer(self, messages: list[dict[str, str]], schema: dict[str, Any] | None) -> Answer:
        text = "\n".join(message["content"] for message in messages)
        found = AGENT.search(text)
        agent = found[1] if found else ""
        self.asked.append((agent, text))
        left = self.answers.get(agent, [NOTHING])
        return left.pop(0) if len(left) > 1 else left[0]
