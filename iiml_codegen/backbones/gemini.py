"""Backbones of Google's: Gemini through google-genai, grounded in Google's search where asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from iiml_codegen.backbones.backbone import BackboneError, Finish, Reply, Request, Source, Usage
from iiml_codegen.backbones.guarded_http import PLAIN, guard, is_loopback
from iiml_codegen.backbones.http_trouble import Server, from_exception, from_status
from iiml_codegen.backbones.patience import Patience
from iiml_codegen.backbones.schemas import for_gemini
from iiml_codegen.backbones.setup import BackboneSetup
from iiml_codegen.backbones.trimming import tokens

GOOGLE = "https://generativelanguage.googleapis.com"
VERSION = "v1beta"
"""Schemas, search and thinking are all in it."""
MODEL = "gemini-2.5-flash"
SHORTEST_TIMEOUT = 10.0
"""Google refuses a request that says it will wait less; we leave it alone in time all the same."""
THOUGHTS = 4_000
"""Tokens for thinking, which count as output: without them a short answer may not begin at all."""
CHARACTERS_PER_TOKEN = 16
MOST_NAMED = 8
LONGEST_EXCERPT = 500
FINISHES: dict[str, Finish] = {"STOP": "stop", "MAX_TOKENS": "length"}


@dataclass(frozen=True)
class Way:
    """How a model is asked: what it refused before is left out."""

    schema: bool = True
    thinking: bool = True

    def without(self, status: int, said: str, request: Request) -> Way | None:
        """The way to try after a refusal, or None if it was not about how we ask."""
        if status != 400:
            return None
        if self.thinking and "thinking" in said.lower():
            return replace(self, thinking=False)
        if self.schema and request.schema is not None and not request.search:
            return replace(self, schema=False)
        return None


@dataclass
class Answer:
    """What came so far."""

    text: str = ""
    finish: str = ""
    usage: Usage | None = None
    chunks: list[Source] = field(default_factory=list)

    def add(self, chunk: Any) -> None:
        """Take a `GenerateContentResponse`, whole or a piece of one."""
        feedback, counts = chunk.prompt_feedback, chunk.usage_metadata
        if feedback is not None and feedback.block_reason is not None:
            self.finish = "BLOCKED"
        if counts is not None and counts.prompt_token_count is not None:
            self.usage = Usage(
                input=counts.prompt_token_count + (counts.tool_use_prompt_token_count or 0),
                output=(counts.candidates_token_count or 0) + (counts.thoughts_token_count or 0),
            )
        for candidate in (chunk.candidates or [])[:1]:
            parts = candidate.content.parts if candidate.content else None
            self.text += "".join(part.text or "" for part in parts or [] if not part.thought)
            if candidate.finish_reason is not None:
                self.finish = candidate.finish_reason.name
            if candidate.grounding_metadata is not None:
                self.chunks += _sources(candidate.grounding_metadata)


class GeminiBackbone:
    """One Gemini model."""

    def __init__(
        self, setup: BackboneSetup, url: str, key: str, key_name: str, hide: Callable[[str], str]
    ) -> None:
        self.name = setup.name
        self.model = setup.model or MODEL
        self.grounds = setup.grounding
        self._url = url or GOOGLE
        self._key = key
        self._server = Server(setup.name, self._url, key_name, hide)
        if not key and not is_loopback(self._url):
            raise BackboneError("key", f"{setup.name} has no key", hint=self._server.key_hint)
        self._way = Way()
        self._lock = threading.Lock()

    def ask(self, request: Request, *, seconds: float, stopped: Callable[[], bool]) -> Reply:
        """Answer one question; what the model does not take is left out, and it is asked anew."""
        patience = Patience(seconds, stopped, self.name)
        return patience.apart(lambda: self._ask(request, patience))

    def _ask(self, request: Request, patience: Patience) -> Reply:
        errors, way = _sdk()[2], self._way
        with self._client(patience) as client:
            while True:
                patience.check()
                try:
                    reply = self._once(client, way, request, patience)
                except errors.APIError as error:
                    simpler = way.without(_status(error), str(error.message), request)
                    known = self._explained(client, error)
                    if simpler is None or known.trouble in ("key", "overflow"):
                        raise known from None
                    way = simpler
                except Exception as error:  # noqa: BLE001  (the thread's boundary)
                    raise from_exception(self._server, error) from None
                else:
                    with self._lock:
                        # One schema that was too odd is no rule; a model that cannot think is.
                        self._way = replace(self._way, thinking=way.thinking)
                    return reply

    def _once(self, client: Any, way: Way, request: Request, patience: Patience) -> Reply:
        answer, longest = Answer(), request.max_output * CHARACTERS_PER_TOKEN
        stream = client.models.generate_content_stream(
            model=self.model,
            contents=_contents(request),
            config=self._config(way, request),
        )
        for chunk in stream:
            patience.check()
            answer.add(chunk)
            if len(answer.text) > longest:
                answer.finish = "MAX_TOKENS"
                stream.close()
                break
        return self._reply(answer, request)

    def _config(self, way: Way, request: Request) -> Any:
        types = _sdk()[1]
        system = "\n\n".join(one.text for one in request.messages if one.speaker == "system")
        config = types.GenerateContentConfig(
            system_instruction=system or None,
            temperature=request.temperature,
            max_output_tokens=request.max_output,
        )
        if way.thinking and "flash" in self.model and "2.5" in self.model:
            config.thinking_config = types.ThinkingConfig(thinking_budget=0)
        elif way.thinking:
            config.max_output_tokens = request.max_output + THOUGHTS
        if request.search and self.grounds:
            # Google takes no schema together with its search; the prompt names the schema too.
            config.tools = [types.Tool(google_search=types.GoogleSearch())]
        elif request.schema is not None:
            config.response_mime_type = "application/json"
            config.response_json_schema = for_gemini(request.schema) if way.schema else None
        return config

    def _reply(self, answer: Answer, request: Request) -> Reply:
        if not answer.finish and not answer.text:
            raise BackboneError("malformed", f"{self.name} sent what is no answer")
        if not answer.finish:
            raise BackboneError("network", f"{self.name} broke off in the middle of its answer")
        finish = FINISHES.get(answer.finish, "refused")
        if finish == "stop" and not answer.text.strip():
            finish = "refused"
        asked = sum(tokens(message.text) for message in request.messages)
        guessed = Usage(input=asked, output=tokens(answer.text), estimated=True)
        sources = tuple(dict.fromkeys(answer.chunks))
        return Reply(
            text=answer.text, usage=answer.usage or guessed, finish=finish, sources=sources
        )

    def _explained(self, client: Any, error: Any) -> BackboneError:
        """The error in our words; for a model that is not there, with those that are."""
        body = error.details if error.details is not None else ""
        headers = getattr(error.response, "headers", None) or {}
        known = from_status(self._server, _status(error), body, headers)
        if _status(error) != 404:
            return known
        models = self._models_of(client)
        if not models:
            hint = f"is base_url right? It is {self._url}, without a version behind it"
            return BackboneError("configuration", f"{self.name} answered 404", hint=hint)
        names = ", ".join(models[:MOST_NAMED]) + (" and others" if len(models) > MOST_NAMED else "")
        return BackboneError(
            "configuration", f"{self.name} has no model {self.model}", hint=f"it has {names}"
        )

    def _models_of(self, client: Any) -> tuple[str, ...]:
        """The models as Google lists them; none if it does not."""
        try:
            names = [one.name.removeprefix("models/") for one in client.models.list().page]
        except Exception:  # noqa: BLE001  (a hint only; servers send anything)
            return ()
        return tuple(self._server.hide(name[:80]) for name in names if name.isprintable())

    @contextmanager
    def _client(self, patience: Patience) -> Iterator[Any]:
        """A client for one call. Raises `BackboneError` where there is no package."""
        genai, types, _ = _sdk()
        local = is_loopback(self._url)
        options = types.HttpOptions(
            base_url=self._url,
            api_version=VERSION,
            timeout=round(1000 * max(SHORTEST_TIMEOUT, patience.left)),
            headers=PLAIN,
            client_args={
                "trust_env": not local,  # a proxy does not lead to this machine
                "follow_redirects": False,  # the key goes in a header that would go along
                "event_hooks": guard(patience),
            },
        )
        with genai.Client(
            vertexai=False, api_key=self._key or "none", http_options=options
        ) as client:
            yield client


def _contents(request: Request) -> list[Any]:
    types = _sdk()[1]
    roles = {"user": "user", "assistant": "model"}
    return [
        types.Content(role=roles[one.speaker], parts=[types.Part(text=one.text)])
        for one in request.messages
        if one.speaker != "system"
    ]


def _sources(metadata: Any) -> list[Source]:
    """The pages of a grounded answer, each with what it was used for."""
    excerpts: dict[int, str] = {}
    for support in metadata.grounding_supports or []:
        said = support.segment.text if support.segment else None
        for index in support.grounding_chunk_indices or []:
            excerpts[index] = f"{excerpts.get(index, '')} {said or ''}".strip()[:LONGEST_EXCERPT]
    pages = [(number, one.web) for number, one in enumerate(metadata.grounding_chunks or [])]
    return [
        Source(title=web.title or "", url=web.uri, excerpt=excerpts.get(number, ""))
        for number, web in pages
        if web is not None and web.uri
    ]


def _status(error: Any) -> int:
    return error.code if isinstance(error.code, int) else 0


def _sdk() -> tuple[Any, Any, Any]:
    """The package, its types and its errors. Raises `BackboneError` where it is not installed."""
    try:
        from google import genai
        from google.genai import errors, types
    except ImportError:
        raise BackboneError(
            "configuration",
            "the package google-genai is not installed",
            hint="python -m pip install 'iiml[llm]'",
        ) from None
    return genai, types, errors
