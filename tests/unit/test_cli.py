"""The command line: exit codes, one JSON object, viewers that come, go and ask to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from processes import script, wait_until
from processes.solving import Folder

from iiml_codegen import __version__
from iiml_codegen.cli import main
from iiml_codegen.domain.events import SolveEnded

IIML = [sys.executable, "-c", "import sys; from iiml_codegen.cli import main; sys.exit(main())"]


def iiml(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [*IIML, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


def start(*arguments: object) -> subprocess.Popen[str]:
    """Start the command as a terminal would, with both outputs in one pipe."""
    return subprocess.Popen(
        [*IIML, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--version"])
    assert done.value.code == 0
    assert capsys.readouterr().out == f"iiml {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["solve"],
        ["solve", ".", "--attach", "--json"],
        ["solve", ".", "--folds", "some"],
    ],
)
def test_wrong_usage_is_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(arguments)
    assert done.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["solve", "FOLDER/missing"], 3),
        (["solve", "FOLDER", "--budget", "soon"], 2),
        (["solve", "FOLDER", "--tracks", "magic"], 2),
        (["solve", "FOLDER", "--without", "sleep"], 2),
        (["solve", "FOLDER", "--interpreter", "FOLDER/python"], 5),
        (["resume", "FOLDER"], 2),
        (["verify", "FOLDER"], 3),
        (["report", "FOLDER"], 3),
        (["run", "FOLDER/pipeline.py"], 3),
    ],
)
def test_trouble_is_one_message_with_a_way_out_and_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert main([one.replace("FOLDER", str(tmp_path)) for one in arguments]) == code
    message, hint = capsys.readouterr().err.splitlines()
    assert message.startswith("iiml: ")
    assert hint.strip()


def test_trouble_with_json_is_an_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", str(tmp_path), "--json", "--budget", "soon"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["code"]) == ("failed", "IIML908")


def test_a_folder_that_wants_to_choose_the_interpreter_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "iiml.toml").write_text('interpreter = "/tmp/evil"\n', "utf-8")
    assert main(["solve", str(tmp_path)]) == 2
    assert "iiml.toml:1: interpreter" in capsys.readouterr().err


def test_a_folder_without_a_competition_is_code_3(tmp_path: Path) -> None:
    done = iiml("solve", tmp_path, "--json", "--budget", "1m")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["status"]) == (3, "failed"), answer
    assert answer["message"]
    assert answer["submission"] is None


def test_the_report_is_found(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    folder.workspace.report.write_text("page", "utf-8")
    assert main(["report", str(folder.workspace.folder)]) == 0
    assert capsys.readouterr().out.strip() == str(folder.workspace.report)


def test_the_sample_competition_is_written(tmp_path: Path) -> None:
    assert iiml("sample", tmp_path / "sample").returncode == 0
    names = {path.name for path in (tmp_path / "sample").iterdir()}
    assert {"train.csv", "test.csv", "sample_submission.csv"} <= names


def test_doctor_lists_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    checks: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["checks"]
    names = [check["name"] for check in checks]
    assert {"interpreter", "pandas", "guard", "memory", "cache"} <= set(names)


def test_doctor_fails_for_an_interpreter_without_packages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    code = main(["doctor", "--interpreter", str(tmp_path / "bare" / "bin" / "python")])
    assert code == 5
    out = capsys.readouterr().out
    assert "fail  pandas        missing" in out
    assert "warn  lightgbm      missing" in out


@contextmanager
def at_work(folder: Folder) -> Iterator[subprocess.Popen[str]]:
    """A solver that holds the lock already: a terminal that comes now follows it."""
    with folder.solver() as solver:
        folder.wait_for_work()
        yield solver


def test_a_second_terminal_follows_and_its_ctrl_c_stops_the_solver(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "scored")
    with at_work(folder) as solver, start("solve", tmp_path, "--json") as viewer:
        assert viewer.stderr is not None
        assert "following it" in viewer.stderr.readline()
        wait_until(lambda: "Submission" in viewer.stderr.readline(), "it shows the solve")  # type: ignore[union-attr]
        viewer.send_signal(signal.SIGINT)
        out, _ = viewer.communicate(timeout=240)
        assert solver.wait() == 0
    answer = json.loads(out)
    assert viewer.returncode == 130
    assert answer["status"] == "stopped"
    assert answer["submission"] == str(tmp_path.resolve() / "submission.csv")
    best = {"id": "01-a", "track": "traditional", "score": 0.5, "standard_error": 0.01}
    assert answer["best"] == best | {"folds": [0.4, 0.6]}
    assert answer["candidates"][0]["status"] == "scored"


def test_an_error_on_a_terminal_gives_the_cursor_back(folder: Folder) -> None:
    pty = pytest.importorskip("pty")
    reading, writing = pty.openpty()
    command = [*IIML, "run", str(folder.workspace.folder), "--track", "traditional"]
    environment = os.environ | {"TERM": "xterm"}
    with at_work(folder) as solver:
        done = subprocess.run(
            command, stdout=writing, stderr=subprocess.PIPE, env=environment, text=True, check=False
        )
        folder.go()
        assert solver.wait() == 0
    os.close(writing)
    shown = os.read(reading, 1 << 16).decode()
    os.close(reading)
    assert done.returncode == 6
    assert "run the track when it has ended" in done.stderr
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") > 0


def test_without_a_submission_stopping_is_code_7(folder: Folder) -> None:
    with at_work(folder) as solver, start("solve", folder.workspace.folder) as viewer:
        assert viewer.stdout is not None
        wait_until(lambda: "Candidate" in viewer.stdout.readline(), "it shows the solve")  # type: ignore[union-attr]
        viewer.send_signal(signal.SIGINT)
        viewer.communicate(timeout=240)
        assert solver.wait() == 0
    assert viewer.returncode == 7


def test_a_killed_viewer_does_not_stop_the_solver(folder: Folder) -> None:
    with folder.solver() as solver:
        folder.wait_for_work()
        with start("solve", folder.workspace.folder) as viewer:
            assert viewer.stdout is not None
            viewer.stdout.readline()
            viewer.kill()
        folder.go()
        assert solver.wait() == 0
    assert folder.ended().status == "solved"


def test_a_viewer_says_when_the_solver_was_killed(folder: Folder) -> None:
    with at_work(folder) as solver, start("solve", folder.workspace.folder) as viewer:
        assert viewer.stdout is not None
        assert "following" in viewer.stdout.readline()
        solver.kill()
        solver.wait()
        folder.go()
        out, _ = viewer.communicate(timeout=240)
    assert viewer.returncode == 1
    assert "iiml resume" in out
    assert folder.events(SolveEnded) == []


def test_attaching_shows_command_line_and_output_of_scripts(folder: Folder) -> None:
    with at_work(folder) as solver, start("solve", folder.workspace.folder, "--attach") as viewer:
        assert viewer.stdout is not None
        assert "following" in viewer.stdout.readline()
        folder.go()
        lines = [line.rstrip("\n") for line in viewer.stdout]
        assert solver.wait() == 0
    assert lines[0] == f"Interpreter {os.path.normpath(sys.executable)}"
    assert any("Computes on " in line for line in lines)
    assert any(line.startswith("$ ") and line.endswith("script.py") for line in lines)
    assert "  one | working" in lines


def test_resuming_while_a_solver_works_is_code_6(folder: Folder) -> None:
    with folder.solver() as solver:
        folder.wait_for_work()
        done = iiml("resume", folder.workspace.folder)
        folder.go()
        assert solver.wait() == 0
    assert done.returncode == 6
    assert str(solver.pid) in done.stderr


def test_a_pipeline_is_run_with_its_output_shown(folder: Folder) -> None:
    text = """
        import sys
        print("arguments:", *sys.argv[1:])
        open(sys.argv[sys.argv.index("--out") + 1], "w").write("id,y\\n")
    """
    pipeline = script(folder.workspace.home / "pipeline_traditional.py", text)
    out = folder.workspace.folder / "mine.csv"
    done = iiml("run", pipeline, "--out", out)
    assert done.returncode == 0, done.stdout
    assert f"arguments: --data-dir {folder.workspace.folder} --out {out}" in done.stdout
    assert out.read_text("utf-8") == "id,y\n"


def test_a_pipeline_that_fails_is_code_1(folder: Folder) -> None:
    pipeline = script(folder.workspace.home / "pipeline_traditional.py", "raise SystemExit('no')")
    done = iiml("run", pipeline)
    assert done.returncode == 1
    assert "no\n" in done.stdout


PREP = """
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    train = pd.read_csv(data_dir / "train.csv")
    return {"features_train": train, "target": train["y"]}
"""


def test_broken_rules_are_listed_with_their_place(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.workspace.prep.write_text(PREP + "def broken(:\n", "utf-8")
    assert main(["verify", str(folder.workspace.folder)]) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    prep = folder.workspace.prep
    assert any(line.startswith(f"{prep}:8:") and " IIML0" in line for line in lines)
    assert any("model_traditional.py:1:1 IIML911" in line for line in lines)
    assert last == "2 modules up to rung 2: 2 errors"


def test_verifying_with_json_gives_violations(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.workspace.prep.write_text("def broken(:\n", "utf-8")
    assert main(["verify", str(folder.workspace.folder), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "failed"
    assert answer["modules"] == ["prep.py", "model_traditional.py"]
    assert answer["violations"][-1]["code"].startswith("IIML0")
