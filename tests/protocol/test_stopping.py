"""Stopping a solve over the protocol: at first politely, then at once."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from processes import wait_until
from processes.daemon import Daemon, Failed
from processes.solving import Folder


def test_a_solver_that_does_not_stop_is_ended_when_it_is_asked_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "scored")
    place = folder.workspace.folder
    uri = {"folder": place.as_uri()}

    def answer() -> str:
        return str(daemon.ask("iiml/stop", uri)["message"])

    with Daemon() as daemon, folder.solver() as solver:
        daemon.start(place)
        folder.wait_for_work()
        wait_until(lambda: daemon.state(place).get("best"), "the best so far")
        psutil.Process(solver.pid).suspend()
        assert answer() == answer() == "Stopping; the best so far is kept."
        assert solver.poll() is None
        daemon.tell("workspace/didChangeConfiguration", {"settings": {"iiml": {"trusted": False}}})
        with pytest.raises(Failed, match="not trusted"):
            wait_until(lambda: "ended" in answer(), "the refusal")
        daemon.tell("workspace/didChangeConfiguration", {"settings": {"iiml": {"trusted": True}}})
        assert "submission.csv with the best so far (01-a) is kept" in answer()
        assert solver.wait() != 0
        wait_until(lambda: daemon.state(place)["status"] == "lost", "the loss")
        wait_until(lambda: not daemon.state(place)["runs"], "the end of the runs")
        assert daemon.state(place)["best"] == "01-a"
        assert answer() == "No solver is at work in this folder."
