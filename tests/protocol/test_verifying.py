"""Verifications at work: shown, cancelled with all their processes, and one for many saves."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import psutil
import pytest
from lsprotocol import types as lsp
from processes.editing import CAPABILITIES, DEADLINE, Editor, session
from processes.planned_folder import planned_folder

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


def tables(folder: Path, rows: int) -> None:
    """The data of a planned folder."""
    head = "id,age,stars \u2b50,kind,late"
    lines = [f"{n},{20 + n},{n % 5},{'ab'[n % 2]},{('no', 'yes')[n % 2]}" for n in range(rows)]
    for table in ("train", "test"):
        (folder / f"{table}.csv").write_text("\n".join([head, *lines, ""]), "utf-8")


def test_data_that_cannot_be_verified_are_one_message_with_a_way_out(tmp_path: Path) -> None:
    folder = planned_folder(tmp_path / "few").folder
    tables(folder, rows=1)

    async def work(editor: Editor) -> None:
        with pytest.raises(Exception, match=r"^1 rows .* too few for 5 folds \(.*--folds\.\)$"):
            await editor.ask("iiml/verify", VerifyParams(folder=folder.as_uri(), rung=3))

    session(work)


def telling_python(place: Path) -> Path:
    """A Python that leaves a file beside it when it runs."""
    place.mkdir()
    told = f'#!/bin/sh\ntouch "{place / "ran"}"\nexec "{sys.executable}" "$@"\n'
    (place / "python").write_text(told)
    (place / "python").chmod(0o755)
    return place / "python"


def test_each_folder_is_verified_by_its_own_python(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "tw\u00f6", "tw\u00f6/in/most")]
    pythons = [telling_python(tmp_path / f"python{n}") for n in range(3)]
    for folder in folders:
        planned_folder(folder)
        tables(folder, rows=1)
    outer, inner = {folders[1].as_uri(): str(pythons[1])}, {folders[2].as_uri(): str(pythons[2])}
    odd = {"ssh://elsewhere/two": "/nowhere/python", folders[2].parent.as_uri(): "/nowhere/python"}

    async def ran(editor: Editor, folder: Path) -> list[int]:
        """Which Pythons ran for a verification; it comes no further than looking at the data."""
        with pytest.raises(Exception, match="too few"):
            await editor.ask("iiml/verify", VerifyParams(folder=folder.as_uri(), rung=3))
        marks = [python.parent / "ran" for python in pythons]
        found = [number for number, mark in enumerate(marks) if mark.exists()]
        for number in found:
            marks[number].unlink()
        return found

    async def work(editor: Editor) -> None:
        assert [await ran(editor, folder) for folder in folders] == [[0], [1], [1]]
        chosen = {"iiml": {"interpreters": outer | odd | inner}}
        editor.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(settings=chosen))
        assert await ran(editor, folders[2]) == [2]

    session(work, options={"interpreter": str(pythons[0]), "interpreters": outer})
