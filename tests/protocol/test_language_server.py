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
from iiml_codegen.domain.contract import Contract, Observation
from iiml_codegen.domain.wire import to_json
from iiml_codegen.viewing.verify_plan import OBSERVED, Observed, digest
from iiml_codegen.workspace import Workspace

DEADLINE = 240.0
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


RELATED = lsp.ClientCapabilities(
    text_document=lsp.TextDocumentClientCapabilities(
        publish_diagnostics=lsp.PublishDiagnosticsClientCapabilities(related_information=True)
    )
)


def session(
    work: Callable[[Editor], Awaitable[None]], *command: str, options: object = None
) -> Editor:
    """Start a server, say hello, do the work, say good-bye; the server must end by itself."""

    async def talk() -> Editor:
        editor = Editor()
        await editor.start_io(sys.executable, *(command or SERVE))
        async with asyncio.timeout(2 * DEADLINE):
            hello = lsp.InitializeParams(
                capabilities=RELATED, process_id=None, initialization_options=options
            )
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


def rows(editor: Editor, uri: str) -> dict[str, int]:
    """Codes shown, with their lines counted from 1."""
    return {str(row.code): row.range.start.line + 1 for row in editor.shown.get(uri, [])}


def test_good_results_stay_and_move_while_the_text_does_not_parse(module: Path) -> None:
    text = GOOD + "\n\nLIMIT = undefined\n"
    line = text.split("\n").index("LIMIT = undefined") + 1
    broken = '"""Prepare."""\n' + "\n\n".join(["", "def half(:", text])

    async def work(editor: Editor) -> None:
        uri = editor.open(module, text)
        await editor.until(lambda: "IIML104" in rows(editor, uri))
        assert rows(editor, uri)["IIML104"] == line
        editor.change(uri, broken, 2)
        await editor.until(lambda: editor.versions[uri] == 2)
        shown = rows(editor, uri)
        assert shown["IIML104"] == broken.split("\n").index("LIMIT = undefined") + 1
        assert any(code.startswith("IIML0") for code in shown)
        editor.change(uri, GOOD, 3)
        await editor.until(lambda: editor.versions[uri] == 3)
        assert "IIML104" not in rows(editor, uri)

    session(work)


def test_syntax_and_undefined_names_are_left_to_another_python_server(module: Path) -> None:
    text = (
        GOOD + "\n\nLIMIT = undefined\nBUNDLE = __import__('iiml_codegen')\nimport iiml_codegen\n"
    )

    async def work(editor: Editor) -> None:
        uri = editor.open(module, text)
        await editor.until(lambda: bool(rows(editor, uri)))
        own = rows(editor, uri)
        assert "IIML104" not in own
        editor.change(uri, text + "def half(:\n", 2)
        await editor.until(lambda: editor.versions[uri] == 2)
        assert rows(editor, uri) == own
        settings = {"iiml": {"otherPythonServer": False}}
        params = lsp.DidChangeConfigurationParams(settings=settings)
        editor.workspace_did_change_configuration(params)
        await editor.until(lambda: "IIML104" in rows(editor, uri))
        assert any(code.startswith("IIML0") for code in rows(editor, uri))

    session(work, options={"otherPythonServer": True})


def test_a_binding_is_shown_with_the_line_of_prep_beside_it(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    workspace.prep.write_text(GOOD, "utf-8")
    given = [
        ("features_train", "frame", 59),
        ("features_test", "frame", 20),
        ("target", "array", 60),
    ]
    seen = tuple(
        Observation(output=name, type=kind, rows=rows, columns=1, dtype="int64", missing=0)
        for name, kind, rows in given
    )
    observed = Observed(prep=digest(GOOD), observations=seen, train_rows=60, test_rows=20)
    workspace.write_bytes(workspace.generated / OBSERVED, to_json(observed))
    workspace.write_bytes(workspace.contract, to_json(Contract(views=(), clauses=())))
    model = "def fit(X, y):\n    return 1\n\n\ndef predict(model, X):\n    return model(X)\n"

    async def work(editor: Editor) -> None:
        uri = editor.open(workspace.model("traditional"), model)
        await editor.until(lambda: bool(rows(editor, uri)))
        shown = {str(row.code): row for row in editor.shown[uri]}
        row = shown["IIML205"]
        assert row.data == {"page": "docs/rules/IIML205.md", "names": [], "fix": False}
        assert row.related_information
        place = row.related_information[0].location
        assert place.uri == workspace.prep.as_uri()
        assert "features_train" in GOOD.split("\n")[place.range.start.line]

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
