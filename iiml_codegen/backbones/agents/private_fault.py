"""A fault without values of cells, for users who keep those to themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from iiml_codegen.domain.fault import Fault, Value
from iiml_codegen.integration.repairs.repair import Facts

QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`")
WORD = re.compile(r"[A-Za-z_]\w*")
TABLES = ("frame ", "array ", "series ", "sparse ", "tensor ", "dict of ", "DataFrame ", "ndarray ")
HIDDEN = "…"


def without_values(fault: Fault, texts: Mapping[str, str], facts: Facts) -> Fault:
    """The fault with quoted texts hidden that are neither names nor code, and no log."""
    known = {*facts.columns, *facts.files}
    words = {word for text in texts.values() for word in WORD.findall(text)}

    def kept(match: re.Match[str]) -> str:
        inside = match[0][1:-1]
        return match[0] if inside in known or inside in words else f"{match[0][0]}{HIDDEN}'"

    return msgspec.structs.replace(
        fault,
        message=QUOTED.sub(kept, fault.message),
        evidence="",
        values=tuple(described for value in fault.values if (described := shape_only(value))),
    )


def shape_only(value: Value) -> Value | None:
    """What a table is like; None for anything else, which may be a cell."""
    if not value.shown.startswith(TABLES):
        return None
    plain = re.sub(r", [-+.\d e]+ to [-+.\d e]+", "", value.shown)
    return Value(name=value.name, shown=plain)
