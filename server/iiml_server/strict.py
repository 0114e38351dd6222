"""The protocol, stricter than pygls': every request is answered, in real JSON, for a person."""

from __future__ import annotations

import json
import logging
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from cattrs.errors import ClassValidationError
from lsprotocol import types as lsp
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCRequestMessage

from iiml_codegen.errors import IimlError
from iiml_server.messages import completed, message_type, result_type, what_is_wrong

log = logging.getLogger("iiml.server")


class Refused(JsonRpcException):
    """A request that cannot be granted, with one message for a person."""

    CODE = lsp.LSPErrorCodes.RequestFailed.value


@dataclass(frozen=True)
class Unreadable:
    """Stands for the parameters of a request that could not be read."""

    why: str


class StrictProtocol(LanguageServerProtocol):
    """What pygls leaves open: bad parameters, messages out of turn, NaN, what cancelling ends.

    Much of this overrides what is private to pygls, which is why pyproject.toml pins it exactly and
    tests over real pipes fail when an override is no longer called.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._parts: dict[Any, Any] = {}

    def get_message_type(self, method: str) -> type[Any] | None:  # type: ignore[override]
        """Our own messages have types too, so that handlers get and give typed objects."""
        return message_type(method) or super().get_message_type(method)

    def get_result_type(self, method: str) -> type[Any] | None:  # type: ignore[override]
        """And so have answers to our own requests."""
        return result_type(method) or super().get_result_type(method)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """pygls never answers a request that it cannot read; here it goes on as `Unreadable`."""
        if "jsonrpc" not in data:
            return data
        try:
            return super().structure_message(completed(data.get("method", ""), data))
        except JsonRpcException as error:
            if "id" not in data or "method" not in data:
                raise
            cause = error.__cause__
            why = what_is_wrong(cause) if isinstance(cause, ClassValidationError) else str(cause)
            return JsonRPCRequestMessage(
                id=data["id"], method=data["method"], params=Unreadable(why), jsonrpc=self.VERSION
            )

    def handle_message(self, message: Any) -> None:
        """Requests after `shutdown` are answered; notifications before `initialize` are dropped."""
        method = getattr(message, "method", None)
        is_request = method is not None and hasattr(message, "id")
        if self._shutdown and is_request:
            self._refuse(message.id, JsonRpcInvalidRequest(f"{method} after shutdown"))
            return
        early = self._workspace is None and method not in (lsp.EXIT, lsp.INITIALIZE)
        if method is not None and not is_request and early:
            log.warning("ignored %s before initialize", method)
            return
        super().handle_message(message)

    def _handle_request(self, msg_id: Any, method_name: str, params: Any) -> None:
        """Refuse what is out of turn. Columns count UTF-16 units, whatever else an editor offers.

        Every editor knows those, while pygls would choose what it offers first.
        """
        if isinstance(params, Unreadable):
            self._refuse(msg_id, JsonRpcInvalidParams(f"{method_name}: {params.why}"))
        elif self._workspace is None and method_name != lsp.INITIALIZE:
            self._refuse(msg_id, JsonRpcServerNotInitialized(f"{method_name} before initialize"))
        else:
            if method_name == lsp.INITIALIZE and params.capabilities.general is not None:
                params.capabilities.general.position_encodings = None
            super()._handle_request(msg_id, method_name, params)

    def _execute_handler(self, msg_id: Any, handler: Any, *rest: Any, **named: Any) -> None:
        """Remember which request a handler works for, so that cancelling one ends the other."""
        if self.msg_id is not None and self.msg_id != msg_id:
            self._parts[self.msg_id] = msg_id
        super()._execute_handler(msg_id, handler, *rest, **named)

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        part = self._parts.get(msg_id)
        if part is not None and (working := self._request_futures.pop(part, None)) is not None:
            working.cancel()
        super()._handle_cancel_notification(msg_id)

    def _send_handler_result(self, future: Future[Any], *, msg_id: Any) -> None:
        """Expected trouble is one message, neither a traceback in the log nor one on the wire."""
        self._parts.pop(msg_id, None)
        error = None if future.cancelled() else future.exception()
        known = as_refusal(error)
        if known is None:
            super()._send_handler_result(future, msg_id=msg_id)
            return
        self._request_futures.pop(msg_id, None)
        self._refuse(msg_id, known)

    def _refuse(self, msg_id: Any, error: JsonRpcException) -> None:
        log.info("refused: %s", error.message)
        self._send_response(msg_id, error=error.to_response_error())

    def _send_response(
        self, msg_id: Any, result: Any = None, error: lsp.ResponseError | None = None
    ) -> None:
        """NaN and what is no JSON become errors; tracebacks stay in the log."""
        if error is None and (trouble := self._no_json(result)):
            failure = JsonRpcInternalError(f"result is not JSON: {trouble}")
            result, error = None, failure.to_response_error()
        if error is not None and isinstance(error.data, dict) and "traceback" in error.data:
            error = lsp.ResponseError(code=error.code, message=error.message)
        super()._send_response(msg_id, result, error)

    def notify(self, method: str, params: Any | None = None) -> None:
        """A notification that is no JSON would break the stream: it is logged instead."""
        if trouble := self._no_json(params):
            log.error("%s was not sent, it is not JSON: %s", method, trouble)
            return
        super().notify(method, params)

    def _no_json(self, value: Any) -> str:
        """Why a value cannot be sent; "" if it can."""
        try:
            json.dumps(self._converter.unstructure(value), allow_nan=False)
        except (TypeError, ValueError) as problem:
            return str(problem)
        return ""


def as_refusal(error: BaseException | None) -> JsonRpcException | None:
    """Expected trouble as an answer to the client; None for success and for bugs."""
    if isinstance(error, JsonRpcException):
        return error
    if isinstance(error, IimlError):
        return Refused(str(error))
    if isinstance(error, TimeoutError):
        return Refused("it took too long and was stopped")
    if isinstance(error, OSError):
        named = f"{error.filename}: " if error.filename else ""
        return Refused(f"{named}{error.strerror or error}")
    return None
