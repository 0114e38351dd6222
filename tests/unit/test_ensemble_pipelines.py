"""All members that a plan lists go into one file, which is Python, however they are combined."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from competitions import KINDS, write_competition

from iiml_codegen.domain.candidate import METHODS
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.implementation.modeling_coder import ExpertModelingCoder
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.implementation.recipes import template_text
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.pipeline_plan import Combination, HarnessPlan, Module
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.profile import profile


def codes_of(folder: Path) -> list[CandidateCode]:
    """Every candidate that the expert would try on a competition."""
    listed = from_plain(inventory({"folder": str(folder)}), Inventory)
    task = ExpertTaskAnalyzer().analyse(listed)
    params = {"folder": str(folder), "task": to_plain(task), "seed": 0}
    measured = from_plain(profile(params), DataProfile)
    knowledge = ExpertKnowledgeRetriever().retrieve(task, measured)
    plan, _ = ExpertGuidelineAgent().plan(task, measured, knowledge, SolveOptions())
    prep, coder = ExpertPreprocessingCoder().write(plan), ExpertModelingCoder()
    return [
        CandidateCode(member.name, member, folder, prep, coder.write(plan, member), task)
        for member in plan.members
    ]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_ensemble_of_all_members_is_clean_python(kind: str, tmp_path: Path) -> None:
    write_competition(tmp_path / "competition", kind, rows=200)
    codes = codes_of(tmp_path / "competition")
    files = []
    for method in METHODS.values():
        text = template_text("ensembles", f"blend_{method}.py")
        module = Module(name=f"blend_{method}", label=f"blend_{method}.py", text=text)
        plan = HarnessPlan(
            title=codes[0].task.title,
            task=codes[0].task,
            decision=codes[0].decision({}),
            combination=Combination(module=module, parameters={"weights": [1.0] * len(codes)}),
        )
        pipeline = assemble(codes[0].prep_module(), [code.member_module(3) for code in codes], plan)
        ast.parse(pipeline.text)
        files.append(tmp_path / f"best_{method}.py")
        files[-1].write_text(pipeline.text, "utf-8")
    flags = ["--isolated", "--line-length", "100", "--select", "E,F", "--output-format", "concise"]
    command = [sys.executable, "-m", "ruff", "check", *flags, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
