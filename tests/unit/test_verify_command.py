"""`iiml verify`: what it prints for people and machines, what it watches, what it looks at."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from competitions.pipelines import MODEL, PREP, write_shop
from competitions.planned import planned_folder
from processes import wait_until

from iiml_codegen.cli import main
from iiml_codegen.domain.contract import Clause, Contract, Observation
from iiml_codegen.domain.wire import to_json
from iiml_codegen.viewing.verify_folder import NOT_LOOKED, STALE, look
from iiml_codegen.viewing.verify_plan import OBSERVED, Observed, digest
from iiml_codegen.viewing.verify_watch import changes, modules_seen
from iiml_codegen.viewing.verifying import VerifyOrders, looked
from iiml_codegen.workspace import Workspace

IIML = [sys.executable, "-c", "import sys; from iiml_codegen.cli import main; sys.exit(main())"]


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    """Two hand-written modules beside their data; nobody planned or ran anything."""
    workspace = Workspace(write_shop(tmp_path)).create()
    workspace.prep.write_text(PREP, "utf-8")
    workspace.model("traditional").write_text(MODEL, "utf-8")
    return workspace


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Exit code and output of one call."""
    code = main(["verify", *map(str, arguments)])
    return code, capsys.readouterr().out


def observe(workspace: Workspace, prep: str, *outputs: Observation) -> None:
    """Leave behind what prep gave, and a contract about nothing."""
    observed = Observed(prep=digest(prep), observations=outputs, train_rows=60, test_rows=20)
    workspace.write_bytes(workspace.generated / OBSERVED, to_json(observed))
    clause = Clause(
        id="C1",
        output="features_train",
        says="one row per training row",
        shape="features",
        kind=("frame",),
        rows_like="train",
    )
    workspace.write_bytes(workspace.contract, to_json(Contract(views=(), clauses=(clause,))))


def seen(output: str, rows: int, kind: str = "frame", columns: int = 3) -> Observation:
    return Observation(
        output=output, type=kind, rows=rows, columns=columns, dtype="float64", missing=0
    )


GIVEN = (
    seen("features_train", 60),
    seen("features_test", 20),
    seen("target", 60, "array", columns=1),
)


def test_good_modules_print_one_line(shop: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, shop.folder) == (0, "2 modules up to rung 2: no violations\n")


def test_paths_are_said_from_where_the_user_stands(
    shop: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.prep.write_text(PREP.replace("import numpy as np\n", "import numpy as np\nx = y\n"))
    monkeypatch.chdir(shop.folder)
    code, out = printed(capsys, ".")
    assert code == 1
    line = shop.prep.read_text("utf-8").split("\n").index("x = y") + 1
    assert out.startswith(f"{Path('iiml', 'prep.py')}:{line}:5 IIML104 ")
    assert "\x1b" not in out


def test_rung_0_is_content_with_what_python_can_read(
    shop: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.prep.write_text(PREP + "x = y\n", "utf-8")
    assert printed(capsys, shop.folder, "--rung", 0)[0] == 0
    shop.prep.write_text(PREP + "x = = y\n", "utf-8")
    assert printed(capsys, shop.folder, "--rung", 0)[0] == 1


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"x = 1\ny = '\xe9'\n", 2), (b"# coding: nonsense\nx = '\xff'\n", 2), (b"x = 1\0\n", 1)],
)
def test_bytes_that_are_no_text_are_a_violation_at_their_line(
    shop: Workspace, content: bytes, line: int
) -> None:
    shop.prep.write_bytes(content)
    (found,) = [one for one in look(shop).violations if one.place.file == "prep.py"]
    assert (found.code[:5], found.place.line) == ("IIML0", line)


def test_a_declared_encoding_is_read_as_such(shop: Workspace) -> None:
    shop.prep.write_bytes(b"# coding: latin-1\n" + PREP.encode("ascii", "replace") + b"# \xe9\n")
    assert not look(shop).failed


def test_a_missing_module_has_a_place(shop: Workspace) -> None:
    shop.prep.unlink()
    (missing,) = [one for one in look(shop).violations if one.severity == "error"]
    assert (missing.code, missing.place.file) == ("IIML911", "prep.py")


def test_bindings_are_checked_against_what_prep_gave_last(shop: Workspace) -> None:
    observe(shop, PREP, *GIVEN[:2], seen("weights", 60, "array", columns=1))
    (violation,) = look(shop).violations
    assert (violation.code, violation.place.file) == ("IIML203", "model_traditional.py")
    assert violation.related[0].place.file == "prep.py"
    assert look(shop, 1).violations == ()


def test_an_output_that_prep_names_no_more_is_not_there(shop: Workspace) -> None:
    observe(shop, PREP, *GIVEN)
    verdict = look(shop)
    assert (verdict.violations, verdict.notes) == ((), ())
    shop.prep.write_text(PREP.replace('outputs["target"]', 'outputs["answers"]'), "utf-8")
    verdict = look(shop)
    assert [one.code for one in verdict.violations] == ["IIML203"]
    assert verdict.notes == (STALE,)


def test_bindings_that_cannot_be_checked_are_said(shop: Workspace) -> None:
    shop.write_bytes(shop.contract, to_json(Contract(views=(), clauses=())))
    assert look(shop).notes == (NOT_LOOKED,)


