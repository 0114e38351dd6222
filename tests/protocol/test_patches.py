"""Breaking prep by hand and mending it, from the first squiggle to the accepted patch."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from processes.editing import Editor, session
from processes.patching import broken, misspelt, patches
from pygls.exceptions import JsonRpcException

from iiml_server.wire import FolderParams, PatchParams, VerifyParams, VirtualTextParams


def test_a_misspelt_column_is_found_by_a_run_and_mended_by_a_patch(solved_folder: Path) -> None:
    async def work(editor: Editor) -> None:
        prep, offer, line = await broken(editor, solved_folder)
        whole = prep.before[0]
        (row,) = editor.at(prep, "IIML401")
        assert (row.range.start.line, row.severity) == (line, lsp.DiagnosticSeverity.Error)
        assert row.code_description and row.code_description.href.startswith("file:")
        assert offer.start_line == line and offer.verified and not offer.stale
        mended = VirtualTextParams(folder=solved_folder.as_uri(), kind="patch", id=offer.id)
        assert (await editor.ask("iiml/virtualText", mended)).text == whole
        params = PatchParams(folder=solved_folder.as_uri(), id=offer.id)
        outcome = await editor.ask("iiml/patch/accept", params)
        assert outcome.done, outcome.message
        with pytest.raises(JsonRpcException, match="no longer offered"):
            await editor.ask("iiml/virtualText", mended)
        assert prep.text == whole
        await editor.until(lambda: not editor.at(prep, "IIML401"))
        await editor.until(lambda: not patches(editor))
        editor.undo(prep)
        assert prep.text == misspelt(whole)[0]

    session(work)


def test_a_patch_is_shown_as_an_action_and_its_text_moves_and_goes_stale(
    solved_folder: Path,
) -> None:
    async def work(editor: Editor) -> None:
        prep, offer, line = await broken(editor, solved_folder)
        titles = [one.title for one in await editor.offered(prep, line)]
        assert any("(verified, " in title for title in titles), titles
        assert any(title.startswith("Reject") for title in titles)
        editor.type(prep, "# 😀\n" + prep.text)
        await editor.until(lambda: patches(editor)[0].start_line == line + 1)
        (row,) = editor.at(prep, "IIML401")
        assert row.message.startswith("Before your last edit: ")
        assert row.severity == lsp.DiagnosticSeverity.Information
        assert row.range.start.line == line + 1
        lines = prep.text.split("\n")
        lines[line + 1] = 'NUMBERS = ["other"]'
        editor.type(prep, "\n".join(lines))
        await editor.until(lambda: patches(editor)[0].stale)
        before = prep.text
        params = PatchParams(folder=solved_folder.as_uri(), id=offer.id)
        outcome = await editor.ask("iiml/patch/accept", params)
        assert not outcome.done and "changed" in outcome.message
        assert prep.text == before

    session(work)


def test_an_edit_that_the_editor_refuses_is_told_and_a_rejected_patch_is_gone(
    solved_folder: Path,
) -> None:
    async def work(editor: Editor) -> None:
        prep, offer, _ = await broken(editor, solved_folder)
        params = PatchParams(folder=solved_folder.as_uri(), id=offer.id)
        editor.applies = False
        outcome = await editor.ask("iiml/patch/accept", params)
        assert not outcome.done and outcome.message
        shown = await editor.ask("iiml/patch/next", params)
        assert len(shown.patches) == 1
        await editor.ask("iiml/patch/reject", params)
        left = await editor.ask("iiml/patches", FolderParams(folder=solved_folder.as_uri()))
        assert offer.id not in [one.id for one in left.patches]
        again = await editor.ask("iiml/patch/reject", params)
        assert not again.done
        assert prep.text == misspelt(prep.before[0])[0]

    session(work)


def test_a_save_tells_what_it_affects_and_rows_outlive_a_closed_document(
    solved_folder: Path,
) -> None:
    async def work(editor: Editor) -> None:
        prep, _, line = await broken(editor, solved_folder)
        await editor.until(lambda: editor.told.get("iiml/moduleVerified"))
        told = editor.told["iiml/moduleVerified"][-1]
        assert (told.folder, told.uri) == (solved_folder.as_uri(), prep.uri)
        assert told.errors and any(one.affected for one in told.tracks)
        editor.close(prep)
        await editor.until(lambda: editor.versions[prep.uri] is None)
        assert [(row.code, row.range.start.line) for row in editor.rows[prep.uri]] == [
            ("IIML401", line)
        ]

    session(work)


def test_verifying_can_be_cancelled_and_asked_for_again(solved_folder: Path) -> None:
    async def work(editor: Editor) -> None:
        params = VerifyParams(folder=solved_folder.as_uri(), rung=3)
        asked = asyncio.ensure_future(editor.ask("iiml/verify", params))
        await asyncio.sleep(0)
        asked.cancel()
        first = await editor.ask("iiml/verify", params)
        assert (first.errors, first.patches) == (0, 0)
        still = await editor.ask("iiml/verify", VerifyParams(folder=solved_folder.as_uri(), rung=1))
        assert still.errors == 0

    session(work)


def test_nothing_runs_where_the_workspace_is_not_trusted(solved_folder: Path) -> None:
    async def work(editor: Editor) -> None:
        prep = editor.open(solved_folder / "iiml" / "prep.py")
        editor.type(prep, misspelt(prep.text)[0])
        editor.save(prep)
        await editor.until(lambda: editor.at(prep, "IIML156"))
        with pytest.raises(JsonRpcException, match="trust"):
            await editor.ask("iiml/verify", VerifyParams(folder=solved_folder.as_uri(), rung=3))
        assert not editor.told.get("iiml/moduleVerified")
        assert not list((solved_folder / "iiml" / "candidates").glob("verify-*"))

    session(work, {"trusted": False})
