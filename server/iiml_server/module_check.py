"""Verifies one module of a competition against the plan and the contract that lie beside it."""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.fault import Violation
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import T, from_json
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.rules import BY_CODE
from iiml_codegen.integration.rules.rule import Facts, StaticRule
from iiml_codegen.integration.verifier import verify_text
from iiml_codegen.viewing.verify_files import read
from iiml_codegen.viewing.verify_folder import bindings, known_of, static
from iiml_codegen.viewing.verify_plan import FolderPlan
from iiml_codegen.workspace import Workspace

log = logging.getLogger("iiml.server")


@dataclass(frozen=True)
class Opened:
    """A module with the folder that it belongs to; no workspace where the folder is not there."""

    path: Path
    module: Module
    workspace: Workspace | None
    plan: FolderPlan

    @property
    def known(self) -> Facts:
        """What plan and data say about the module."""
        return known_of(self.module, self.plan, self.workspace) if self.workspace else Facts()


def opened(path: Path, text: str) -> Opened:
    """The text of `path`, which need not be saved, with what lies around it."""
    home = next((folder for folder in path.parents if folder.name == "iiml"), path.parent)
    workspace = Workspace(home.parent) if home.parent.is_dir() else None
    module = Module(name=path.stem, label=path.name, text=text.removeprefix("\ufeff"))
    return Opened(path, module, workspace, plan_of(home))


def check_module(path: Path, text: str) -> Sequence[Violation]:
    """Rungs 0 to 2 for the text of `path`; slow disks make it slow.

    A model is bound to what the prep.py beside it gave when it ran last.
    """
    one = opened(path, text)
    if one.workspace is None:  # never saved, and its folder is gone or not there
        return verify_text(path.name, text)
    found = static([one.module], one.plan, one.workspace, rung=1)
    prep = prep_beside(one)
    if prep is None or any(said.code.startswith("IIML0") for said in found):
        return found
    bound, _ = bindings([prep, one.module], one.plan, one.workspace, unread(prep.label, prep.text))
    return [*found, *bound]


@functools.lru_cache(maxsize=8)
def unread(label: str, text: str) -> tuple[Violation, ...]:
    """Why Python cannot read a module; remembered, as prep is asked about for every change."""
    found = verify_text(label, text)
    return tuple(
        said for said in found if said.code.startswith("IIML0") and said.severity == "error"
    )


def mendable(violation: Violation) -> bool:
    """Whether the rule knows sure mends, perhaps not for this place."""
    rule = BY_CODE.get(violation.code)
    return isinstance(rule, StaticRule) and rule.fix is not None


def prep_beside(one: Opened) -> Module | None:
    """The prep that feeds a model; none for prep itself."""
    return read(one.path.with_name("prep.py")).module if one.module.name != "prep" else None


def plan_of(home: Path) -> FolderPlan:
    """The plan of a folder, as far as it can be read."""
    return FolderPlan(
        blueprint=_read(home / "blueprint.json", Blueprint),
        contract=_read(home / "contract.json", Contract),
        task=_read(home / "task.json", TaskSummary),
        profile=_read(home / "profile.json", DataProfile),
    )


def _read(path: Path, kind: type[T]) -> T | None:
    """A part of the plan; None if there is none or another version of iiML wrote it."""
    try:
        return from_json(path.read_bytes(), kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        log.warning("%s cannot be read: %s", path.name, error)
        return None
