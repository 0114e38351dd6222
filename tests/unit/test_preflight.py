"""The look before a solve: budget, packages, disk, and what stands in the way."""

from __future__ import annotations

import json
import sys
import venv
from pathlib import Path

import attrs
import pytest
from processes.solving import Folder

from iiml_codegen.cli import main
from iiml_codegen.errors import CompetitionError
from iiml_codegen.execution.installing import InstallError, install_all, refusal
from iiml_codegen.execution.interpreter import (
    Interpreter,
    describe,
    distributions,
    requirements,
)
from iiml_codegen.preflight import Preflight, preflight
from iiml_server import wire

PYTHON = Interpreter(
    executable="/usr/bin/python3",
    version=(3, 12, 1),
    missing=(),
    pip=True,
    managed=False,
    writable=True,
    packages="/usr/lib/python3",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    made.mkdir()
    (made / "train.csv").write_text("id,y\n1,2\n")
    return made


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment without pip and packages."""
    place = tmp_path_factory.mktemp("bare")
    venv.create(place, with_pip=False)
    return place / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def messages(found: Preflight, *, blocking: bool) -> str:
    return "\n".join(one.message for one in found.problems if one.blocking == blocking)


def test_a_work_folder_that_is_to_be_made_is_looked_for_above(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "new" / "work"
    assert main(["preflight", str(folder), "--work", str(work), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["free_bytes"] > 0
    assert not work.parent.exists()
    (tmp_path / "file").touch()
    found = preflight(folder, work=tmp_path / "file" / "work")
    assert "cannot be written" in messages(found, blocking=True)


def test_what_a_backbone_would_be_sent_is_said_before(folder: Path) -> None:
    flags = {"backbone": "openai", "base_url": "http://models.example/v1"}
    (told,) = preflight(folder, models=flags).leaves
    assert told.startswith("to models.example: ") and "some values of cells" in told
    (told,) = preflight(folder, models={**flags, "share_values": False}).leaves
    assert "no value of a cell" in told
    unknown = preflight(folder, models={"backbone": "oracle"})
    assert "there is no backbone 'oracle'" in messages(unknown, blocking=True)


def test_a_folder_that_can_be_solved_has_nothing_in_the_way(folder: Path) -> None:
    found = preflight(folder)
    assert messages(found, blocking=True) == ""
    assert (found.budget, found.budget_from, found.metric) == (600.0, "default", None)
    assert found.interpreter == sys.executable
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert (found.missing, found.leaves, found.backbones[0]) == ((), (), "expert")
    assert found.data_bytes == len("id,y\n1,2\n") and found.free_bytes > 0
    assert not (folder / "iiml").exists()


def test_the_file_says_budget_and_metric_and_a_flag_goes_first(folder: Path) -> None:
    (folder / "iiml.toml").write_text('budget = "90s"\nmetric = "rmse"\nwithout = ["knowledge"]\n')
    found = preflight(folder)
    assert (found.budget, found.budget_from, found.metric) == (90.0, "iiml.toml", "rmse")
    assert found.settings == ("budget = 90s", "metric = rmse", "without = knowledge")
    asked = preflight(folder, budget="2m")
    assert (asked.budget, asked.budget_from) == (120.0, "as asked")


@pytest.mark.parametrize(
    ("text", "said"),
    [("budget = 1\n", "too short"), ("interpreter = 'x'\n", "may not stand in iiml.toml")],
)
def test_a_wrong_line_of_the_file_is_a_problem(folder: Path, text: str, said: str) -> None:
    (folder / "iiml.toml").write_text(text)
    assert said in messages(preflight(folder), blocking=True)


def test_missing_packages_are_named_as_pip_knows_them(folder: Path, bare: Path) -> None:
    found = preflight(folder, interpreter=str(bare))
    assert {"numpy", "scikit-learn", "pillow"} <= set(found.missing)
    assert not found.can_install and found.leaves == ()
    assert "no solve can work without numpy, pandas" in messages(found, blocking=True)
    assert "has no pip" in messages(found, blocking=False)


def test_an_interpreter_that_is_none_is_a_problem(folder: Path) -> None:
    found = preflight(folder, interpreter=str(folder / "python"))
    assert "no interpreter" in messages(found, blocking=True)
    assert (found.python, found.can_install) == ("", False)
    program = folder / "notpython"
    program.write_text("#!/bin/sh\necho no\n")
    program.chmod(0o755)
    if sys.platform != "win32":
        assert "does not answer" in messages(preflight(folder, None, str(program)), blocking=True)


def test_an_empty_folder_and_none_at_all(tmp_path: Path) -> None:
    assert "holds no data" in messages(preflight(tmp_path), blocking=True)
    with pytest.raises(CompetitionError):
        preflight(tmp_path / "missing")


def test_a_solver_at_work_is_said(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with folder.solver() as solver:
        folder.wait_for_work()
        said = messages(preflight(tmp_path), blocking=False)
        folder.go()
        assert solver.wait() == 0
    assert f"a solver is at work here (process {solver.pid} on " in said


def test_the_daemon_can_pass_every_field_on(folder: Path) -> None:
    ours = set(Preflight.__struct_fields__)
    assert {field.name for field in attrs.fields(wire.Preflight)} <= ours


def test_the_command_prints_lines_or_one_object(
    folder: Path, bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preflight", str(folder)]) == 0
    assert "leaves       nothing leaves this machine" in capsys.readouterr().out
    assert main(["preflight", str(folder), "--json", "--interpreter", str(bare)]) == 5
    answer = json.loads(capsys.readouterr().out)
    assert answer["folder"] == str(folder) and "numpy" in answer["missing"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"managed": True}, "managed"),
        ({"pip": False}, "no_pip"),
        ({"writable": False}, "not_writable"),
    ],
)
def test_why_pip_cannot_install_is_said_with_a_way_out(
    changes: dict[str, bool], reason: str
) -> None:
    plain = {name: getattr(PYTHON, name) for name in Interpreter.__struct_fields__}
    refused = Interpreter(**plain | changes).no_install()
    assert refused is not None and refused.reason == reason
    assert "-m venv" in refused.hint or "ensurepip" in refused.hint
    assert PYTHON.no_install() is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("error: externally-managed-environment\n", "managed"),
        ("ERROR: No matching distribution found for numpy\n", "offline"),
        ("Failed to establish: NewConnectionError\n", "offline"),
        ("ERROR: Failed building wheel for numpy\n", "failed"),
    ],
)
def test_what_pip_said_is_understood(said: str, reason: str) -> None:
    assert refusal(said).reason == reason


def test_installing_names_what_cannot_be_reached(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    lines: list[str] = []
    with pytest.raises(InstallError) as refused:
        install_all(Path(sys.executable), ["iiml-no-such-package"], lines.append)
    assert refused.value.reason == "offline"
    assert any("iiml-no-such-package" in line for line in lines)
    assert main(["install", "--interpreter", str(bare)]) == 5
    assert describe(bare).missing == describe(bare, describe(bare).missing).missing
    missing = describe(bare).missing
    assert {"scikit-learn", "pandera"} <= set(distributions(missing))
    assert "pandas>=2.2.3" in requirements(missing)
