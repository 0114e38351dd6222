"""Language models of the editor over a real daemon, and keys that nobody else gets."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from competitions import write_competition
from processes import wait_until
from processes.asking_solver import AskingFolder
from processes.daemon import SILENCE, Daemon, Failed
from processes.fake_openai import FakeOpenAI

from iiml_codegen.domain.events import SolveStarted
from iiml_codegen.execution.inbox import Inbox, StopRequest
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace

ASK = "iiml/askModel"
OURS = {"answersModels": True, "clientCommands": True}
KEY = "a-key-of-the-tests-4711"


@pytest.fixture
def folder(tmp_path: Path) -> AskingFolder:
    return AskingFolder(tmp_path / "fragen 🏠")


def reply(**changes: Any) -> dict[str, Any]:
    """What a client answers."""
    plain = {"text": "42", "model": "m", "inputTokens": 7, "outputTokens": 2, "message": ""}
    return {**plain, "trouble": None, **changes}


def questions(daemon: Daemon) -> list[dict[str, Any]]:
    return [one["params"] for one in daemon.heard if one["method"] == ASK]


def texts(daemon: Daemon) -> list[str]:
    return [one["messages"][-1]["text"] for one in questions(daemon)]


def test_a_question_reaches_the_editors_model_and_its_answer_the_solver(
    folder: AskingFolder,
) -> None:
    with Daemon(environment={"OPENAI_API_KEY": KEY}) as daemon, folder.solver("a", "b") as solver:
        daemon.answers[ASK] = lambda asked: reply(text=f"{asked['messages'][-1]['text']} {KEY}")
        daemon.start(folder.workspace.folder, options=OURS)
        assert solver.wait() == 0
        first = questions(daemon)[0]
        assert [one["speaker"] for one in first["messages"]] == ["system", "user"]
        assert (first["folder"], first["agent"], first["maxOutput"]) == (folder.uri, "improver", 50)
        assert first["schema"] == '{"type":"object"}'
        assert texts(daemon) == ["a", "b"]
        assert folder.heard() == ["a [hidden] (7 + 2)", "b [hidden] (7 + 2)"]
        assert folder.open_questions() == []


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        (reply(trouble="key", message="no model was chosen"), "key: "),
        (reply(trouble="rate", message="come back later"), "rate: "),
        ({"text": 1}, "timeout: "),
    ],
)
def test_trouble_of_the_editors_model_has_a_kind(
    folder: AskingFolder, answer: object, heard: str
) -> None:
    with Daemon() as daemon, folder.solver("a") as solver:
        daemon.answers[ASK] = answer
        daemon.start(folder.workspace.folder, options=OURS)
        if heard == "timeout: ":  # what cannot be read is no answer, and the next one may be
            wait_until(lambda: questions(daemon), "the question")
            Inbox(folder.workspace.inbox).send(StopRequest(solver=solver.pid))
            heard = "stopped: "
        solver.wait()
        assert folder.heard()[0].startswith(heard)


def test_a_daemon_that_starts_again_asks_what_is_open_and_nothing_else(
    folder: AskingFolder,
) -> None:
    with folder.solver("first", "second") as solver:
        with Daemon() as daemon:
            daemon.answers[ASK] = lambda asked: reply()
            daemon.start(folder.workspace.folder, options=OURS)
            wait_until(lambda: len(folder.heard()) == 1, "the first answer")
            daemon.answers[ASK] = SILENCE
            daemon.process.kill()
        wait_until(lambda: folder.asked() == 2, "the second question")
        with Daemon() as daemon:
            daemon.answers[ASK] = lambda asked: reply(text="late")
            daemon.start(folder.workspace.folder, options=OURS)
            assert solver.wait() == 0
            assert texts(daemon) == ["second"]
    assert folder.heard()[1] in ("late (7 + 2)", "42 (7 + 2)")


def test_a_question_is_withdrawn_when_the_solve_ends(folder: AskingFolder) -> None:
    with Daemon() as daemon, folder.solver("a") as solver:
        daemon.answers[ASK] = SILENCE
        daemon.start(folder.workspace.folder, options=OURS)
        wait_until(lambda: questions(daemon), "the question")
        Inbox(folder.workspace.inbox).send(StopRequest(solver=solver.pid))
        solver.wait()

        def withdrawn() -> bool:
            return any(one["method"] == "$/cancelRequest" for one in daemon.heard)

        wait_until(withdrawn, "the withdrawal")
        asked = next(one["id"] for one in daemon.heard if one["method"] == ASK)
        (cancelled,) = [one for one in daemon.heard if one["method"] == "$/cancelRequest"]
        assert cancelled["params"]["id"] == asked


@pytest.mark.parametrize("options", [{**OURS, "trusted": False}, {"clientCommands": True}])
def test_nobody_is_asked_without_trust_or_without_models(
    folder: AskingFolder, options: dict[str, bool]
) -> None:
    with Daemon() as daemon, folder.solver("a") as solver:
        daemon.answers[ASK] = lambda asked: reply()
        daemon.start(folder.workspace.folder, options=options)
        wait_until(folder.open_questions, "the question")
        Inbox(folder.workspace.inbox).send(StopRequest(solver=solver.pid))
        solver.wait()
        wait_until(lambda: daemon.state(folder.workspace.folder)["status"] == "stopped", "the end")
        assert questions(daemon) == []
        with pytest.raises(Failed, match=r"not trusted|no language models"):
            daemon.ask("iiml/startSolve", order(folder.uri, backbone="editor"))


def order(uri: str, **changes: object) -> dict[str, object]:
    return {"folder": uri, "budget": "60s", "tracks": ["traditional"], "resumed": False, **changes}


def test_a_key_reaches_the_provider_and_no_environment(tmp_path: Path) -> None:
    place = tmp_path / "shop"
    write_competition(place, "binary", rows=120)
    settings = {**OURS, "interpreter": sys.executable, "backbone": "openai", "learn": False}
    knowing: set[str] = set()
    with (
        FakeOpenAI(lambda messages, schema: "I do not know.") as server,
        Daemon(environment={"IIML_OPENAI_API_KEY": KEY}) as daemon,
    ):
        address = {"model": "fake-model", "baseUrl": server.base_url}
        daemon.start(tmp_path, options={**settings, **address})
        assert daemon.ask("iiml/startSolve", order(place.as_uri()))["done"] is True
        solver = psutil.Process(daemon.state(place)["pid"] or holder(daemon, place))
        look = telling(solver, knowing)
        wait_until(look(lambda: server.requests), "a call of the model")
        wait_until(look(lambda: daemon.state(place)["runs"]), "a script that runs")
        wait_until(look(lambda: daemon.state(place).get("tokens")), "the tokens")
        assert daemon.state(place)["backbone"] == "openai"
        daemon.ask("iiml/stop", {"folder": place.as_uri()})
        wait_until(lambda: daemon.state(place)["status"] == "stopped", "the end")
        wait_until(lambda: daemon.state(place)["pid"] is None, "the lock's release")
        daemon.ask("iiml/startSolve", order(place.as_uri(), budget=None, resumed=True))
        wait_until(lambda: daemon.state(place)["status"] == "running", "the resumed solve")
        daemon.ask("iiml/stop", {"folder": place.as_uri()})
        wait_until(lambda: daemon.state(place)["status"] == "stopped", "the second end")
        started = events(place, SolveStarted)
        assert [one.resumed for one in started] == [False, True]
        assert [one.options.backbone for one in started] == ["openai", "openai"]
        assert {asked.key for asked in server.requests} == {KEY}
        assert knowing == set()
        assert files_with(KEY, place) == ""


def events(place: Path, kind: type[Any]) -> list[Any]:
    entries = Journal(Workspace(place).journal).read()
    return [entry.event for entry in entries if isinstance(entry.event, kind)]


def test_a_backbone_without_its_key_is_refused_and_the_page_before_says_what_is_sent(
    tmp_path: Path,
) -> None:
    place = tmp_path / "shop"
    write_competition(place, "binary", rows=120)
    (place / "iiml.toml").write_text('backbone = "gemini"\n')
    page = {"folder": place.as_uri(), "budget": None, "interpreter": None}
    with Daemon() as daemon:
        daemon.start(tmp_path, options={**OURS, "shareValues": False})
        found = daemon.ask("iiml/preflight", page)
        assert found["backbone"] == "gemini"
        assert {"expert", "editor"} <= set(found["backbones"])
        assert any("Gemini" in line and "no value" in line for line in found["leaves"])
        editor = daemon.ask("iiml/preflight", {**page, "backbone": "editor"})
        assert editor["backbone"] == "editor"
        assert not any("Gemini" in line for line in editor["leaves"])
        with pytest.raises(Failed, match="no API key for gemini"):
            daemon.ask("iiml/startSolve", order(place.as_uri()))
        assert not (place / "iiml" / "journal.sqlite").exists()


def holder(daemon: Daemon, place: Path) -> int:
    wait_until(lambda: daemon.state(place).get("pid"), "the solver")
    return int(daemon.state(place)["pid"])


def telling(
    solver: psutil.Process, knowing: set[str]
) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Conditions that look on each try which processes of a solve have the key."""

    def looked() -> None:
        try:
            every = [solver, *solver.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for one in every:
            try:
                spoken = [*one.cmdline(), *one.environ().values()]
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            knowing.update(text for text in spoken if KEY in text)

    def with_look(condition: Callable[[], object]) -> Callable[[], object]:
        def both() -> object:
            looked()
            return condition()

        return both

    return with_look


def files_with(text: str, folder: Path) -> str:
    """Files below a folder that hold a text."""
    found = subprocess.run(["grep", "-rlaF", text, folder], capture_output=True, text=True)
    return found.stdout
