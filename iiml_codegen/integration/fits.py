"""How the fits of a pipeline's members run: one after the other, or several at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from iiml_codegen.integration.pipeline_plan import MemberModule

ONE_FOR_ALL = re.compile(
    r"^[ \t]*(?:import|from) (?:torch|tensorflow|keras|jax)\b|\brandom\.seed\(", re.M
)
"""What has one random generator, or one number of threads, for the whole process."""


@lru_cache(maxsize=512)
def goes_alone(text: str) -> bool:
    """Whether nothing else may be fitted beside a model; one without a text may be anything."""
    return not text or ONE_FOR_ALL.search(text) is not None


def go_side_by_side(members: Sequence[MemberModule]) -> bool:
    """Whether there are several fits that need not go alone."""
    return sum(len(m.seeds) for m in members if not goes_alone(m.module.text)) > 1
