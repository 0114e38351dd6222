"""The notebook of a pipeline runs from top to bottom and gives the pipeline's own bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from iiml_codegen.cli import main
from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Step
from iiml_codegen.domain.wire import to_json
from iiml_codegen.errors import CompetitionError
from iiml_codegen.notebook import export
from iiml_codegen.workspace import Workspace

PIPELINE = '''"""Late bikes

Assembled from prep.py; runs alone.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

SCALE = 2


# prep.py: Read numbers.
#
# And nothing else.
FILE = "train.csv"


@dataclass(frozen=True)
class Row:
    """One number."""

    value: int


def prepare(data_dir: Path) -> list[Row]:
    """Read the rows."""
    # [P1] Read train.csv
    return [Row(int(line)) for line in (data_dir / FILE).read_text().split()]


MODELS = {"double": lambda row: row.value * SCALE}


def main() -> None:
    """Write the answers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    answers = [MODELS["double"](row) for row in prepare(options.data_dir)]
    options.out.write_text("\\n".join(map(str, answers)))


if __name__ == "__main__":
    main()
'''
STEP = Step(id="P1", part="prep", key="read", title="Read the rows", why="one number per line")
PLAN = Blueprint(
    title="Late bikes",
    kind="regression",
    steps=(STEP,),
    members=(),
    folds=FoldPlan(strategy="random", folds=2, column=None, why=""),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "late bikes"
    folder.mkdir()
    (folder / "train.csv").write_text("1\n2\n3\n")
    made = Workspace(folder).create()
    made.best.write_text(PIPELINE, "utf-8")
    made.write_bytes(made.blueprint, to_json(PLAN))
    return made


def run_cells(notebook: Path) -> bytes:
    """Run the code cells in one namespace, in a process beside the notebook."""
    pages = nbformat.read(notebook, 4)  # type: ignore[no-untyped-call]
    code = [cell.source for cell in pages.cells if cell.cell_type == "code"]
    runner = "import json, sys\nfor cell in json.load(sys.stdin): exec(cell, globals())"
    subprocess.run(
        [sys.executable, "-c", runner],
        input=json.dumps(code),
        text=True,
        cwd=notebook.parent,
        check=True,
        timeout=240,
    )
    return (notebook.parent / "submission.csv").read_bytes()


def test_the_cells_give_what_the_pipeline_gives(workspace: Workspace) -> None:
    out = workspace.home / "alone.csv"
    arguments = ["--data-dir", str(workspace.folder), "--out", str(out)]
    subprocess.run([sys.executable, str(workspace.best), *arguments], check=True, timeout=240)
    notebook = export(workspace)
    assert notebook == workspace.home / "best.ipynb"
    assert run_cells(notebook) == out.read_bytes() == b"2\n4\n6"


def test_the_notebook_finds_the_data_from_another_folder(
    workspace: Workspace, tmp_path: Path
) -> None:
    notebook = export(workspace, tmp_path / "elsewhere" / "a.ipynb")
    assert str(tmp_path) not in notebook.read_text("utf-8")
    assert run_cells(notebook) == b"2\n4\n6"


def test_the_plan_stands_above_the_cells_that_follow_it(workspace: Workspace) -> None:
    pages = nbformat.read(export(workspace), 4)  # type: ignore[no-untyped-call]
    sources = [cell.source for cell in pages.cells]
    assert sources[0] == "# Late bikes"
    assert "## `prep.py`\n\nRead numbers. And nothing else." in sources
    step = sources.index("**P1** Read the rows — one number per line")
    assert sources[step + 1].startswith("def prepare(")
    assert "# [P1] Read train.csv" in sources[step + 1]
    assert next(text for text in sources if "class Row" in text).startswith("@dataclass")
    assert not any("__main__" in text for text in sources)


def test_the_same_pipeline_gives_the_same_notebook(workspace: Workspace) -> None:
    assert export(workspace).read_bytes() == export(workspace).read_bytes()


def test_a_folder_without_a_pipeline_says_so(tmp_path: Path) -> None:
    with pytest.raises(CompetitionError, match=r"no .*best\.py"):
        export(Workspace(tmp_path).create())


def test_a_pipeline_that_is_no_python_says_so(workspace: Workspace) -> None:
    workspace.best.write_text("def main(:\n", "utf-8")
    with pytest.raises(CompetitionError, match="is no Python"):
        export(workspace)


def test_the_command_writes_another_pipeline_where_it_is_told(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.ipynb"
    pipeline = workspace.pipeline("traditional")
    pipeline.write_text(PIPELINE.replace("SCALE = 2", "SCALE = 3"), "utf-8")
    command = ["export", str(workspace.folder), "--out", str(out), "--pipeline", str(pipeline)]
    assert main(command) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert run_cells(out) == b"3\n6\n9"
