"""API keys: taken out of the environment at the start, kept in memory, never written anywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, MutableMapping

OWNERS = ("GEMINI", "GOOGLE", "OPENAI", "ANTHROPIC", "SEARCH")
NAMES = (*(f"{owner}_API_KEY" for owner in OWNERS), "HF_TOKEN")
PREFIX = "IIML_"
"""The editor hands its keys over under names of ours, so that no other program takes them."""
SHORTEST = 6
"""Shorter values are no keys, and hiding them would hide ordinary words."""
HIDDEN = "[hidden]"
KEY_LIKE = re.compile(r"\b(?:sk-|AIza|hf_)[\w-]{8,}")
"""For our own messages only: in code, `hf_hub_download` is no key."""


def take_keys(
    environment: MutableMapping[str, str] = os.environ, more: Iterable[str] = ()
) -> dict[str, str]:
    """The keys by their usual names, gone from the environment; ours win over the usual ones.

    `more` are other variables that hold keys, as the user configuration names them.
    """
    keys = {}
    for name in dict.fromkeys((*NAMES, *more)):
        usual, ours = environment.pop(name, ""), environment.pop(PREFIX + name, "")
        if ours or usual:
            keys[name] = ours or usual
    return keys


def without_keys(environment: Mapping[str, str], more: Iterable[str] = ()) -> dict[str, str]:
    """An environment without variables that hold keys; `more` are other names of such ones."""
    names = {name.upper() for one in (*NAMES, *more) for name in (one, PREFIX + one)}
    return {name: value for name, value in environment.items() if name.upper() not in names}


class Secrets:
    """The keys that we know, to be hidden in whatever is written."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        values = {value for value in keys.values() if len(value) >= SHORTEST}
        known = sorted(values, key=len, reverse=True)
        self._known = [re.compile(re.escape(value)) for value in known]

    def hidden(self, text: str) -> str:
        """A message without the keys that we know, and without what looks like one."""
        return KEY_LIKE.sub(HIDDEN, self.known_hidden(text))

    def known_hidden(self, text: str) -> str:
        """A text, code perhaps, without the keys that we know."""
        for pattern in self._known:
            text = pattern.sub(HIDDEN, text)
        return text
