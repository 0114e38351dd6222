"""The benchmark's own arithmetic and its talk with a grader."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from competitions.planned import planned_folder

from iiml_codegen.domain.candidate import Score

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "competitions.py"
GRADER = """
import json, sys
from pathlib import Path
lines = Path(sys.argv[2]).read_text().splitlines()
print(json.dumps({"score": len(lines) - 1, "metric": "rows", "medal": "gold"}))
"""


@pytest.fixture(scope="module")
def competitions() -> ModuleType:
    """The benchmark as a module; it is no package and is not installed."""
    spec = importlib.util.spec_from_file_location("competitions", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("graded", "test_rows", "verdict"),
    [(0.80, 1000, True), (0.827, 1000, True), (0.83, 1000, False), (0.83, 250, True)],
)
def test_scores_agree_within_two_errors_of_both_samples(
    competitions: ModuleType, graded: float, test_rows: int, verdict: bool
) -> None:
    own = Score(value=0.8, standard_error=0.01, folds=(0.8,), rows=1000)
    assert competitions.agrees(graded, own, test_rows) is verdict


def test_the_grader_stands_beside_or_above_the_competition(
    competitions: ModuleType, tmp_path: Path
) -> None:
    folder = tmp_path / "bikes"
    folder.mkdir()
    with pytest.raises(SystemExit, match="no grader"):
        competitions.find_grader(folder, None)
    (tmp_path / "grade.py").write_text(GRADER)
    assert competitions.find_grader(folder, None) == tmp_path / "grade.py"
    (folder / "grade.py").write_text(GRADER)
    assert competitions.find_grader(folder, None) == folder / "grade.py"


def test_a_submission_is_graded_by_the_script(competitions: ModuleType, tmp_path: Path) -> None:
    grader, submission = tmp_path / "grade.py", tmp_path / "submission.csv"
    grader.write_text(GRADER)
    submission.write_text("id,y\n1,0\n2,1\n")
    assert competitions.grade(grader, tmp_path, submission)["score"] == 2


def test_a_grader_that_breaks_is_reported(competitions: ModuleType, tmp_path: Path) -> None:
    grader = tmp_path / "grade.py"
    grader.write_text("raise SystemExit('answers are missing')")
    assert competitions.grade(grader, tmp_path, tmp_path)["reason"] == "answers are missing"


def test_headings_and_figures_stand_under_each_other(competitions: ModuleType) -> None:
    row = competitions.Row(competition="bikes", seed=0, score=0.5, agree=True)
    table = [name for name, _ in competitions.HEADINGS]
    heading, figures = competitions.line(table), competitions.line(list(competitions.cells(row)))
    assert heading.index("score") + len("score") == figures.index("0.50000") + len("0.50000")


def test_a_stripped_competition_keeps_its_data_and_says_only_the_sentence(
    competitions: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "description.md").write_text("# Bikes\nPredict `count`.")
    (tmp_path / "train.csv").write_text("x,count\n1,2\n")
    competitions.strip(tmp_path, "sentence")
    assert (tmp_path / "description.md").read_text() == competitions.SENTENCE
    competitions.strip(tmp_path, "none")
    assert [path.name for path in tmp_path.iterdir()] == ["train.csv"]


def test_looking_at_a_thousand_rows_is_measured_stage_by_stage() -> None:
    command = [sys.executable, str(SCRIPT.with_name("profiling.py")), "--both", "1000x10"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    headings, _, figures = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()
    )
    assert headings[:3] == ["rows", "columns", "MB"]
    assert figures[:2] == ["1,000", "10"]
    assert len(figures) == len(headings)
    assert all(float(cell.split()[0]) > 0 for cell in figures[4:])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A planned shop whose modules are those of a candidate, as after a solve."""
    workspace = planned_folder(tmp_path_factory.mktemp("benchmarks") / "shop", folds=2)
    candidate = workspace.candidate("01-first")
    candidate.mkdir(parents=True)
    for module in (workspace.prep, workspace.model("traditional")):
        (candidate / module.name).write_bytes(module.read_bytes())
    return workspace.folder


def benchmark(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """One benchmark's command in a process of its own."""
    command = [sys.executable, str(SCRIPT.with_name(name)), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_mutants_are_found_mended_and_not_run_twice(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    arguments = (shop, "--mutants", 3, "--slots", 1, "--out", out)
    done = benchmark("repair.py", *arguments)
    assert done.returncode == 0, done.stderr
    cases = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [case["problem"] for case in cases] == ["", "", ""]
    assert len({case["kind"] for case in cases}) == 3
    assert all(case["diff"] and case["found"] and case["component"] for case in cases)
    assert all(case["report"] for case in cases if not case["passed"])
    again = benchmark("repair.py", *arguments)
    assert (again.stdout, again.stderr) == (done.stdout, "")
    assert len(out.read_text("utf-8").splitlines()) == 3
    rows = {line.split("  ")[0].strip(): line for line in done.stdout.splitlines()}
    assert int(rows["all"].split()[1]) == 3


def test_nothing_of_the_shop_is_bound_wrong(shop: Path) -> None:
    done = benchmark("binding.py", shop, "--mutants", 150)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "bound wrong: 0" in done.stdout


def test_a_label_as_a_column_does_not_pay(shop: Path) -> None:
    done = benchmark("leaks.py", shop, "--only", "label_copied", "--rows", 200)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 leaks: 1 named, 0 ranked better" in done.stdout
