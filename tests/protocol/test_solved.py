"""What daemons tell of a folder that was really solved, and what can be done with it then."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from processes import wait_until
from processes.daemon import Daemon, Failed

from iiml_codegen.domain.events import CandidateUpdated, SolveStarted
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace
from workspace_templates.sample_competition import write_competition

SETTINGS = 'budget = "10m"\nfolds = 3\ntracks = ["traditional"]\n'
"""Time enough for any machine: the solve is stopped once it has a submission."""
SOLVING = 300.0


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def status(daemon: Daemon, folder: Path) -> str | None:
    """How far the candidate of the modules as they stand is."""
    candidates = daemon.state(folder).get("candidates", [])
    return next((one["status"] for one in candidates if one["id"] == "00-yours"), None)


def test_a_solve_by_command_ends_with_a_submission_that_another_daemon_shows(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "sample é"
    write_competition(folder)
    (folder / "iiml.toml").write_text(SETTINGS)
    order = {"folder": folder.as_uri()}
    with Daemon() as daemon, Daemon() as other:
        daemon.start(folder)
        solve = {"command": "iiml.server.solve", "arguments": [order]}
        assert daemon.ask("workspace/executeCommand", solve)["done"] is True
        wait_until(lambda: daemon.state(folder).get("submission"), "a submission", SOLVING)
        daemon.ask("iiml/stop", order)
        wait_until(lambda: daemon.state(folder)["status"] != "running", "the end", SOLVING)
        wait_until(lambda: daemon.state(folder)["pid"] is None, "the lock's release")
        told = daemon.ask("iiml/open", order)
        assert told["status"] in ("stopped", "solved")
        assert told["bestScore"] > 0.5
        other.start(folder)
        (shown,) = other.ask("iiml/competitions", {})["competitions"]
        assert {**shown, "seq": 0} == {**told, "seq": 0}
        assert (daemon.end(), other.end()) == (0, 0)
    wanted, given = (rows(folder / name) for name in ("sample_submission.csv", "submission.csv"))
    assert [row["rental_id"] for row in given] == [row["rental_id"] for row in wanted]
    assert len({row["returned_late"] for row in given}) > 1


def test_a_track_is_scored_again_by_command_and_only_that(solved_folder: Path) -> None:
    model = solved_folder / "iiml" / "model_traditional.py"
    model.write_text(model.read_text("utf-8") + "\n# looked at by hand\n", "utf-8")
    order = {"folder": model.as_uri(), "track": "traditional", "budget": "5m"}
    with Daemon() as daemon:
        daemon.start(solved_folder)
        daemon.ask("iiml/competitions", {})
        before = daemon.ask("iiml/affected", {"folder": solved_folder.as_uri()})["tracks"]
        assert [one["affected"] for one in before if one["track"] == "traditional"] == [True]
        run = {"command": "iiml.server.runTrack", "arguments": [order]}
        number = daemon.request("workspace/executeCommand", run)
        wait_until(lambda: status(daemon, solved_folder) == "scored", "the score", SOLVING)
        daemon.ask("iiml/stop", {"folder": solved_folder.as_uri()})
        assert daemon.reply(number)["done"] is True
        after = daemon.ask("iiml/affected", {"folder": solved_folder.as_uri()})["tracks"]
        assert [one["affected"] for one in after if one["track"] == "traditional"] == [False]
        assert daemon.end() == 0
    entries = Journal(Workspace(solved_folder).journal).read()
    started = [one for one in entries if isinstance(one.event, SolveStarted)]
    assert [one.event.track for one in started] == [None, "traditional"]  # type: ignore[union-attr]
    scored = [one for one in entries if isinstance(one.event, CandidateUpdated)]
    assert scored[-1].seq > started[-1].seq


def test_a_run_that_fails_is_one_message(solved_folder: Path) -> None:
    (solved_folder / "iiml" / "model_traditional.py").write_text("def fit(X, y:\n")
    order = {"folder": solved_folder.as_uri(), "track": "traditional"}
    with Daemon() as daemon:
        daemon.start(solved_folder)
        daemon.ask("iiml/competitions", {})
        with pytest.raises(Failed) as failed:
            run = {"command": "iiml.server.runTrack", "arguments": [order]}
            daemon.ask("workspace/executeCommand", run)
        assert str(failed.value) and "\n" not in str(failed.value)
