"""Checkpoints that the Hugging Face hub lists; asked only where a run may go online."""

from __future__ import annotations

import os
import re
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from iiml_codegen.planning.checkpoints import (
    WORD,
    Checkpoint,
    Found,
    Modality,
    Wanted,
    known_names,
    may_be_used,
    size_words,
)
from iiml_codegen.planning.local_checkpoints import PIPELINES

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo

NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[\w.-]{1,96})?")
TASKS: dict[Modality, tuple[str, ...]] = {
    "text": ("sentence-similarity", "fill-mask", "feature-extraction"),
    "image": ("image-classification", "image-feature-extraction"),
    "audio": ("audio-classification",),
    "series": ("time-series-forecasting",),
    "table": ("tabular-classification", "tabular-regression"),
}
EXPANDED = ("cardData", "downloads", "gated", "pipeline_tag", "safetensors", "sha", "tags")
PER_QUESTION = 30
MOST_WORDS = 3
LOOPBACK = ("localhost", "127.0.0.1", "::1")
WIDTHS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1}
USUAL_WIDTH = 4
"""Bytes of a parameter of a type that we do not know."""


def listed_on_hub(wanted: Wanted, token: str = "") -> Found:
    """The most downloaded models for a modality with an open licence and weights of known size.

    `HF_ENDPOINT` names another hub, `HF_HUB_OFFLINE` forbids asking. A hub that is silent, slow or
    wrong is a trouble that is told, never an error.
    """
    try:
        from huggingface_hub import constants
    except ImportError:
        lacking = "huggingface_hub is not installed (pip install 'iiml[llm]')"
        return Found(troubles=(f"the hub was not asked: {lacking}",))
    if constants.HF_HUB_OFFLINE:
        return Found(troubles=("the hub was not asked: HF_HUB_OFFLINE is set",))
    endpoint = os.environ.get("HF_ENDPOINT") or constants.ENDPOINT
    if not is_private(endpoint):
        return Found(troubles=("the hub was not asked: HF_ENDPOINT is no https address",))
    # Telemetry would tell the hub what environment we run in, and ask it for more to tell.
    constants.HF_HUB_DISABLE_TELEMETRY = True
    listed: list[Checkpoint] = []
    answer: Future[None] = Future()
    given_up = threading.Event()

    def run() -> None:
        try:
            ask(wanted, endpoint, token, listed, given_up)
            answer.set_result(None)
        except BaseException as error:  # noqa: BLE001  (the thread boundary; told as a trouble)
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True, name="hub").start()
    try:
        failure = answer.exception(timeout=wanted.seconds)
        why = f"the hub was asked in vain: {said(failure)}" if failure is not None else ""
    except TimeoutError:
        why = f"the hub did not answer within {wanted.seconds:g} s"
    given_up.set()
    return Found(tuple(listed), (why,) if why else ())


def ask(
    wanted: Wanted, endpoint: str, token: str, listed: list[Checkpoint], given_up: threading.Event
) -> None:
    """Ask for each task and each telling word; what is of use goes to `listed` as it comes."""
    from huggingface_hub import HfApi

    api = HfApi(endpoint=endpoint, token=token or False)
    words = sorted(set(WORD.findall(wanted.words.lower())), key=lambda word: (-len(word), word))
    questions: list[dict[str, Any]] = [{"pipeline_tag": task} for task in TASKS[wanted.modality]]
    questions += [{"search": word} for word in words[:MOST_WORDS]]
    for question in questions:
        models = api.list_models(
            **question, sort="downloads", limit=PER_QUESTION, gated=False, expand=list(EXPANDED)
        )
        for model in models:
            if given_up.is_set():
                return
            checkpoint = checkpoint_of(model, wanted.modality)
            if checkpoint is not None:
                listed.append(checkpoint)


def checkpoint_of(model: ModelInfo, modality: Modality) -> Checkpoint | None:
    """A model of the hub as a checkpoint; None where it is for something else or not to be used.

    Weights in other formats than safetensors can run code when they are loaded: they do not count.
    """
    licence = licence_of(model)
    size = weight_bytes(model)
    if PIPELINES.get(model.pipeline_tag or "") != modality or not may_be_used(licence):
        return None
    if not size or model.gated or not NAME.fullmatch(model.id):
        return None
    downloads = f"{model.downloads or 0:,} downloads"
    known = "well known, " if model.id in known_names(modality) else ""
    return Checkpoint(
        name=model.id,
        source="hub",
        revision=model.sha or "",
        bytes=size,
        licence=licence,
        modality=modality,
        why=f"on the hub: {known}{downloads}, {size_words(size)}, {licence}",
    )


def licence_of(model: ModelInfo) -> str:
    """The licence that a model's page states, of its card or its tags; "" if it states none."""
    card = getattr(model.card_data, "license", None)
    if isinstance(card, str) and card:
        return card.lower()
    tags = [tag for tag in model.tags or () if tag.startswith("license:")]
    return tags[0].partition(":")[2].lower() if len(tags) == 1 else ""


def weight_bytes(model: ModelInfo) -> int:
    """Bytes of the weights; 0 where the hub does not know."""
    if model.safetensors is None:
        return 0
    counts = model.safetensors.parameters
    return sum(count * WIDTHS.get(kind, USUAL_WIDTH) for kind, count in counts.items())


def is_private(endpoint: str) -> bool:
    """Whether a token may be sent there: over https, or to this machine."""
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def said(error: BaseException | None) -> str:
    """The kind of an error and its status; never its text, which repeats what a server said."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"{type(error).__name__}{f' {status}' if status else ''}"
