"""What runs of a solve found in the user's modules, shown while these are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from iiml_codegen.domain.events import Entry
from iiml_server.checking import show_again
from iiml_server.protocol import IimlServer
from iiml_server.run_results import SolveFaults, solve_findings
from iiml_server.sessions import Session
from iiml_server.verification import keep


def heard(ls: IimlServer, folder: Path, entries: Sequence[Entry]) -> None:
    """Take in what a solve of a folder told."""
    faults = ls.results.solves.setdefault(folder, SolveFaults())
    changed = [faults.apply(entry) for entry in entries]
    if any(changed):
        keep(ls, _show(ls, folder, faults))


async def _show(ls: IimlServer, folder: Path, faults: SolveFaults) -> None:
    """Show what stands now, of candidates that are what lies in `iiml/`."""
    home = folder / "iiml"
    texts, found = await ls.aside(solve_findings, home, dict(faults.standing))
    show_again(ls, ls.results.solve(home, texts, found))


def forget_gone(ls: IimlServer, session: Session) -> None:
    """A module that was deleted or renamed has no rows, though nobody verifies again."""
    gone = ls.results.leave(session.folder / "iiml", session.last.modules)
    if gone:
        show_again(ls, gone)


def register(server: IimlServer) -> None:
    """Let the server tell what it reads in journals, and which modules are there."""
    server.hearers.append(heard)
    server.viewers.append(forget_gone)
