"""Whatever becomes of the plan, a valid submission stands: a constant answer, if nothing better."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from competitions import write_competition
from competitions.ranked import fertilizers
from processes import start_python

from iiml_codegen.domain.events import Note, SolveEnded, SubmissionWritten
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace

SOLVER = """
import dataclasses, sys
from pathlib import Path
import iiml_codegen.solve as house
from iiml_codegen.agents import expert_agents
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution import solver

class PrepCoder:
    def __init__(self, expert):
        self.expert = expert

    def write(self, blueprint):
        text = self.expert.write(blueprint)
        head, body = text.split("\\ndef prepare(", 1)
        signature, rest = body.split(":\\n", 1)
        broken = "    raise RuntimeError('no prep today')\\n"
        return f"{head}\\ndef prepare({signature}:\\n{broken}{rest}"

real = house.solve

def solve(context):
    expert = expert_agents(context.options, context.worker)
    coder = PrepCoder(expert.preprocessing_coder)
    return real(context, dataclasses.replace(expert, preprocessing_coder=coder))

house.solve = solve
options = SolveOptions(
    interpreter=sys.executable, budget=90.0, folds=2, tracks=("traditional",), repair_rounds=0
)
solver.read_orders = lambda: solver.Orders(options=options)
sys.exit(solver.main(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("kind", ["binary", "regression", "ranked"])
def test_a_plan_that_fails_leaves_the_best_constant_and_says_why(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "a"
    made = fertilizers(folder, 0) if kind == "ranked" else write_competition(folder, kind, rows=120)
    answers = made.answers
    with start_python(SOLVER, folder) as solver:
        assert solver.wait() == 0
    written = pd.read_csv(folder / "submission.csv")
    assert written.iloc[:, 0].tolist() == answers.iloc[:, 0].tolist()
    assert written.iloc[:, 1].nunique() == 1
    workspace = Workspace(folder)
    events = [entry.event for entry in Journal(workspace.journal).read()]
    assert [e.candidate for e in events if isinstance(e, SubmissionWritten)] == ["00-constant"]
    assert any(isinstance(e, Note) and "no prep today" in e.text for e in events)
    assert [e.status for e in events if isinstance(e, SolveEnded)] == ["solved"]
    alone = tmp_path / "alone.csv"
    command = [sys.executable, workspace.best, "--data-dir", folder, "--out", alone]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert alone.read_bytes() == (folder / "submission.csv").read_bytes()
