"""Hover, links, lenses, hints, definitions, outlines, completion and renames over the protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from processes.asking_editor import Editor, at, session
from processes.planned_folder import CANDIDATE, MODEL, PREP, planned_folder
from pygls.exceptions import JsonRpcException

from iiml_codegen.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return planned_folder(tmp_path / "late é")


def test_hover_follows_the_text_as_it_is_typed_and_the_disk_once_it_is_closed(
    workspace: Workspace,
) -> None:
    moved = PREP.replace("LEVELS = 3", "LEVELS = 3\nMORE = 4\n# more")
    broken = moved.replace("numbers = as_numbers(", "numbers = as_numbers((")

    async def work(editor: Editor) -> None:
        document = editor.open(workspace.prep, PREP)
        assert (await editor.told(document, PREP, "gaps = rows")).startswith("**P4** Flag")
        for version, text in enumerate((moved, broken, "\ufeff" + moved), start=2):
            editor.change(document, text, version)
            assert (await editor.told(document, text, "gaps = rows")).startswith("**P4** Flag")
        editor.text_document_did_close(lsp.DidCloseTextDocumentParams(text_document=document))
        assert (await editor.told(document, PREP, "gaps = rows")).startswith("**P4** Flag")
        workspace.prep.unlink()
        assert await editor.hover_at(document, PREP, "gaps = rows") is None

    session(work)


def test_columns_count_in_utf_16_units_and_lines_end_as_the_editor_ends_them(
    workspace: Workspace,
) -> None:
    piece = 'emoji = ["😀😀", "stars ⭐"]'
    text = PREP.replace("LEVELS = 3", piece).replace("\n", "\r\n")

    async def work(editor: Editor) -> None:
        document = editor.open(workspace.prep, text)
        found = await editor.hover_at(document, text, piece, "stars")
        assert found is not None
        assert isinstance(found.contents, lsp.MarkupContent)
        assert "`stars ⭐`: number (float)" in found.contents.value
        start = at(text, piece, "stars")
        assert found.range is not None
        assert found.range.start == start
        assert found.range.end.character == start.character + len("stars ⭐")

    session(work)


def test_what_data_say_is_escaped_and_plain_text_is_given_to_whom_reads_no_markdown(
    workspace: Workspace,
) -> None:
    async def marked(editor: Editor) -> None:
        document = editor.open(workspace.prep, PREP)
        told = await editor.told(document, PREP, "numbers = as_numbers")
        assert "`age` tells most about \\*late\\* \\<b\\>" in told

    async def plain(editor: Editor) -> None:
        document = editor.open(workspace.prep, PREP)
        found = await editor.hover_at(document, PREP, "numbers = as_numbers")
        assert found is not None
        assert isinstance(found.contents, lsp.MarkupContent)
        assert found.contents.kind == lsp.MarkupKind.PlainText
        assert "age tells most about *late* <b>" in found.contents.value

    session(marked)
    reads = lsp.HoverClientCapabilities(content_format=[lsp.MarkupKind.PlainText])
    document = lsp.TextDocumentClientCapabilities(hover=reads)
    session(plain, capabilities=lsp.ClientCapabilities(text_document=document))


def test_a_model_tells_what_feeds_it_from_prep_as_it_is_edited(workspace: Workspace) -> None:
    path = workspace.model("traditional")
    moved = PREP.replace("LEVELS = 3", "LEVELS = 3\nMORE = 4")

    async def work(editor: Editor) -> None:
        document = editor.open(path, MODEL)
        line = at(PREP, "features = pd.concat").line + 1
        assert f"[prep.py, line {line}]" in await editor.told(document, MODEL, "X: pd.DataFrame, y")
        editor.open(workspace.prep, moved)
        told = await editor.told(document, MODEL, "X: pd.DataFrame, y")
        assert f"[prep.py, line {line + 1}]" in told
        assert "before the last edit" in told
        assert f"**Score** of `{CANDIDATE}`: Accuracy 0.825 ± 0.014" in told

    session(work)


def test_plans_that_cannot_be_read_leave_the_rest(workspace: Workspace) -> None:
    workspace.contract.write_bytes(b"\xff\x00")
    workspace.journal.write_bytes(b"no journal")
    workspace.blueprint_page.unlink()

    async def work(editor: Editor) -> None:
        document = editor.open(workspace.prep, PREP)
        assert (await editor.told(document, PREP, "gaps = rows")).startswith("**P4** Flag the gaps")
        params = lsp.DocumentLinkParams(text_document=document)
        assert not await editor.text_document_document_link_async(params)
        lenses = await editor.text_document_code_lens_async(
            lsp.CodeLensParams(text_document=document)
        )
        assert [one.command.title for one in lenses or [] if one.command] == ["Verify"]

    session(work)


def test_markers_link_to_the_blueprint(workspace: Workspace) -> None:
    async def work(editor: Editor) -> None:
        document = editor.open(workspace.prep, PREP)
        links = await editor.text_document_document_link_async(
            lsp.DocumentLinkParams(text_document=document)
        )
        assert links is not None
        assert len(links) == 5
        target, _, line = str(links[3].target).partition("#L")
        assert target == workspace.blueprint_page.as_uri()
        page = workspace.blueprint_page.read_text("utf-8").split("\n")
        assert page[int(line) - 1].startswith("- **P4**")
        assert links[3].range.start == at(PREP, "# [P4]", "P4")

    session(work)


@pytest.mark.parametrize("ours", [True, False])
def test_lenses_are_commands_of_the_client_or_of_the_server(
    workspace: Workspace, ours: bool
) -> None:
    async def work(editor: Editor) -> None:
        document = editor.open(workspace.model("traditional"), MODEL)
        lenses = await editor.text_document_code_lens_async(
            lsp.CodeLensParams(text_document=document)
        )
        commands = [one.command for one in lenses or [] if one.command]
        titles = [one.title for one in commands]
        assert titles == [
            "Verify",
            "Run this track",
            f"Score 0.825 ± 0.014 ({CANDIDATE})",
            "M1: few rows",
            "T1: with a penalty",
        ]
        prefix = "iiml." if ours else "iiml.server."
        assert commands[1].command == prefix + "runTrack"
        assert list(commands[1].arguments or ()) == [
            {"folder": workspace.folder.as_uri(), "track": "traditional", "step": None}
        ]
        assert commands[3].command == prefix + "openBlueprint"

    session(work, options={"clientCommands": ours})


def test_lenses_and_hints_follow_the_settings(workspace: Workspace) -> None:
    async def asked(editor: Editor) -> tuple[Any, Any]:
        document = editor.open(workspace.prep, PREP)
        whole = lsp.Range(start=lsp.Position(line=0, character=0), end=at(PREP, '"target"'))
        hints = await editor.text_document_inlay_hint_async(
            lsp.InlayHintParams(text_document=document, range=whole)
        )
        lenses = await editor.text_document_code_lens_async(
            lsp.CodeLensParams(text_document=document)
        )
        return hints, lenses

    async def usual(editor: Editor) -> None:
        hints, lenses = await asked(editor)
        assert not hints
        assert lenses

    async def other(editor: Editor) -> None:
        hints, lenses = await asked(editor)
        assert not lenses
        told = {one.position.line: one.label for one in hints}
        assert told[at(PREP, "features = pd.concat").line] == "a frame of 60 × 4, float64 × 4"
        assert told[at(PREP, "target = (train").line] == "an array of 60 × 1, int64"

    session(usual)
    session(other, options={"inlayHints": True, "codeLenses": False})


def test_a_pipelines_line_leads_to_the_open_module(workspace: Workspace) -> None:
    pipeline = workspace.pipeline("traditional")
    text = pipeline.read_text("utf-8")

    async def work(editor: Editor) -> None:
        document = editor.open(pipeline, text)
        found = await editor.text_document_definition_async(
            lsp.DefinitionParams(text_document=document, position=at(text, "gaps = rows"))
        )
        assert isinstance(found, list)
        assert isinstance(found[0], lsp.Location)
        assert found[0].uri == workspace.prep.as_uri()
        assert found[0].range.start.line == at(PREP, "gaps = rows").line
        assert "**Harness**" in await editor.told(document, text, "def parse_options")

    session(work)


def test_the_outline_holds_steps_with_what_they_make(workspace: Workspace) -> None:
    async def work(editor: Editor) -> None:
        document = editor.open(workspace.prep, PREP)
        found = await editor.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(text_document=document)
        )
        assert found is not None
        symbols = {one.name: one for one in found if isinstance(one, lsp.DocumentSymbol)}
        assert symbols["tidy"].detail == "P3"
        steps = symbols["prepare"].children or []
        assert [one.name for one in steps][2:4] == [
            "P3 Read 2 columns as numbers",
            "P4 Flag the gaps",
        ]
        assert [one.name for one in steps[0].children or []] == ["train", "test", "rows"]
        for one in (*symbols.values(), *steps):
            assert one.range.start.line <= one.selection_range.start.line
            assert one.selection_range.end.line <= one.range.end.line

    session(work)


def test_markers_and_strings_are_completed_while_one_types(workspace: Workspace) -> None:
    marker = PREP.replace("# [P4] Flag the gaps", "# [")
    string = PREP.replace('rows[["age"]]', 'rows[["😀", ""]]')

    async def work(editor: Editor) -> None:
        document = editor.open(workspace.prep, marker)
        place = at(marker, "# [\n", "\n")
        params = lsp.CompletionParams(text_document=document, position=place)
        found = await editor.text_document_completion_async(params)
        assert isinstance(found, lsp.CompletionList)
        assert [one.label for one in found.items][:2] == ["P4", "P1"]
        editor.change(document, string, 2)
        place = at(string, '"😀", ""', ' ""')
        place.character += 2
        params = lsp.CompletionParams(text_document=document, position=place)
        found = await editor.text_document_completion_async(params)
        assert isinstance(found, lsp.CompletionList)
        edit = found.items[0].text_edit
        assert isinstance(edit, lsp.TextEdit)
        assert (edit.new_text, edit.range.start) == ("age", place)

    session(work)


def test_an_output_is_renamed_in_open_and_closed_files_and_other_names_are_refused(
    workspace: Workspace,
) -> None:
    text = PREP.replace('"target": target', '"😀": 1, "target": target')

    async def work(editor: Editor) -> None:
        document = editor.open(workspace.prep, text)
        place = at(text, '"target"', "target")
        asked = lsp.PrepareRenameParams(text_document=document, position=place)
        ready = await editor.text_document_prepare_rename_async(asked)
        assert isinstance(ready, lsp.PrepareRenamePlaceholder)
        assert (ready.placeholder, ready.range.start) == ("target", place)
        renamed = await editor.text_document_rename_async(
            lsp.RenameParams(text_document=document, position=place, new_name="labels")
        )
        assert renamed is not None
        edits = {
            one.text_document.uri: one
            for one in renamed.document_changes or []
            if isinstance(one, lsp.TextDocumentEdit)
        }
        own = edits[document.uri]
        assert own.text_document.version == 1
        assert own.edits[0].range == ready.range  # type: ignore[union-attr]
        assert edits[workspace.contract.as_uri()].text_document.version is None
        assert all("candidates" not in uri for uri in edits)
        references = await editor.text_document_references_async(
            lsp.ReferenceParams(
                text_document=document,
                position=place,
                context=lsp.ReferenceContext(include_declaration=True),
            )
        )
        assert {one.uri for one in references or []} == set(edits)
        with pytest.raises(JsonRpcException, match="another output"):
            await editor.text_document_rename_async(
                lsp.RenameParams(text_document=document, position=place, new_name="features_train")
            )
        asked = lsp.PrepareRenameParams(text_document=document, position=at(text, "gaps = rows"))
        with pytest.raises(JsonRpcException, match="renames outputs of prep"):
            await editor.text_document_prepare_rename_async(asked)

    session(work)


def test_other_documents_are_left_alone(tmp_path: Path) -> None:
    async def work(editor: Editor) -> None:
        document = editor.open(tmp_path / "prep.py", PREP)
        assert await editor.hover_at(document, PREP, "gaps = rows") is None
        remote = lsp.TextDocumentIdentifier(uri="untitled:prep.py")
        assert await editor.hover_at(remote, PREP, "gaps = rows") is None
        symbols = lsp.DocumentSymbolParams(text_document=document)
        assert await editor.text_document_document_symbol_async(symbols) is None
        params = lsp.CompletionParams(text_document=document, position=at(PREP, '"age"', "age"))
        found = await editor.text_document_completion_async(params)
        assert isinstance(found, lsp.CompletionList)
        assert not found.items

    session(work)
