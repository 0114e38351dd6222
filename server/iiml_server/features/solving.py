"""Commands for clients that are not ours: solve, stop, run a track, open the blueprint."""

from __future__ import annotations

import logging

from iiml_codegen.execution.lock import holder
from iiml_codegen.execution.solver import Orders, start_solver
from iiml_codegen.settings import solve_options
from iiml_codegen.workspace import Workspace
from iiml_server.abilities import show_document
from iiml_server.children import engine
from iiml_server.features.planned import blueprint_state
from iiml_server.features.requests import flag, stop_session
from iiml_server.orders import Order, add_command, folder_of
from iiml_server.pending import open_texts
from iiml_server.protocol import IimlServer, Refused
from iiml_server.wire import Outcome

log = logging.getLogger("iiml.server")


async def solve(ls: IimlServer, order: Order) -> Outcome:
    """Start a solver, which lives on without us; where one is at work, that one is followed."""
    ls.require_trust()
    session = await ls.sessions.open(folder_of(ls, order))
    flags: dict[str, object] = {
        "budget": order.budget,
        "tracks": [order.track] if order.track else None,
        "interpreter": ls.options.interpreter,
        "allow_install": ls.options.allow_install or None,
    }
    said = await ls.aside(begin, session.workspace, flags)
    session.wake.set()
    return Outcome(done=True, message=said)


def begin(workspace: Workspace, flags: dict[str, object]) -> str:
    """Start a solver unless one is at work; raises `SettingsError` and the like."""
    found = holder(workspace.lock)
    if found is not None:
        return f"A solver is at work here already (process {found.pid})."
    child = start_solver(workspace, Orders(options=solve_options(workspace.folder, flags)))
    return f"Solving; process {child.pid}."


async def stop(ls: IimlServer, order: Order) -> Outcome:
    """Ask the solver of a folder to stop and keep the best so far."""
    return await stop_session(ls, ls.sessions.need(folder_of(ls, order)))


async def run_track(ls: IimlServer, order: Order) -> Outcome:
    """Score a track with the modules as they stand; the journal tells how it goes."""
    session = ls.sessions.need(folder_of(ls, order))
    chosen = flag("track", order.track) or ["--affected"]
    command = engine("run", str(session.folder), *chosen, *flag("budget", order.budget))
    ended = await ls.run_process([*command, *flag("interpreter", ls.options.interpreter)])
    if ended.exit_code != 0:
        raise Refused(ended.said or "The run failed.")
    return Outcome(done=True, message=ended.said)


async def open_blueprint(ls: IimlServer, order: Order) -> Outcome:
    """Show the page of the blueprint, at a step if one is named."""
    session = ls.sessions.need(folder_of(ls, order))
    plan = await ls.aside(blueprint_state, session, open_texts(ls, session.folder))
    if plan.page is None:
        raise Refused("There is no blueprint yet: solve the competition first.")
    line = next((one.line for one in plan.steps if one.id == order.step), 0)
    return await show_document(ls, plan.page, line)


def register(server: IimlServer) -> None:
    """Add the commands to a server."""
    add_command(server, "iiml.server.solve", solve)
    add_command(server, "iiml.server.stop", stop)
    add_command(server, "iiml.server.runTrack", run_track)
    add_command(server, "iiml.server.openBlueprint", open_blueprint)
