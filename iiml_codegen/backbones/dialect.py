"""Dialects of the OpenAI protocol: what a server takes, learnt from what it refuses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from iiml_codegen.backbones.backbone import Request
from iiml_codegen.backbones.schemas import strict

Form = Literal["json_schema", "json_object", "none"]
SIMPLER: dict[Form, Form] = {"json_schema": "json_object", "json_object": "none"}
MAY_BE_THE_FORM = (400, 422, 500, 501)
"""What servers answer for a response format that they do not know; llama-cpp-python: 500."""
Limit = Literal["max_tokens", "max_completion_tokens"]
OTHER: dict[Limit, Limit] = {"max_tokens": "max_completion_tokens"}
OTHER |= {"max_completion_tokens": "max_tokens"}


@dataclass(frozen=True)
class Dialect:
    """How a question is put. `proven` says that this form of answer came back before."""

    form: Form = "json_schema"
    temperature: bool = True
    stream: bool = True
    usage: bool = True
    limit: Limit = "max_tokens"
    limit_changed: bool = False
    proven: bool = False

    def arguments(self, model: str, request: Request) -> dict[str, Any]:
        """The question as the SDK takes it."""
        messages = [{"role": one.speaker, "content": one.text} for one in request.messages]
        arguments: dict[str, Any] = {"model": model, "messages": messages, "stream": self.stream}
        arguments[self.limit] = request.max_output + request.thoughts
        if self.temperature:
            arguments["temperature"] = request.temperature
        if self.stream and self.usage:
            arguments["stream_options"] = {"include_usage": True}
        if request.schema is not None and self.form != "none":
            arguments["response_format"] = self._format(request)
        return arguments

    def without(self, status: int, said: str, request: Request) -> Dialect | None:
        """The dialect to try after a refusal, or None if it was not about how we ask."""
        if status in (400, 422):
            if any(name in said for name in OTHER) and not self.limit_changed:
                return replace(self, limit=OTHER[self.limit], limit_changed=True)
            if "temperature" in said and self.temperature:
                return replace(self, temperature=False)
            if ("stream_options" in said or "include_usage" in said) and self.usage:
                return replace(self, usage=False)
            if "stream" in said and self.stream:
                return replace(self, stream=False)
        return self._simpler_form(status, request)

    def _simpler_form(self, status: int, request: Request) -> Dialect | None:
        if request.schema is None or self.form == "none" or status not in MAY_BE_THE_FORM:
            return None
        if self.proven and status >= 500:
            return None  # it took this form before: the server has another trouble now
        return replace(self, form=SIMPLER[self.form], proven=False)

    def _format(self, request: Request) -> dict[str, Any]:
        assert request.schema is not None
        if self.form == "json_object":
            return {"type": "json_object", "schema": request.schema}
        closed = strict(request.schema)
        shape = {"name": "answer", "schema": closed or request.schema, "strict": closed is not None}
        return {"type": "json_schema", "json_schema": shape}
