"""The road that an odd folder goes, in this process: to prep and models, and shadows with proof."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from iiml_codegen.domain.blueprint import Blueprint, Step
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.implementation.modeling_coder import ExpertModelingCoder
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.permutation import permuted_label_proof
from iiml_codegen.worker.profile import profile
from iiml_codegen.worker.shadows import shadows


@dataclass(frozen=True)
class Refused:
    """One clear message with its code and the way out."""

    message: str
    hint: str
    code: str


@dataclass(frozen=True)
class Planned:
    """What came out, what was said on the way, and shadow files that labels change (none).

    `folder` is where files are read: archives are unpacked there.
    """

    folder: Path
    task: TaskSummary
    blueprint: Blueprint
    modules: tuple[str, ...]
    said: tuple[str, ...]
    changed: tuple[str, ...]


def walk(folder: Path, work: Path) -> Planned | Refused:
    """Go as far as the folder lets one go; anything but expected trouble is a defect and raises."""
    try:
        return planned(folder, work)
    except DataError as error:
        return Refused(error.message, error.hint, error.code)
    except IimlError as error:
        return Refused(error.args[0], error.hint, error.code)


def planned(folder: Path, work: Path) -> Planned:
    """Phases I and II, shadows, and the proof on the first fold."""
    asked = {"folder": str(folder), "cache": str(work / "cache")}
    found = msgspec.convert(inventory(asked), Inventory)
    task = ExpertTaskAnalyzer().analyse(found)
    request = {"folder": found.folder, "task": to_plain(task)}
    measured = msgspec.convert(profile({**request, "seed": 0}), DataProfile)
    knowledge = ExpertKnowledgeRetriever().retrieve(task, measured)
    blueprint, _ = ExpertGuidelineAgent().plan(
        task, measured, knowledge, SolveOptions(tracks=("traditional",))
    )
    modules = [ExpertPreprocessingCoder().write(blueprint)]
    modules += [ExpertModelingCoder().write(blueprint, member) for member in blueprint.members]
    plan = to_plain(blueprint.folds)
    built = shadows({**request, "plan": plan, "out": str(work / "cache")})
    assert isinstance(plan, dict)
    plain = to_plain(task)
    changed = permuted_label_proof(Path(found.folder), plain, plan, 0, work / "proof")
    troubles = (f"{one.file}: {one.message} {one.hint}" for one in found.troubles)
    said = (*troubles, *blueprint.notes, *built["remarks"], *map(step_said, blueprint.steps))
    return Planned(Path(found.folder), task, blueprint, tuple(modules), said, tuple(changed))


def step_said(step: Step) -> str:
    """What the plan says about one step."""
    return f"{step.title}: {step.why}"
