"""Patches that lie in the store: shown as a diff, exchanged for others, accepted in two modules."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp
from processes.editing import CAPABILITIES, Editor, session
from processes.patching import made_offer, patches
from processes.planned_folder import planned_folder
from pygls.uris import to_fs_path

from iiml_server.wire import FolderParams, PatchParams

LEVELS = {"prep.py": ("LEVELS = 3", "LEVELS = 4")}
SHOWS = lsp.ClientCapabilities(
    workspace=CAPABILITIES.workspace,
    text_document=CAPABILITIES.text_document,
    window=lsp.WindowClientCapabilities(
        show_document=lsp.ShowDocumentClientCapabilities(support=True)
    ),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return planned_folder(tmp_path / "plan é").folder


def test_the_diff_of_a_patch_opens_as_a_file(folder: Path) -> None:
    made_offer(folder, "one", LEVELS)

    async def work(editor: Editor) -> None:
        order = {"folder": folder.as_uri(), "id": "one"}
        command = lsp.ExecuteCommandParams(command="iiml.server.showPatch", arguments=[order])
        await editor.workspace_execute_command_async(command)
        (uri,) = editor.opened
        diff = Path(to_fs_path(uri) or "").read_text("utf-8")
        assert "-LEVELS = 3\n+LEVELS = 4\n" in diff
        order["id"] = "none"
        with pytest.raises(Exception, match="no longer offered"):
            await editor.workspace_execute_command_async(command)

    session(work, capabilities=SHOWS)


def test_next_goes_round_the_patches_of_one_fault(folder: Path) -> None:
    made_offer(folder, "one", LEVELS, 1)
    made_offer(folder, "two", {"prep.py": ("LEVELS = 3", "LEVELS = 5")}, 2)

    async def work(editor: Editor) -> None:
        prep = editor.open(folder / "iiml" / "prep.py")
        first = await editor.ask("iiml/patches", FolderParams(folder=folder.as_uri()))
        (shown,) = first.patches
        assert (shown.id, shown.others, shown.proposed) == ("one", 1, ["LEVELS = 4"])
        params = PatchParams(folder=folder.as_uri(), id="one")
        (shown,) = (await editor.ask("iiml/patch/next", params)).patches
        assert (shown.id, shown.others, shown.proposed) == ("two", 1, ["LEVELS = 5"])
        assert [one.id for one in patches(editor)] == ["two"]
        titles = [one.title for one in await editor.offered(prep, shown.startLine)]
        assert any(title.startswith("Patch two (verified") for title in titles)
        params = PatchParams(folder=folder.as_uri(), id="two")
        (shown,) = (await editor.ask("iiml/patch/next", params)).patches
        assert shown.id == "one"
        assert (await editor.ask("iiml/patch/accept", params)).done
        assert "LEVELS = 5" in prep.text
        assert patches(editor) == []

    session(work)


def test_a_patch_of_two_modules_is_one_edit_and_one_step_in_each(folder: Path) -> None:
    both = {**LEVELS, "model_traditional.py": ("STRENGTH = 1.0", "STRENGTH = 0.5")}
    made_offer(folder, "one", both)

    async def work(editor: Editor) -> None:
        prep = editor.open(folder / "iiml" / "prep.py")
        model = editor.open(folder / "iiml" / "model_traditional.py")
        before = prep.text, model.text
        await editor.ask("iiml/patches", FolderParams(folder=folder.as_uri()))
        params = PatchParams(folder=folder.as_uri(), id="one")
        assert (await editor.ask("iiml/patch/accept", params)).done
        assert editor.steps == 1
        assert "LEVELS = 4" in prep.text and "STRENGTH = 0.5" in model.text
        assert prep.before == [before[0]] and model.before == [before[1]]

    session(work)
