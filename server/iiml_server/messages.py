"""Types of our own requests and notifications, which lsprotocol does not know."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args, get_type_hints

import attrs
import cattrs
from cattrs.errors import ClassValidationError

from iiml_server import wire
from iiml_server.configuration import camel


@cache
def message_type(method: str) -> type[Any] | None:
    """The class of a whole message by its method; None for methods that are not ours."""
    if method in wire.REQUESTS:
        return _message(method, wire.REQUESTS[method][0], id=int | str)
    if method in wire.ASKED:
        return _message(method, wire.ASKED[method][0], id=int | str)
    if method in wire.NOTIFICATIONS:
        return _message(method, wire.NOTIFICATIONS[method])
    return None


@cache
def result_type(method: str) -> type[Any] | None:
    """The class of a client's answer to a request of ours; None for methods that are not ours."""
    if method not in wire.ASKED:
        return None
    kinds: dict[str, Any] = {"id": int | str, "jsonrpc": str, "result": wire.ASKED[method][1]}
    fields = {name: attrs.field(type=kind) for name, kind in kinds.items()}
    return attrs.make_class(_named(method, "Result"), fields, kw_only=True)


def completed(method: str, message: dict[str, Any]) -> dict[str, Any]:
    """A message with None for each parameter that may be None and was left out."""
    params = message.get("params")
    if method not in wire.REQUESTS or not isinstance(params, dict):
        return message
    hints = get_type_hints(wire.REQUESTS[method][0])
    optional = {camel(name): None for name, hint in hints.items() if type(None) in get_args(hint)}
    return {**message, "params": {**optional, **params}}


def what_is_wrong(error: ClassValidationError) -> str:
    """A validation error in one line, with the names of the fields."""
    return "; ".join(line.replace(" @ $.", " at ") for line in cattrs.transform_error(error))


def _message(method: str, params: type[Any], **more: Any) -> type[Any]:
    """A request (with `id`) or a notification; those that take nothing may leave `params` out.

    `jsonrpc` has no default: the converter would leave it out where it equals one.
    """
    fields = {name: attrs.field(type=kind) for name, kind in {**more, "method": str}.items()}
    fields["params"] = attrs.field(type=params)
    if params is wire.Nothing:
        fields["params"] = attrs.field(type=wire.Nothing | None, default=None)  # type: ignore[arg-type]
    fields["jsonrpc"] = attrs.field(type=str)
    return attrs.make_class(_named(method, "Message"), fields, kw_only=True)


def _named(method: str, what: str) -> str:
    return "".join(part.capitalize() for part in method.split("/")) + what
