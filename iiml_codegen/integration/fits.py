"""How the fits of a pipeline's members run: one after the other, or several at once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from iiml_codegen.integration.pipeline_plan import MemberModule, Module

ONE_FOR_ALL = re.compile(
    r"^\s*(?:import|from) (?:torch|tensorflow|keras|jax)\b|\brandom\.seed\(", re.M
)
"""What has one random generator, or one number of threads, for the whole process."""


def goes_alone(module: Module) -> bool:
    """Whether nothing else may be fitted beside a model; one without a text may be anything."""
    return not module.text or ONE_FOR_ALL.search(module.text) is not None


def go_side_by_side(members: Sequence[MemberModule]) -> bool:
    """Whether there are several fits that need not go alone."""
    return sum(len(m.seeds) for m in members if not goes_alone(m.module)) > 1
