"""One real solve for all tests of the protocol, however many processes run them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import pytest
from processes import wait_until
from processes.daemon import Daemon

from workspace_templates.sample_competition import write_competition

SETTINGS = 'budget = "10m"\nfolds = 3\ntracks = ["traditional"]\n'
"""Time enough for any machine: the solve is stopped once it has a submission."""
SOLVING = 300.0


@dataclass(frozen=True)
class Solved:
    """The bundled sample, solved by a command of the daemon, and what that told in the end.

    Copy the folder to change it: other tests read it, too.
    """

    folder: Path
    answer: dict[str, Any]
    state: dict[str, Any]


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Solved:
    """The solved sample; the first process that asks makes it, the others wait for it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "solved sample é"
    told = shared / "told.json"
    with filelock.FileLock(f"{shared}.lock"):
        if not told.exists():
            told.parent.mkdir()
            told.write_text(json.dumps(solve(shared / "sample")))
    answer, state = json.loads(told.read_text())
    return Solved(shared / "sample", answer, state)


def solve(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Solve the sample as an editor without a terminal of ours does, until it has a submission."""
    write_competition(folder)
    (folder / "iiml.toml").write_text(SETTINGS)
    order = {"folder": folder.as_uri()}
    with Daemon() as daemon:
        daemon.start(folder)
        daemon.ask("iiml/competitions", {})
        solve = {"command": "iiml.server.solve", "arguments": [order]}
        answer = daemon.ask("workspace/executeCommand", solve)
        wait_until(lambda: daemon.state(folder).get("submission"), "a submission", SOLVING)
        daemon.ask("iiml/stop", order)
        wait_until(lambda: daemon.state(folder)["status"] != "running", "the end", SOLVING)
        wait_until(lambda: daemon.state(folder)["pid"] is None, "the lock's release")
        return answer, daemon.state(folder)
