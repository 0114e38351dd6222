"""Code lenses: verify, run and score on top of a module, and each step above its region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
from lsprotocol import types as lsp

from iiml_codegen.insight.said import shortened
from iiml_codegen.insight.site import Site
from iiml_codegen.insight.values import scored
from iiml_server.protocol import IimlServer
from iiml_server.sessions import Session

OURS = {"verify": "iiml.verify", "run": "iiml.runTrack", "blueprint": "iiml.openBlueprint"}
ANY = {
    "verify": "iiml.server.verify",
    "run": "iiml.server.runTrack",
    "blueprint": "iiml.server.openBlueprint",
}
"""Commands of our own client, and those of the server for clients without commands of ours."""
LONGEST = 100


@attrs.frozen
class LensParams:
    """What a lens is about: the competition's folder, a track of it or a step of its plan."""

    folder: str
    track: str | None
    step: str | None


def code_lens(ls: IimlServer, params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    """The lenses of a module; none where the user switched them off."""
    site = ls.sites.of(params.text_document.uri) if ls.options.code_lenses else None
    if site is None or site.kind == "pipeline":
        return []
    commands = OURS if ls.options.client_commands else ANY
    return [*top_lenses(site, commands), *step_lenses(site, commands)]


def top_lenses(site: Site, commands: dict[str, str]) -> list[lsp.CodeLens]:
    """Verify, Run this track, and the score, on the first line."""
    track = site.track
    lenses = []
    if site.path.parent == site.facts.home:
        lenses.append(lens(0, "Verify", commands["verify"], params(site, track=track)))
        if track is not None:
            lenses.append(lens(0, "Run this track", commands["run"], params(site, track=track)))
    candidate = site.candidate
    score = scored(candidate) if candidate else ""
    if candidate and score:
        lenses.append(lens(0, f"Score {score} ({candidate.id})", "", None))
    return lenses


def step_lenses(site: Site, commands: dict[str, str]) -> list[lsp.CodeLens]:
    """Each marker's step: its title, or its reason where the comment gives the title already."""
    lenses = []
    for step_id, line, _ in site.reading.marked:
        step = site.facts.step(step_id)
        if step is None or step_id not in site.facts.page:
            continue
        told = step.title in site.reading.lines[line - 1] and step.why
        title = f"{step_id}: {shortened(step.why if told else step.title, LONGEST)}"
        lenses.append(lens(line - 1, title, commands["blueprint"], params(site, step=step_id)))
    return lenses


def params(site: Site, track: str | None = None, step: str | None = None) -> LensParams:
    """The argument of a lens's command."""
    return LensParams(folder=site.facts.home.parent.as_uri(), track=track, step=step)


def lens(line: int, title: str, command: str, argument: LensParams | None) -> lsp.CodeLens:
    """One lens above a line, which counts from 0."""
    start = lsp.Position(line=line, character=0)
    given: list[Any] | None = [attrs.asdict(argument)] if argument else None
    return lsp.CodeLens(
        range=lsp.Range(start=start, end=start),
        command=lsp.Command(title=title, command=command, arguments=given),
    )


def refresh(ls: IimlServer) -> None:
    """Let the editor ask again, as scores or settings have changed."""
    workspace = ls.client_capabilities.workspace
    if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
        ls.workspace_code_lens_refresh(None)
    if workspace and workspace.inlay_hint and workspace.inlay_hint.refresh_support:
        ls.workspace_inlay_hint_refresh(None)


def show(ls: IimlServer, session: Session) -> None:
    """Refresh where a session has other scores, or another plan."""
    scores = tuple((one.id, one.score) for one in session.view.leaderboard())
    known = (scores, session.last.pages.get("iiml/blueprint.md"))
    if ls.sites.known.get(session.uri) != known:
        ls.sites.known[session.uri] = known
        refresh(ls)


async def verified(ls: IimlServer, folder: Path) -> int:
    """Refresh after prep ran; no patches wait here."""
    refresh(ls)
    return 0


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)(code_lens)
    server.viewers.append(show)
    server.verification.followers.append(verified)
