"""Profiling agent on a backbone: code that measures what the profile leaves open, run under guard.

What it measured goes back to a model, so that it is the way by which a script could tell secrets:
it reads nothing of the user's home but the competition, and its answer is bounded.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iiml_codegen.backbones.agents.profiling_checks import (
    Allowed,
    digest_of,
    words_in,
    wrong_code,
)
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.digest import Digest
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.environment import available_memory
from iiml_codegen.integration.crash_record import read_crash

WALL_SECONDS = 60.0
BUDGET_SHARE = 0.1
MEMORY_SHARE = 0.4
MOST_COLUMNS = 25
MOST_BYTES = 200_000
ROUNDS = 2
LONGEST_MESSAGE = 200
ENDING = """

if __name__ == "__main__":
    import json as _json
    import sys as _sys
    from pathlib import Path as _Path

    def _plain(value):
        told = getattr(value, "tolist", None) or getattr(value, "to_dict", None)
        return told() if told else str(value)

    def _named(value):
        if hasattr(value, "to_dict"):
            value = value.to_dict()
        if isinstance(value, dict):
            return {str(name): _named(one) for name, one in value.items()}
        return [_named(one) for one in value] if isinstance(value, (list, tuple, set)) else value

    _facts = _named(profile(_Path(_sys.argv[1])))
    _Path(_sys.argv[2]).write_text(_json.dumps(_facts, default=_plain), "utf-8")
"""
"""What a profiling script ends with: call `profile`, and write what it gave as JSON."""


class ProfilingCode(Frozen):
    """A Python module with one function `profile(data_dir)` that returns facts."""

    code: str


@dataclass(frozen=True)
class BackboneProfilingAgent:
    """Has a model write measuring code, runs it on the data, and gives what it measured.

    `folder` is where the data are read: the competition, or where its archives were unpacked.
    """

    asker: Asker
    context: SolveContext
    folder: str

    def measure(self, task: TaskSummary, profile: DataProfile, reading: str = "") -> str:
        """Facts as one JSON object. Raises `NoAnswerError`."""
        digest = Digest(self.asker.share_values)
        parts = {
            "task": digest.task(task),
            "columns": digest.profile(profile, task, MOST_COLUMNS),
            "reading": reading,
            "values": self.asker.share_values,
        }
        trial = Trial(self, frozenset(c.name for c in profile.columns))
        self.asker.ask("profiling_agent", parts, ProfilingCode, check=trial.wrong, rounds=ROUNDS)
        return trial.facts

    def run(self, code: str) -> tuple[RunResult, Path]:
        """Run the code as any generated script; its answer lies in the file."""
        name = f"profiling-{hashlib.sha256(code.encode()).hexdigest()[:12]}"
        workspace = self.context.workspace
        folder = workspace.run(name)
        script, answer = folder / "profile.py", folder / "facts.json"
        workspace.write_text(script, code.rstrip("\n") + ENDING)
        spec = RunSpec(
            id=name,
            script=str(script),
            folder=str(folder),
            interpreter=str(self.context.interpreter),
            purpose="profiling code",
            arguments=(self.folder, str(answer)),
            wall_seconds=min(WALL_SECONDS, BUDGET_SHARE * self.context.budget.total),
            memory_bytes=int(MEMORY_SHARE * available_memory()),
            refused_reads=self.refused(),
            allowed_reads=(self.folder,),
        )
        return self.context.runner.run(spec), answer

    def refused(self) -> tuple[str, ...]:
        """The user's home and our own records: what a script reads here leaves the machine."""
        workspace, home = self.context.workspace, Path.home()
        folders = [workspace.home, workspace.cache_dir()]
        if home != Path(home.anchor):
            folders.append(home)
        return tuple(str(folder) for folder in folders if str(folder) != self.folder)


class Trial:
    """Runs each answer; keeps what the one that worked has measured."""

    def __init__(self, agent: BackboneProfilingAgent, columns: frozenset[str]) -> None:
        self._agent = agent
        self._columns = columns
        self.facts = ""

    def wrong(self, answer: ProfilingCode) -> str:
        """What is wrong with the code; "" where it measured something."""
        said = wrong_code(answer.code)
        if said:
            return said
        result, file = self._agent.run(answer.code)
        if not result.ok:
            return self._failure(result)
        try:
            facts = read_facts(file)
        except ValueError:
            return "profile must return a dict of small facts that JSON can hold"
        hidden = not self._agent.asker.share_values
        allowed = Allowed(words_in(answer.code), self._columns) if hidden else None
        self.facts = digest_of(facts, allowed)
        return "" if self.facts else "profile returned nothing that may be told"

    def _failure(self, result: RunResult) -> str:
        """What went wrong; a message may cite a cell, so it is told only where cells are."""
        if result.forbidden:
            return "the code may only read files below data_dir, and write nothing"
        trace = read_crash(self._agent.context.workspace.run(result.id))
        if trace is None:
            return f"the code ended: {result.status} {result.reason}"
        lines = [frame.line for frame in trace.frames if frame.own]
        where = f" in line {lines[-1]}" if lines else ""
        message = " ".join(trace.message.split())[:LONGEST_MESSAGE]
        told = f": {message}" if self._agent.asker.share_values else ""
        return f"the code failed{where}: {trace.type}{told}"


def read_facts(file: Path) -> dict[str, Any]:
    """What a script wrote. Raises ValueError where it is no object, or too large to be read."""
    try:
        with file.open("rb") as answer:
            data = answer.read(MOST_BYTES + 1)
    except OSError as error:
        raise ValueError("there is no answer") from error
    if len(data) > MOST_BYTES:
        raise ValueError("the answer is too long")
    facts = json.loads(data, parse_constant=lambda _: None)
    if not isinstance(facts, dict):
        raise ValueError("the answer is no object")
    return facts
