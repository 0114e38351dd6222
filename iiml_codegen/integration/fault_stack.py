"""The frames of a failed run in the modules that a person edits, and those of the harness."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from iiml_codegen.domain.fault import Place
from iiml_codegen.integration.module_code import ModuleCode
from iiml_codegen.integration.source_map import SourceMap
from iiml_codegen.integration.trace import Frame, Glance, Trace

LIBRARY = re.compile(r"site-packages|dist-packages|[/\\]lib[/\\]python|^<|\.pyx$|\.pxi$")


@dataclass(frozen=True)
class Spot:
    """A frame, and where its line stands in a module or in the harness."""

    place: Place
    frame: Frame


@dataclass(frozen=True)
class Stack:
    """The script's own frames from the outside in, and the texts of the modules."""

    spots: tuple[Spot, ...]
    texts: Mapping[str, str]

    @cached_property
    def codes(self) -> dict[str, ModuleCode]:
        """The modules as places."""
        return {file: ModuleCode(file, text) for file, text in self.texts.items()}

    @cached_property
    def modules(self) -> tuple[Spot, ...]:
        """The frames in modules."""
        return tuple(spot for spot in self.spots if spot.place.file in self.texts)

    @cached_property
    def harness(self) -> tuple[Spot, ...]:
        """The frames in the harness."""
        return tuple(spot for spot in self.spots if spot.place.file not in self.texts)

    def code(self, spot: Spot) -> ModuleCode:
        """The module that a spot stands in."""
        return self.codes[spot.place.file]

    def harness_value(self, function: str, name: str) -> Glance | None:
        """A variable of the innermost harness frame of that function."""
        for spot in reversed(self.harness):
            value = spot.frame.value(name) if spot.frame.function == function else None
            if value is not None:
                return value
        return None

    def is_prep(self, file: str) -> bool:
        """Whether a module prepares; a single script is both."""
        return PurePosixPath(file).name.startswith("prep")

    @cached_property
    def prep(self) -> ModuleCode | None:
        """The module that defines `prepare`."""
        return self.defining("prepare")

    def defining(self, function: str) -> ModuleCode | None:
        """The module that defines a function of the module interface."""
        for file in sorted(self.codes):
            if function in self.codes[file].functions:
                return self.codes[file]
        return None


def stack_of(trace: Trace, source_map: SourceMap, texts: Mapping[str, str]) -> Stack:
    """The own frames of a traceback, each with its origin."""
    return Stack(
        tuple(Spot(origin(f, source_map, texts), f) for f in own_frames(trace.frames)), texts
    )


def own_frames(frames: Sequence[Frame]) -> list[Frame]:
    """Frames of the generated file: no library's, and none of the runner that started it."""
    if any(frame.own is not None for frame in frames):
        return [frame for frame in frames if frame.own]
    frames = [frame for frame in frames if not LIBRARY.search(frame.file)]
    starts = [
        f.file for name in ("<module>", "main") for f in reversed(frames) if f.function == name
    ]
    entry = next(iter(starts), None)
    return [frame for frame in frames if entry is None or frame.file == entry]


def origin(frame: Frame, source_map: SourceMap, texts: Mapping[str, str]) -> Place:
    """Where a line of the pipeline came from; the file is empty where the assembler wrote it.

    Modules of candidates are labelled `01-linear/model_traditional.py`; texts go by file name.
    """
    found = source_map.origin(frame.line)
    if found is None:
        return Place(file="", line=frame.line)
    name = PurePosixPath(found.file).name
    file = found.file if found.file in texts or name not in texts else name
    if "/" in found.file and found.file.split("/")[0] in ("harness", "submissions", "ensembles"):
        file = found.file
    return Place(file=file, line=found.line, column=max(frame.column, 1))
