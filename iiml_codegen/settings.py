"""What a person asks of a solve: flags over `iiml.toml` over defaults.

`iiml.toml` comes with a folder that somebody may have downloaded. It may say how to solve, never
what to execute or whom to ask: those come from flags and the user's own configuration.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from iiml_codegen.backbones.setup import AGENTS
from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.options import Ablation, Aggregation, SolveOptions
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import IimlError

FILE = "iiml.toml"
FORBIDDEN = (
    "interpreter",
    "command",
    "base_url",
    "api_key",
    "key",
    "keys",
    "model",
    "provider",
    "backbones",
    "backbone_command",
    "endpoint",
    "search",
    "search_endpoint",
    "prices",
    "install",
    "allow_install",
    "fetch_weights",
    "executor",
)
ONLY_FALSE = ("share_values", "learn")
UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
SHORTEST_BUDGET = 10.0
EXECUTORS = ("local", "ray")
ADDRESS = re.compile(r"(ray://)?[^/\s:]+:\d+|(ray://)?\[[0-9a-fA-F:]+\]:\d+")
COUNTED_BUDGET = 24 * 3600.0
"""For a solve whose budget is a number of candidates: only so that it ends at all."""


class SettingsError(IimlError):
    """A flag or a line of `iiml.toml` is wrong."""

    code = "IIML908"
    exit_code = 2


class FileSettings(Frozen):
    """The keys that `iiml.toml` may hold; those that are absent leave the default.

    It may name a backbone, which the user has set up; of `ONLY_FALSE` it may forbid, never allow.
    """

    budget: str | float | None = None
    candidates: int | None = None
    tracks: tuple[Track, ...] | None = None
    metric: str | None = None
    folds: int | Literal["auto"] | None = None
    seed: int | None = None
    repair_rounds: int | None = None
    without: tuple[Ablation, ...] | None = None
    use_suspected_leaks: bool | None = None
    backbone: str | None = None
    agent_backbones: dict[str, str] | None = None
    max_tokens: int | None = None
    max_cost: float | None = None
    share_values: bool | None = None
    learn: bool | None = None
    aggregation: Aggregation | None = None
    tune: bool | None = None


def seconds(text: str) -> float:
    """Seconds of "90", "90s", "10m", "1.5h" or "1h30m"; raises `SettingsError`."""
    parts = re.findall(r"(\d+(?:\.\d+)?)([smh]?)", text.strip().lower())
    total = sum(float(number) * UNITS[unit] for number, unit in parts)
    if "".join(number + unit for number, unit in parts) != text.strip().lower() or not parts:
        raise SettingsError(f"{text!r} is no budget", hint='write "10m", "90s" or "1h30m"')
    if total < SHORTEST_BUDGET:
        raise SettingsError(
            f"a budget of {total:g} s is too short", hint=f"at least {SHORTEST_BUDGET:g} s"
        )
    return total


def solve_options(folder: Path, flags: Mapping[str, object]) -> SolveOptions:
    """The options of a solve; `flags` that are None were not given. Raises `SettingsError`."""
    of_folder = read_file(folder / FILE)
    merged = _plain(of_folder)
    merged |= {name: value for name, value in flags.items() if value is not None}
    merged["agent_backbones"] = _table(of_folder.agent_backbones) | _table(
        flags.get("agent_backbones")
    )
    merged |= {name: False for name in ONLY_FALSE if getattr(of_folder, name) is False}
    if "budget" in merged:
        merged["budget"] = seconds(str(merged["budget"]))
    elif merged.get("candidates"):
        merged["budget"] = COUNTED_BUDGET
    if merged.get("folds") == "auto":
        merged["folds"] = 0
    try:
        options = msgspec.convert(merged, SolveOptions)
    except msgspec.ValidationError as error:
        raise SettingsError(str(error), hint="see `iiml solve --help`") from error
    if options.candidates < 0:
        raise SettingsError("candidates are 0 or more", hint="0 counts none, the budget ends it")
    if options.folds == 1 or options.folds < 0 or options.repair_rounds < 0:
        raise SettingsError("folds are 2 or more, repair rounds 0 or more", hint="or folds auto")
    _check_asking(options)
    _check_executor(options.executor)
    return options


def read_file(path: Path) -> FileSettings:
    """The settings of an `iiml.toml`; none if there is no such file. Raises `SettingsError`."""
    try:
        text = path.read_text("utf-8-sig")
        plain = tomllib.loads(text)
    except FileNotFoundError:
        return FileSettings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}", hint="it must be TOML in UTF-8") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}", hint="allow it") from error
    for key in sorted(_keys(plain)):
        if key in FORBIDDEN:
            raise SettingsError(
                f"{path}:{line_of(text, key)}: {key} may not stand in {FILE}",
                hint="a folder must not choose what is executed or asked; give it as a flag",
            )
    for key in (key for key in ONLY_FALSE if plain.get(key) is True):
        raise SettingsError(
            f"{path}:{line_of(text, key)}: {FILE} may only say {key} = false",
            hint="take the line out: what your own configuration says holds then",
        )
    try:
        return msgspec.convert(plain, FileSettings)
    except msgspec.ValidationError as error:
        key = blamed(str(error))
        known = ", ".join(FileSettings.__struct_fields__)
        raise SettingsError(
            f"{path}:{line_of(text, key)}: {error}", hint=f"known keys: {known}"
        ) from error


def _check_asking(options: SolveOptions) -> None:
    """Limits that nothing could keep, and agents that there are not. Raises `SettingsError`."""
    unknown = sorted(options.agent_backbones.keys() - set(AGENTS))
    if unknown:
        raise SettingsError(f"there is no agent {unknown[0]}", hint=f"agents: {', '.join(AGENTS)}")
    if (options.max_tokens or 0) < 0 or not (options.max_cost or 0.0) >= 0.0:
        raise SettingsError("tokens and cost are limited to 0 or more", hint="0 asks no model")


def _check_executor(executor: str) -> None:
    """Where runs go must be this machine or the address of a cluster. Raises `SettingsError`."""
    if executor not in EXECUTORS and not ADDRESS.fullmatch(executor):
        raise SettingsError(
            f"{executor!r} is no executor", hint="local, ray, ray://HOST:PORT or HOST:PORT"
        )


def _table(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}


def _plain(settings: FileSettings) -> dict[str, object]:
    named = {name: getattr(settings, name) for name in settings.__struct_fields__}
    return {name: value for name, value in named.items() if value is not None}


def _keys(table: Mapping[str, object]) -> set[str]:
    """All keys, also of tables inside; with hyphens as underscores."""
    inner = [_keys(value) for value in table.values() if isinstance(value, dict)]
    return {key.replace("-", "_").lower() for key in table}.union(*inner)


def blamed(message: str) -> str:
    """The key that a message of msgspec speaks about, as in "unknown field `x`" or "at `$.x`"."""
    found = re.search(r"unknown field `(\w+)`|`\$\.(\w+)", message)
    return next(filter(None, found.groups()), "") if found else ""


def line_of(text: str, key: str) -> int:
    """The line that a key stands in, counted from 1; 1 if it cannot be found."""
    pattern = re.compile(rf"^[\s\[\"'\w.]*\b{re.escape(key).replace('_', '[-_]')}\b", re.IGNORECASE)
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 1)
