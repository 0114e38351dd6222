"""What was tried on the way, as the report shows it: a tree of ideas, and what steps are worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iiml_codegen.domain.events import IdeaTried, StepWorth


@dataclass(frozen=True)
class IdeaInTree:
    """An idea below its parent; `root` is the candidate that its branch began with."""

    tried: IdeaTried
    depth: int
    root: str


def idea_tree(tried: Sequence[IdeaTried]) -> tuple[IdeaInTree, ...]:
    """Ideas in the order of a tree: each below what it changes, in the order of trial.

    A solve that was resumed may tell an idea again: the last word counts.
    """
    known = {one.idea: one for one in tried}
    children: dict[str, list[IdeaTried]] = {}
    for one in known.values():
        children.setdefault(one.parent, []).append(one)
    made = {one.candidate for one in known.values() if one.candidate}
    roots = [parent for parent in children if parent not in made]
    return tuple(idea for root in roots for idea in branch(children, root, root, 0))


def branch(
    children: dict[str, list[IdeaTried]], parent: str, root: str, depth: int
) -> Iterator[IdeaInTree]:
    """The ideas below a candidate."""
    for one in children.pop(parent, []):
        yield IdeaInTree(one, depth, root)
        if one.candidate:
            yield from branch(children, one.candidate, root, depth + 1)


def worths_of(told: Sequence[StepWorth]) -> tuple[StepWorth, ...]:
    """The last measurement of each step of each candidate, the step that is worth most first."""
    known = {(one.candidate, one.step): one for one in told}
    places = {one.candidate: at for at, one in reversed(list(enumerate(told)))}
    return tuple(
        sorted(known.values(), key=lambda one: (-places[one.candidate], -one.difference, one.step))
    )
