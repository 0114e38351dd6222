"""A made competition on the road of networks: planned, proved, and answered by one of them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pandas as pd

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.permutation import permuted_label_proof
from iiml_codegen.worker.profile import profile

from .answering import answered, wrong
from .modality import Made


def planned_networks(folder: Path, work: Path) -> tuple[TaskSummary, Blueprint]:
    """The task, and what the expert plans for it with networks alone."""
    found = msgspec.convert(inventory({"folder": str(folder), "cache": str(work)}), Inventory)
    task = ExpertTaskAnalyzer().analyse(found)
    asked = {"folder": found.folder, "task": to_plain(task), "seed": 0}
    measured = msgspec.convert(profile(asked), DataProfile)
    knowledge = ExpertKnowledgeRetriever().retrieve(task, measured)
    options = SolveOptions(tracks=("custom_nn",))
    blueprint, _ = ExpertGuidelineAgent().plan(task, measured, knowledge, options)
    return task, blueprint


def labels_that_leak(made: Made, task: TaskSummary, blueprint: Blueprint, work: Path) -> list[str]:
    """Files of a shadow that permuted labels change; none where it holds no label."""
    plan = to_plain(blueprint.folds)
    assert isinstance(plan, dict)
    return list(permuted_label_proof(made.folder, to_plain(task), plan, 0, work))


def share_of_error(
    made: Made, task: TaskSummary, blueprint: Blueprint, member: str, work: Path
) -> float:
    """The error of the submission that one member's pipeline writes, beside the constant's."""
    given = answered(blueprint, task, made.folder, work, (member,))
    assert wrong(task, made.folder, given) == []
    key = made.answers.columns[0]
    submission = pd.read_csv(given, dtype={key: made.answers[key].dtype})
    return made.error(submission) / made.error(made.plain)
