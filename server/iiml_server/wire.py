"""Our own messages between the daemon and a client, beside those of LSP.

`vscode-client/src/wire.ts` is generated from this file (`python -m iiml_server.wire_typescript`).
All fields are required: lsprotocol's converter leaves out those that equal their default, and
silently ignores names that it does not know. Numbers are finite, what is unknown is None. URIs are
`file:` URIs; lines count from 0, as in LSP.
"""

from __future__ import annotations

from typing import Literal

import attrs

from iiml_server.wire_models import IdeaState, ModelQuestion, ModelReply, SolveParams

SolveState = Literal["new", "running", "solved", "stopped", "failed", "bug", "lost"]
"""`new`: never solved; `lost`: the solver was killed, and `resume` goes on."""
ClauseStatus = Literal["kept", "broken", "unknown"]


@attrs.frozen
class Nothing:
    """No parameters, or nothing to tell."""


@attrs.frozen
class FolderParams:
    """The folder of a competition."""

    folder: str


@attrs.frozen
class RunState:
    """A script that runs now."""

    id: str
    purpose: str
    candidate: str | None
    fold: int | None
    folder: str
    log: str


@attrs.frozen
class CandidateState:
    """A row of the leaderboard. `best`: its predictions stand in `submission.csv`.

    `scope`: what the score was measured on, as in "on fold 0"; empty for all rows. `pipeline` is
    that of a blend's refit where it is one, and None while there is none.
    """

    id: str
    track: str
    status: str
    score: float | None
    standard_error: float | None
    folds: list[float | None]
    seconds: float
    scope: str
    note: str
    best: bool
    folder: str | None
    pipeline: str | None
    log: str | None
    submission: str | None


@attrs.frozen
class TriedPatch:
    """A patch that the debugger of a running solve tried, as it happened."""

    title: str
    module: str
    candidate: str | None
    proposed_by: str
    kept: bool
    diff: str


@attrs.frozen
class CompetitionState:
    """What is known of a competition. `seq` grows with each change; times are Unix seconds.

    `folder` is the folder's URI, which is its key in all messages. `backbone` is whom
    the last solve may ask; `tokens` is how many language models took and gave, None where none was
    asked; `cost` what is known of that, in dollars.
    """

    folder: str
    name: str
    seq: int
    status: SolveState
    title: str | None
    kind: str | None
    metric: str | None
    greater_is_better: bool | None
    budget: float | None
    started_at: float | None
    ended_at: float | None
    pid: int | None
    phase: str
    step: str
    message: str
    hint: str
    best: str | None
    best_score: float | None
    backbone: str | None
    tokens: int | None
    cost: float | None
    submission: str | None
    report: str | None
    blueprint: str | None
    solver_log: str | None
    candidates: list[CandidateState]
    runs: list[RunState]
    tried: list[TriedPatch]
    ideas: list[IdeaState]
    notes: list[str]


@attrs.frozen
class Competitions:
    """All competitions that the daemon watches: those of the workspace, and those opened."""

    competitions: list[CompetitionState]


@attrs.frozen
class PatchOffer:
    """A verified patch that waits for the user, in terms of the document's text.

    Lines `start_line` to `end_line` (exclusive) of `uri` are `replaced`, and would be `proposed`.
    A patch of several stretches has the first one there and all in `diff` (unified). `others` is
    how many more proposals there are for the same fault; `stale`: the text moved on.
    """

    id: str
    folder: str
    uri: str
    title: str
    proposed_by: str
    by_model: bool
    verified: bool
    loses: str
    code: str
    message: str
    start_line: int
    end_line: int
    replaced: list[str]
    proposed: list[str]
    diff: str
    others: int
    stale: bool


@attrs.frozen
class PatchOffers:
    """The patches of one folder that wait for the user."""

    folder: str
    patches: list[PatchOffer]


@attrs.frozen
class PatchParams:
    """One patch of one folder."""

    folder: str
    id: str


@attrs.frozen
class Outcome:
    """Whether what was asked for was done; `message` says why not, or what came of it."""

    done: bool
    message: str


@attrs.frozen
class VerifyParams:
    """Verify a folder's modules up to a rung of the ladder: 2 runs nothing, 3 to 6 a sample."""

    folder: str
    rung: int


@attrs.frozen
class VerifyOutcome:
    """What verification found; the violations themselves are diagnostics."""

    errors: int
    warnings: int
    patches: int
    message: str


