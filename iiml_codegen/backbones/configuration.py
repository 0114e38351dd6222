"""The user's own configuration of backbones, `config.toml`, and what a solve makes of it.

    backbone = "strong"                      # who answers unless a flag says otherwise

    [backbones.strong]
    provider = "gemini"
    model = "gemini-2.5-pro"

    [agents]
    debugging_agent = "openai"               # a provider's name is a backbone with its defaults

    [limits]
    max_tokens = 200_000
    max_cost = 0.50

Further sections: [prices."model"], [search], [privacy], [knowledge]. Keys never stand in it.
"""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from iiml_codegen.backbones.keys import KEY_LIKE, NAMES
from iiml_codegen.backbones.setup import (
    EXPERT,
    PROVIDERS,
    Asking,
    BackboneSetup,
    Price,
    Provider,
    SearchSetup,
)
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.settings import ONLY_FALSE, SettingsError, line_of, solve_options

FILE = "config.toml"
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
USUAL_KEYS: dict[str, tuple[str, ...]] = {
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "openai": ("OPENAI_API_KEY",),
}
SETUP_FLAGS = ("model", "base_url", "command")
OPTION_FLAGS = ("backbone", "agent_backbones", "max_tokens", "max_cost", "share_values", "learn")


class NamedBackbone(Frozen):
    """A section `[backbones.NAME]`; without a provider the name is one. See `BackboneSetup`."""

    provider: Provider | None = None
    model: str = ""
    base_url: str = ""
    command: str | tuple[str, ...] = ()
    key: str = ""
    context: int | None = None
    max_output: int | None = None
    temperature: float | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    parallel: int | None = None
    timeout: float | None = None
    grounding: bool = True


class AskingLimits(Frozen):
    """The section `[limits]`: tokens and dollars of one solve."""

    max_tokens: int | None = None
    max_cost: float | None = None


class Privacy(Frozen):
    """The section `[privacy]`."""

    share_values: bool | None = None


class KnowledgeChoice(Frozen):
    """The section `[knowledge]`."""

    learn: bool | None = None


class CheckpointChoice(Frozen):
    """The section `[checkpoints]`: folders with pretrained weights."""

    folders: tuple[str, ...] = ()


class UserConfiguration(Frozen):
    """The whole file; an absent one is empty."""

    backbone: str | None = None
    backbones: dict[str, NamedBackbone] = {}
    agents: dict[str, str] = {}
    limits: AskingLimits = AskingLimits()
    prices: dict[str, Price] = {}
    search: SearchSetup | None = None
    privacy: Privacy = Privacy()
    knowledge: KnowledgeChoice = KnowledgeChoice()
    checkpoints: CheckpointChoice = CheckpointChoice()

    def flags(self) -> dict[str, object]:
        """What it says of a solve, as flags would; None where it says nothing."""
        return {
            "backbone": self.backbone,
            "agent_backbones": self.agents or None,
            "max_tokens": self.limits.max_tokens,
            "max_cost": self.limits.max_cost,
            "share_values": self.privacy.share_values,
            "learn": self.knowledge.learn,
        }

    def checkpoint_folders(self) -> tuple[str, ...]:
        """Absolute paths of the folders with pretrained weights."""
        folders = map(Path, self.checkpoints.folders)
        return tuple(str(folder.expanduser().absolute()) for folder in folders)

    def setup(self, name: str) -> BackboneSetup:
        """The backbone of a name. Raises `SettingsError` where there is none."""
        section = self.backbones.get(name)
        provider = section.provider if section is not None else None
        provider = provider or next((one for one in PROVIDERS if one == name), None)
        if provider is None:
            known = ", ".join(dict.fromkeys((EXPERT, *PROVIDERS, *self.backbones)))
            raise SettingsError(
                f"there is no backbone {name!r}",
                hint=f"known: {known}; others go into {configuration_file()}",
            )
        said = msgspec.structs.asdict(section or NamedBackbone())
        return BackboneSetup(**said | {"name": name, "provider": provider, "command": _words(said)})

    def key_names(self) -> tuple[str, ...]:
        """The variables that hold keys beside the usual ones."""
        own = {section.key for section in self.backbones.values() if section.key}
        return tuple(sorted(own - set(NAMES)))


def configuration_file() -> Path:
    """Where the user configuration lies; `IIML_CONFIG` names another file."""
    named = os.environ.get("IIML_CONFIG")
    return Path(named) if named else Path(platformdirs.user_config_dir("iiml")) / FILE


def read_configuration(path: Path | None = None) -> UserConfiguration:
    """The user configuration; empty if there is no file. Raises `SettingsError`."""
    path = path or configuration_file()
    try:
        text = path.read_text("utf-8-sig")
        plain = tomllib.loads(text)
    except FileNotFoundError:
        return UserConfiguration()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}", hint="it must be TOML in UTF-8") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}", hint="allow it") from error
    try:
        read = msgspec.convert(plain, UserConfiguration)
    except msgspec.ValidationError as error:
        message = KEY_LIKE.sub("[hidden]", str(error))
        line = line_of(text, _last_name(message))
        raise SettingsError(f"{path}:{line}: {message}", hint="see docs/llm.md") from error
    _check(read, path, text)
    return read


