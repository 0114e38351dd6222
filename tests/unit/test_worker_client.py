"""The worker client: typed answers, typed trouble, and a worker that comes back after dying."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from processes import script, wait_until

from iiml_codegen.domain.fault import Place
from iiml_codegen.errors import (
    CompetitionError,
    EnvironmentProblem,
    UnsupportedTaskError,
    WorkerError,
)
from iiml_codegen.execution.worker_client import WorkerClient

WORKER = """
import json, os, sys, threading
print("started", file=sys.stderr, flush=True)
for line in sys.stdin:
    request = json.loads(line)
    verb, params = request["verb"], request["params"]
    if verb == "die":
        os._exit(9)
    if verb == "hang":
        print("hanging", file=sys.stderr, flush=True)
        threading.Event().wait()
    if verb == "nonsense":
        print("not json", flush=True)
        continue
    if verb == "environment":
        answer = {"result": dict(os.environ)}
    elif verb == "fail":
        answer = {"error": {"message": "no such column", "hint": "look", "code": params["code"]}}
    else:
        answer = {"result": params | {"pid": os.getpid()}}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def client(tmp_path: Path) -> Iterator[WorkerClient]:
    script(tmp_path / "worker" / "__main__.py", WORKER)
    worker = tmp_path / "worker"
    found = WorkerClient(Path(sys.executable), tmp_path / "worker.log", worker=worker)
    yield found
    found.close()


def test_one_process_answers_many_calls(client: WorkerClient) -> None:
    first, second = client.call("echo", {"a": [1, "ü"]}), client.call("echo", {})
    assert first["a"] == [1, "ü"]
    assert first["pid"] == second["pid"]


def test_an_answer_becomes_a_frozen_type(client: WorkerClient, tmp_path: Path) -> None:
    script(
        tmp_path / "worker/__main__.py", WORKER.replace('params | {"pid": os.getpid()}', "params")
    )
    assert client.call_typed("echo", {"file": "a", "line": 2}, Place) == Place(file="a", line=2)


def test_an_answer_that_does_not_fit_is_the_workers_fault(client: WorkerClient) -> None:
    with pytest.raises(WorkerError, match="pid"):
        client.call_typed("echo", {"file": "a"}, Place)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("IIML901", CompetitionError),
        ("IIML555", CompetitionError),
        ("IIML902", UnsupportedTaskError),
        ("IIML903", EnvironmentProblem),
        ("IIML904", WorkerError),
    ],
)
def test_trouble_keeps_message_hint_and_code(
    client: WorkerClient, code: str, kind: type[CompetitionError]
) -> None:
    with pytest.raises(kind, match="no such column") as trouble:
        client.call("fail", {"code": code})
    assert type(trouble.value) is kind
    assert (trouble.value.hint, trouble.value.code) == ("look", code)


def test_a_worker_that_dies_is_started_again(client: WorkerClient) -> None:
    pid = client.call("echo", {})["pid"]
    with pytest.raises(WorkerError, match=r"ended during die.*9") as trouble:
        client.call("die", {})
    assert trouble.value.retryable
    assert client.call("echo", {})["pid"] != pid


def test_a_killed_worker_is_started_again(client: WorkerClient) -> None:
    pid = client.call("echo", {})["pid"]
    worker = psutil.Process(pid)
    worker.kill()
    wait_until(lambda: not worker.is_running() or worker.status() == "zombie", "it is gone")
    assert client.call("echo", {})["pid"] != pid


def test_a_worker_that_takes_too_long_is_ended(client: WorkerClient) -> None:
    pid = client.call("echo", {})["pid"]
    with pytest.raises(WorkerError, match="more than 1 s for hang"):
        client.call("hang", {}, timeout=1)
    assert not psutil.pid_exists(pid)
    assert client.call("echo", {})["pid"] != pid


def test_an_answer_that_is_no_json_is_said(client: WorkerClient) -> None:
    with pytest.raises(WorkerError, match="no answer"):
        client.call("nonsense", {})


def test_closing_ends_a_call_of_another_thread(client: WorkerClient, tmp_path: Path) -> None:
    raised: list[Exception] = []

    def ask() -> None:
        try:
            client.call("hang", {})
        except WorkerError as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    log = tmp_path / "worker.log"
    wait_until(lambda: log.exists() and "hanging" in log.read_text("utf-8"), "it hangs")
    client.close()
    thread.join()
    assert "ended during hang" in str(raised[0])


def test_threads_take_turns(client: WorkerClient) -> None:
    answers: dict[int, int] = {}

    def ask(number: int) -> None:
        answers[number] = client.call("echo", {"n": number})["n"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number for number in range(8)}


def test_the_worker_sees_no_keys(client: WorkerClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret-value")
    seen = client.call("environment", {})
    assert "secret-value" not in seen.values()
    assert seen["OMP_WAIT_POLICY"] == "PASSIVE"


def test_an_interpreter_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot start"):
        WorkerClient(tmp_path / "python", tmp_path / "worker.log").call("echo", {})


def test_the_real_worker_answers(tmp_path: Path) -> None:
    client = WorkerClient(Path(sys.executable), tmp_path / "worker.log")
    with pytest.raises(WorkerError, match="unknown verb"):
        client.call("dance", {})
    client.close()