@attrs.frozen
class AffectedTrack:
    """A track, and whether its inputs changed since it was scored."""

    track: str
    affected: bool
    why: str
    score: float | None


@attrs.frozen
class AffectedTracks:
    """The tracks of one folder."""

    folder: str
    tracks: list[AffectedTrack]


@attrs.frozen
class ModuleVerified:
    """A saved module was verified in the background. `changes` is what it changes downstream."""

    folder: str
    uri: str
    errors: int
    changes: list[str]
    tracks: list[AffectedTrack]


@attrs.frozen
class StepPlace:
    """A region of code that implements a step."""

    uri: str
    line: int
    end_line: int


@attrs.frozen
class StepState:
    """A step of the blueprint. `line` is its line in `blueprint.md`."""

    id: str
    part: str
    title: str
    why: str
    line: int
    places: list[StepPlace]


@attrs.frozen
class BlueprintState:
    """The blueprint of a folder; no title and no steps where nothing is planned yet."""

    folder: str
    title: str
    page: str | None
    steps: list[StepState]


@attrs.frozen
class ClauseState:
    """A clause of the contract and whether it holds; `uri` and `line` are where prep gives it."""

    id: str
    sentence: str
    status: ClauseStatus
    message: str
    uri: str | None
    line: int


@attrs.frozen
class ContractState:
    """The contract of a folder; no clauses where nothing is planned yet."""

    folder: str
    clauses: list[ClauseState]


@attrs.frozen
class PreflightParams:
    """What is about to be solved, with which Python and backbone; None is the default."""

    folder: str
    budget: str | None
    interpreter: str | None
    backbone: str | None


@attrs.frozen
class GpuState:
    """A graphics card; `memory` in bytes."""

    name: str
    memory: int
    cuda: str


@attrs.frozen
class Problem:
    """Something that stands in the way of a solve (`blocking`), or that one should know."""

    message: str
    hint: str
    blocking: bool


@attrs.frozen
class Preflight:
    """The page before the first run: seconds, packages, and what would leave the machine.

    `backbone` is whom the solve would ask, `backbones` are those that can be named. `settings` is
    what `iiml.toml` says already, and `budget_from` where the budget comes from.
    """

    folder: str
    budget: float
    budget_from: str
    metric: str | None
    interpreter: str
    python: str
    missing: list[str]
    can_install: bool
    gpu: GpuState | None
    data_bytes: int
    free_bytes: int
    backbone: str
    backbones: list[str]
    leaves: list[str]
    settings: list[str]
    problems: list[Problem]


@attrs.frozen
class DocumentParams:
    """A text document."""

    uri: str


@attrs.frozen
class VirtualTextParams:
    """A read-only text: what a document would be with a `patch`, or was `generated` as last."""

    folder: str
    kind: Literal["patch", "generated"]
    id: str


@attrs.frozen
class Text:
    """A text, or a document's place."""

    text: str


# Requests of the client: method, parameters, result.
REQUESTS: dict[str, tuple[type, type]] = {
    "iiml/open": (FolderParams, CompetitionState),
    "iiml/competitions": (Nothing, Competitions),
    "iiml/preflight": (PreflightParams, Preflight),
    "iiml/startSolve": (SolveParams, Outcome),
    "iiml/stop": (FolderParams, Outcome),
    "iiml/verify": (VerifyParams, VerifyOutcome),
    "iiml/patches": (FolderParams, PatchOffers),
    "iiml/patch/accept": (PatchParams, Outcome),
    "iiml/patch/reject": (PatchParams, Outcome),
    "iiml/patch/next": (PatchParams, PatchOffers),
    "iiml/affected": (FolderParams, AffectedTracks),
    "iiml/blueprint": (FolderParams, BlueprintState),
    "iiml/contract": (FolderParams, ContractState),
    "iiml/revert": (DocumentParams, Outcome),
    "iiml/export": (FolderParams, Text),
    "iiml/virtualText": (VirtualTextParams, Text),
    "iiml/debugInfo": (Nothing, Text),
}
# Requests of the daemon, which a client answers that has models: method, parameters, result.
ASKED: dict[str, tuple[type, type]] = {
    "iiml/askModel": (ModelQuestion, ModelReply),
}
# Notifications of the daemon: method, parameters.
NOTIFICATIONS: dict[str, type] = {
    "iiml/competitionChanged": CompetitionState,
    "iiml/patchesChanged": PatchOffers,
    "iiml/moduleVerified": ModuleVerified,
}
