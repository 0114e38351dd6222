"""JSON schemas as providers take them: each has its own subset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]
STRICT = frozenset(
    ("type", "description", "enum", "const", "items", "anyOf", "properties", "required")
)
"""What servers of OpenAI's protocol take in strict mode, wherever they come from."""
GEMINI = (STRICT - {"const"}) | frozenset(
    ("title", "format", "prefixItems", "oneOf", "minItems", "maxItems", "minimum", "maximum")
)
"""https://ai.google.dev/gemini-api/docs/structured-output"""
OPEN = {"additionalProperties"}


def for_gemini(schema: Schema) -> Schema:
    """The schema without the words that Gemini does not know."""
    return _each(schema, lambda one: {key: one[key] for key in one if key in GEMINI | OPEN})


def strict(schema: Schema) -> Schema | None:
    """The schema for strict mode, where every property is required; None if it has open objects."""
    closed = True

    def narrowed(one: Schema) -> Schema:
        nonlocal closed
        kept = {key: one[key] for key in one if key in STRICT}
        if one.get("type") == "object" or "properties" in one:
            closed = closed and bool(one.get("properties"))
            kept["additionalProperties"] = False
            kept["required"] = list(one.get("properties", {}))
        return kept

    result = _each(schema, narrowed)
    return result if closed else None


def _each(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """Change a schema and every one inside it."""
    changed = change(schema)
    if isinstance(changed.get("properties"), dict):
        inner = changed["properties"].items()
        changed["properties"] = {name: _each(one, change) for name, one in inner}
    for key in ("items", "additionalProperties"):
        if isinstance(changed.get(key), dict):
            changed[key] = _each(changed[key], change)
    for key in ("anyOf", "oneOf", "prefixItems"):
        if isinstance(changed.get(key), list):
            changed[key] = [_each(one, change) for one in changed[key]]
    return changed
