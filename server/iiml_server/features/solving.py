"""Commands for clients that are not ours: solve, stop, run a track, open the blueprint."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from functools import partial

from iiml_codegen.backbones.disclosure import without_key
from iiml_codegen.backbones.orders import asking_again, orders_for
from iiml_codegen.backbones.setup import Asking
from iiml_codegen.execution.lock import holder
from iiml_codegen.execution.solver import Orders, start_solver
from iiml_codegen.workspace import Workspace
from iiml_server.abilities import show_document
from iiml_server.children import engine
from iiml_server.features.planned import blueprint_state
from iiml_server.features.requests import flag, stop_session
from iiml_server.interpreters import interpreter_for
from iiml_server.orders import Order, add_command, folder_of
from iiml_server.pending import open_texts
from iiml_server.protocol import IimlServer, Refused
from iiml_server.sessions import Session
from iiml_server.wire import Outcome
from iiml_server.wire_models import SolveParams

log = logging.getLogger("iiml.server")
START_SECONDS, LOOK_SECONDS = 30.0, 0.05
"""How long a solver may take until it holds its folder, and the time between looks."""


async def start_solve(ls: IimlServer, params: SolveParams) -> Outcome:
    """Start a solver for our client, whose terminal then only views it."""
    session = await ls.sessions.open(params.folder)
    chosen: dict[str, object] = {
        "allow_install": ls.options.allow_install or None,
        "budget": params.budget,
        "tracks": params.tracks or None,
        "interpreter": params.interpreter or interpreter_for(ls.options, session.folder),
        "backbone": params.backbone or ls.options.backbone,
    }
    return await start(ls, session, chosen, resumed=params.resumed)


async def solve(ls: IimlServer, order: Order) -> Outcome:
    """Start a solver, which lives on without us; where one is at work, that one is followed."""
    ls.require_trust()
    session = await ls.sessions.open(folder_of(ls, order))
    chosen: dict[str, object] = {
        "allow_install": ls.options.allow_install or None,
        "budget": order.budget,
        "tracks": [order.track] if order.track else None,
        "interpreter": interpreter_for(ls.options, session.folder),
        "backbone": order.backbone or ls.options.backbone,
    }
    return await start(ls, session, chosen)


async def start(
    ls: IimlServer, session: Session, chosen: Mapping[str, object], *, resumed: bool = False
) -> Outcome:
    """Start a solver with what was chosen for it, and in the settings. Raises `Refused`."""
    ls.require_trust()
    flags = {**ls.options.asking(chosen["backbone"]), **chosen}
    work = session.workspace
    told = await ls.aside(partial(orders, work, flags, ls.keys, resumed=resumed))
    if told.asking is not None:
        check(told.asking, ls.keys, has_models=ls.has_models)
    said = await ls.aside(begin, work, told)
    session.wake.set()
    return Outcome(done=True, message=said)


def check(asking: Asking, keys: Mapping[str, str], *, has_models: bool) -> None:
    """Raises `Refused` where somebody would be asked in vain."""
    if not has_models and any(setup.provider == "editor" for setup in asking.setups):
        raise Refused("This editor has no language models that iiML could ask.")
    if lacking := without_key(asking.setups, keys):
        raise Refused(f"There is no API key for {lacking[0].name}: set one, or choose another.")


def begin(workspace: Workspace, told: Orders) -> str:
    """Start a solver unless one is at work; raises `CompetitionError` and the like.

    When this returns the solver holds the folder, so that it can be attached to.
    """
    found = holder(workspace.lock)
    if found is not None:
        return f"A solver is at work here already (process {found.pid})."
    child = start_solver(workspace, told)
    end = time.monotonic() + START_SECONDS
    while holder(workspace.lock) is None and child.poll() is None and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
    return f"Solving; process {child.pid}."


def orders(
    workspace: Workspace,
    flags: Mapping[str, object],
    keys: Mapping[str, str],
    *,
    resumed: bool,
) -> Orders:
    """What a solver is told, with the keys that it needs. Raises `SettingsError`."""
    if not resumed:
        return orders_for(workspace.folder, flags, keys)
    from iiml_codegen.viewing.solving import resume_orders  # rarely needed, and slow to load

    return asking_again(resume_orders(workspace, None), flags, keys)


async def stop(ls: IimlServer, order: Order) -> Outcome:
    """Ask the solver of a folder to stop and keep the best so far."""
    return await stop_session(ls, ls.sessions.need(folder_of(ls, order)))


async def run_track(ls: IimlServer, order: Order) -> Outcome:
    """Score a track with the modules as they stand; the journal tells how it goes."""
    session = ls.sessions.need(folder_of(ls, order))
    chosen = flag("track", order.track) or ["--affected"]
    command = engine("run", str(session.folder), *chosen, *flag("budget", order.budget))
    command += flag("interpreter", interpreter_for(ls.options, session.folder))
    ended = await ls.run_process(command)
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
    server.feature("iiml/startSolve")(start_solve)
    add_command(server, "iiml.server.solve", solve)
    add_command(server, "iiml.server.stop", stop)
    add_command(server, "iiml.server.runTrack", run_track)
    add_command(server, "iiml.server.openBlueprint", open_blueprint)
