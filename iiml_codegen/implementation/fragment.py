"""One step of prep as code: its lines, what they need and what they give."""

from __future__ import annotations

import builtins
import keyword
import re
from dataclasses import dataclass, field
from typing import Any, Literal

Where = Literal["extract", "prepare"]
TAKEN = frozenset(
    re.findall(
        r"\w+",
        "along block blocks cache_dir categories counts data_dir design encoded enriched extracted"
        " features fitted gaps goal keyed np numbers pd pictures remember residuals rows sounds"
        " target test text text_columns text_form text_themes texts train weighed",
    )
)
"""Names that generated functions use for themselves."""


@dataclass(frozen=True)
class Fragment:
    """The lines of one step, and what they need and give.

    `features` are expressions for blocks of feature columns; `views` maps a view to the variable
    that holds all rows of it (train, then test); `sliced` says that these are no frames.
    `functions` are functions of their own that the lines call; `late` lines follow the features.
    """

    where: Where
    lines: tuple[str, ...]
    recipes: tuple[str, ...] = ()
    constants: dict[str, Any] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    views: dict[str, str] = field(default_factory=dict)
    sliced: bool = False
    functions: tuple[str, ...] = ()
    late: bool = False


def variable(column: str) -> str:
    """A column's name as a Python variable of `prepare`: lower case, and not taken already."""
    name = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column)).strip("_").lower()
    name = name if name and not name[0].isdigit() else f"column_{name}"
    taken = name in TAKEN or keyword.iskeyword(name) or hasattr(builtins, name)
    return f"{name}_column" if taken else name
