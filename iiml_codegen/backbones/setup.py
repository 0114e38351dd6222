"""How a backbone is set up: which provider, which model, where; never its key."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.wire import Frozen

Provider = Literal["gemini", "openai", "editor", "command"]
PROVIDERS: tuple[Provider, ...] = ("gemini", "openai", "editor", "command")
EXPERT = "expert"
"""The name that asks no model."""


class BackboneSetup(Frozen):
    """One backbone of the user's. Empty texts and None leave the provider's own default.

    `key` is the name of the environment variable whose value is the key, where it is not the usual
    one. `context` and `max_output` count tokens; `requests_per_minute` and `parallel` limit how
    fast and how many at once are asked.
    """

    name: str
    provider: Provider
    model: str = ""
    base_url: str = ""
    command: tuple[str, ...] = ()
    key: str = ""
    context: int | None = None
    max_output: int | None = None
    temperature: float | None = None
    requests_per_minute: float | None = None
    parallel: int | None = None
    timeout: float | None = None
    grounding: bool = True
