"""What a repair is: classes of fault that it answers, edits that it proposes, and examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from iiml_codegen.domain.fault import Fault, FaultClass
from iiml_codegen.domain.wire import Frozen


class Facts(Frozen):
    """What a repair may know besides fault and text: real columns and files of the competition."""

    columns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


NOTHING_KNOWN = Facts()


@dataclass(frozen=True)
class Edit:
    """A whole new text of a module, and what was done in a few words."""

    title: str
    text: str


@dataclass(frozen=True)
class Example:
    """A fault in a module, and the text that the repair proposes first."""

    fault: Fault
    before: str
    after: str
    facts: Facts = NOTHING_KNOWN


Propose = Callable[[Fault, str, Facts], Iterable[Edit]]


@dataclass(frozen=True)
class Repair:
    """A repair with its examples, which are its tests."""

    name: str
    title: str
    kinds: tuple[FaultClass, ...]
    propose: Propose
    examples: tuple[Example, ...]


def lines_of(fault: Fault) -> Iterator[int]:
    """The line of a fault, if it has one."""
    if fault.place is not None:
        yield fault.place.line
