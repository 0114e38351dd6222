"""Verifies in the background what was saved, and tells what that changes downstream."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from iiml_codegen.affected import affected
from iiml_codegen.viewing.changes import downstream_changes
from iiml_codegen.workspace import Workspace
from iiml_server.places import path_of
from iiml_server.strict import Refused
from iiml_server.verification import keep, verify
from iiml_server.wire import AffectedTrack, ModuleVerified

if TYPE_CHECKING:
    from iiml_server.protocol import IimlServer

log = logging.getLogger("iiml.server")

ON_SAVE = 3
"""The rung that a save climbs to: prep on a sample."""
BURST = 0.25
"""Seconds in which several saves count as one."""


def verify_saved(ls: IimlServer, uri: str) -> None:
    """Verify in the background what was saved, once a burst of saves is over."""
    wanted = ls.options.trusted and ls.options.verify_on_save
    if not wanted or uri not in ls.checking.turns or path_of(uri).parent.name != "iiml":
        return
    folder = path_of(uri).parents[1]
    if folder not in ls.verification.saves:
        asyncio.get_running_loop().call_later(BURST, in_background, ls, folder)
    ls.verification.saves[folder] = uri


def in_background(ls: IimlServer, folder: Path) -> None:
    """Verify a folder and tell what it came to; trouble goes to the log."""
    uri = ls.verification.saves.pop(folder, None) or (folder / "iiml" / "prep.py").as_uri()
    keep(ls, _quietly(ls, folder, uri))


async def _quietly(ls: IimlServer, folder: Path, uri: str) -> None:
    try:
        found = await verify(ls, folder, ON_SAVE, patient=False)
    except Refused as refused:
        log.info("%s was not verified: %s", folder.name, refused)
        return
    changes, tracks = await ls.aside(downstream, folder)
    ls.protocol.notify(
        "iiml/moduleVerified",
        ModuleVerified(
            folder=folder.as_uri(), uri=uri, errors=found.errors, changes=changes, tracks=tracks
        ),
    )


def downstream(folder: Path) -> tuple[list[str], list[AffectedTrack]]:
    """What a change came to after prep ran, and the tracks that it affects."""
    workspace = Workspace(folder)
    tracks = [
        AffectedTrack(track=one.track, affected=one.affected, why=one.why, score=one.score)
        for one in affected(workspace)
    ]
    return list(downstream_changes(workspace)), tracks
