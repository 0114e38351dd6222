"""Rename and references of an output of prep, across prep, the models and the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types as lsp

from iiml_codegen.insight.chunks import split
from iiml_codegen.insight.files import text_of
from iiml_codegen.insight.renaming import (
    Edit,
    RenameError,
    columns_of,
    module_edits,
    new_names,
    plan_edits,
    renamed_files,
    renamed_thing,
)
from iiml_codegen.insight.site import Site
from iiml_server.abilities import workspace_edit
from iiml_server.positions import utf16
from iiml_server.protocol import IimlServer, Refused
from iiml_server.sites import place, span

Edits = list[tuple[Path, list[str], list[Edit]]]


def prepare_rename(ls: IimlServer, params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder:
    """The name under the cursor, if it is an output of prep."""
    site = site_of(ls, params.text_document.uri)
    line, column = place(site.reading, params.position)
    try:
        word, name = renamed_thing(site, line, column)
    except RenameError as error:
        raise Refused(str(error)) from error
    return lsp.PrepareRenamePlaceholder(
        range=span(site.reading, line, word.start, word.end), placeholder=name
    )


def rename(ls: IimlServer, params: lsp.RenameParams) -> lsp.WorkspaceEdit:
    """The edits of all files, as one change that is undone at once."""
    site = site_of(ls, params.text_document.uri)
    line, column = place(site.reading, params.position)
    try:
        _, old = renamed_thing(site, line, column)
        found = edits(ls, site, new_names(site.facts, old, params.new_name))
    except RenameError as error:
        raise Refused(str(error)) from error
    changes = [document_edit(ls, path, lines, made) for path, lines, made in found if made]
    return workspace_edit(ls.client_capabilities, changes)


def references(ls: IimlServer, params: lsp.ReferenceParams) -> list[lsp.Location]:
    """Where an output is named; nothing for other names, which other servers know."""
    site = ls.sites.of(params.text_document.uri)
    if site is None:
        return []
    line, column = place(site.reading, params.position)
    try:
        _, name = renamed_thing(site, line, column)
        found = edits(ls, site, new_names(site.facts, name, name))
    except RenameError:
        return []
    return [
        lsp.Location(uri=uri_of(ls, path), range=edit_range(lines, one))
        for path, lines, made in found
        for one in made
    ]


def site_of(ls: IimlServer, uri: str) -> Site:
    """The module of a request. Raises `Refused` for any other document."""
    site = ls.sites.of(uri)
    if site is None:
        raise Refused("iiML renames outputs of prep in prep.py and the models.")
    return site


def edits(ls: IimlServer, site: Site, names: dict[str, str]) -> Edits:
    """What changes in each file, prep first."""
    home = site.facts.home
    found: Edits = []
    for path in (home / "prep.py", *sorted(home.glob("model_*.py"))):
        other = ls.sites.of(path.as_uri())
        if other is not None:
            made = module_edits(other.reading, path.name, names, columns_of(site.facts))
            found.append((path, other.reading.lines, made))
    for path, view_key in renamed_files(site.facts, names).items():
        text = plan_text(ls, path)
        found.append((path, split(text), plan_edits(text, names, view_key)))
    return found


def plan_text(ls: IimlServer, path: Path) -> str:
    """A file of the plan, as it is edited or as it lies on disk; nothing where it is gone."""
    document = ls.sites.document(path)
    return document.source if document else text_of(path) or ""


def document_edit(
    ls: IimlServer, path: Path, lines: list[str], made: list[Edit]
) -> lsp.TextDocumentEdit:
    """The edits of one file; those of an open document name the version that they are made for."""
    document = ls.sites.document(path)
    return lsp.TextDocumentEdit(
        text_document=lsp.OptionalVersionedTextDocumentIdentifier(
            uri=uri_of(ls, path), version=document.version if document else None
        ),
        edits=list(text_edits(lines, made)),
    )


def uri_of(ls: IimlServer, path: Path) -> str:
    """A file's URI, in the spelling of the editor where it is open."""
    document = ls.sites.document(path)
    return document.uri if document else path.as_uri()


def text_edits(lines: list[str], made: list[Edit]) -> Iterator[lsp.TextEdit]:
    """Edits in the editor's columns, each place once."""
    for one in dict.fromkeys(sorted(made, key=lambda edit: (edit.line, edit.start))):
        yield lsp.TextEdit(range=edit_range(lines, one), new_text=one.text)


def edit_range(lines: list[str], edit: Edit) -> lsp.Range:
    """The range of an edit."""
    said = lines[edit.line - 1]
    return lsp.Range(
        start=lsp.Position(line=edit.line - 1, character=utf16(said[: edit.start])),
        end=lsp.Position(line=edit.line - 1, character=utf16(said[: edit.end])),
    )


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    options = lsp.RenameOptions(prepare_provider=True)
    server.feature(lsp.TEXT_DOCUMENT_RENAME, options)(rename)
    server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)(prepare_rename)
    server.feature(lsp.TEXT_DOCUMENT_REFERENCES)(references)
