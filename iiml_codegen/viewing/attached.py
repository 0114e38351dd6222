"""A solve as if its scripts ran in this terminal: command lines, and their output as it comes."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from iiml_codegen.domain.events import Entry, RunEnded, RunStarted
from iiml_codegen.viewing.console import command_line
from iiml_codegen.viewing.plain import PlainViewer
from iiml_codegen.viewing.solve_view import SolveView


class LogTail:
    """Gives what a growing log gained since the last look, in whole lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._rest = b""

    def lines(self, *, final: bool = False) -> list[str]:
        """New whole lines; with `final` also a last one without its newline."""
        try:
            with self._path.open("rb") as log:
                log.seek(self._offset)
                data = log.read()
        except (FileNotFoundError, PermissionError):
            return []
        self._offset += len(data)
        *whole, self._rest = (self._rest + data).split(b"\n")
        if final and self._rest:
            whole, self._rest = [*whole, self._rest], b""
        return [one.decode("utf-8", "replace").rstrip("\r") for one in whole]


class AttachedViewer(PlainViewer):
    """Plain lines, each script's command line, and its log with the run's id in front."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._logs: dict[str, LogTail] = {}

    def show(self, view: SolveView, entry: Entry) -> None:
        """As plain lines do; runs bring and end their logs."""
        event = entry.event
        if isinstance(event, RunStarted):
            self.say(f"$ {command_line(event.command)}")
            self._logs[event.run] = LogTail(Path(event.folder) / "log.txt")
        if isinstance(event, RunEnded):
            self._print(event.result.id, final=True)
            self._logs.pop(event.result.id, None)
        super().show(view, entry)

    def tick(self, view: SolveView) -> None:
        """Print what the scripts wrote since."""
        for run in list(self._logs):
            self._print(run)

    def _print(self, run: str, *, final: bool = False) -> None:
        log = self._logs.get(run)
        for text in log.lines(final=final) if log else []:
            self.say(f"  {run} | {text}")
