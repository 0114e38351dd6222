"""API keys: taken out of the environment at the start, kept in memory, never written anywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, MutableMapping

PROVIDERS = ("GEMINI", "GOOGLE", "OPENAI", "ANTHROPIC")
NAMES = (*(f"{provider}_API_KEY" for provider in PROVIDERS), "HF_TOKEN")
PREFIX = "IIML_"
"""The editor hands its keys over under names of ours, so that no other program takes them."""
SHORTEST = 6
"""Shorter values are no keys, and hiding them would hide ordinary words."""
HIDDEN = "[hidden]"
KEY_LIKE = re.compile(r"\b(?:sk-|AIza|hf_)[\w-]{8,}")


def take_keys(environment: MutableMapping[str, str] = os.environ) -> dict[str, str]:
    """The keys by their usual names, gone from the environment; ours win over the usual ones."""
    keys = {}
    for name in NAMES:
        usual, ours = environment.pop(name, ""), environment.pop(PREFIX + name, "")
        if ours or usual:
            keys[name] = ours or usual
    return keys


def without_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without variables that hold keys."""
    names = {*NAMES, *(PREFIX + name for name in NAMES)}
    return {name: value for name, value in environment.items() if name.upper() not in names}


class Secrets:
    """The keys that we know, to be hidden in whatever is written."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        values = {value for value in keys.values() if len(value) >= SHORTEST}
        known = sorted(values, key=len, reverse=True)
        self._patterns = [*(re.compile(re.escape(value)) for value in known), KEY_LIKE]

    def hidden(self, text: str) -> str:
        """The text without the keys that we know, and without what looks like one."""
        for pattern in self._patterns:
            text = pattern.sub(HIDDEN, text)
        return text
