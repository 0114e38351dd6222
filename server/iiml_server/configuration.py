"""What an editor chooses: initialization options at the start, settings later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args, get_type_hints

SECTION = "iiml"
ModelPatches = Literal["never", "ask", "verified"]
"""When patches that a model wrote are applied without a click: only `verified` ones, or none."""


@dataclass(frozen=True)
class Options:
    """The choices in force; on the wire their names are in camelCase.

    `interpreter` is the Python that computes. With `trusted` off nothing is run or probed.
    `client_commands` says that the client is ours, with commands and progress of its own.
    """

    interpreter: str | None = None
    other_python_server: bool = False
    trusted: bool = True
    allow_install: bool = False
    inlay_hints: bool = False
    code_lenses: bool = True
    client_commands: bool = False
    verify_on_save: bool = True
    apply_model_patches: ModelPatches = "never"

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
        new = {
            one.name: section[camel(one.name)]
            for one in fields(self)
            if camel(one.name) in section and _fits(section[camel(one.name)], kinds[one.name])
        }
        return replace(self, **new)


def camel(name: str) -> str:
    """A name as it stands on the wire."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _fits(value: object, kind: object) -> bool:
    """Whether a value is a choice of a field's kind."""
    if kind is bool:
        return isinstance(value, bool)
    if kind is ModelPatches:
        return value in get_args(ModelPatches)
    return value is None or (isinstance(value, str) and value != "")
