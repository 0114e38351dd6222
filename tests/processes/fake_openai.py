"""A loopback server of the OpenAI protocol: `/v1/chat/completions` and `/v1/models`.

`refuses` are what it takes for unknown, as servers of that protocol do: "json_schema",
"json_object", "temperature", "max_tokens", "stream_options", "stream".
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from processes.fake_server import (
    Answering,
    Behaviour,
    FakeServer,
    Recorded,
    Replying,
    counted,
    pieces,
    with_key,
)

FINISHES = {"stop": "stop", "length": "length", "refused": "content_filter"}


class FakeOpenAI(FakeServer):
    """The server. `base_url` is what a client is given.

    `names_it` says whether a refusal names what is refused; llama.cpp's does not, and answers 500.
    """

    def __init__(
        self,
        answer: Answering,
        *,
        models: Collection[str] = ("fake-model",),
        refuses: Collection[str] = (),
        refusal: int = 400,
        names_it: bool = True,
    ) -> None:
        super().__init__()
        self.answer = answer
        self.models = models
        self.refuses = refuses
        self.refusal = refusal
        self.names_it = names_it
        self.base_url = f"{self.root}/v1"

    def get(self, asked: Recorded, reply: Replying) -> None:
        """The models that are served."""
        if not asked.path.startswith("/v1/models"):
            reply.json(404, {"error": {"message": "Not Found"}})
            return
        data = [{"id": model, "object": "model", "created": 0} for model in self.models]
        reply.json(200, {"object": "list", "data": data})

    def post(self, asked: Recorded, reply: Replying) -> None:
        """A chat completion, whole or streamed."""
        body = asked.body
        if asked.path != "/v1/chat/completions":
            reply.json(404, {"detail": "Not Found"})
        elif refused := self._refused(body):
            name = f"Unsupported parameter: '{refused}'" if self.names_it else "bad request"
            error = {"message": name, "param": refused if self.names_it else None}
            reply.json(self.refusal, {"error": error})
        elif body["model"] not in self.models:
            error = {"message": f"The model {body['model']} does not exist"}
            reply.json(404, {"error": error | {"code": "model_not_found"}})
        else:
            self._say(asked, self._behaviour(asked), reply)

    def _refused(self, body: Any) -> str:
        sent = {"response_format": body.get("response_format", {}).get("type")}
        present = {*body, *sent.values()} - ({"stream"} if not body.get("stream") else set())
        return next((name for name in sorted(self.refuses) if name in present), "")

    def _behaviour(self, asked: Recorded) -> Behaviour:
        messages = [dict(message) for message in asked.body["messages"]]
        answer = self.answer(messages, schema_of(asked.body))
        behaviour = Behaviour(text=answer) if isinstance(answer, str) else answer
        if behaviour.echo_key and behaviour.status == 200:
            return replace(behaviour, text=f"{behaviour.text} {asked.key}")
        return behaviour

    def _say(self, asked: Recorded, behaviour: Behaviour, reply: Replying) -> None:
        if behaviour.status != 200:
            error = {"error": with_key(behaviour, asked)}
            reply.json(behaviour.status, error, behaviour.headers)
        elif behaviour.body is not None:
            kind = behaviour.content_type or "application/json"
            reply.whole(200, behaviour.body, kind, behaviour.headers)
        elif asked.body.get("stream"):
            reply.events(self._events(asked, behaviour), behaviour)
        else:
            reply.json(200, self._whole(asked, behaviour))

    def _events(self, asked: Recorded, behaviour: Behaviour) -> Iterator[str]:
        for piece in pieces(behaviour):
            yield json.dumps(_chunk(asked, {"content": piece}))
        if finish := FINISHES.get(behaviour.finish):
            yield json.dumps(_chunk(asked, {}, finish))
        options = asked.body.get("stream_options") or {}
        if behaviour.usage and options.get("include_usage"):
            yield json.dumps(_chunk(asked, None) | {"usage": _usage(asked, behaviour)})
        if behaviour.finish:
            yield "[DONE]"

    def _whole(self, asked: Recorded, behaviour: Behaviour) -> dict[str, Any]:
        message = {"role": "assistant", "content": behaviour.text}
        choice = {"index": 0, "message": message, "finish_reason": FINISHES[behaviour.finish]}
        whole = {"id": "1", "object": "chat.completion", "created": 0, "choices": [choice]}
        usage = {"usage": _usage(asked, behaviour)} if behaviour.usage else {}
        return whole | usage | {"model": asked.body["model"]}


def schema_of(body: Any) -> dict[str, Any] | None:
    """The schema that was sent, in either of the two ways."""
    form = body.get("response_format") or {}
    schema = form.get("json_schema", {}).get("schema") or form.get("schema")
    return dict(schema) if schema else None


def _chunk(asked: Recorded, delta: Any, finish: str | None = None) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    head = {"id": "1", "object": "chat.completion.chunk", "created": 0}
    return head | {"model": asked.body["model"], "choices": choices}


def _usage(asked: Recorded, behaviour: Behaviour) -> dict[str, int]:
    prompt = sum(counted(str(one["content"])) for one in asked.body["messages"])
    output = counted(behaviour.text)
    usage = {"prompt_tokens": prompt, "completion_tokens": output}
    return usage | {"total_tokens": prompt + output}
