"""The curated knowledge: one file of advice per area, each entry with its source."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from iiml_codegen.domain.knowledge import Fact
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.implementation.recipes import template_text

AREAS: dict[str, str] = {
    "metric": "The metric",
    "domain": "The field",
    "data": "The data",
    "model": "Models",
    "practice": "Working habits",
    "learned": "Solved before on this machine",
}
"""Areas of knowledge in the order of reading; `learned` has no file, solves fill it."""
FILES = ("metric", "domain", "data", "model", "practice")


@cache
def curated() -> tuple[Fact, ...]:
    """All entries of `workspace_templates/knowledge/advice`, in the order of areas and files."""
    return tuple(entry for area in FILES for entry in entries(area))


def entries(area: str) -> list[Fact]:
    """The entries of one area, strictly read; their ids begin with it."""
    text = template_text("knowledge/advice", f"{area}.toml")
    content: dict[str, list[Any]] = tomllib.loads(text)
    return [
        from_plain({**entry, "id": f"{area}.{entry['id']}"}, Fact)
        for entry in content.get("entry", [])
    ]
