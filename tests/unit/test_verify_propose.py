"""`iiml verify --propose`: patches are found on a copy and wait; it can be ended at any time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from competitions.planned import planned_folder
from processes import wait_until

from iiml_codegen.domain.wire import to_json
from iiml_codegen.execution.lock import holder_of
from iiml_codegen.execution.runner import stop_leftovers
from iiml_codegen.offers import pending, rebased, reject
from iiml_codegen.viewing.verify_files import module_texts
from iiml_codegen.viewing.verify_plan import digest
from iiml_codegen.workspace import Workspace

IIML = [sys.executable, "-c", "import sys; from iiml_codegen.cli import main; sys.exit(main())"]
COLUMN = ('"income", "noise"]', '"incme", "noise"]')
NAME = ("features = useful_columns(", "feature = useful_columns(")
SLOW = ("    train = read", "    while True: pass\n    train = read")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A competition with plan and modules."""
    return planned_folder(tmp_path_factory.mktemp("planned") / "shop").folder


@pytest.fixture
def shop(planned: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(planned, tmp_path / "shop")
    return Workspace(tmp_path / "shop")


def break_prep(workspace: Workspace, old: str, new: str) -> str:
    """Edit prep by hand; its text as it is then."""
    text = workspace.prep.read_text("utf-8")
    assert text.count(old) == 1
    workspace.prep.write_text(text.replace(old, new), "utf-8")
    return workspace.prep.read_text("utf-8")


def command(workspace: Workspace, *more: str) -> list[str]:
    return [*IIML, "verify", str(workspace.folder), "--rung", "3", "--propose", "--json", *more]


def verdicts(workspace: Workspace) -> list[dict[str, Any]]:
    """What one call printed, line by line."""
    done = subprocess.run(command(workspace), capture_output=True, check=False)
    return [json.loads(line) for line in done.stdout.split(b"\n") if line]


def own_folders(workspace: Workspace) -> list[Path]:
    return [*workspace.candidates.glob("verify-*"), *workspace.runs.glob("verify-*")]


def test_patches_wait_and_the_files_of_the_user_stay(shop: Workspace) -> None:
    good = shop.prep.read_text("utf-8")
    broken = break_prep(shop, *COLUMN)
    told = verdicts(shop)
    assert [one["searching"] for one in told] == [*[True] * (len(told) - 1), False]
    assert told[0]["offers"] == [] and told[0]["status"] == "failed"
    assert told[0]["digests"]["prep.py"] == digest(broken)
    last = told[-1]
    (fault,) = last["faults"]
    assert (fault["place"]["file"], fault["rung"]) == ("prep.py", 4)
    assert fault["offers"] == [one["id"] for one in last["offers"]]
    assert all(one["fault"] == fault["key"] and one["verified"] for one in last["offers"])
    assert shop.prep.read_text("utf-8") == broken
    waiting = pending(shop)
    assert [one.id for one in waiting] == fault["offers"]
    assert 1 < len(waiting) <= 3
    assert rebased(waiting[0], module_texts(shop)) == {"prep.py": good}
    assert own_folders(shop) == []
    check_answers(shop, fault["offers"])


def check_answers(workspace: Workspace, offered: list[str]) -> None:
    """What was refused is not offered again; what a hand has mended needs no offers."""
    reject(workspace, offered[0])
    again = verdicts(workspace)[-1]
    assert offered[0] not in again["faults"][0]["offers"]
    assert offered[1] in again["faults"][0]["offers"]
    break_prep(workspace, COLUMN[1], COLUMN[0])
    (mended,) = verdicts(workspace)
    assert (mended["status"], mended["offers"], mended["searching"]) == ("ok", [], False)
    assert list((workspace.generated / "offers").glob("*.json")) == []


def test_a_static_error_without_a_sure_mend_is_patched_too(shop: Workspace) -> None:
    good = shop.prep.read_text("utf-8")
    break_prep(shop, *NAME)
    last = verdicts(shop)[-1]
    assert last["notes"] == ["nothing was run: mend what is above first"]
    errors = [one for one in last["violations"] if one["severity"] == "error"]
    assert [one["code"] for one in errors] == ["IIML104"]
    (first, *_) = pending(shop)
    assert first.id in errors[0]["offers"]
    assert rebased(first, module_texts(shop)) == {"prep.py": good}


def test_a_static_error_with_a_sure_mend_needs_no_search(shop: Workspace) -> None:
    break_prep(shop, "import numpy as np", "!pip install rich\nimport numpy as np")
    (only,) = verdicts(shop)
    assert (only["status"], only["searching"], only["offers"]) == ("failed", False, [])


@pytest.mark.skipif(sys.platform == "win32", reason="a request to end another process")
def test_a_look_that_is_told_to_end_leaves_nothing_and_disturbs_no_other(
    shop: Workspace,
) -> None:
    break_prep(shop, *SLOW)
    looks = [subprocess.Popen(command(shop), stdout=subprocess.DEVNULL) for _ in range(2)]
    try:
        for look in looks:
            wait_until(lambda look=look: started(shop, look.pid), "a run of a look")
        looks[0].send_signal(signal.SIGTERM)
        assert looks[0].wait(240) == 130
        assert not started(shop, looks[0].pid)
        assert looks[1].poll() is None and started(shop, looks[1].pid)
        looks[1].kill()
        looks[1].wait()
        break_prep(shop, SLOW[1], SLOW[0])
        assert own_folders(shop) != []
        assert verdicts(shop)[-1]["status"] == "ok"
        assert own_folders(shop) == []
    finally:
        for look in looks:
            look.kill()


def started(workspace: Workspace, pid: int) -> bool:
    """Whether a script of that process's look is at work."""
    return any(workspace.runs.glob(f"verify-{pid}-*/script.json"))


def test_a_solver_that_takes_the_folder_leaves_the_runs_of_a_look_alone(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    names = ("verify-7-model_traditional-check-1", "01-lightgbm-check-1")
    for name in names:
        note = workspace.run(name) / "supervisor.json"
        workspace.write_bytes(note, to_json(holder_of(os.getpid())))
    stop_leftovers(workspace.runs)
    assert [(workspace.run(name) / "stop").exists() for name in names] == [False, True]
