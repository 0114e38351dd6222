"""Commands for clients that are not ours: what they are told, and what they show of the outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import cattrs
from cattrs.errors import ClassValidationError
from lsprotocol import types as lsp

from iiml_server.messages import what_is_wrong
from iiml_server.protocol import IimlServer, Refused
from iiml_server.wire import Outcome


@attrs.frozen
class Order:
    """The one argument of every command; what is left out has its default.

    `folder` is a competition or a document in it: without it, the only one that is followed.
    """

    folder: str | None = None
    id: str = ""
    rung: int | None = None
    budget: str | None = None
    track: str | None = None
    step: str | None = None
    backbone: str | None = None


def add_command(
    server: IimlServer, name: str, work: Callable[[IimlServer, Order], Awaitable[Outcome]]
) -> None:
    """Add a command; editors show its outcome as a message, as they have no view of ours."""

    async def run(ls: IimlServer, *arguments: Any) -> Outcome:
        outcome = await work(ls, read(arguments))
        if outcome.message:
            kind = lsp.MessageType.Info if outcome.done else lsp.MessageType.Warning
            said = lsp.ShowMessageParams(type=kind, message=f"iiML: {outcome.message}")
            ls.window_show_message(said)
        return outcome

    server.command(name)(run)


def read(arguments: tuple[Any, ...]) -> Order:
    """The order in a command's arguments. Raises `Refused` where it cannot be read."""
    given: Any = next((one for one in arguments if one is not None), {})
    try:
        return cattrs.structure(given, Order)
    except (ClassValidationError, TypeError, ValueError, AttributeError) as error:
        why = what_is_wrong(error) if isinstance(error, ClassValidationError) else str(error)
        raise Refused(f"the argument of this command cannot be read: {why}") from error


def folder_of(ls: IimlServer, order: Order) -> str:
    """The URI of the folder that an order means. Raises `Refused` where that is not clear."""
    if order.folder is not None:
        session = ls.sessions.of(order.folder)
        return session.uri if session else order.folder
    known = [session.uri for session in ls.sessions.all()]
    if len(known) == 1:
        return known[0]
    found = f"iiML follows {', '.join(known)}" if known else "iiML follows no competition here"
    raise Refused(f'name the competition, as in {{"folder": "file:///…"}}: {found}')
