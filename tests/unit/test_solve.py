"""`iiml solve` from a folder to a submission, with real processes and no network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from competitions import write_competition

from iiml_codegen.domain.events import Note
from iiml_codegen.journal import Journal

ROWS = 200
MORE_THAN_THERE_ARE = "99"
SOME = "2"
"""Candidates, so that there is a blend; of one table the whole plan is tried."""


@dataclass(frozen=True)
class Solved:
    """A solved folder, and the summary that was printed."""

    folder: Path
    summary: dict[str, Any]


def iiml(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would."""
    command = [sys.executable, "-I", "-m", "iiml_codegen.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def solved(folder: Path, *flags: str) -> Solved:
    """Solve what lies in a folder."""
    always = ("--json", "--folds", "2", "--tracks", "traditional", "--no-tuning")
    done = iiml("solve", folder, *always, *flags)
    assert done.returncode == 0, done.stderr + done.stdout
    journal = Journal(folder / "iiml" / "journal.sqlite")
    notes = [entry.event.text for entry in journal.read() if isinstance(entry.event, Note)]
    journal.close()
    assert not [note for note in notes if "ended as failed" in note]
    return Solved(folder, json.loads(done.stdout))


@pytest.fixture(scope="module")
def binary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Solved]:
    """The bundled sample, a table with gaps, categories, dates and texts, solved once.

    Other kernels of numerical libraries are asked for than they would choose: the person's own
    runs see the same variable, and must see the same digits.
    """
    folder = tmp_path_factory.mktemp("solve") / "shop with spaces"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENBLAS_CORETYPE", "Nehalem")
        assert iiml("sample", folder).returncode == 0
        yield solved(folder, "--candidates", MORE_THAN_THERE_ARE)


def read(folder: Path) -> pd.DataFrame:
    """The submission."""
    return pd.read_csv(folder / "submission.csv")


def test_a_table_is_solved_better_than_by_a_constant(binary: Solved) -> None:
    summary = binary.summary
    assert summary["status"] == "solved" and summary["metric"] == "roc_auc"
    assert summary["best"]["score"] > 0.6 and summary["best"]["standard_error"] > 0
    assert len(summary["best"]["folds"]) == 2
    assert {c["id"] for c in summary["candidates"] if c["status"] == "scored"}


def test_the_submission_has_the_form_of_the_sample(binary: Solved) -> None:
    sample = pd.read_csv(next(binary.folder.glob("*sample*")))
    found = read(binary.folder)
    assert list(found.columns) == list(sample.columns)
    assert found.iloc[:, 0].tolist() == sample.iloc[:, 0].tolist()
    assert found.iloc[:, 1].nunique() > 10


def test_best_py_alone_gives_the_same_bytes(binary: Solved, tmp_path: Path) -> None:
    script = binary.folder / "iiml" / "best.py"
    out = tmp_path / "again.csv"
    command = [sys.executable, str(script), "--data-dir", str(binary.folder), "--out", str(out)]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert out.read_bytes() == (binary.folder / "submission.csv").read_bytes()


def test_a_saved_pipeline_predicts_new_rows_without_the_training_table(
    binary: Solved, tmp_path: Path
) -> None:
    script = [sys.executable, str(binary.folder / "iiml" / "best.py")]
    save = ["--data-dir", str(binary.folder), "--save", "bundle", "--out", "first.csv"]
    subprocess.run([*script, *save], check=True, cwd=tmp_path)
    new = tmp_path / "new"
    new.mkdir()
    for name in ("test.csv", next(binary.folder.glob("*sample*")).name):
        lines = (binary.folder / name).read_text("utf-8").splitlines(keepends=True)
        (new / name).write_text("".join(lines[:11]), "utf-8")
    load = ["--load", "bundle", "--data-dir", str(new), "--out", "second.csv"]
    subprocess.run([*script, *load], check=True, cwd=tmp_path)
    first, second = (pd.read_csv(tmp_path / name) for name in ("first.csv", "second.csv"))
    pd.testing.assert_frame_equal(first.head(10), second)


def test_the_plan_can_be_read_and_its_steps_found_in_the_code(binary: Solved) -> None:
    home = binary.folder / "iiml"
    plan = json.loads((home / "blueprint.json").read_text("utf-8"))
    prep = (home / "prep.py").read_text("utf-8")
    for step in plan["steps"]:
        if step["part"] == "prep":
            assert f"# [{step['id']}] {step['title']}" in prep
        assert f"**{step['id']}**" in (home / "blueprint.md").read_text("utf-8")
    assert "<html" in (home / "report.html").read_text("utf-8")


def test_verify_finds_nothing_wrong_with_what_was_generated(binary: Solved) -> None:
    done = iiml("verify", binary.folder, "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["violations"] == []


def test_verify_names_the_line_that_a_person_broke(binary: Solved, tmp_path: Path) -> None:
    folder = shutil.copytree(binary.folder, tmp_path / "broken")
    prep = folder / "iiml" / "prep.py"
    lines = prep.read_text("utf-8").splitlines()
    place = next(n for n, line in enumerate(lines, 1) if line.strip().startswith("target ="))
    lines[place - 1] = lines[place - 1].replace("train[", "trian[")
    prep.write_text("\n".join(lines) + "\n", "utf-8")
    done = iiml("verify", folder)
    assert done.returncode != 0 and f"prep.py:{place}:" in done.stdout


def test_resuming_keeps_what_was_scored_and_never_gets_worse(binary: Solved) -> None:
    scored = {c["id"]: c["score"] for c in binary.summary["candidates"] if c["status"] == "scored"}
    done = iiml("resume", binary.folder, "--budget", "90s", "--json")
    assert done.returncode == 0, done.stderr
    again = json.loads(done.stdout)
    after = {c["id"]: c["score"] for c in again["candidates"]}
    assert all(after[name] == score for name, score in scored.items() if "ensemble" not in name)
    assert again["best"]["score"] >= binary.summary["best"]["score"]


@pytest.mark.parametrize("kind", ["text", "ordinal", "multilabel", "insults"])
def test_other_kinds_give_a_valid_submission(kind: str, tmp_path: Path) -> None:
    competition = write_competition(tmp_path / kind, kind, rows=ROWS)
    found = solved(tmp_path / kind, "--candidates", SOME)
    assert len(read(found.folder)) == len(competition.answers)
    assert found.summary["best"]["score"] is not None


@pytest.mark.parametrize("ablation", ["profiling", "knowledge", "verification", "modules"])
def test_each_ablation_still_ends_in_a_submission(ablation: str, tmp_path: Path) -> None:
    flags = ("--candidates", SOME, "--without", ablation)
    write_competition(tmp_path / ablation, "binary", rows=ROWS)
    assert read(solved(tmp_path / ablation, *flags).folder).notna().all().all()


def test_a_folder_without_tables_ends_in_one_message_with_a_way_out(tmp_path: Path) -> None:
    done = iiml("solve", tmp_path, "--budget", "20s", "--tracks", "traditional")
    assert done.returncode == 3
    assert "Traceback" not in done.stdout + done.stderr and "train" in done.stdout + done.stderr
