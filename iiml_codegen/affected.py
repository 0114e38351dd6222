"""Which tracks a change affects: their modules or the plan differ from what was scored last."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import msgspec

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.wire import Frozen, T, from_json, to_json
from iiml_codegen.search.hand_edits import hand_edited, module_text
from iiml_codegen.workspace import Workspace

SCORED = "scored.json"


class Scored(Frozen):
    """What a track was scored with: hashes of its modules by file name, and of the plan."""

    modules: dict[str, str]
    plan: str
    score: float | None


class Affected(Frozen):
    """A track that has modules, and whether its inputs changed since it was scored last."""

    track: Track
    affected: bool
    why: str
    score: float | None


class Handed(msgspec.Struct, frozen=True):
    """What is read of a submission that was handed in (`standing.json`)."""

    candidate: Candidate


def affected(workspace: Workspace) -> tuple[Affected, ...]:
    """The tracks of a folder. Reads and hashes a few small files, runs nothing."""
    known = _scored(workspace)
    tracks: tuple[Track, ...] = get_args(Track)
    return tuple(
        _judged(workspace, track, known.get(track))
        for track in tracks
        if workspace.model(track).is_file()
    )


def keep_scored(
    workspace: Workspace, track: Track, modules: Mapping[str, str], score: float
) -> None:
    """Remember with which texts a track was scored; a score that is no number is unknown."""
    scored = Scored(
        modules={name: _digest(text.encode()) for name, text in modules.items()},
        plan=_plan(workspace),
        score=score if math.isfinite(score) else None,
    )
    known = _scored(workspace) | {track: scored}
    workspace.write_bytes(workspace.generated / SCORED, to_json(known))


def _judged(workspace: Workspace, track: Track, scored: Scored | None) -> Affected:
    if scored is None:
        return _by_promotion(workspace, track)
    changed = [
        name
        for name in (workspace.prep.name, workspace.model(track).name)
        if _of_file(workspace.home / name) != scored.modules.get(name)
    ]
    if scored.plan != _plan(workspace):
        changed.append("the plan")
    return Affected(track=track, affected=bool(changed), why=_said(changed), score=scored.score)


def _by_promotion(workspace: Workspace, track: Track) -> Affected:
    """Where nothing was written down: modules as they were promoted are those that were scored."""
    handed = _read(workspace.generated / "standing.json", list[Handed])
    of_track = [one.candidate for one in handed or [] if one.candidate.track == track]
    score = of_track[-1].score if of_track else None
    if score is None:
        return Affected(track=track, affected=True, why="never scored", score=None)
    edited = hand_edited(workspace)
    names = (workspace.prep.name, workspace.model(track).name)
    changed = [name for name in names if name in edited]
    return Affected(track=track, affected=bool(changed), why=_said(changed), score=score.value)


def _said(changed: list[str]) -> str:
    return f"{' and '.join(changed)} changed" if changed else ""


def _scored(workspace: Workspace) -> dict[str, Scored]:
    return _read(workspace.generated / SCORED, dict[str, Scored]) or {}


def _read(path: Path, kind: type[T]) -> T | None:
    """None where there is no such file, or another version of iiML wrote it."""
    try:
        return from_json(path.read_bytes(), kind)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _plan(workspace: Workspace) -> str:
    parts = (workspace.blueprint, workspace.contract)
    return _digest(b"\0".join(path.read_bytes() for path in parts if path.is_file()))


def _of_file(path: Path) -> str:
    """The hash of a module's text; of its bytes where it is no text; empty where it is missing."""
    text = module_text(path)
    if text is not None:
        return _digest(text.encode())
    return _digest(path.read_bytes()) if path.is_file() else ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
