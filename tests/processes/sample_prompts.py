"""Each prompt file filled in with sample parts: `python -m processes.sample_prompts` rewrites all.

The parts of planners and coders are what the expert's planning gave for a small competition; the
others are written by hand in the same form.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

from iiml_codegen.backbones import agents
from iiml_codegen.backbones.asking import filled_in
from iiml_codegen.backbones.prompt import load, names
from iiml_codegen.domain.wire import Frozen

FOLDER = Path(__file__).parents[1] / "data" / "prompts"
PARTS = FOLDER / "parts.json"
LIMIT = 100_000


def parts_of(name: str) -> dict[str, Any]:
    """The sample parts of a prompt."""
    return dict(json.loads(PARTS.read_text("utf-8"))[name])


def answer_type(name: str) -> type[Frozen]:
    """The type that a prompt's front matter names, from the agents' modules."""
    wanted = load(name).front.answer
    for module in pkgutil.iter_modules(agents.__path__):
        found = getattr(importlib.import_module(f"{agents.__name__}.{module.name}"), wanted, None)
        if isinstance(found, type) and issubclass(found, Frozen):
            return found
    raise LookupError(f"no agent has an answer type {wanted}, which prompt {name} names")


def sample(name: str) -> str:
    """A prompt as it would be sent with the sample parts."""
    messages = filled_in(load(name), parts_of(name), answer_type(name)).messages(LIMIT)
    return "".join(f"--- {message.speaker}\n{message.text}\n" for message in messages)


def stored(name: str) -> Path:
    """The file that a prompt is held against."""
    return FOLDER / f"{name}.txt"


def main() -> None:
    """Write all of them anew; prompts that are gone lose theirs."""
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    for name in names():
        stored(name).write_text(sample(name), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
