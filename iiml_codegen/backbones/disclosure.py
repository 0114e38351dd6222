"""What would leave this machine, and to whom, in sentences: for the page before a solve."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from iiml_codegen.backbones.configuration import USUAL_KEYS, UserConfiguration
from iiml_codegen.backbones.setup import EXPERT, PROVIDERS, Asking, BackboneSetup
from iiml_codegen.domain.options import SolveOptions

LOOPBACK = ("localhost", "127.0.0.1", "::1")
PACKAGES = {"gemini": ("google", "google-genai"), "openai": ("openai", "openai")}
"""What a provider imports, and what pip calls it."""
ALWAYS = "the description, names of files and columns, statistics, code and error messages"


def choosable(configuration: UserConfiguration, flags: Mapping[str, object]) -> tuple[str, ...]:
    """The backbones that can be named; `command` only where somebody said which."""
    named = [name for name in PROVIDERS if name != "command" or flags.get("command")]
    named = [name for name in named if not missing_package(name)]
    return tuple(dict.fromkeys((EXPERT, *named, *configuration.backbones)))


def missing_package(provider: str) -> str:
    """The package that a provider lacks; "" if there is none."""
    module, package = PACKAGES.get(provider, ("", ""))
    return package if module and importlib.util.find_spec(module) is None else ""


def leaving(options: SolveOptions, asking: Asking | None) -> tuple[str, ...]:
    """What a solve with these options would send, a sentence for each receiver."""
    if asking is None:
        return ()
    values = "some values of cells" if options.share_values else "but no value of a cell"
    what = f"{ALWAYS}, {values}"
    told = [f"to {receiver(setup)}: {what}" for setup in asking.setups]
    if asking.search is not None:
        where = urlsplit(asking.search.endpoint).hostname or asking.search.provider
        told.append(f"to {where}: search terms about the task, and names in error messages")
    searching = [setup for setup in asking.setups if setup.provider == "gemini" and setup.grounding]
    if searching:
        told.append("to Google Search, by way of Gemini: search terms that Gemini chooses")
    return tuple(told)


def receiver(setup: BackboneSetup) -> str:
    """Whom a backbone's prompts go to."""
    model = f" ({setup.model})" if setup.model else ""
    host = urlsplit(setup.base_url).hostname
    if setup.provider == "command":
        return f"the program {setup.command[0] if setup.command else setup.name}"
    if setup.provider == "editor":
        return f"the editor's language model{model}"
    if host is not None:
        return f"{host}{', which is this machine,' if host in LOOPBACK else ''}{model}"
    return {"gemini": "Google Gemini", "openai": "OpenAI"}[setup.provider] + model


def without_key(setups: Sequence[BackboneSetup], keys: Mapping[str, str]) -> list[BackboneSetup]:
    """The backbones whose provider wants a key that is not there."""
    wanting = [
        setup
        for setup in setups
        if setup.provider in USUAL_KEYS and urlsplit(setup.base_url).hostname not in LOOPBACK
    ]
    names = {s.name: (s.key,) if s.key else USUAL_KEYS[s.provider] for s in wanting}
    return [setup for setup in wanting if not any(keys.get(name) for name in names[setup.name])]
