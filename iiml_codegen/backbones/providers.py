"""From a setup to a backbone that can be asked: the provider's, kept in time, rate and secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

import msgspec

from iiml_codegen.backbones.backbone import Backbone, BackboneError, Reply, Request, Source
from iiml_codegen.backbones.command import CommandBackbone
from iiml_codegen.backbones.configuration import USUAL_KEYS
from iiml_codegen.backbones.editor import EditorQuestions
from iiml_codegen.backbones.gemini import GeminiBackbone
from iiml_codegen.backbones.guarded_http import checked_url
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.backbones.openai_compatible import OpenAIBackbone
from iiml_codegen.backbones.rate import RateLimited
from iiml_codegen.backbones.retrying import Retrying, tell_nobody
from iiml_codegen.backbones.setup import BackboneSetup
from iiml_codegen.backbones.wrapping import Wrapped

TRY_SECONDS = 120.0
"""Of one try, unless the setup says otherwise: a slow machine writes 2,000 tokens in that time."""


class OneTry(Wrapped):
    """A provider's backbone, asked for so many seconds at most; no key comes back from it."""

    def __init__(self, backbone: Backbone, seconds: float, secrets: Secrets) -> None:
        super().__init__(backbone)
        self._seconds = seconds
        self._secrets = secrets

    def ask(self, request: Request, *, seconds: float, stopped: Callable[[], bool]) -> Reply:
        """Answer one question, once."""
        within = min(seconds, self._seconds)
        reply = self._backbone.ask(request, seconds=within, stopped=stopped)
        hide = self._secrets.known_hidden
        sources = tuple(_hidden(source, hide) for source in reply.sources)
        return msgspec.structs.replace(reply, text=hide(reply.text), sources=sources)


def backbone_of(
    setup: BackboneSetup,
    keys: Mapping[str, str],
    *,
    editor: EditorQuestions | None = None,
    told: Callable[[str], None] = tell_nobody,
) -> Backbone:
    """The backbone of a setup; `keys` by their usual names, `told` hears of every retry.

    Raises `BackboneError` where the setup cannot work: no key, no command, no editor.
    """
    secrets = Secrets(keys)
    provided = _provided(setup, keys, editor, secrets.hidden)
    limited = RateLimited(
        OneTry(provided, setup.timeout or TRY_SECONDS, secrets),
        requests=setup.requests_per_minute,
        tokens=setup.tokens_per_minute,
        parallel=setup.parallel,
    )
    return Retrying(limited, told=told)


def _provided(
    setup: BackboneSetup,
    keys: Mapping[str, str],
    editor: EditorQuestions | None,
    hide: Callable[[str], str],
) -> Backbone:
    url = checked_url(setup.base_url, setup.name) if setup.base_url else ""
    match setup.provider:
        case "gemini":
            return GeminiBackbone(setup, url, *_key(setup, keys), hide)
        case "openai":
            return OpenAIBackbone(setup, url, *_key(setup, keys), hide)
        case "command":
            return CommandBackbone(setup, keys, hide)
        case "editor" if editor is not None:
            return editor.backbone(setup)
        case "editor":
            raise BackboneError(
                "configuration",
                f"{setup.name} is the editor's model, and no editor takes part in this",
                hint="start the solve in the editor, or choose another backbone",
            )
        case _:
            assert_never(setup.provider)


def _key(setup: BackboneSetup, keys: Mapping[str, str]) -> tuple[str, str]:
    """The key, empty where there is none, and the name of the variable it belongs in."""
    names = (setup.key,) if setup.key else USUAL_KEYS[setup.provider]
    found = next((name for name in names if keys.get(name)), names[0])
    return keys.get(found, ""), found


def _hidden(source: Source, hide: Callable[[str], str]) -> Source:
    return Source(title=hide(source.title), url=hide(source.url), excerpt=hide(source.excerpt))
