"""A module's text taken apart: imports, definitions, and who refers to whom."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from iiml_codegen.integration.pipeline_plan import Module

DefinitionKind = Literal["function", "class", "constant", "alias", "variable"]


@dataclass(frozen=True, order=True)
class Spot:
    """A name in the text: line from 1, columns in code points, end exclusive."""

    line: int
    start: int
    end: int


@dataclass(frozen=True)
class ImportedName:
    """One bound name of a top-level import; `attribute` is None for `import module`."""

    module: str
    attribute: str | None
    alias: str | None

    @property
    def bound(self) -> str:
        """The name that it binds."""
        return self.alias or self.attribute or self.module.split(".")[0]

    @property
    def target(self) -> tuple[str, str | None]:
        """What the bound name stands for, to compare imports by."""
        if self.attribute is None and self.alias is None:
            return (self.module.split(".")[0], None)
        return (self.module, self.attribute)


@dataclass
class Definition:
    """A top-level name: its lines (from 1, inclusive), its text, the global names it needs.

    `text` of a constant is its value alone, so that equal constants are equal however written.
    """

    name: str
    first: int
    last: int
    text: str
    kind: DefinitionKind
    needs: set[str] = field(default_factory=set)


@dataclass
class ModuleSource:
    """A module ready for assembly.

    `dropped` are lines that do not travel (imports, docstring, `__main__` block); `spots` are all
    places of each global name; `definitions` are names bound once by a function, class or value;
    `words` is every identifier in the text; `parameters` are those of each function, with "**"
    where it takes any keyword; `frozen` names are bound by imports that stay where they are.
    """

    module: Module
    lines: list[str]
    docstring: tuple[int, str] | None = None
    future: set[str] = field(default_factory=set)
    imports: list[ImportedName] = field(default_factory=list)
    definitions: dict[str, Definition] = field(default_factory=dict)
    spots: dict[str, set[Spot]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    frozen: dict[str, ImportedName] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """All global names, imports included."""
        return set(self.spots) | {item.bound for item in self.imports}

    def copy(self) -> ModuleSource:
        """A copy that assembly may cut down."""
        return replace(
            self,
            imports=list(self.imports),
            definitions=dict(self.definitions),
            spots={name: set(spots) for name, spots in self.spots.items()},
            dropped=set(self.dropped),
        )
