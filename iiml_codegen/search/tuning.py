"""Tuning: other constants for the best members, proposed by what earlier proposals scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench


class Tuning:
    """Proposes."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def next(
        self, known: Sequence[Attempt], affords: Callable[[Attempt, int], bool]
    ) -> Attempt | None:
        """The next proposal as a candidate."""
        return None
