"""Backbones of the OpenAI protocol: OpenAI, vLLM, Ollama, llama.cpp, LiteLLM and others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from iiml_codegen.backbones.backbone import BackboneError, Finish, Reply, Request, Usage
from iiml_codegen.backbones.dialect import Dialect
from iiml_codegen.backbones.guarded_http import CONNECT_SECONDS, PLAIN, guard, is_loopback
from iiml_codegen.backbones.http_trouble import Server, from_exception, from_status, told
from iiml_codegen.backbones.parsing import without_thoughts
from iiml_codegen.backbones.patience import Patience
from iiml_codegen.backbones.setup import BackboneSetup
from iiml_codegen.backbones.trimming import tokens

OPENAI = "https://api.openai.com/v1"
MODEL = "gpt-4.1-mini"
"""Cheap, follows schemas strictly, does not think at length unasked."""
LIST_SECONDS = 5.0
MOST_NAMED = 8
CHARACTERS_PER_TOKEN = 16
"""No tokenizer writes more: a longer answer is one that does not end."""
FINISHES: dict[str, Finish] = {"length": "length", "content_filter": "refused"}


class EmptyStreamError(Exception):
    """A stream ended before it began: llama.cpp's has an error then, and tells it unstreamed."""


class Said(msgspec.Struct, frozen=True):
    """A message or a piece of one."""

    content: str | None = None
    refusal: str | None = None


class Choice(msgspec.Struct, frozen=True):
    """The answer's text: whole as `message`, streamed as `delta`."""

    message: Said | None = None
    delta: Said | None = None
    finish_reason: str | None = None


