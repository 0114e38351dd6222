"""Our messages about language models: what `wire` has beside all others, by the same rules."""

from __future__ import annotations

from typing import Literal

import attrs

Speaker = Literal["system", "user", "assistant"]
ModelTrouble = Literal["key", "refused", "overflow", "rate", "server", "network", "stopped"]
"""Why a model gave no answer; `key`: the user chose none, or does not let us ask it."""


@attrs.frozen
class SolveParams:
    """Solve a folder with a backbone; None is what the settings, `iiml.toml` or defaults say.

    Which model that is, and where, the daemon knows from the settings; no key is in any message.
    """

    folder: str
    budget: str | None
    tracks: list[str]
    interpreter: str | None
    backbone: str | None
    resumed: bool


@attrs.frozen
class ModelMessage:
    """One turn of a conversation with a language model."""

    speaker: Speaker
    text: str


@attrs.frozen
class ModelQuestion:
    """A question of a running solve for the editor's language model.

    `schema` is the JSON schema of the answer, as text; None for plain text. `model` is the model
    that the user named, by its id or family; empty for the one that was chosen in the editor.
    """

    folder: str
    question: str
    agent: str
    messages: list[ModelMessage]
    schema: str | None
    max_output: int
    model: str


@attrs.frozen
class ModelReply:
    """What the editor's model answered; with `trouble` there is no answer, and a `message` why."""

    text: str
    model: str
    input_tokens: int
    output_tokens: int
    trouble: ModelTrouble | None
    message: str


@attrs.frozen
class IdeaState:
    """A change of one step that a language model proposed for the candidate `parent`.

    As `candidate` it was measured against its parent: `difference` is how much better it is in the
    metric, `p_better` how sure that is. `reason` says why it was not kept.
    """

    id: str
    parent: str
    step: str
    title: str
    why: str
    outcome: Literal["kept", "dropped", "failed"]
    candidate: str | None
    reason: str
    difference: float | None
    p_better: float | None
