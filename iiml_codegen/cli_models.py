"""Flags of commands that may ask models: which backbone, within which limits."""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iiml_codegen.domain.options import SolveOptions

MODEL_FLAGS = (
    "backbone",
    "model",
    "base_url",
    "agent_backbones",
    "max_tokens",
    "max_cost",
    "share_values",
    "search_provider",
    "search_endpoint",
)


def add_models(command: argparse.ArgumentParser) -> None:
    """The flags that say whom a command may ask."""
    models = command.add_argument_group("models", "Without them, or `backbone`, nobody is asked.")
    names = "gemini, openai, editor, command, or a name of the user configuration"
    models.add_argument("--backbone", metavar="NAME", help=f"the LLM that answers: {names}")
    models.add_argument("--model", metavar="MODEL", help="the provider's name of the model")
    url = "a server that speaks OpenAI's protocol (vLLM, Ollama, llama.cpp, LiteLLM)"
    models.add_argument("--base-url", metavar="URL", help=url)
    program = "a program that reads a prompt and writes an answer, with its arguments"
    models.add_argument("--backbone-command", metavar="COMMAND", help=program)
    models.add_argument(
        "--agent-backbone",
        dest="agent_backbones",
        action="append",
        type=_agent,
        metavar="AGENT=NAME",
        help="another backbone for one agent; may be repeated",
    )
    models.add_argument("--max-tokens", type=int, metavar="N", help="most tokens of the solve")
    models.add_argument("--max-cost", type=float, metavar="DOLLARS", help="most money of the solve")
    values = "send names and statistics only, no value of a cell"
    models.add_argument(
        "--no-share-values", dest="share_values", action="store_false", default=None, help=values
    )
    models.add_argument("--search-provider", metavar="NAME", help="brave, searxng or tavily")
    models.add_argument("--search-endpoint", metavar="URL", help="where to search the web")


def model_flags(given: argparse.Namespace) -> dict[str, object]:
    """The flags of `add_models` as `orders_for` takes them; None was not given."""
    flags: dict[str, object] = {name: getattr(given, name) for name in MODEL_FLAGS}
    agents = given.agent_backbones
    flags["agent_backbones"] = dict(agents) if agents else None
    command = given.backbone_command
    flags["command"] = tuple(shlex.split(command)) if command else None
    return flags


def check_models(given: argparse.Namespace, options: SolveOptions) -> None:
    """A model without a backbone was meant for somebody. Raises `SettingsError`."""
    from iiml_codegen.settings import SettingsError

    if given.model and options.backbone == "expert":
        raise SettingsError(f"{given.model} of which backbone?", hint="say --backbone NAME")


def held_keys() -> dict[str, str]:
    """The keys of the environment, taken out of it: what we start shall not see them."""
    from iiml_codegen.backbones.configuration import read_configuration
    from iiml_codegen.backbones.keys import take_keys
    from iiml_codegen.settings import SettingsError

    keys = take_keys()
    try:
        more = read_configuration().key_names()
    except SettingsError:
        return keys  # Whoever needs the configuration says what is wrong with it.
    return keys | take_keys(more=more)


def _agent(text: str) -> tuple[str, str]:
    agent, equals, name = text.partition("=")
    if not (agent and equals and name):
        raise argparse.ArgumentTypeError(f"{text!r} is not AGENT=NAME")
    return agent.strip().replace("-", "_"), name.strip()
