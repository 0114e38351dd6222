"""A loopback server of the Gemini REST API: `:generateContent`, `:stream…`, the models."""

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

FINISHES = {"stop": "STOP", "length": "MAX_TOKENS", "refused": "SAFETY"}
STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED"}
STATUSES |= {404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}
PER_MINUTE = (
    "You exceeded your current quota, please check your plan and billing details. For more "
    "information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits."
)
"""What Google says, also of requests per minute."""
RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"


class FakeGemini(FakeServer):
    """The server. `base_url` is what a client is given."""

    def __init__(self, answer: Answering, *, models: Collection[str] = ("gemini-fake",)) -> None:
        super().__init__()
        self.answer = answer
        self.models = models
        self.base_url = self.root

    def get(self, asked: Recorded, reply: Replying) -> None:
        """The models that are served."""
        reply.json(200, {"models": [{"name": f"models/{model}"} for model in self.models]})

    def post(self, asked: Recorded, reply: Replying) -> None:
        """A generated content, whole or streamed."""
        name, _, method = asked.path.partition("/models/")[2].partition(":")
        if name not in self.models:
            message = f"models/{name} is not found for API version v1beta"
            reply.json(404, _error(404, {"message": message}))
            return
        behaviour = self._behaviour(asked)
        if behaviour.status != 200:
            error = _error(behaviour.status, with_key(behaviour, asked))
            reply.json(behaviour.status, error, behaviour.headers)
        elif behaviour.body is not None:
            kind = behaviour.content_type or "application/json"
            reply.whole(200, behaviour.body, kind, behaviour.headers)
        elif method.startswith("streamGenerateContent"):
            reply.events(self._events(asked, behaviour), behaviour)
        else:
            reply.json(200, _candidate(behaviour.text, behaviour) | _usage(asked, behaviour))

    def _behaviour(self, asked: Recorded) -> Behaviour:
        config = asked.body.get("generationConfig") or {}
        schema = config.get("responseJsonSchema") or config.get("responseSchema")
        answer = self.answer(messages_of(asked.body), schema)
        behaviour = Behaviour(text=answer) if isinstance(answer, str) else answer
        if behaviour.echo_key and behaviour.status == 200:
            return replace(behaviour, text=f"{behaviour.text} {asked.key}")
        return behaviour

    def _events(self, asked: Recorded, behaviour: Behaviour) -> Iterator[str]:
        for piece in pieces(behaviour):
            yield json.dumps(_candidate(piece, replace(behaviour, finish="")))
        if behaviour.finish:
            yield json.dumps(_candidate("", behaviour) | _usage(asked, behaviour))


def blocked() -> Behaviour:
    """A prompt that was not let through: no candidate at all."""
    body = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 7}}
    event = f"data: {json.dumps(body)}\n\n"
    return Behaviour(body=event.encode(), content_type="text/event-stream")


def wait_as_told(seconds: str) -> Behaviour:
    """429 with Google's RetryInfo, `seconds` as in "1.5s"."""
    details = [{"@type": RETRY_INFO, "retryDelay": seconds}]
    return Behaviour(status=429, error={"message": PER_MINUTE, "details": details})


def messages_of(body: Any) -> list[dict[str, str]]:
    """The conversation in OpenAI's words."""
    said = [{"role": "system", "content": _text(body.get("systemInstruction"))}]
    for content in body.get("contents") or []:
        role = "assistant" if content.get("role") == "model" else "user"
        said.append({"role": role, "content": _text(content)})
    return [one for one in said if one["content"]]


def _text(content: Any) -> str:
    return "".join(part.get("text", "") for part in (content or {}).get("parts", []))


def _candidate(text: str, behaviour: Behaviour) -> dict[str, Any]:
    candidate: dict[str, Any] = {"index": 0}
    if text:
        candidate["content"] = {"role": "model", "parts": [{"text": text}]}
    if behaviour.finish:
        candidate["finishReason"] = FINISHES[behaviour.finish]
        chunks = [{"web": {"title": title, "uri": url}} for title, url in behaviour.sources]
        segment = {"segment": {"text": behaviour.text}, "groundingChunkIndices": [0]}
        grounding = {"groundingChunks": chunks, "groundingSupports": [segment]}
        candidate |= {"groundingMetadata": grounding} if chunks else {}
    return {"candidates": [candidate], "modelVersion": "gemini-fake"}


def _usage(asked: Recorded, behaviour: Behaviour) -> dict[str, Any]:
    if not behaviour.usage:
        return {}
    prompt = sum(counted(one["content"]) for one in messages_of(asked.body))
    output = counted(behaviour.text)
    counts = {"promptTokenCount": prompt, "candidatesTokenCount": output}
    return {"usageMetadata": counts | {"totalTokenCount": prompt + output}}


def _error(status: int, error: Any) -> dict[str, Any]:
    return {"error": {"code": status, "status": STATUSES.get(status, "UNKNOWN"), **error}}
