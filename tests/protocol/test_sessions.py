"""Sessions over a real process: competitions are found, followed, and told of."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import psutil
import pytest
from processes import wait_until
from processes.daemon import CHANGED, Daemon, Failed
from processes.solving import Folder

from iiml_codegen.domain.candidate import Candidate, Score
from iiml_codegen.domain.events import CandidateUpdated, Note, SolveEnded, SolveStarted
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace

OURS = {"clientCommands": True}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    place = tmp_path / "häuser 🏠"
    place.mkdir()
    return Folder(place)


def competition(path: Path) -> Path:
    """A folder that looks like a competition."""
    path.mkdir(parents=True)
    for name in ("train.csv", "test.csv", "sample_submission.csv"):
        (path / name).write_text("id,y\n1,2\n")
    return path


def names(daemon: Daemon) -> list[str]:
    return [one["name"] for one in daemon.ask("iiml/competitions", {})["competitions"]]


def test_competitions_are_found_in_the_workspace_and_directly_below_it(tmp_path: Path) -> None:
    competition(tmp_path / "by-data")
    competition(tmp_path / "deep" / "er")
    for mark in ("iiml.toml", "iiml/blueprint.json"):
        place = tmp_path / mark.replace("/", "-") / mark
        place.parent.mkdir(parents=True)
        place.write_text("")
    (tmp_path / "other").mkdir()
    with Daemon() as daemon:
        daemon.start(tmp_path)
        assert names(daemon) == ["by-data", "iiml-blueprint.json", "iiml.toml"]
        gone = {"added": [], "removed": [{"uri": tmp_path.as_uri(), "name": ""}]}
        come = {"added": [{"uri": (tmp_path / "deep").as_uri(), "name": ""}], "removed": []}
        daemon.tell("workspace/didChangeWorkspaceFolders", {"event": gone})
        daemon.tell("workspace/didChangeWorkspaceFolders", {"event": come})
        assert names(daemon) == ["er"]
        assert daemon.end() == 0


def test_a_folder_that_becomes_a_competition_appears_by_itself(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    solved = competition(tmp_path / "elsewhere" / "deep")
    written(solved)
    with Daemon() as daemon:
        daemon.start(tmp_path)
        assert names(daemon) == []
        (tmp_path / "empty" / "train.csv").write_text("id,y\n1,2\n")
        (tmp_path / "empty" / "test.csv").write_text("id\n1\n")
        wait_until(lambda: daemon.state(tmp_path / "empty"), "the data")
        (tmp_path / "started" / "iiml").mkdir(parents=True)
        assert names(daemon) == ["empty"]
        written(tmp_path / "started")
        wait_until(lambda: daemon.state(tmp_path / "started"), "the solve in a shell")
        shutil.copytree(solved, tmp_path / "copied")
        wait_until(lambda: daemon.state(tmp_path / "copied").get("status") == "solved", "the copy")
        assert names(daemon) == ["copied", "empty", "started"]
        assert daemon.end() == 0


def test_one_folder_has_one_session_however_its_uri_is_written(tmp_path: Path) -> None:
    place = competition(tmp_path / "a b")
    with Daemon() as daemon:
        daemon.start()
        for uri in (place.as_uri(), place.as_uri() + "/", place.as_uri().replace("/a", "/%61")):
            assert daemon.ask("iiml/open", {"folder": uri})["folder"] == place.as_uri()
        assert names(daemon) == ["a b"]


def test_a_solve_is_told_of_as_it_happens(folder: Folder) -> None:
    with Daemon() as daemon:
        daemon.start(options=OURS)
        assert (
            daemon.ask("iiml/open", {"folder": folder.workspace.folder.as_uri()})["status"] == "new"
        )
        with folder.solver() as solver:
            wait_until(lambda: daemon.state(folder.workspace.folder).get("runs"), "a run")
            running = daemon.state(folder.workspace.folder)
            assert (running["status"], running["pid"]) == ("running", solver.pid)
            assert running["candidates"][0]["score"] == 0.5
            assert running["runs"][0]["log"].endswith("/iiml/runs/one/log.txt")
            folder.go()
            assert solver.wait() == 0
        wait_until(lambda: daemon.state(folder.workspace.folder)["status"] == "solved", "the end")
        wait_until(
            lambda: daemon.state(folder.workspace.folder)["pid"] is None, "the lock's release"
        )
        assert daemon.state(folder.workspace.folder)["runs"] == []


def test_a_killed_solver_is_lost_and_a_stop_request_reaches_a_living_one(folder: Folder) -> None:
    uri = {"folder": folder.workspace.folder.as_uri()}
    with Daemon() as daemon:
        daemon.start()
        daemon.ask("iiml/open", uri)
        with folder.solver() as solver:
            folder.wait_for_work()
            wait_until(lambda: daemon.state(folder.workspace.folder).get("runs"), "the run")
            solver.kill()
            solver.wait()
        wait_until(
            lambda: daemon.state(folder.workspace.folder).get("status") == "lost", "the loss"
        )
        assert daemon.state(folder.workspace.folder)["hint"]
        assert daemon.ask("iiml/stop", uri)["done"] is False
        with folder.solver() as solver:
            wait_until(
                lambda: daemon.state(folder.workspace.folder).get("pid") == solver.pid, "the solver"
            )
            assert daemon.ask("iiml/stop", uri)["done"] is True
            solver.wait()
        wait_until(lambda: daemon.state(folder.workspace.folder)["status"] == "stopped", "the stop")


def test_a_killed_daemon_leaves_the_solver_and_two_daemons_show_the_same(folder: Folder) -> None:
    with folder.solver() as solver:
        folder.wait_for_work()
        with Daemon() as first:
            first.start(folder.workspace.folder)
            wait_until(lambda: first.state(folder.workspace.folder).get("runs"), "the run")
            first.process.kill()
        with Daemon() as second, Daemon() as third:
            for daemon in (
                second.start(folder.workspace.folder),
                third.start(folder.workspace.folder),
            ):
                wait_until(lambda d=daemon: d.state(folder.workspace.folder).get("runs"), "the run")  # type: ignore[misc]
                assert daemon.state(folder.workspace.folder)["pid"] == solver.pid
            assert solver.poll() is None
            folder.go()
            assert solver.wait() == 0
            for daemon in (second, third):
                wait_until(
                    lambda d=daemon: d.state(folder.workspace.folder)["status"] == "solved",  # type: ignore[misc]
                    "the end",
                )


def written(path: Path, note: str = "") -> Workspace:
    """A folder whose solve ended, written by no solver."""
    workspace = Workspace(path).create()
    journal = Journal(workspace.journal)
    numbers = Score(value=0.5, standard_error=0.1, folds=(0.5,), rows=1)
    row = Candidate(id="01-a", track="traditional", members=("a",), status="scored", score=numbers)
    journal.append(SolveStarted(options=SolveOptions(), pid=1, started=0.0))
    journal.append(CandidateUpdated(candidate=row))
    journal.append(Note(level="information", text=note))
    journal.append(SolveEnded(status="solved", seconds=1.0))
    journal.close()
    return workspace


def test_a_candidates_pipeline_is_one_that_is_there(tmp_path: Path) -> None:
    place = competition(tmp_path / "blended é")
    workspace = written(place)
    journal = Journal(workspace.journal)
    for name in ("ensemble-0", "ensemble-1"):
        blend = Candidate(id=name, track="traditional", members=("a", "b"), status="scored")
        journal.append(CandidateUpdated(candidate=blend))
    journal.close()
    alone, blended = workspace.candidate("01-a"), workspace.candidate("ensemble-0")
    workspace.write_text(alone / "pipeline_custom_nn.py", "of another track")
    workspace.write_text(alone / "pipeline_traditional.py", "scored")
    workspace.write_text(alone / "best.py", "refitted")
    workspace.write_text(blended / "best.py", "refitted")

    def pipelines() -> dict[str, str | None]:
        return {one["id"]: one["pipeline"] for one in daemon.state(place).get("candidates", [])}

    with Daemon() as daemon:
        daemon.start(place)
        wait_until(pipelines, "the candidates")
        home = f"{place.as_uri()}/iiml/candidates"
        assert pipelines() == {
            "01-a": f"{home}/01-a/pipeline_traditional.py",
            "ensemble-0": f"{home}/ensemble-0/best.py",
            "ensemble-1": None,
        }
        assert daemon.end() == 0


def test_a_journal_may_be_replaced_break_vanish_and_come_back(tmp_path: Path) -> None:
    place, other = competition(tmp_path / "here"), competition(tmp_path / "there")
    journal = written(place, note="first").journal
    replaced = written(other, note="second").journal
    with Daemon() as daemon:
        daemon.start(place)
        wait_until(lambda: daemon.state(place).get("notes") == ["first"], "the first journal")
        os.replace(replaced, journal)
        wait_until(lambda: daemon.state(place)["notes"] == ["second"], "the second journal")
        assert len(daemon.state(place)["candidates"]) == 1
        journal.write_bytes(b"no database at all, but long enough to be read as one" * 40)
        wait_until(lambda: "not a journal" in daemon.state(place)["message"], "the trouble")
        shutil.rmtree(place / "iiml")
        wait_until(lambda: daemon.state(place)["status"] == "new", "the end of iiml/")
        written(place, note="third")
        wait_until(lambda: daemon.state(place)["notes"] == ["third"], "the new iiml/")


def test_a_module_that_changes_on_disk_under_unsaved_changes_is_a_note(tmp_path: Path) -> None:
    place = competition(tmp_path / "edited é")
    prep = written(place).prep
    prep.write_text("A = 1\n")
    with Daemon() as daemon:
        daemon.start(place)
        daemon.ask("iiml/competitions", {})
        uri = daemon.open(prep, "A = 1  # mine\n")
        daemon.ask("iiml/competitions", {})
        prep.write_text("A = 2\n")
        wait_until(lambda: "prep.py" in str(daemon.state(place).get("notes")), "the note")
        prep.write_text("A = 1  # mine\n")
        daemon.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
        wait_until(lambda: "prep.py" not in str(daemon.state(place)["notes"]), "its end")


def test_what_the_editor_saved_is_no_news_to_it_however_one_types_on(tmp_path: Path) -> None:
    place = competition(tmp_path / "saved é")
    prep = written(place).prep
    prep.write_text("A = 1\n")

    def told() -> int:
        return sum(one["method"] == CHANGED for one in daemon.heard)

    with Daemon() as daemon:
        daemon.start(place)
        uri = daemon.open(prep, "A = 2\n")
        daemon.ask("iiml/competitions", {})
        daemon.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
        change = {"textDocument": {"uri": uri, "version": 2}}
        daemon.tell("textDocument/didChange", {**change, "contentChanges": [{"text": "A = 3\n"}]})
        daemon.ask("iiml/competitions", {})
        before = told()
        prep.write_text("A = 2\n")
        wait_until(lambda: told() > before, "the look")
        assert "prep.py" not in str(daemon.state(place)["notes"])


def test_progress_is_for_other_clients_and_cancelling_it_stops_the_solver(folder: Folder) -> None:
    window = {"window": {"workDoneProgress": True}}
    with Daemon() as theirs, Daemon() as ours, folder.solver() as solver:
        theirs.start(folder.workspace.folder, capabilities=window)
        ours.start(folder.workspace.folder, capabilities=window, options=OURS)
        wait_until(lambda: ours.state(folder.workspace.folder).get("runs"), "the run")
        wait_until(lambda: any(one["method"] == "$/progress" for one in theirs.heard), "progress")
        token = next(one for one in theirs.heard if one["method"] == "$/progress")["params"][
            "token"
        ]
        theirs.tell("window/workDoneProgress/cancel", {"token": token})
        solver.wait()
        wait_until(lambda: theirs.heard[-1]["params"].get("value", {}).get("kind") == "end", "end")
        assert not any(one["method"] == "$/progress" for one in ours.heard)


def test_nothing_runs_in_an_untrusted_workspace(tmp_path: Path) -> None:
    place = competition(tmp_path / "downloaded")
    uri = {"folder": place.as_uri()}
    asked = {"iiml/preflight": {**uri, "budget": None, "interpreter": None}, "iiml/export": uri}
    with Daemon() as daemon:
        daemon.start(place, options={"trusted": False})
        daemon.ask("iiml/competitions", {})
        for method, params in asked.items():
            with pytest.raises(Failed, match="not trusted"):
                daemon.ask(method, params)
        for command in ("iiml.server.solve", "iiml.server.runTrack"):
            with pytest.raises(Failed, match="not trusted"):
                daemon.ask("workspace/executeCommand", {"command": command, "arguments": [uri]})
        assert psutil.Process(daemon.process.pid).children() == []
        daemon.tell("workspace/didChangeConfiguration", {"settings": {"iiml": {"trusted": True}}})
        found = daemon.ask("iiml/preflight", {"folder": place.as_uri()})
        assert found["folder"] == place.as_uri()


def test_other_clients_start_a_solver_by_a_command_and_stop_it(tmp_path: Path) -> None:
    place = competition(tmp_path / "by-command")
    order = [{"folder": place.as_uri(), "budget": "60s"}]
    with Daemon() as daemon:
        daemon.start(place)
        started = daemon.ask(
            "workspace/executeCommand", {"command": "iiml.server.solve", "arguments": order}
        )
        assert started["done"] is True
        ended = ("failed", "bug", "solved", "stopped")
        wait_until(lambda: daemon.state(place).get("status") in ended, "an end")
        assert (
            sqlite3.connect(place / "iiml" / "journal.sqlite")
            .execute("SELECT COUNT(*) FROM events")
            .fetchone()[0]
        )
