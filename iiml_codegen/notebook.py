"""A pipeline as a notebook: the same code in cells, with the plan's words between them.

No statement is changed but the last: instead of reading a command line, the last cell calls `main`
with the data folder. Run from top to bottom, the notebook writes the submission that the pipeline
writes.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from iiml_codegen.domain.blueprint import Blueprint, Step
from iiml_codegen.errors import CompetitionError
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.syntax import syntax_tree
from iiml_codegen.viewing.verify_plan import folder_plan
from iiml_codegen.workspace import Workspace

NAME = "best.ipynb"
BANNER = re.compile(r"^# ([\w.]+\.py)(?:: (.*))?$")
"""The comment with which the assembler begins the part of a module."""
ENDING = """\
import sys
from pathlib import Path

DATA_DIR = Path({data})  # the folder of the competition
SUBMISSION = Path("submission.csv")

sys.argv = ["pipeline", "--data-dir", str(DATA_DIR), "--out", str(SUBMISSION)]
main()
print("Wrote", SUBMISSION.resolve())
"""
ENVIRONMENT = {"name": "python3", "display_name": "Python 3", "language": "python"}


@dataclass(frozen=True)
class Part:
    """Some statements of the pipeline that stand in one cell, with the comments above them."""

    text: str
    nodes: tuple[ast.stmt, ...]


def export(workspace: Workspace, out: Path | None = None, pipeline: Path | None = None) -> Path:
    """Write the notebook of `iiml/best.py`, or of another pipeline; where it lies.

    Raises `CompetitionError` where there is no pipeline, or one that is no Python.
    """
    source, place = pipeline or workspace.best, out or workspace.home / NAME
    try:
        text = source.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        pages = notebook(text, folder_plan(workspace).blueprint, _way(place, workspace))
    except FileNotFoundError as error:
        raise CompetitionError(f"no {source}", hint="run `iiml solve` first") from error
    except (UnicodeDecodeError, SyntaxError) as error:
        raise CompetitionError(f"{source} is no Python: {error}", hint="mend it first") from error
    workspace.write_text(place, pages)
    return place


def _way(notebook: Path, workspace: Workspace) -> str:
    """The data folder as seen from the notebook, so that both may move together."""
    try:
        way = os.path.relpath(workspace.folder, notebook.resolve().parent)
    except ValueError:
        return str(workspace.folder)  # another drive of Windows
    return Path(way).as_posix()


def notebook(text: str, blueprint: Blueprint | None, data: str) -> str:
    """The notebook (nbformat 4) of a pipeline's text; `data` is the path of the data folder.

    The same arguments give the same bytes.
    """
    steps = {step.id: step for step in blueprint.steps} if blueprint else {}
    cells = [*_cells(text, steps), *_last_cells(data)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    pages = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=cells, metadata={"kernelspec": ENVIRONMENT}
    )
    nbformat.validate(pages)
    return str(nbformat.writes(pages)) + "\n"  # type: ignore[no-untyped-call]


def _cells(text: str, steps: dict[str, Step]) -> Iterator[nbformat.NotebookNode]:
    tree = syntax_tree(text)
    title = ast.get_docstring(tree) or "Pipeline"
    yield _markdown(f"# {_heading(title)}")
    for part in _parts(text, tree):
        lead, code = _lead(part.text)
        said = [*lead, *_told(code, steps)]
        if said:
            yield _markdown("\n\n".join(said))
        yield _code(code)


def _markdown(text: str) -> nbformat.NotebookNode:
    cell: nbformat.NotebookNode = nbformat.v4.new_markdown_cell(text)  # type: ignore[no-untyped-call]
    return cell


def _code(text: str) -> nbformat.NotebookNode:
    cell: nbformat.NotebookNode = nbformat.v4.new_code_cell(text)  # type: ignore[no-untyped-call]
    return cell


def _last_cells(data: str) -> list[nbformat.NotebookNode]:
    said = "## Run\n\nFit on all rows, predict the test rows, write `submission.csv` here."
    code = ENDING.format(data=json.dumps(data)).rstrip("\n")
    return [_markdown(said), _code(code)]


def _heading(docstring: str) -> str:
    """The docstring's first line; how to call the script as a program is no use in a notebook."""
    return docstring.strip().split("\n", 1)[0]


def _parts(text: str, tree: ast.Module) -> Iterator[Part]:
    """The statements in cells: each function and class alone, what stands between them together."""
    lines = text.split("\n")
    body = [node for node in tree.body if not _is_docstring(node, tree) and not _is_entry(node)]
    groups: list[list[ast.stmt]] = []
    for node in body:
        alone = isinstance(node, ast.FunctionDef | ast.ClassDef)
        begins = BANNER.match(_above(lines, node).split("\n", 1)[0]) is not None
        if (
            alone
            or begins
            or not groups
            or isinstance(groups[-1][0], ast.FunctionDef | ast.ClassDef)
        ):
            groups.append([node])
        else:
            groups[-1].append(node)
    for group in groups:
        above = _above(lines, group[0])
        code = "\n".join(lines[_first(group[0]) - 1 : group[-1].end_lineno])
        yield Part(f"{above}\n{code}" if above else code, tuple(group))


def _above(lines: Sequence[str], node: ast.stmt) -> str:
    """The comment lines right above a statement."""
    end = start = _first(node) - 1
    while start and lines[start - 1].startswith("#"):
        start -= 1
    return "\n".join(lines[start:end])


def _first(node: ast.stmt) -> int:
    """The line where a statement begins, its decorators with it."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def _lead(text: str) -> tuple[list[str], str]:
    """The heading that a module's banner gives, and the code below it."""
    first, *rest = text.split("\n")
    banner = BANNER.match(first)
    if banner is None:
        return [], text
    said = [f"## `{banner.group(1)}`"]
    words = [banner.group(2) or ""]
    while rest and rest[0].startswith("#") and not any(markers(rest[0])):
        words.append(rest.pop(0).lstrip("# "))
    about = " ".join(word for word in words if word)
    return [*said, *([about] if about else [])], "\n".join(rest)


def _told(code: str, steps: dict[str, Step]) -> Iterator[str]:
    """The steps of the plan that a cell implements, one paragraph each."""
    for name, _, _ in markers(code):
        step = steps.get(name)
        if step is not None:
            yield f"**{step.id}** {step.title}" + (f" — {step.why}" if step.why else "")


def _is_docstring(node: ast.stmt, tree: ast.Module) -> bool:
    said = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return node is tree.body[0] and said


def _is_entry(node: ast.stmt) -> bool:
    """Whether it is `if __name__ == "__main__":`."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
