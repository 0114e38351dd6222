"""What a failed run left, as the error analyzer reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.domain.contract import Contract, Observation
from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.integration.source_map import SourceMap

LOG_BYTES = 256 * 1024


@dataclass(frozen=True)
class Evidence:
    """What a failed run left, and what is known: the analyzer reads nothing else.

    `log` is the whole log or its end, `texts` the modules that a person edits by file name,
    `observations` what prep gave when it ran last. A run's folder may hold more than its log.
    """

    result: RunResult
    log: str
    source_map: SourceMap
    texts: Mapping[str, str]
    columns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    task: TaskSummary | None = None
    contract: Contract | None = None
    observations: tuple[Observation, ...] = ()
    folder: Path | None = None

    def whole_log(self) -> str:
        """The end of the log in the run's folder where it is longer than what was handed over."""
        path = self.folder / "log.txt" if self.folder is not None else None
        if path is None or not path.is_file():
            return self.log
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LOG_BYTES))
            text = file.read().decode("utf-8", "replace")
        return text if len(text) > len(self.log) else self.log
