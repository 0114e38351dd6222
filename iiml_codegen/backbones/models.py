"""What is known of models: context, longest answer, price. The table is `models.toml`, dated.

A model of another name with a date or version behind a known one is taken for that one. An unknown
model has no price, and a context that any model of today has.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from iiml_codegen.backbones.setup import BackboneSetup, Price
from iiml_codegen.domain.wire import Frozen

CAUTIOUS_CONTEXT = 8_192
CAUTIOUS_OUTPUT = 4_096
VERSION = re.compile(r"[-@:](?:\d[\d.-]*|latest|stable|preview[-\d]*|exp[-\d]*|free)\Z")


class ModelFacts(Frozen):
    """One model: tokens of its context and of its longest answer; its price where it has one.

    `thoughts` are tokens that it may write, and have paid, beside an answer. Of a `family`, names
    may go on in any way: sizes and variants share the context.
    """

    context: int = CAUTIOUS_CONTEXT
    max_output: int = CAUTIOUS_OUTPUT
    price: Price | None = None
    thoughts: int = 0
    family: bool = False


class ModelTable(Frozen):
    """The file: when and where its numbers were read."""

    as_of: str
    sources: tuple[str, ...]
    models: dict[str, ModelFacts]


@cache
def table() -> ModelTable:
    """The table that comes with iiML."""
    text = files("iiml_codegen.backbones").joinpath("models.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), ModelTable)


def facts_of(
    model: str, setup: BackboneSetup | None = None, prices: Mapping[str, Price] | None = None
) -> ModelFacts:
    """What is known of a model; the user's own numbers come first."""
    known = _known(model)
    price = (prices or {}).get(model, known.price)
    context, longest = known.context, known.max_output
    if setup is not None:
        context, longest = setup.context or context, setup.max_output or longest
    return msgspec.structs.replace(
        known, price=price, context=context, max_output=min(longest, max(1, context // 2))
    )


def _known(model: str) -> ModelFacts:
    whole = name = model.lower().rpartition("/")[2]
    models = table().models
    while name not in models and VERSION.search(name):
        name = VERSION.sub("", name)
    if name in models:
        return models[name]
    families = [key for key, facts in models.items() if facts.family and whole.startswith(key)]
    return models[max(families, key=len)] if families else ModelFacts()
