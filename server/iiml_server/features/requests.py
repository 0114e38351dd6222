"""Requests about a competition as a whole: its state, its tracks, what a solve would take."""

from __future__ import annotations

import shlex
import time

import msgspec

from iiml_codegen.affected import affected
from iiml_codegen.execution.force_stop import force_stop
from iiml_codegen.execution.inbox import Inbox, StopRequest
from iiml_codegen.execution.lock import Holder
from iiml_server.children import Ended, engine
from iiml_server.configuration import Options
from iiml_server.interpreters import interpreter_for
from iiml_server.protocol import IimlServer, Refused
from iiml_server.sessions import Session
from iiml_server.wire import (
    AffectedTrack,
    AffectedTracks,
    Competitions,
    CompetitionState,
    FolderParams,
    Nothing,
    Outcome,
    Preflight,
    PreflightParams,
    Text,
)

PREFLIGHT_SECONDS = 60.0
EXPORT_SECONDS = 120.0
AGAIN_SECONDS = 5.0
"""A second request to stop after this time means: end it now."""


async def open_folder(ls: IimlServer, params: FolderParams) -> CompetitionState:
    """Follow a folder from now on."""
    return ls.state(await ls.sessions.open(params.folder))


async def competitions(ls: IimlServer, params: Nothing | None) -> Competitions:
    """All competitions that are followed, once each was looked at."""
    await ls.sessions.settled()
    return Competitions(competitions=[ls.state(session) for session in ls.sessions.all()])


async def preflight(ls: IimlServer, params: PreflightParams) -> Preflight:
    """What a solve would take; looks at the Python that computes, so it needs trust."""
    session = await ls.sessions.open(params.folder)
    command = engine("preflight", str(session.folder), "--json", *flag("budget", params.budget))
    python = params.interpreter or interpreter_for(ls.options, session.folder)
    command += flag("interpreter", python)
    command += asked(ls.options, params.backbone or ls.options.backbone)
    ended = await ls.run_process(command, timeout=PREFLIGHT_SECONDS)
    plain = object_of(ended)
    return msgspec.convert({**plain, "folder": session.uri}, Preflight)


def asked(options: Options, backbone: str | None) -> list[str]:
    """Flags that say whom a solve would ask."""
    said = options.asking(backbone)
    known = {
        "backbone": backbone,
        "model": said["model"],
        "base-url": said["base_url"],
        "backbone-command": shlex.join(options.command) if said["command"] else None,
        "search-provider": said["search_provider"],
        "search-endpoint": said["search_endpoint"],
    }
    flags = [part for name, value in known.items() if value for part in flag(name, str(value))]
    agents = [f"--agent-backbone={agent}={name}" for agent, name in options.agent_backbones.items()]
    return flags + agents + (["--no-share-values"] if options.share_values is False else [])


async def stop(ls: IimlServer, params: FolderParams) -> Outcome:
    """Ask the solver of a folder to stop and keep the best so far; asked again, end it."""
    return await stop_session(ls, await ls.sessions.open(params.folder))


async def stop_session(ls: IimlServer, session: Session) -> Outcome:
    """As `stop`, for whoever has the session. Two requests in quick succession are one."""
    holder = session.last.holder
    if holder is None:
        return Outcome(done=False, message="No solver is at work in this folder.")
    if session.asked is None or session.asked[0] != holder:
        session.asked = (holder, time.monotonic())
        inbox = Inbox(session.workspace.inbox)
        await ls.aside(inbox.send, StopRequest(solver=holder.pid))
    elif time.monotonic() - session.asked[1] > AGAIN_SECONDS:
        return await end_solver(ls, session, holder)
    return Outcome(done=True, message="Stopping; the best so far is kept.")


async def end_solver(ls: IimlServer, session: Session, holder: Holder) -> Outcome:
    """End a solver that was asked to stop and did not."""
    ls.require_trust()
    gone = await ls.aside(force_stop, session.workspace, holder)
    session.wake.set()
    if not gone and holder.alive() is not False:
        why = f"Process {holder.pid} on {holder.host} cannot be ended from here."
        return Outcome(done=False, message=why)
    return Outcome(done=True, message=f"The solver was ended at once. {kept(session)}")


def kept(session: Session) -> str:
    """What there is after a solve was cut short."""
    best = session.view.submission
    if best is None:
        return "There was no submission yet; Resume goes on where it was, finished runs are kept."
    return f"submission.csv with the best so far ({best.candidate}) is kept; Resume goes on."


async def tracks(ls: IimlServer, params: FolderParams) -> AffectedTracks:
    """The tracks whose modules or plan changed since they were scored."""
    session = ls.sessions.need(params.folder)
    found = await ls.aside(affected, session.workspace)
    return AffectedTracks(
        folder=session.uri,
        tracks=[AffectedTrack(one.track, one.affected, one.why, one.score) for one in found],
    )


async def export(ls: IimlServer, params: FolderParams) -> Text:
    """Write the best as a notebook; answers its URI."""
    session = ls.sessions.need(params.folder)
    ended = await ls.run_process(engine("export", str(session.folder)), timeout=EXPORT_SECONDS)
    if ended.exit_code != 0:
        raise Refused(ended.said)
    written = ended.output.decode("utf-8", "replace").strip().splitlines()[-1]
    return Text(text=session.editor_uri(written))


def flag(name: str, value: str | None) -> list[str]:
    """A flag of the command line, if there is a value for it."""
    return [f"--{name}={value}"] if value else []


def object_of(ended: Ended) -> dict[str, object]:
    """The JSON object that a command printed; raises `Refused` with what it says else."""
    try:
        plain = msgspec.json.decode(ended.output, type=dict[str, object])
    except msgspec.DecodeError as error:
        raise Refused(ended.said or f"iiml gave no answer: {error}") from error
    # What stands in the way of a solve is an answer, too, though the exit code tells of it.
    if ended.exit_code != 0 and "problems" not in plain:
        raise Refused(ended.complaint)
    return plain


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    server.feature("iiml/open")(open_folder)
    server.feature("iiml/competitions")(competitions)
    server.feature("iiml/preflight")(preflight)
    server.feature("iiml/stop")(stop)
    server.feature("iiml/affected")(tracks)
    server.feature("iiml/export")(export)
