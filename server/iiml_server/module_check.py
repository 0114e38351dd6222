"""Verifies one module of a competition against the plan and the contract that lie beside it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.fault import Violation
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import T, from_json
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.verifier import verify_text
from iiml_codegen.viewing.verify_files import read
from iiml_codegen.viewing.verify_folder import bindings, static
from iiml_codegen.viewing.verify_plan import FolderPlan
from iiml_codegen.workspace import Workspace

log = logging.getLogger("iiml.server")


def check_module(path: Path, text: str) -> Sequence[Violation]:
    """Rungs 0 to 2 for the text of `path`, which need not be saved; slow disks make it slow.

    A model is bound to what the prep.py beside it gave when it ran last.
    """
    home = next((folder for folder in path.parents if folder.name == "iiml"), path.parent)
    if (
        not home.parent.is_dir()
    ):  # the document was never saved, and its folder is gone or not there
        return verify_text(path.name, text)
    workspace, plan = Workspace(home.parent), plan_of(home)
    module = Module(name=path.stem, label=path.name, text=text.removeprefix("\ufeff"))
    found = static([module], plan, workspace, rung=1)
    prep = read(path.with_name("prep.py")).module if module.name != "prep" else None
    if prep is None or any(one.code.startswith("IIML0") for one in found):
        return found
    unread = [one for one in static([prep], plan, workspace, rung=0) if one.severity == "error"]
    bound, _ = bindings([prep, module], plan, workspace, unread)
    return [*found, *bound]


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
