"""Rows of what a solve's journal tells, and the places that they speak of."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp
from msgspec.structs import replace
from processes.editing import Editor, session
from processes.planned_folder import CANDIDATE, planned_folder

from iiml_codegen.domain.events import FaultFound, PatchTried
from iiml_codegen.domain.fault import Fault, Place, Related
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace
from iiml_server.wire import FolderParams

CODE = "IIML401"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return planned_folder(tmp_path / "plan é")


def journalled(workspace: Workspace, *events: FaultFound | PatchTried) -> None:
    journal = Journal(workspace.journal)
    for event in events:
        journal.append(event)
    journal.close()


def fault(line: int) -> FaultFound:
    clause = Place(file="contract.json")
    found = Fault(
        kind="unknown_column",
        message="there is no column 'stars'",
        place=Place(file="prep.py", line=line + 1, column=1),
        evidence="",
        step="P3",
        code=CODE,
        related=(Related(place=clause, message="C2: the clause"),),
    )
    return FaultFound(fault=found, candidate=CANDIDATE)


def line_with(path: Path, word: str) -> int:
    """The number of the first line with a word, counted from 0."""
    return next(n for n, line in enumerate(path.read_text("utf-8").split("\n")) if word in line)


def test_a_solves_fault_is_a_row_until_a_patch_is_kept(workspace: Workspace) -> None:
    line = line_with(workspace.prep, "NUMBERS = ")

    async def work(editor: Editor) -> None:
        prep = editor.open(workspace.prep)
        await editor.ask("iiml/open", FolderParams(folder=workspace.folder.as_uri()))
        journalled(workspace, fault(line))
        await editor.until(lambda: editor.at(prep, CODE))
        (row,) = editor.at(prep, CODE)
        assert row.range.start.line == line
        assert row.severity == lsp.DiagnosticSeverity.Error
        assert "there is no column 'stars'" in row.message
        journalled(workspace, PatchTried(title="Other", kept=False, candidate=CANDIDATE))
        journalled(workspace, PatchTried(title="Mend", kept=True, candidate=CANDIDATE))
        await editor.until(lambda: not editor.at(prep, CODE))

    session(work)


def test_a_row_leads_to_its_clause_and_to_its_step(workspace: Workspace) -> None:
    journalled(workspace, fault(line_with(workspace.prep, "NUMBERS = ")))

    async def work(editor: Editor) -> None:
        prep = editor.open(workspace.prep)
        await editor.ask("iiml/open", FolderParams(folder=workspace.folder.as_uri()))
        await editor.until(lambda: editor.at(prep, CODE))
        (row,) = editor.at(prep, CODE)
        clause, step = row.related_information or []
        assert clause.location.uri == workspace.contract.as_uri()
        assert clause.location.range.start.line == line_with(workspace.contract, '"id": "C2"')
        assert step.location.uri == workspace.blueprint_page.as_uri()
        assert step.location.range.start.line == line_with(workspace.blueprint_page, "**P3**")
        assert step.message == "step P3 of the blueprint: Read 2 columns as numbers"

    session(work)


def test_a_fault_of_another_text_is_no_row(workspace: Workspace) -> None:
    line = line_with(workspace.prep, "NUMBERS = ")
    workspace.prep.write_text(workspace.prep.read_text("utf-8") + "\n# mine\n", "utf-8")
    journalled(workspace, fault(line))

    async def work(editor: Editor) -> None:
        prep = editor.open(workspace.prep)
        await editor.ask("iiml/open", FolderParams(folder=workspace.folder.as_uri()))
        editor.type(prep, prep.text + "\n")
        await editor.until(lambda: editor.versions.get(prep.uri) == 2)
        assert editor.at(prep, "IIML158") and not editor.at(prep, CODE)

    session(work)


@pytest.mark.parametrize("how", ["deleted", "renamed"])
def test_a_module_that_is_gone_has_no_rows(workspace: Workspace, how: str) -> None:
    model = workspace.home / "model_traditional.py"
    uri = model.as_uri()
    found = fault(line_with(model, "estimator = "))
    place = Place(file=model.name, line=2, column=1)
    journalled(workspace, replace(found, fault=replace(found.fault, place=place)))

    async def work(editor: Editor) -> None:
        await editor.ask("iiml/open", FolderParams(folder=workspace.folder.as_uri()))
        await editor.until(lambda: editor.rows.get(uri))
        if how == "deleted":
            model.unlink()
        else:
            model.rename(model.with_name("model_custom_nn.py"))
        await editor.until(lambda: not editor.rows[uri])

    session(work)
