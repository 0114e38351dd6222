"""What lies beside the modules of a folder: plan, contract, and what prep gave when it ran last."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract, Observation
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen, T, from_json, to_json
from iiml_codegen.errors import CompetitionError
from iiml_codegen.integration.binding_evidence import Rows
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.syntax import syntax_tree
from iiml_codegen.workspace import Workspace

OBSERVED = "observed.json"
OBSERVED_BEFORE = "observed-before.json"
"""What the text of prep gave that was observed before the last change."""


@dataclass(frozen=True)
class LastPrepared:
    """What prep gave when it was looked at last; `current` if prep is the same text still."""

    observations: tuple[Observation, ...]
    rows: Rows
    current: bool


@dataclass(frozen=True)
class FolderPlan:
    """The plan of a folder, as far as there is one."""

    blueprint: Blueprint | None
    contract: Contract | None
    task: TaskSummary | None
    profile: DataProfile | None

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the competition has; none where nobody looked."""
        return tuple(column.name for column in self.profile.columns) if self.profile else ()

    def view(self, model: Module) -> str | None:
        """The view that the plan gives a model, found by the steps that it marks."""
        if self.blueprint is None:
            return None
        written = {step for step, _, _ in markers(model.text)}
        for member in self.blueprint.members:
            if written & {step.id for step in self.blueprint.steps_of(member.name)}:
                return member.view
        return None


def folder_plan(workspace: Workspace) -> FolderPlan:
    """What the last solve wrote down. Raises `CompetitionError` for a file that is no plan."""
    return FolderPlan(
        blueprint=_plan(workspace.blueprint, Blueprint),
        contract=_plan(workspace.contract, Contract),
        task=_plan(workspace.task, TaskSummary),
        profile=_plan(workspace.profile, DataProfile),
    )


def _plan(path: Path, kind: type[T]) -> T | None:
    if not path.exists():
        return None
    try:
        return from_json(path.read_bytes(), kind)
    except msgspec.DecodeError as error:
        raise CompetitionError(f"{path}: {error}", hint="solve again to write it anew") from error


class Observed(Frozen):
    """What prep gave on a sample, as `iiml verify` keeps it: the text's hash, outputs, rows.

    `held` names all that it depends on that the text kept the contract; empty where it did not.
    """

    prep: str
    observations: tuple[Observation, ...]
    train_rows: int
    test_rows: int
    held: str = ""

    def rows(self) -> Rows:
        """How many rows prep read."""
        return Rows(self.train_rows, self.test_rows)


def keep_observed(
    workspace: Workspace,
    prep: str,
    observations: tuple[Observation, ...],
    rows: Rows,
    held: str = "",
) -> None:
    """Remember what a text of prep gave, for looks that run nothing."""
    observed = Observed(
        prep=digest(prep),
        observations=observations,
        train_rows=rows.train,
        test_rows=rows.test,
        held=held,
    )
    last = workspace.generated / OBSERVED
    for before in _kept(last):
        if before.prep != observed.prep:
            workspace.write_bytes(workspace.generated / OBSERVED_BEFORE, to_json(before))
    workspace.write_bytes(last, to_json(observed))


def given_before(workspace: Workspace, held: str) -> tuple[Observation, ...] | None:
    """What a text of prep gave that kept the contract under the same circumstances."""
    kept = [
        one for name in (OBSERVED, OBSERVED_BEFORE) for one in _kept(workspace.generated / name)
    ]
    return next((one.observations for one in kept if one.held == held), None)


def observed_twice(workspace: Workspace) -> tuple[Observed, Observed] | None:
    """What prep gave before its last change, and now; None where unknown.

    Before is what `iiml verify` saw on the same sample, else what the solve saw of the generated
    text, maybe on other rows.
    """
    after = _kept(workspace.generated / OBSERVED)
    if not after:
        return None
    now = after[0]
    for before in _kept(workspace.generated / OBSERVED_BEFORE):
        if before.rows() == now.rows():
            return before, now
    generated = digest(_text(workspace.generated / workspace.prep.name))
    seen = (one for answer in _answers(workspace.runs) for one in _checked(workspace, answer))
    earlier = next((one for one in seen if one.prep == generated != now.prep), None)
    return (earlier, now) if earlier else None


def last_prepared(workspace: Workspace, prep: Module) -> LastPrepared | None:
    """What prep's outputs were when they were observed last, or None if nobody looked.

    Where prep has changed since, outputs that it does not name any more are left out.
    """
    found = all_observed(workspace)
    if not found:
        return None
    wanted = digest(prep.text)
    latest = next((one for one in found if one.prep == wanted), found[0])
    seen, current = latest.observations, latest.prep == wanted
    names = {one.output for one in seen} if current else named(prep.text, seen)
    seen = tuple(one for one in seen if one.output in names)
    return LastPrepared(seen, latest.rows(), current)


def all_observed(workspace: Workspace) -> list[Observed]:
    """What prep gave whenever it was looked at: first for `iiml verify`, then the latest solves."""
    found = _kept(workspace.generated / OBSERVED)
    for answer in _answers(workspace.runs):
        found += _checked(workspace, answer)
    return found


def digest(text: str) -> str:
    """A name for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def named(text: str, seen: tuple[Observation, ...]) -> set[str]:
    """The outputs whose name, or whose view's name, still stands in a text that parses."""
    written = {
        str(node.value).removesuffix("_")
        for node in ast.walk(syntax_tree(text))
        if isinstance(node, ast.Constant)
    }
    views = {one.output: one.output.removesuffix("_train").removesuffix("_test") for one in seen}
    return {output for output, view in views.items() if written & {output, view}}


def _answers(runs: Path) -> Iterator[Path]:
    """Answers of contract checks, the latest first."""
    found = [
        (path.stat().st_mtime_ns, str(path), path) for path in runs.glob("*check*/answer.json")
    ]
    return (path for _, _, path in sorted(found, reverse=True))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""


def _kept(path: Path) -> list[Observed]:
    try:
        return [from_json(path.read_bytes(), Observed)]
    except (OSError, msgspec.MsgspecError):
        return []  # none, or another version of iiML wrote it: as if nobody had looked


def _checked(workspace: Workspace, answer: Path) -> list[Observed]:
    """What a contract check of a solve saw, if its candidate's prep is still known."""
    prep = workspace.candidate(answer.parent.name.rpartition("-check-")[0]) / "prep.py"
    try:
        result = json.loads(answer.read_bytes())["result"]
        rows = json.loads(answer.with_name("request.json").read_bytes())["rows"]
        observed = {
            "prep": digest(prep.read_bytes().decode("utf-8", "surrogateescape")),
            "observations": result["observations"],
            "train_rows": rows["train"],
            "test_rows": rows["test"],
        }
        return [msgspec.convert(observed, Observed)]
    except (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError):
        return []  # the check failed, or another version of iiML made it
