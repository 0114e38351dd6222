"""The language server as an editor sees it: a real process, real pipes, the protocol."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Step
from iiml_codegen.domain.wire import to_json

DEADLINE = 60.0
SERVE = ["-I", "-m", "iiml_server"]
# A server with answers that are no JSON, and with a library that prints.
ODD = """
import sys
from iiml_server.__main__ import create_server
from iiml_server.stdio import claim_stdio

reader, writer = claim_stdio()
server = create_server()

@server.feature("test/nan")
def nan(ls, params):
    return float("nan")

@server.feature("test/set")
def unordered(ls, params):
    return {1, 2}

@server.feature("test/print")
def chatter(ls, params):
    print("x" * 30_000)  # fits into the pipe, which pygls' client does not read
    sys.__stdout__.write("stray")
    return "y" * 300_000

server.start_io(reader, writer)
"""


class Editor(LanguageClient):
    """A client that keeps the last diagnostics of each document."""

    def __init__(self) -> None:
        super().__init__("test", "1")
        self.shown: dict[str, list[lsp.Diagnostic]] = {}
        self.versions: dict[str, int | None] = {}
        self.news = asyncio.Condition()
        self.popups: list[str] = []
        self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(self.keep_factory())
        self.feature(lsp.WINDOW_SHOW_MESSAGE)(self.popup_factory())

    def keep_factory(self) -> Callable[[lsp.PublishDiagnosticsParams], Awaitable[None]]:
        async def keep(params: lsp.PublishDiagnosticsParams) -> None:
            async with self.news:
                self.shown[params.uri] = list(params.diagnostics)
                self.versions[params.uri] = params.version
                self.news.notify_all()

        return keep

    def popup_factory(self) -> Callable[[lsp.ShowMessageParams], None]:
        def popup(params: lsp.ShowMessageParams) -> None:
            self.popups.append(params.message)

        return popup

    async def until(self, what: Callable[[], bool]) -> None:
        """Wait for news until the condition holds."""
        async with asyncio.timeout(DEADLINE), self.news:
            await self.news.wait_for(what)

    def open(self, path: Path, text: str) -> str:
        item = lsp.TextDocumentItem(uri=path.as_uri(), language_id="python", version=1, text=text)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))
        return path.as_uri()

    def change(self, uri: str, text: str, version: int) -> None:
        self.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                text_document=lsp.VersionedTextDocumentIdentifier(uri=uri, version=version),
                content_changes=[lsp.TextDocumentContentChangeWholeDocument(text=text)],
            )
        )


def session(work: Callable[[Editor], Awaitable[None]], *command: str) -> Editor:
    """Start a server, say hello, do the work, say good-bye; the server must end by itself."""

    async def talk() -> Editor:
        editor = Editor()
        await editor.start_io(sys.executable, *(command or SERVE))
        async with asyncio.timeout(2 * DEADLINE):
            hello = lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), process_id=None)
            await editor.initialize_async(hello)
            editor.initialized(lsp.InitializedParams())
            await work(editor)
            await editor.shutdown_async(None)
            editor.exit(None)
            await editor.stop()
        return editor

    return asyncio.run(talk())


@pytest.fixture
def module(tmp_path: Path) -> Path:
    return tmp_path / "iiml" / "prep.py"


GOOD = '''"""Prepare the data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd


def prepare(
    data_dir: Path, extracted: dict[str, Any] | None = None, fitted: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Read both tables."""
    train, test = pd.read_csv(data_dir / "train.csv"), pd.read_csv(data_dir / "test.csv")
    return {"features_train": train[["a"]], "features_test": test[["a"]], "target": train["y"]}
'''


def test_a_syntax_error_is_shown_where_it_is_and_goes_when_it_is_mended(module: Path) -> None:
    broken = GOOD.replace("train, test =", "é😀 = train, test ==")

    async def work(editor: Editor) -> None:
        uri = editor.open(module, broken)
        await editor.until(lambda: bool(editor.shown.get(uri)))
        (first, *_) = editor.shown[uri]
        assert first.source == "iiml"
        assert str(first.code).startswith("IIML")
        assert first.severity == lsp.DiagnosticSeverity.Error
        assert first.range.start.line == broken[: broken.index("é")].count("\n")
        editor.change(uri, GOOD, 2)
        await editor.until(lambda: editor.versions[uri] == 2)
        errors = [d for d in editor.shown[uri] if d.severity == lsp.DiagnosticSeverity.Error]
        assert errors == []

    session(work)


def test_a_step_of_the_plan_without_its_marker_is_shown(module: Path) -> None:
    step = Step(id="P7", part="prep", key="impute", title="Fill the ages", why="8 % are missing")
    folds = FoldPlan(strategy="random", folds=5, column=None, why="")
    plan = Blueprint(title="", kind="binary", steps=(step,), members=(), folds=folds)
    module.parent.mkdir()
    (module.parent / "blueprint.json").write_bytes(to_json(plan))

    async def work(editor: Editor) -> None:
        uri = editor.open(module, GOOD)
        await editor.until(lambda: bool(editor.shown.get(uri)))
        assert any("P7" in row.message for row in editor.shown[uri])

    session(work)


def test_only_the_text_after_the_last_of_many_changes_is_shown(module: Path) -> None:
    async def work(editor: Editor) -> None:
        uri = editor.open(module, GOOD)
        for version in range(2, 30):
            editor.change(uri, GOOD + f"\n)  # {version}\n", version)
        await editor.until(lambda: editor.versions.get(uri) == 29)
        assert editor.shown[uri]

    session(work)


def test_closing_a_document_takes_its_rows_away(module: Path) -> None:
    async def work(editor: Editor) -> None:
        uri = editor.open(module, "def prepare(:\n")
        await editor.until(lambda: bool(editor.shown.get(uri)))
        identifier = lsp.TextDocumentIdentifier(uri=uri)
        editor.text_document_did_close(lsp.DidCloseTextDocumentParams(text_document=identifier))
        await editor.until(lambda: editor.shown[uri] == [])
        assert editor.versions[uri] is None

    session(work)


def test_other_python_files_are_left_alone(tmp_path: Path, module: Path) -> None:
    async def work(editor: Editor) -> None:
        other = editor.open(tmp_path / "prep.py", "def prepare(:\n")
        ours = editor.open(module, "def prepare(:\n")
        await editor.until(lambda: bool(editor.shown.get(ours)))
        assert other not in editor.shown

    session(work)


def test_every_request_is_answered_and_prints_do_not_reach_the_protocol(tmp_path: Path) -> None:
    script = tmp_path / "odd.py"
    script.write_text(ODD)

    async def ask(editor: Editor, method: str) -> Any:
        return await editor.protocol.send_request_async(method, {})

    async def work(editor: Editor) -> None:
        with pytest.raises(JsonRpcException, match="not JSON"):
            await ask(editor, "test/nan")
        with pytest.raises(JsonRpcException, match="not JSON"):
            await ask(editor, "test/set")
        assert await ask(editor, "test/print") == "y" * 300_000

    assert session(work, "-u", str(script)).popups == []
