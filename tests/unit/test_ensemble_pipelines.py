"""All members that a plan lists go into one file, which is Python, however they are combined."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from competitions import KINDS, write_competition

from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.implementation.combining import combining_text
from iiml_codegen.implementation.modeling_coder import ExpertModelingCoder
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.pipeline_plan import Combination, HarnessPlan, Module
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.profile import profile

FITTED = (
    ("average", ()),
    ("greedy", ("weights",)),
    ("greedy", ("weights", "temperatures")),
    ("greedy", ("weights", "scales", "offsets")),
    *(
        (method, (link, "intercepts"))
        for method in ("stack", "boost")
        for link in ("coefficients", "slopes", "weights", "exponents")
    ),
)
"""What each way fits, by kind of task."""


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
    for method, parameters in FITTED:
        text = combining_text(method, parameters)
        module = Module(name=f"blend_{method}", label=f"blend_{method}.py", text=text)
        plan = HarnessPlan(
            title=codes[0].task.title,
            task=codes[0].task,
            decision=codes[0].decision({}),
            combination=Combination(module=module, parameters={key: [1.0] for key in parameters}),
        )
        pipeline = assemble(codes[0].prep_module(), [code.member_module(3) for code in codes], plan)
        ast.parse(pipeline.text)
        files.append(tmp_path / f"best_{method}_{len(files)}.py")
        files[-1].write_text(pipeline.text, "utf-8")
    flags = ["--isolated", "--line-length", "100"]
    command = [sys.executable, "-m", "ruff", "check", *flags, "--select", "E,F", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("method", "parameters"), FITTED)
def test_a_way_to_combine_brings_no_other_along(
    method: str, parameters: tuple[str, ...], tmp_path: Path
) -> None:
    text = combining_text(method, parameters)
    functions = [n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
    assert functions.count("combine") == 1
    assert not any(name.startswith("combine_by") for name in functions)
    file = tmp_path / "blend.py"
    file.write_text(text, "utf-8")
    for check in (["check", "--select", "E,F"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *check, "--isolated", "--line-length", "100"]
        done = subprocess.run([*command, str(file)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_an_ensemble_over_tracks_is_one_pipeline_that_answers_new_rows(tmp_path: Path) -> None:
    folder = tmp_path / "competition"
    write_competition(folder, "binary", rows=200)
    codes = codes_of(folder)
    tracks = {code.member.track: code for code in reversed(codes)}
    chosen = [tracks["custom_nn"], next(code for code in codes if code.id == "linear")]
    module = Module(name="blend", label="blend_average.py", text=combining_text("average", ()))
    plan = HarnessPlan(
        title="Both", task=chosen[0].task, combination=Combination(module=module, parameters={})
    )
    members = [code.member_module(2) for code in chosen]
    pipeline = assemble(chosen[0].prep_module(), members, plan)
    (tmp_path / "best.py").write_text(pipeline.text, "utf-8")
    command = [sys.executable, "-I", str(tmp_path / "best.py"), "--data-dir", str(folder)]
    for flags in (("--save", "kept", "--out", "first.csv"), ("--load", "kept", "--out", "new.csv")):
        done = subprocess.run([*command, *flags], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "first.csv").read_bytes() == (tmp_path / "new.csv").read_bytes()
