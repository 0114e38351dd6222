"""What the user asked of a solve."""

from __future__ import annotations

from typing import Literal, get_args

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.wire import Frozen

Ablation = Literal["profiling", "knowledge", "verification", "modules"]
Aggregation = Literal["auto", "best", "average", "stacking", "boosting", "greedy"]
"""How candidates are combined at the end: whatever wins out of fold, or just one way."""


class SolveOptions(Frozen):
    """Flags of `iiml solve` over `iiml.toml` over defaults; `budget` in seconds, 0 folds = auto.

    `allow_install` is a person's consent to missing packages, `fetch_weights` to pretrained weights
    from the hub: flags, never lines of a file.
    `backbone` is "expert" or the name of the LLM that is asked too, `agent_backbones` are others
    for single agents; `max_tokens` and `max_cost` (dollars) end the asking. With `share_values` off
    no value of a cell leaves the machine, only names and statistics. With `learn` on, what a solve
    taught is kept in the user's own knowledge. With `candidates`, exploring ends after so many are
    scored on all folds, and nothing that is decided depends on the clock. `executor` is "local",
    "ray", or the address of a Ray cluster: a flag, never a line of a file.
    """

    budget: float = 600.0
    tracks: tuple[Track, ...] = get_args(Track)
    folds: int = 0
    seed: int = 0
    repair_rounds: int = 10
    without: tuple[Ablation, ...] = ()
    use_suspected_leaks: bool = False
    metric: str | None = None
    interpreter: str | None = None
    cores: int = 0
    allow_install: bool = False
    fetch_weights: bool = False
    backbone: str = "expert"
    agent_backbones: dict[str, str] = {}
    max_tokens: int | None = None
    max_cost: float | None = None
    share_values: bool = True
    learn: bool = True
    candidates: int = 0
    aggregation: Aggregation = "auto"
    tune: bool = True
    executor: str = "local"