class Counts(msgspec.Struct, frozen=True):
    """Tokens, where the server counts them."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Completion(msgspec.Struct, frozen=True):
    """A chat completion or a chunk of one: the fields that we read."""

    choices: list[Choice] | None = None
    usage: Counts | None = None
    error: Any = None


@dataclass
class Answer:
    """What came so far."""

    text: str = ""
    refusal: str = ""
    finish: str = ""
    usage: Counts | None = None
    error: Any = None

    def add(self, plain: object) -> None:
        """Take a completion or a chunk. Raises `ValueError` if it is none."""
        completion = msgspec.convert(plain, Completion)
        self.usage = completion.usage or self.usage
        self.error = completion.error or self.error
        for choice in (completion.choices or [])[:1]:
            said = choice.message or choice.delta
            if said is None:
                raise ValueError("a choice has neither a message nor a piece of one")
            self.text += said.content or ""
            self.refusal += said.refusal or ""
            self.finish = choice.finish_reason or self.finish


class OpenAIBackbone:
    """One model of one server."""

    grounds = False

    def __init__(
        self, setup: BackboneSetup, url: str, key: str, key_name: str, hide: Callable[[str], str]
    ) -> None:
        self.name = setup.name
        self._url = url or OPENAI
        self._key = key
        self._model = setup.model or ("" if url else MODEL)
        self._server = Server(setup.name, self._url, key_name, hide)
        own = self._url == OPENAI
        if own and not key:
            raise BackboneError("key", f"{setup.name} has no key", hint=self._server.key_hint)
        self._dialect = Dialect(limit="max_completion_tokens" if own else "max_tokens")
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        """The model; where none is set, the first that the server has ("" if it does not say)."""
        with self._lock:
            if not self._model:
                patience = Patience(LIST_SECONDS, lambda: False, self.name)
                try:
                    models = patience.apart(lambda: self._listed(patience))
                except BackboneError:
                    models = ()
                self._model = models[0] if models else ""
            return self._model

    def ask(self, request: Request, *, seconds: float, stopped: Callable[[], bool]) -> Reply:
        """Answer one question; what the server does not take is left out, and it is asked anew."""
        patience = Patience(seconds, stopped, self.name)
        model = self.model
        if not model:
            raise BackboneError(
                "configuration",
                f"no model is set for {self.name}, and {self._url} does not list any",
                hint="set its `model`; is base_url right? It usually ends in /v1",
            )
        return patience.apart(lambda: self._ask(model, request, patience))

    def _ask(self, model: str, request: Request, patience: Patience) -> Reply:
        openai, dialect = _sdk(), self._dialect
        with self._client(patience) as client:
            while True:
                patience.check()
                try:
                    reply = self._once(client, dialect.arguments(model, request), request, patience)
                except EmptyStreamError:
                    dialect = replace(dialect, stream=False)
                except openai.APIStatusError as error:
                    dialect = self._after(dialect, error, client, model, request)
                except Exception as error:  # noqa: BLE001  (the thread's boundary)
                    raise from_exception(self._server, error) from None
                else:
                    self._remember(dialect, request)
                    return reply

    def _after(
        self, dialect: Dialect, error: Any, client: Any, model: str, request: Request
    ) -> Dialect:
        """How to ask after a refusal. Raises `BackboneError` if it was not about how we asked."""
        trouble = self._explained(client, model, error)
        if trouble.trouble not in ("overflow", "key"):
            said = f"{told(error.body, self._server)} {_parameter(error.body)}"
            simpler = dialect.without(error.status_code, said, request)
            if simpler is not None:
                return simpler
        raise trouble from None

    def _once(
        self, client: Any, arguments: dict[str, Any], request: Request, patience: Patience
    ) -> Reply:
        raw = client.chat.completions.with_raw_response.create(**arguments)
        answer = Answer()
        if not arguments["stream"] or "json" in raw.headers.get("content-type", ""):
            answer.add(msgspec.json.decode(raw.http_response.read()))
            if answer.error is not None:
                said = told({"error": answer.error}, self._server)
                raise BackboneError("server", f"{self.name} gave up: {said}")
            return self._reply(answer, request)
        longest = (request.max_output + request.thoughts) * CHARACTERS_PER_TOKEN
        began = False
        with raw.parse() as stream:
            for chunk in stream:
                patience.check()
                began = True
                answer.add(_plain(chunk))
                if len(answer.text) > longest:
                    answer.finish = "length"
                    break
        if not began:
            raise EmptyStreamError
        return self._reply(answer, request)

    def _reply(self, answer: Answer, request: Request) -> Reply:
        if not answer.finish and not answer.text:
            raise BackboneError("malformed", f"{self.name} sent what is no answer")
        if not answer.finish:
            raise BackboneError("network", f"{self.name} broke off in the middle of its answer")
        text = without_thoughts(answer.text)
        finish = FINISHES.get(answer.finish, "stop")
        if answer.refusal or (not text.strip() and finish == "stop"):
            finish = "refused"
        counts = answer.usage or Counts()
        if counts.prompt_tokens is None or counts.completion_tokens is None:
            asked = sum(tokens(message.text) for message in request.messages)
            usage = Usage(input=asked, output=tokens(answer.text), estimated=True)
        else:
            usage = Usage(input=counts.prompt_tokens, output=counts.completion_tokens)
        return Reply(text=text, usage=usage, finish=finish)

    def _remember(self, dialect: Dialect, request: Request) -> None:
        """Ask like this from now on; one schema too odd for the server is no rule."""
        with self._lock:
            asked_for_form = request.schema is not None
            if asked_for_form and self._dialect.proven and dialect.form != self._dialect.form:
                dialect = replace(dialect, form=self._dialect.form, proven=True)
            self._dialect = replace(dialect, proven=dialect.proven or asked_for_form)

    def _explained(self, client: Any, model: str, error: Any) -> BackboneError:
        """The error in our words; for a model that is not there, with those that are."""
        body = error.body if error.body is not None else ""
        known = from_status(self._server, error.status_code, body, error.response.headers)
        if error.status_code != 404:
            return known
        models = self._models_of(client)
        if not models:
            hint = f"is base_url right? It is {self._url}, and usually ends in /v1"
            return BackboneError("configuration", f"{self.name} answered 404", hint=hint)
        if model in models:
            return known
        names = ", ".join(models[:MOST_NAMED]) + (" and others" if len(models) > MOST_NAMED else "")
        return BackboneError(
            "configuration", f"{self.name} has no model {model}", hint=f"it has {names}"
        )

    def _listed(self, patience: Patience) -> tuple[str, ...]:
        with self._client(patience) as client:
            return self._models_of(client)

    def _models_of(self, client: Any) -> tuple[str, ...]:
        """The server's models as it lists them; none if it does not."""
        try:
            page = client.models.list(timeout=LIST_SECONDS)
            names = [one.id for one in page.data if isinstance(one.id, str)]
        except Exception:  # noqa: BLE001  (a hint only; servers send anything)
            return ()
        return tuple(self._server.hide(name[:80]) for name in names if name.isprintable())

    @contextmanager
    def _client(self, patience: Patience) -> Iterator[Any]:
        """A client for one call. Raises `BackboneError` where there is no package."""
        openai = _sdk()
        local = is_loopback(self._url)
        timeout = openai.Timeout(max(1.0, patience.left), connect=CONNECT_SECONDS)
        http = openai.DefaultHttpxClient(
            timeout=timeout,
            trust_env=not local,  # a proxy does not lead to this machine
            follow_redirects=False,
            event_hooks=guard(patience),
            headers=PLAIN,
        )
        with openai.OpenAI(
            api_key=self._key or "none",
            base_url=self._url,
            max_retries=0,
            timeout=timeout,
            http_client=http,
        ) as client:
            yield client


def _sdk() -> Any:
    """The package. Raises `BackboneError` where it is not installed."""
    try:
        import openai
    except ImportError:
        raise BackboneError(
            "configuration",
            "the package openai is not installed",
            hint="python -m pip install 'iiml[llm]'",
        ) from None
    return openai


def _plain(chunk: Any) -> object:
    return chunk.to_dict(mode="json", warnings=False) if hasattr(chunk, "to_dict") else chunk


def _parameter(body: object) -> str:
    """What a refusal is about, where the server says it apart from its words."""
    if not isinstance(body, dict):
        return ""
    return f"{body.get('param') or ''} {body.get('loc') or ''}"
