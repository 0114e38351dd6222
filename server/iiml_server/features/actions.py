"""Code actions: mends of rules and bindings, all sure mends of a file, and verified patches."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import attrs
import cattrs
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcContentModified
from pygls.workspace import TextDocument

from iiml_server.abilities import workspace_edit
from iiml_server.following import digest
from iiml_server.mends import Mend, all_mended, mends
from iiml_server.pending import document_edit
from iiml_server.places import path_of
from iiml_server.protocol import IimlServer
from iiml_server.wire import PatchOffer, PatchParams

FIX_ALL = f"{lsp.CodeActionKind.SourceFixAll.value}.iiml"
EXPERT = "expert:"
T = TypeVar("T")


@attrs.frozen
class Known:
    """What an action carries until it is resolved: the document, and the mend by its name.

    Without a name it is all sure mends. Some editors leave out what is null when they ask back.
    """

    uri: str
    version: int | None = None
    mend: str | None = None


async def code_actions(ls: IimlServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """What can be done about the lines of a range."""
    document = ls.workspace.get_text_document(params.text_document.uri)
    if document.uri not in ls.checking.turns:
        return []
    path = path_of(document.uri)
    found: list[lsp.CodeAction] = []
    if asks(params.context, lsp.CodeActionKind.QuickFix.value):
        found += await quick_fixes(ls, document, params)
        told = (await ls.patches.of(ls, path.parents[1])).patches
        found += [one for offer in told if near(offer, document, params) for one in on(offer)]
    if asks(params.context, FIX_ALL):
        found += await fix_all(ls, document)
    return [await whole(ls, action) for action in found]


def asks(context: lsp.CodeActionContext, kind: str) -> bool:
    """Whether the editor wants actions of a kind, or of all kinds."""
    wanted = context.only
    return wanted is None or any(
        kind == one or kind.startswith(f"{one}.") for one in map(value, wanted)
    )


def value(kind: lsp.CodeActionKind | str) -> str:
    """A kind as it stands on the wire."""
    return kind.value if isinstance(kind, lsp.CodeActionKind) else kind


async def quick_fixes(
    ls: IimlServer, document: TextDocument, params: lsp.CodeActionParams
) -> list[lsp.CodeAction]:
    """Mends at the lines of a range; the only one for a violation is the preferred one."""
    first, last = params.range.start.line + 1, params.range.end.line + 1
    found = await on_snapshot(ls, document, partial(mends, first=first, last=last))
    names = remember(ls, document, found)
    ways = Counter(mend.violation for mend in found)
    return [
        lsp.CodeAction(
            title=mend.title,
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=about(mend, params.context.diagnostics),
            is_preferred=ways[mend.violation] == 1 or None,
            data=attrs.asdict(Known(document.uri, document.version, name)),
        )
        for name, mend in zip(names, found, strict=True)
    ]


def remember(ls: IimlServer, document: TextDocument, found: Sequence[Mend]) -> list[str]:
    """Names of mends, under which they are found as long as the document keeps its version.

    Editors show the actions of several ranges at once, as in a hover and at the light bulb, and
    resolve any of them later.
    """
    version, known = ls.mends.get(document.uri, (None, {}))
    if version != document.version:
        known = {}
    names = [digest(mend.after.encode("utf-8", "surrogatepass")) for mend in found]
    known.update(zip(names, (mend.after for mend in found), strict=True))
    ls.mends[document.uri] = (document.version, known)
    return names


def about(mend: Mend, rows: Sequence[lsp.Diagnostic]) -> list[lsp.Diagnostic] | None:
    """The rows of the request that a mend answers."""
    line, code = mend.violation.place.line - 1, mend.violation.code
    return [row for row in rows if row.code == code and row.range.start.line == line] or None


async def fix_all(ls: IimlServer, document: TextDocument) -> list[lsp.CodeAction]:
    """One action with all sure mends of a document, where there are any."""
    _, mended = await on_snapshot(ls, document, all_mended)
    if not mended:
        return []
    return [
        lsp.CodeAction(
            title="Fix all sure iiML problems",
            kind=FIX_ALL,
            data=attrs.asdict(Known(document.uri, document.version, None)),
        )
    ]


async def on_snapshot(ls: IimlServer, document: TextDocument, work: Callable[[Path, str], T]) -> T:
    """Work on a document's text in the process of checks.

    Raises `JsonRpcContentModified` where the document changed meanwhile.
    """
    version, loop = document.version, asyncio.get_running_loop()
    look = partial(ls.checker.call, work, Path(document.path), document.source)
    found = await loop.run_in_executor(ls.checks, look)
    if document.version != version:
        raise JsonRpcContentModified()
    return found


async def whole(ls: IimlServer, action: lsp.CodeAction) -> lsp.CodeAction:
    """An action as it is told: with its edit at once where the editor asks for none later."""
    return action if resolves(ls) or action.command else await resolve(ls, action)


def resolves(ls: IimlServer) -> bool:
    """Whether the editor asks for the edit of an action once that is chosen."""
    document = ls.client_capabilities.text_document
    support = document.code_action.resolve_support if document and document.code_action else None
    return support is not None and "edit" in support.properties


async def resolve(ls: IimlServer, action: lsp.CodeAction) -> lsp.CodeAction:
    """Add the edit to an action; refused where the document changed since it was offered."""
    if action.data is None:
        return action
    known = cattrs.structure(action.data, Known)
    document = ls.workspace.get_text_document(known.uri)
    version, texts = ls.mends.get(known.uri, (None, {}))
    if document.version != known.version:
        raise JsonRpcContentModified()
    if known.mend is None:
        after, _ = await on_snapshot(ls, document, all_mended)
    elif version == known.version and known.mend in texts:
        after = texts[known.mend]
    else:
        raise JsonRpcContentModified()
    action.edit = edit(ls, document, after)
    return action


def edit(ls: IimlServer, document: TextDocument, after: str) -> lsp.WorkspaceEdit:
    """The edit of one document, with its version where the editor checks that."""
    changed = document_edit(document.uri, document.version, document.source, after)
    return workspace_edit(ls.client_capabilities, [changed])


def near(offer: PatchOffer, document: TextDocument, params: lsp.CodeActionParams) -> bool:
    """Whether a patch changes lines of a range, or mends what is shown there."""
    if offer.stale or path_of(offer.uri) != path_of(document.uri):
        return False
    inside = offer.start_line <= params.range.end.line and (
        params.range.start.line <= max(offer.end_line - 1, offer.start_line)
    )
    return inside or any(
        row.code == offer.code and offer.message in row.message
        for row in params.context.diagnostics
    )


def on(offer: PatchOffer) -> Iterator[lsp.CodeAction]:
    """What can be done with a patch; each is a command, as accepting verifies again."""
    who = offer.proposed_by.removeprefix(EXPERT).replace("_", " ")
    by = f"proposed by {offer.proposed_by}" if offer.by_model else f"by the repair “{who}”"
    loses = f", loses {offer.loses}" if offer.loses else ""
    checked = "verified" if offer.verified else "not verified"
    title = f"{offer.title} ({checked}, {by}{loses})"
    yield action(offer, title, "iiml.server.acceptPatch")
    yield action(offer, f"Show diff: {offer.title}", "iiml.server.showPatch")
    if offer.others:
        yield action(offer, f"Try next of {offer.others + 1} patches", "iiml.server.nextPatch")
    yield action(offer, f"Reject: {offer.title}", "iiml.server.rejectPatch")


def action(offer: PatchOffer, title: str, command: str) -> lsp.CodeAction:
    """An action that calls a command of ours with the patch."""
    argument = PatchParams(folder=offer.folder, id=offer.id)
    return lsp.CodeAction(
        title=title,
        kind=lsp.CodeActionKind.QuickFix,
        tags=[lsp.CodeActionTag.LlmGenerated] if offer.by_model else None,
        command=lsp.Command(title=title, command=command, arguments=[argument]),
    )


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    kinds = [lsp.CodeActionKind.QuickFix, FIX_ALL]
    options = lsp.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, options)(code_actions)
    server.feature(lsp.CODE_ACTION_RESOLVE)(resolve)
