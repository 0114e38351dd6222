"""Verified patches of a model that are applied without a click, once, where a setting says so."""

from __future__ import annotations

import time
from pathlib import Path

from lsprotocol import types as lsp
from processes.editing import Document, Editor, session
from processes.patching import MODEL, broken, by_model, misspelt, patches

from iiml_codegen.offers import find, keep
from iiml_codegen.workspace import Workspace
from iiml_server.wire import VerifyParams

VERIFIED = {"iiml": {"applyModelPatches": "verified"}}


async def verified_again(editor: Editor, prep: Document) -> None:
    """Save, and wait for the verification."""
    before = len(editor.told.get("iiml/moduleVerified", []))
    editor.save(prep)
    await editor.until(lambda: len(editor.told.get("iiml/moduleVerified", [])) > before)


def test_a_models_patch_waits_until_a_setting_applies_it_once(solved_folder: Path) -> None:
    workspace = Workspace(solved_folder)

    async def work(editor: Editor) -> None:
        prep, told, _ = await broken(editor, solved_folder)
        whole, wrong = prep.before[0], prep.text
        found = find(workspace, told.id)
        assert found is not None
        offer = by_model(found)
        assert keep(workspace, offer, since=0)
        await verified_again(editor, prep)
        await editor.until(lambda: patches(editor)[0].proposed_by == MODEL)
        assert (prep.text, editor.steps, editor.said) == (wrong, 0, [])

        changed = lsp.DidChangeConfigurationParams(settings=VERIFIED)
        editor.workspace_did_change_configuration(changed)
        editor.save(prep)
        await editor.until(lambda: editor.said)
        assert (prep.text, editor.steps) == (whole, 1)
        assert prep.path.read_text("utf-8") == wrong
        (message,) = editor.said
        assert message.type == lsp.MessageType.Info
        assert MODEL in message.message and offer.title in message.message

        await editor.ask("iiml/verify", VerifyParams(folder=solved_folder.as_uri(), rung=3))
        editor.undo(prep)
        assert prep.text == misspelt(whole)[0]
        assert keep(workspace, offer, since=time.time())
        await verified_again(editor, prep)
        await editor.until(lambda: patches(editor) and patches(editor)[0].by_model)
        assert (prep.text, editor.steps, len(editor.said)) == (wrong, 1, 1)

    session(work)


def test_a_patch_of_the_built_in_expert_waits_all_the_same(solved_folder: Path) -> None:
    async def work(editor: Editor) -> None:
        prep, told, _ = await broken(editor, solved_folder)
        await editor.until(lambda: editor.told.get("iiml/moduleVerified"))
        assert not told.by_model
        assert (editor.steps, prep.text) == (0, misspelt(prep.before[0])[0])

    session(work, {"trusted": True, "applyModelPatches": "verified"})
