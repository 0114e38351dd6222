"""One member's pipeline, written as a solve writes it and run in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from iiml_codegen.domain.blueprint import Blueprint, Member
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.implementation.modeling_coder import ExpertModelingCoder
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.pipeline_plan import HarnessPlan
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.worker.submission_check import check_submission

from .pipelines import run_pipeline

CHEAP = ("linear", "naive_bayes", "logistic_words", "ridge", "extratrees", "lightgbm")


def chosen(blueprint: Blueprint, names: Sequence[str]) -> Member:
    """The first of the named members that is planned; else the first member."""
    known = {member.name: member for member in blueprint.members}
    return next((known[name] for name in names if name in known), blueprint.members[0])


def alone(blueprint: Blueprint, task: TaskSummary, member: Member, file: Path) -> Path:
    """Write the pipeline of one member."""
    code = CandidateCode(
        member.name,
        member,
        file.parent,
        ExpertPreprocessingCoder().write(blueprint),
        ExpertModelingCoder().write(blueprint, member),
        task,
    )
    halves = {"thresholds": [0.5] * len(task.targets)} if "thresholds" in code.model else {}
    plan = HarnessPlan(title=task.title, task=task, decision=code.decision(halves))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(assemble(code.prep_module(), [code.member_module(None)], plan).text, "utf-8")
    return file


def answered(
    blueprint: Blueprint,
    task: TaskSummary,
    folder: Path,
    work: Path,
    names: Sequence[str] = CHEAP,
) -> Path:
    """The submission that one member's pipeline writes from the real folder."""
    script = alone(blueprint, task, chosen(blueprint, names), work / "pipeline.py")
    out = work / "submission.csv"
    done = run_pipeline(script, "--data-dir", folder, "--out", out)
    assert done.returncode == 0, done.stderr
    return out


def wrong(task: TaskSummary, folder: Path, submission: Path) -> list[str]:
    """Codes of what is wrong with a submission, as the worker checks it."""
    asked = {"folder": str(folder), "task": to_plain(task), "submission": str(submission)}
    return [str(one["code"]) for one in check_submission(asked)["violations"]]
