"""The worker as a real process: one line in, one line out, whatever happens in between."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import iiml_codegen.worker

WORKER = Path(iiml_codegen.worker.__file__).parent
LOUD = """
import os, sys


def loud(params):
    print("a stray print")
    os.write(1, b"a stray write\\n")
    return {"value": float("nan"), "list": (1, float("inf")), "name": params.get("name")}


def modules(params):
    import profile

    ours = [name for name in sys.modules if name.startswith("iiml_codegen")]
    return {"profile": profile.__file__, "ours": ours}
"""


@pytest.fixture
def worker(tmp_path: Path) -> Path:
    """A copy of the worker's protocol with two verbs for tests."""
    folder = tmp_path / "worker"
    folder.mkdir()
    for name in ("__init__.py", "__main__.py", "errors.py"):
        shutil.copy(WORKER / name, folder / name)
    (folder / "profile.py").write_text("value = 1\n")
    (folder / "loud.py").write_text(LOUD)
    verbs = {"loud": "loud:loud", "modules": "loud:modules"}
    (folder / "verbs.py").write_text(f"VERBS = {verbs!r}\n")
    return folder


def talk(folder: Path, text: str, *arguments: str) -> tuple[list[dict[str, Any]], str, int]:
    """Answers, what went to standard error, and the exit code."""
    done = subprocess.run(
        [sys.executable, "-I", str(folder), *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr, done.returncode


def test_what_a_verb_prints_goes_to_standard_error(worker: Path) -> None:
    answers, errors, _ = talk(worker, '{"verb": "loud"}\n')
    assert len(answers) == 1
    assert "a stray print" in errors
    assert "a stray write" in errors


def test_nan_and_infinity_become_null(worker: Path) -> None:
    answers, _, code = talk(worker, '{"verb": "loud", "params": {"name": "zoë"}}\n')
    assert answers == [{"result": {"value": None, "list": [1, None], "name": "zoë"}}]
    assert code == 0


def test_two_requests_are_answered_by_one_process(worker: Path) -> None:
    text = '{"verb": "loud", "params": {"name": 1}}\n\n{"verb": "loud", "params": {"name": 2}}\n'
    answers, _, _ = talk(worker, text)
    assert [answer["result"]["name"] for answer in answers] == [1, 2]


def test_an_unknown_verb_is_answered_with_the_known_ones(worker: Path) -> None:
    answers, _, _ = talk(worker, '{"verb": "sing"}\n')
    assert answers[0]["error"]["message"] == "unknown verb 'sing'"
    assert "loud" in answers[0]["error"]["hint"]


@pytest.mark.parametrize("line", ["{", "[]", '{"verb": "loud", "params": []}', '"loud"'])
def test_what_is_no_request_is_answered_and_the_next_one_served(worker: Path, line: str) -> None:
    answers, _, code = talk(worker, line + '\n{"verb": "loud"}\n')
    assert answers[0]["error"]["code"] == "IIML904"
    assert "result" in answers[1]
    assert code == 0


def test_a_verb_as_argument_reads_its_params_once(worker: Path) -> None:
    answers, _, code = talk(worker, '{\n"name": "x"\n}', "loud")
    assert answers[0]["result"]["name"] == "x"
    assert code == 0


def test_a_failing_verb_as_argument_exits_with_one(worker: Path) -> None:
    answers, _, code = talk(worker, "{}", "sing")
    assert "error" in answers[0]
    assert code == 1


def test_a_defect_is_answered_with_its_type_and_logged_with_its_traceback(worker: Path) -> None:
    (worker / "loud.py").write_text("def loud(params):\n    return {}['x']\n")
    answers, errors, _ = talk(worker, '{"verb": "loud"}\n')
    assert answers[0]["error"]["message"].startswith("KeyError")
    assert "Traceback" in errors


def test_the_worker_shadows_no_standard_module_and_needs_no_installed_iiml(worker: Path) -> None:
    answers, _, _ = talk(worker, '{"verb": "modules"}\n')
    assert Path(answers[0]["result"]["profile"]).parent != worker
    assert answers[0]["result"]["ours"] == []


def test_trouble_with_data_comes_with_a_way_out(tmp_path: Path) -> None:
    params = {"labels": {"file": str(tmp_path / "none.npy")}, "kind": "binary", "metric": "f1"}
    answers, _, _ = talk(WORKER, json.dumps({"verb": "score", "params": params}) + "\n")
    assert answers[0]["error"]["code"] == "IIML901"
    assert answers[0]["error"]["hint"]


def test_every_verb_is_a_function_of_the_worker() -> None:
    from iiml_codegen.worker.verbs import VERBS

    for place in VERBS.values():
        module, function = place.split(":")
        source = (WORKER / f"{module}.py").read_text("utf-8")
        assert f"\ndef {function}(" in source, place
