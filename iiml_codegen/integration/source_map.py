"""Where each line of a pipeline came from."""

from __future__ import annotations

from collections.abc import Sequence

from iiml_codegen.domain.fault import Place
from iiml_codegen.domain.wire import Frozen


class Stretch(Frozen):
    """Pipeline lines `start`..`end` (from 1, inclusive) are the lines of `file` from `line` on."""

    start: int
    end: int
    file: str
    line: int


class SourceMap(Frozen):
    """Stretches in order; a line in none of them was written by the assembler."""

    stretches: tuple[Stretch, ...]

    def origin(self, line: int) -> Place | None:
        """The module and line that a pipeline line came from, or None."""
        for stretch in self.stretches:
            if stretch.start <= line <= stretch.end:
                return Place(file=stretch.file, line=stretch.line + line - stretch.start)
        return None

    def pipeline_line(self, file: str, line: int) -> int | None:
        """The pipeline line that a module's line became, or None where it was left out."""
        for stretch in self.stretches:
            ahead = line - stretch.line
            if stretch.file == file and 0 <= ahead <= stretch.end - stretch.start:
                return stretch.start + ahead
        return None


def source_map(origins: Sequence[tuple[str, int] | None]) -> SourceMap:
    """Fold one origin per pipeline line into stretches."""
    stretches: list[Stretch] = []
    for line, origin in enumerate(origins, start=1):
        if origin is None:
            continue
        file, at = origin
        last = stretches[-1] if stretches else None
        if (
            last
            and last.end == line - 1
            and last.file == file
            and last.line + line - last.start == at
        ):
            stretches[-1] = Stretch(start=last.start, end=line, file=file, line=last.line)
        else:
            stretches.append(Stretch(start=line, end=line, file=file, line=at))
    return SourceMap(stretches=tuple(stretches))
