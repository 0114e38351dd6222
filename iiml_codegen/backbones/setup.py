"""How a backbone is set up: which provider, which model, where; never its key."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.wire import Frozen

Provider = Literal["gemini", "openai", "editor", "command"]
PROVIDERS: tuple[Provider, ...] = ("gemini", "openai", "editor", "command")
EXPERT = "expert"
"""The name that asks no model."""
SearchProvider = Literal["brave", "searxng", "tavily"]
AGENTS = (
    "task_analyzer",
    "profiling_agent",
    "knowledge_retriever",
    "pretrained_model_retriever",
    "custom_architecture_retriever",
    "guideline_agent",
    "improver",
    "preprocessing_coder",
    "modeling_coder",
    "improvement_coder",
    "assembler",
    "error_analyzer",
    "debugging_agent",
    "evaluation_agent",
    "ensembler",
)
"""Who may ask a backbone of its own."""


class BackboneSetup(Frozen):
    """One backbone of the user's. Empty texts and None leave the provider's own default.

    `key` is the name of the environment variable whose value is the key, where it is not the usual
    one. `context` and `max_output` count tokens; `requests_per_minute`, `tokens_per_minute` and
    `parallel` limit how fast and how many at once are asked.
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
    tokens_per_minute: float | None = None
    parallel: int | None = None
    timeout: float | None = None
    grounding: bool = True


class Price(Frozen):
    """Dollars per million tokens."""

    input: float
    output: float

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """Dollars for so many tokens."""
        return (self.input * input_tokens + self.output * output_tokens) / 1_000_000


class SearchSetup(Frozen):
    """Which search the user configured. The key is not part of it.

    An empty `endpoint` is the provider's own; SearXNG has none, since everybody runs their own.
    """

    provider: SearchProvider
    endpoint: str = ""
    seconds: float = 10.0


class Asking(Frozen):
    """What a solver needs to ask models. It holds `keys`, and goes nowhere but over stdin."""

    setups: tuple[BackboneSetup, ...] = ()
    prices: dict[str, Price] = {}
    search: SearchSetup | None = None
    keys: dict[str, str] = {}

    def __repr__(self) -> str:
        """Without the keys: whatever is printed may be kept."""
        return f"Asking({', '.join(setup.name for setup in self.setups)})"