def test_the_json_object_has_status_modules_and_places(
    shop: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.prep.write_text(PREP + "x = y\n", "utf-8")
    code, out = printed(capsys, shop.folder, "--json")
    answer = json.loads(out)
    assert (code, answer["status"], answer["rung"]) == (1, "failed", 2)
    assert answer["modules"] == ["prep.py", "model_traditional.py"]
    assert answer["folder"] == str(shop.home)
    assert answer["violations"][0]["place"]["file"] == "prep.py"
    assert answer["faults"] == []


def test_a_sarif_log_has_what_the_standard_demands(
    shop: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    observe(shop, PREP, *GIVEN[:2], seen("weights", 60, "array", columns=1))
    code, out = printed(capsys, shop.folder, "--sarif")
    log = json.loads(out)
    assert (code, log["version"]) == (1, "2.1.0")
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "iiml"
    assert run["columnKind"] == "unicodeCodePoints"
    base = run["originalUriBaseIds"]["IIML"]["uri"]
    assert base == f"{shop.home.as_uri()}/"
    for result in run["results"]:
        check_result(result, driver["rules"])
    (result,) = run["results"]
    assert result["relatedLocations"][0]["message"]["text"]
    assert driver["rules"][0]["help"]["markdown"].startswith("# IIML203")


def check_result(result: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    """Required keys of a result, and that it points at its rule."""
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["level"] in ("error", "warning", "note")
    assert result["message"]["text"]
    for location in [*result["locations"], *result.get("relatedLocations", [])]:
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"]
        assert physical["region"]["startLine"] >= 1
        assert physical["region"]["startColumn"] >= 1


def test_watching_sees_what_came_went_and_changed(shop: Workspace) -> None:
    before = modules_seen(shop)
    assert changes(before, modules_seen(shop)) == []
    shop.prep.write_text(PREP.replace("20", "30"), "utf-8")
    shop.model("custom_nn").write_text(MODEL, "utf-8")
    shop.model("traditional").unlink()
    names = ["model_custom_nn.py", "model_traditional.py"]
    assert changes(before, modules_seen(shop))[:2] == names


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C of another process")
def test_a_watch_prints_again_what_changed_and_ends_with_ctrl_c(
    shop: Workspace, tmp_path: Path
) -> None:
    printed = tmp_path / "printed.txt"
    with printed.open("w") as out:
        command = [*IIML, "verify", str(shop.folder), "--watch"]
        watch = subprocess.Popen(command, stdout=out)
        try:
            wait_until(lambda: "no violations" in printed.read_text(), "a first look")
            shop.prep.write_text(PREP + "x = y\n", "utf-8")
            wait_until(lambda: "1 error" in printed.read_text(), "another look")
            watch.send_signal(signal.SIGINT)
            assert watch.wait(60) == 130
        finally:
            watch.kill()
    assert "changed: prep.py" in printed.read_text()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A competition with plan and modules."""
    return planned_folder(tmp_path_factory.mktemp("planned") / "shop").folder


def test_running_leaves_the_folder_as_it_was_but_for_what_prep_gave(
    planned: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(planned, folder)
    workspace = Workspace(folder)
    assert look(workspace).notes == (NOT_LOOKED,)
    verdict = looked(workspace, VerifyOrders(rung=6))
    assert not verdict.failed, (verdict.violations, verdict.faults)
    assert list(workspace.runs.iterdir()) == []
    assert list(workspace.candidates.iterdir()) == []
    assert look(workspace).notes == ()


def test_nothing_is_run_where_a_static_rule_is_broken(planned: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(planned, folder)
    workspace = Workspace(folder)
    workspace.prep.write_text(workspace.prep.read_text("utf-8") + "x = = 1\n", "utf-8")
    verdict = looked(workspace, VerifyOrders(rung=6))
    assert (verdict.rung, verdict.failed, verdict.faults) == (1, True, ())
    assert verdict.notes == ("nothing was run: mend what is above first",)


def test_a_fix_that_is_sure_is_made_said_and_can_be_undone(
    shop: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with_command = "!pip install lightgbm\n" + PREP
    shop.prep.write_text(with_command, "utf-8")
    code, out = printed(capsys, shop.folder, "--fix")
    assert code == 0
    assert "mended prep.py:1: IIML008" in out
    assert shop.prep.read_text("utf-8") == PREP
    kept = shop.generated / "undo" / "prep.py.1"
    assert str(kept) in out
    assert kept.read_text("utf-8") == with_command


def test_nothing_is_fixed_where_no_mend_is_sure(
    shop: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.prep.write_text(PREP + "x = y\n", "utf-8")
    assert printed(capsys, shop.folder, "--fix")[0] == 1
    assert shop.prep.read_text("utf-8") == PREP + "x = y\n"
    assert not (shop.generated / "undo").exists()


def test_a_fix_that_a_run_proves_goes_into_the_file_of_the_user(
    planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(planned, folder)
    workspace = Workspace(folder)
    good = workspace.prep.read_text("utf-8")
    mine = "# My own remark.\n" + good.replace('"income", "noise"]', '"incme", "noise"]')
    workspace.prep.write_text(mine, "utf-8")
    code, out = printed(capsys, folder, "--rung", 3, "--fix")
    assert code == 0, out
    assert "mended prep.py: " in out
    assert workspace.prep.read_text("utf-8") == "# My own remark.\n" + good
    assert (workspace.generated / "undo" / "prep.py.1").read_text("utf-8") == mine
