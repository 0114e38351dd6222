"""What an editor chooses: initialization options at the start, settings later."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_type_hints

import msgspec

from iiml_codegen.backbones.setup import EXPERT

SECTION = "iiml"
ModelPatches = Literal["never", "ask", "verified"]
"""When patches that a model wrote are applied without a click: only `verified` ones, or none."""


@dataclass(frozen=True)
class Options:
    """The choices in force; on the wire their names are in camelCase.

    `interpreter` is the Python that computes, and `interpreters` are those that compute for some
    folders and what lies in them, by URI. With `trusted` off nothing is run or probed.
    `client_commands` says that the client is ours, with commands and progress of its own, and
    `answers_models` that it answers `iiml/askModel`. `backbone` and what follows is for solves that
    are started here: None leaves it to `iiml.toml`, the user's configuration, or the default.
    """

    interpreter: str | None = None
    interpreters: Mapping[str, str] = field(default_factory=dict)
    other_python_server: bool = False
    trusted: bool = True
    allow_install: bool = False
    inlay_hints: bool = False
    code_lenses: bool = True
    client_commands: bool = False
    verify_on_save: bool = True
    apply_model_patches: ModelPatches = "never"
    answers_models: bool = False
    backbone: str | None = None
    model: str | None = None
    base_url: str | None = None
    command: tuple[str, ...] = ()
    agent_backbones: Mapping[str, str] = field(default_factory=dict)
    max_tokens: int | None = None
    max_cost: float | None = None
    share_values: bool | None = None
    learn: bool | None = None
    search_provider: str | None = None
    search_endpoint: str | None = None

    def changed(self, chosen: object) -> Options:
        """These choices with those of initialization options or settings.

        They may stand in a section `iiml`. What is no choice of its kind stays as it was.
        """
        if not isinstance(chosen, Mapping):
            return self
        section = chosen.get(SECTION, chosen)
        if not isinstance(section, Mapping):
            return self
        kinds = get_type_hints(type(self))
        new: dict[str, Any] = {}
        for one in fields(self):
            if camel(one.name) in section:
                with suppress(msgspec.ValidationError):
                    new[one.name] = _read(section[camel(one.name)], kinds[one.name])
        return replace(self, **new)

    def asking(self, backbone: object) -> dict[str, object]:
        """What they say about asking models, as flags of a solve; None where they say nothing.

        Model, address and program are those of the backbone that they name, if they name one.
        """
        meant = backbone not in (None, EXPERT) and self.backbone in (None, EXPERT, backbone)
        return {
            "model": self.model if meant else None,
            "base_url": self.base_url if meant else None,
            "command": self.command or None if meant else None,
            "agent_backbones": dict(self.agent_backbones) or None,
            "max_tokens": self.max_tokens,
            "max_cost": self.max_cost,
            "share_values": self.share_values,
            "learn": self.learn,
            "search_provider": self.search_provider,
            "search_endpoint": self.search_endpoint,
        }


def camel(name: str) -> str:
    """A name as it stands on the wire."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _read(value: object, kind: object) -> object:
    """A choice of a field's kind. Raises `msgspec.ValidationError`."""
    if value == "":
        raise msgspec.ValidationError("an empty text is no choice")
    return msgspec.convert(value, kind)
