"""Seeded mutators: ways in which working modules get broken, by fault class.

They know the style of our modules and the history of the libraries, no competition and no repair.
"""

from __future__ import annotations

from . import (
    answers,
    api_boosters,
    api_old,
    contracts,
    limits,
    names,
    outside,
    places,
    syntax,
    tables,
    unusable,
)
from .mutator import Mutation, Mutator, TaskFacts

__all__ = ["CLASSES", "MUTATORS", "Mutation", "Mutator", "TaskFacts"]

MUTATORS: tuple[Mutator, ...] = (
    *syntax.MUTATORS,
    *unusable.MUTATORS,
    *names.MUTATORS,
    *api_old.MUTATORS,
    *api_boosters.MUTATORS,
    *places.MUTATORS,
    *tables.MUTATORS,
    *answers.MUTATORS,
    *limits.MUTATORS,
    *outside.MUTATORS,
    *contracts.MUTATORS,
)
CLASSES = tuple(dict.fromkeys(mutator.kind for mutator in MUTATORS))
"""Fault classes that are broken here; leaks have a benchmark of their own."""
