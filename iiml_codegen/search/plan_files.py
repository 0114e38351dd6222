"""The plan as files in `iiml/`: that of the solve, or that of the candidate which won."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.knowledge import Fact
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_json, to_json
from iiml_codegen.planning.blueprint_page import blueprint_page
from iiml_codegen.search.standing import Standing
from iiml_codegen.workspace import Workspace


def write_plan_files(
    workspace: Workspace,
    blueprint: Blueprint,
    contract: Contract,
    task: TaskSummary,
    profile: DataProfile,
    advice: Sequence[Fact] = (),
) -> None:
    """Blueprint and contract for programs, and the page for people."""
    workspace.write_bytes(workspace.blueprint, to_json(blueprint))
    workspace.write_bytes(workspace.contract, to_json(contract))
    page = blueprint_page(blueprint, contract, task, profile, advice)
    workspace.write_text(workspace.blueprint_page, page)


def plan_on_disk_is(workspace: Workspace, blueprint: Blueprint, contract: Contract) -> bool:
    """Whether the folder's plan is this one already."""
    wanted = {workspace.blueprint: to_json(blueprint), workspace.contract: to_json(contract)}
    return all(path.is_file() and path.read_bytes() == data for path, data in wanted.items())


def kept_plan(workspace: Workspace, standing: Standing) -> tuple[Blueprint, Contract] | None:
    """The plan that the standing submission's candidate keeps beside its modules, if it does.

    Only a candidate with a plan of its own keeps one.
    """
    folder = workspace.candidate(standing.first or standing.candidate.id)
    modules = [folder / "prep.py", folder / workspace.model(standing.candidate.track).name]
    try:
        texts = b"\0".join(path.read_bytes() for path in modules)
        if not hashlib.sha256(texts).hexdigest().startswith(standing.text):
            return None  # the folder holds another solve's candidate
        blueprint = from_json((folder / "blueprint.json").read_bytes(), Blueprint)
        return blueprint, from_json((folder / "contract.json").read_bytes(), Contract)
    except (OSError, msgspec.MsgspecError):
        return None
