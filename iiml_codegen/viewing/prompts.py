"""`iiml solve --show-prompts`: what would be sent to models, and to whom; nothing is sent."""

from __future__ import annotations

import sys

from iiml_codegen.backbones import prompt as prompt_files
from iiml_codegen.backbones.dry_run import prompts_of
from iiml_codegen.backbones.recorder import RecordedPrompt
from iiml_codegen.backbones.setup import EXPERT
from iiml_codegen.execution.solver import Orders
from iiml_codegen.viewing.console import print_json
from iiml_codegen.workspace import Workspace

CONTROLS = {code: "�" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}
"""Text of data must not steer a terminal."""


def show_prompts(workspace: Workspace, orders: Orders, *, as_json: bool = False) -> int:
    """Print the prompts that can be known before any answer; returns the exit code."""
    recorded = prompts_of(workspace, orders)
    if as_json:
        print_json({"status": "shown", "prompts": recorded, "later": later(recorded)})
        return 0
    for one in recorded:
        sys.stdout.write(written(one).translate(CONTROLS))
    total = sum(one.tokens for one in recorded)
    print(f"{len(recorded)} prompts, about {total} tokens; nothing was sent.")
    print(f"Filled in only when answers and faults are there: {', '.join(later(recorded))}.")
    if orders.options.backbone == EXPERT:
        print("No backbone is chosen: a solve would ask nobody.")
    if orders.options.share_values:
        print("Values of cells are shared; --no-share-values keeps them here.")
    return 0


def written(one: RecordedPrompt) -> str:
    """A prompt with whom it would go to."""
    whom = " ".join(filter(None, (one.backbone, one.model)))
    lines = [f"=== {one.agent} to {whom} ({one.prompt}, about {one.tokens} tokens)"]
    for message in one.messages:
        lines += [f"--- {message.speaker}", message.text]
    return "\n".join([*lines, "", ""])


def later(recorded: tuple[RecordedPrompt, ...]) -> list[str]:
    """The prompts that cannot be filled in yet."""
    shown = {one.prompt.partition("@")[0] for one in recorded}
    return [name for name in prompt_files.names() if name not in shown]
