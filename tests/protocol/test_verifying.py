"""Verifications at work: shown, cancelled with all their processes, and one for many saves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest
from lsprotocol import types as lsp
from processes.editing import CAPABILITIES, DEADLINE, Editor, session

from iiml_server.wire import VerifyParams

CHECKER = "iiml_server.checker"
"""The process that looks at texts lives as long as the server."""
SHOWS_PROGRESS = lsp.ClientCapabilities(
    workspace=CAPABILITIES.workspace,
    text_document=CAPABILITIES.text_document,
    window=lsp.WindowClientCapabilities(work_done_progress=True),
)


def verifications(editor: Editor) -> list[psutil.Process]:
    """The processes that the server runs to verify."""
    server = editor._server
    assert server is not None
    started = psutil.Process(server.pid).children(recursive=True)
    return [one for one in started if CHECKER not in one.cmdline()]


def steps(editor: Editor) -> list[str]:
    """How the progress went."""
    return [one.value["kind"] for one in editor.progress]


def test_a_verification_shows_that_it_is_at_work_and_ends_when_cancelled(
    solved_folder: Path,
) -> None:
    params = VerifyParams(folder=solved_folder.as_uri(), rung=3)

    async def work(editor: Editor) -> None:
        asked = asyncio.ensure_future(editor.ask("iiml/verify", params))
        async with asyncio.timeout(DEADLINE):
            while not (editor.progress and verifications(editor)):
                await asyncio.sleep(0.02)
        begin = editor.progress[0]
        assert begin.value["title"] == f"Verifying {solved_folder.name}"
        assert begin.value["cancellable"]
        at_work = verifications(editor)
        cancel = lsp.WorkDoneProgressCancelParams(token=begin.token)
        editor.window_work_done_progress_cancel(cancel)
        with pytest.raises(Exception, match=r"(?i)cancel"):
            await asked
        gone, alive = await asyncio.to_thread(psutil.wait_procs, at_work, DEADLINE)
        assert gone and not alive and not verifications(editor)
        assert steps(editor) == ["begin", "end"]
        found = await editor.ask("iiml/verify", params)
        assert found.errors == 0
        assert steps(editor) == ["begin", "end"] * 2

    session(work, capabilities=SHOWS_PROGRESS)


def test_a_burst_of_saves_is_one_verification(solved_folder: Path) -> None:
    async def work(editor: Editor) -> None:
        prep = editor.open(solved_folder / "iiml" / "prep.py")
        for number in range(3):
            editor.type(prep, f"{prep.text}# {number}\n")
            editor.save(prep)
        await editor.until(lambda: editor.told.get("iiml/moduleVerified"))
        await editor.ask("iiml/verify", VerifyParams(folder=solved_folder.as_uri(), rung=3))
        assert len(editor.told["iiml/moduleVerified"]) == 1

    session(work)