def asking_for(
    options: SolveOptions,
    configuration: UserConfiguration,
    flags: Mapping[str, object],
    keys: Mapping[str, str],
) -> Asking | None:
    """What a solver needs to ask the backbones of its options; None if it asks none.

    Of `keys` it gets those that it needs. Flags about a model are about `backbone`, and idle where
    the expert answers. Raises `SettingsError`.
    """
    named = dict.fromkeys((options.backbone, *options.agent_backbones.values()))
    names = [name for name in named if name != EXPERT]
    if not names or options.max_tokens == 0 or options.max_cost == 0:
        return None
    setups = [configuration.setup(name) for name in names]
    said = {name: flags[name] for name in SETUP_FLAGS if flags.get(name)}
    if said and options.backbone != EXPERT:
        setups[0] = msgspec.convert(msgspec.structs.asdict(setups[0]) | said, BackboneSetup)
    prices = configuration.prices | msgspec.convert(flags.get("prices") or {}, dict[str, Price])
    search = _search(configuration, flags)
    return Asking(
        setups=tuple(setups),
        prices=prices,
        search=search,
        keys=_needed(setups, search, keys),
    )


def solve_options_of(
    folder: Path, flags: Mapping[str, object], configuration: UserConfiguration
) -> SolveOptions:
    """Flags over the user configuration over `iiml.toml`. Raises `SettingsError`."""
    given = {name: value for name, value in flags.items() if value is not None}
    backbone = given.get("backbone") or _implied(given)
    said = {name: value for name, value in configuration.flags().items() if value is not None}
    agents = _table(said.get("agent_backbones")) | _table(given.get("agent_backbones"))
    fields = SolveOptions.__struct_fields__
    merged = said | {name: value for name, value in given.items() if name in fields}
    merged |= {"agent_backbones": agents} | ({"backbone": backbone} if backbone else {})
    merged |= {name: False for name in ONLY_FALSE if said.get(name) is False}
    return solve_options(folder, merged)


def resumed_options(options: SolveOptions, flags: Mapping[str, object]) -> SolveOptions:
    """The options of a solve that goes on, with what flags say of asking."""
    new = {name: flags[name] for name in OPTION_FLAGS if flags.get(name) is not None}
    new["agent_backbones"] = options.agent_backbones | _table(new.get("agent_backbones"))
    return msgspec.convert(msgspec.to_builtins(options) | new, SolveOptions)


def _implied(flags: Mapping[str, object]) -> str | None:
    """A program or an address says which provider is meant."""
    if flags.get("command"):
        return "command"
    return "openai" if flags.get("base_url") else None


def _search(configuration: UserConfiguration, flags: Mapping[str, object]) -> SearchSetup | None:
    provider, endpoint = flags.get("search_provider"), flags.get("search_endpoint")
    if not provider and not endpoint:
        return configuration.search
    before = configuration.search
    said = {"provider": provider or (before.provider if before else "searxng")}
    said |= {"endpoint": endpoint or ""}
    try:
        return msgspec.convert(said, SearchSetup)
    except msgspec.ValidationError as error:
        raise SettingsError(f"search: {error}", hint="brave, searxng or tavily") from error


def _needed(
    setups: list[BackboneSetup], search: SearchSetup | None, keys: Mapping[str, str]
) -> dict[str, str]:
    names = {"HF_TOKEN"} | ({"SEARCH_API_KEY"} if search else set())
    for setup in setups:
        names |= {setup.key} if setup.key else set(USUAL_KEYS.get(setup.provider, ()))
    return {name: keys[name] for name in sorted(names) if keys.get(name)}


def _check(read: UserConfiguration, path: Path, text: str) -> None:
    """What types cannot say. No value of `key` is repeated: it may be a key after all."""
    for name, section in read.backbones.items():
        if section.key and (not VARIABLE.match(section.key) or KEY_LIKE.search(section.key)):
            raise SettingsError(
                f"{path}:{line_of(text, 'key')}: key of {name} is no name of a variable",
                hint="name the environment variable that holds the key, never the key itself",
            )
        if name == EXPERT or (section.provider is None and name not in PROVIDERS):
            wrong = "asks no model" if name == EXPERT else "has no provider"
            raise SettingsError(
                f"{path}:{line_of(text, 'backbones')}: the backbone {name} {wrong}",
                hint=f"providers: {', '.join(PROVIDERS)}",
            )
    for wanted in (read.backbone, *read.agents.values()):
        if wanted is not None and wanted != EXPERT:
            read.setup(wanted)


def _words(said: Mapping[str, Any]) -> tuple[str, ...]:
    command = said["command"]
    return tuple(shlex.split(command)) if isinstance(command, str) else tuple(command)


def _table(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _last_name(message: str) -> str:
    """The key that a message speaks about: an unknown field, else the end of its path."""
    found = re.search(r"unknown field `(\w+)`", message) or re.search(r"(\w+)`?\Z", message)
    return found.group(1) if found else ""
