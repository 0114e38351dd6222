"""What a repair is: classes of fault that it answers, edits that it proposes, and examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from iiml_codegen.domain.contract import Contract, Observation
from iiml_codegen.domain.fault import Fault, FaultClass
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.integration.installed import InstalledLibraries


@dataclass(frozen=True)
class Facts:
    """What a repair may know besides fault and text.

    `columns` and `files` are the competition's real ones, `modules` the texts of all modules by
    file name, `view` the one that the model is bound to, `observations` what prep gave when it ran
    last. `installed` answers from the libraries of the Python that computes.
    """

    columns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    file: str = ""
    modules: Mapping[str, str] = field(default_factory=dict)
    task: TaskSummary | None = None
    contract: Contract | None = None
    view: str | None = None
    observations: tuple[Observation, ...] = ()
    installed: InstalledLibraries | None = None


NOTHING_KNOWN = Facts()


@dataclass(frozen=True)
class Edit:
    """A whole new text of a module, and what was done in a few words.

    `loses` says what the module does less after it; such edits are tried last.
    """

    title: str
    text: str
    loses: str = ""


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
