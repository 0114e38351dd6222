"""A solve on a terminal: history scrolls by, the bottom lines show where things stand."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from iiml_codegen.domain.events import Entry, PhaseStarted
from iiml_codegen.model_use import use_text
from iiml_codegen.viewing.plain import duration, line, score_text, status_text
from iiml_codegen.viewing.solve_view import SolveView

PHASES = ("planning", "implementation", "integration")


class TerminalViewer:
    """A live view: phase, step, time left, best score, runs at work."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.time) -> None:
        self._console = console
        self._clock = clock
        self._live = Live(console=console, refresh_per_second=8, transient=True)
        self._live.start()

    def show(self, view: SolveView, entry: Entry) -> None:
        """Add the entry to the history; phases only move the bottom lines."""
        text = line(entry.event)
        if text and not isinstance(entry.event, PhaseStarted):
            stamp = Text(f"{entry.at - view.started_at:6.1f} s  ", style="dim")
            self._live.console.print(stamp + Text(text), soft_wrap=True)
        self.tick(view)

    def tick(self, view: SolveView) -> None:
        """Draw the bottom lines anew."""
        self._live.update(status(view, self._clock()))

    def say(self, text: str) -> None:
        """Add a line to the history."""
        self._live.console.print(Text(text, style="bold"))

    def close(self) -> None:
        """Take the bottom lines away."""
        self._live.stop()


def status(view: SolveView, now: float) -> RenderableType:
    """The bottom lines: where the solve is, what it has, how long it may go on."""
    phases = Text(" ").join(
        Text(f" {name} ", style="reverse" if name == view.phase else "dim") for name in PHASES
    )
    best = view.best
    grid = Table.grid(padding=(0, 2))
    grid.add_row(Text("step", style="dim"), Text(view.step))
    grid.add_row(Text("best", style="dim"), Text(_best(view)))
    grid.add_row(Text("left", style="dim"), Text(duration(view.seconds_left(now))))
    if view.asked:
        grid.add_row(Text("models", style="dim"), Text(use_text(view.use)))
    if view.running:
        grid.add_row(Text("runs", style="dim"), Text(", ".join(sorted(view.running))))
    return Group(Text(""), phases, grid) if best or view.started else Group(Text("Starting"))


def _best(view: SolveView) -> str:
    best = view.best
    if best is None:
        return "no submission yet"
    metric = view.task.metric if view.task else ""
    return f"{metric} {score_text(best)}  ({best.id})"


def leaderboard(view: SolveView) -> Table:
    """The candidates by score; the one in `submission.csv` is marked."""
    table = Table(title="Leaderboard", title_justify="left")
    for heading in ("", "candidate", "track", view.task.metric if view.task else "score"):
        table.add_column(heading)
    table.add_column("status")
    table.add_column("seconds", justify="right")
    for one in view.leaderboard():
        mark = "→" if view.best is not None and one.id == view.best.id else ""
        score = score_text(one)
        table.add_row(mark, one.id, one.track, score, status_text(one), f"{one.seconds:.0f}")
    return table
