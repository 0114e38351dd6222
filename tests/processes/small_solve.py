"""A small table that is solved with one linear model, once for all tests of a session."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from competitions import write_competition
from filelock import FileLock

from processes import start_python

SOLVER = """
import dataclasses, sys
from pathlib import Path
import msgspec
import iiml_codegen.solve as house
from iiml_codegen.agents import expert_agents
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution import solver

class Guide:
    def __init__(self, expert):
        self.expert = expert

    def plan(self, *asked):
        blueprint, contract = self.expert.plan(*asked)
        steps = tuple(step for step in blueprint.steps if step.member in (None, "linear"))
        members = (blueprint.member("linear"),)
        return msgspec.structs.replace(blueprint, members=members, steps=steps), contract

real = house.solve

def solve(context):
    expert = expert_agents(context.options, context.worker)
    return real(context, dataclasses.replace(expert, guideline_agent=Guide(expert.guideline_agent)))

house.solve = solve
short = sys.argv[2] != "local"
if short:
    house.diagnose = lambda *asked: None
options = SolveOptions(
    interpreter=sys.executable,
    budget=120.0,
    folds=2,
    tracks=("traditional",),
    executor=sys.argv[2],
    without=("verification",) if short else (),
)
solver.read_orders = lambda: solver.Orders(options=options)
sys.exit(solver.main(Path(sys.argv[1])))
"""


def start_solve(folder: Path, executor: str = "local") -> subprocess.Popen[str]:
    """Start a solve with two folds and one linear model; a shorter one on a cluster."""
    return start_python(SOLVER, folder, executor)


def solved_once(factory: pytest.TempPathFactory) -> Path:
    """The folder, solved by whichever test process asks first; nobody changes it."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder = shared / "solved-once" / "shop"
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "submission.csv").exists():
            shutil.rmtree(folder, ignore_errors=True)
            write_competition(folder, "binary", rows=200)
            with start_solve(folder) as solver:
                assert solver.wait() == 0
    return folder


def copy_of_solved(factory: pytest.TempPathFactory, folder: Path) -> Path:
    """A copy that a test may change; what a cache holds for the original does not serve it."""
    return Path(shutil.copytree(solved_once(factory), folder))
