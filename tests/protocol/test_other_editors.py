"""Editors that can do less than VS Code: what Neovim 0.11 announces, and what a modest one does."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from processes.daemon import Daemon, Failed, wait_until
from processes.planned_folder import MODEL, PREP, planned_folder
from pygls.workspace import PositionCodec

from iiml_codegen.domain.contract import Contract, Observation
from iiml_codegen.domain.fault import Fault, Patch, Place
from iiml_codegen.domain.wire import to_json
from iiml_codegen.integration.binding_evidence import Rows
from iiml_codegen.offers import keep, offer_of
from iiml_codegen.viewing.verify_plan import keep_observed
from iiml_codegen.workspace import Workspace
from iiml_server.configuration import Options, camel

NEOVIM = json.loads(Path(__file__).with_name("neovim_0_11.json").read_text("utf-8"))
MODEST = {
    "general": {"positionEncodings": ["utf-32", "utf-16"]},
    "textDocument": {
        "hover": {"contentFormat": ["plaintext"]},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
    },
}
ABILITIES = pytest.mark.parametrize("abilities", [NEOVIM, MODEST], ids=["neovim", "modest"])
EMOJI = '"😀😀": 1, "target": target'
STARS = 'NUMBERS = ["😀😀", "aged"]'


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return planned_folder(tmp_path / "late é")


def started(daemon: Daemon, folder: Path, abilities: dict[str, Any]) -> dict[str, Any]:
    """Say hello with an editor's abilities; what the server said that it can do."""
    named = [{"uri": folder.as_uri(), "name": folder.name}]
    hello = {"processId": None, "rootUri": None, "workspaceFolders": named}
    told = daemon.ask("initialize", {**hello, "capabilities": abilities})
    daemon.tell("initialized", {})
    daemon.ask("iiml/open", {"folder": folder.as_uri()})
    return dict(told["capabilities"])


def rows(daemon: Daemon, uri: str) -> list[dict[str, Any]]:
    """The rows that were told last of a document."""
    told = [one["params"] for one in daemon.heard if one["method"].endswith("publishDiagnostics")]
    return next((one["diagnostics"] for one in reversed(told) if one["uri"] == uri), [])


def asked(daemon: Daemon, methods: Sequence[str]) -> list[str]:
    """Which of some requests the server made of the editor."""
    return [one["method"] for one in daemon.heard if one["method"] in methods]


def messages(daemon: Daemon) -> list[str]:
    """What the editor was to show to the user."""
    shown = [one for one in daemon.heard if one["method"] == "window/showMessage"]
    return [one["params"]["message"] for one in shown]


def at(text: str, piece: str) -> dict[str, int]:
    """Where a piece of a text begins, in UTF-16 units."""
    before = text[: text.index(piece)]
    line = before[before.rfind("\n") + 1 :]
    return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}


def edited(text: str, edits: Sequence[dict[str, Any]]) -> str:
    """A text after an editor applied edits, the last one first."""
    lines = text.split("\n")
    codec = PositionCodec()
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines) + 1)]

    def place(position: dict[str, int]) -> int:
        line, units = position["line"], position["character"]
        inside = 0
        while inside < len(lines[line]) and codec.client_num_units(lines[line][:inside]) < units:
            inside += 1
        return starts[line] + inside

    for edit in sorted(edits, key=lambda one: place(one["range"]["start"]), reverse=True):
        start, end = (place(edit["range"][side]) for side in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def command(daemon: Daemon, name: str, *arguments: Any) -> Any:
    """Call a command of the server."""
    params: dict[str, Any] = {"command": f"iiml.server.{name}"}
    if arguments:
        params["arguments"] = list(arguments)
    return daemon.ask("workspace/executeCommand", params)


@ABILITIES
def test_columns_count_utf_16_units_whatever_else_an_editor_offers(
    workspace: Workspace, abilities: dict[str, Any]
) -> None:
    with Daemon() as daemon:
        told = started(daemon, workspace.folder, abilities)
        assert told["positionEncoding"] == "utf-16"
        uri = daemon.open(workspace.prep, PREP)
        start = at(PREP, 'NUMBERS = ["age')
        before, _, rest = PREP.partition('NUMBERS = ["age')
        after = rest[rest.index("\nLEVELS = 3") :]
        typed = STARS.replace('"aged"', '"ages"')
        changes = [{"text": f"{before}{one}{after}"} for one in (STARS, typed)]
        document = {"uri": uri, "version": 2}
        daemon.tell("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        wait_until(lambda: any("'ages'" in one["message"] for one in rows(daemon, uri)), "a row")
        row = next(one for one in rows(daemon, uri) if "'ages'" in one["message"])
        assert row["range"]["start"] == {
            "line": start["line"],
            "character": at(typed, '"ages"')["character"],
        }


@ABILITIES
def test_an_action_brings_plain_edits_at_once_or_when_it_is_chosen(
    workspace: Workspace, abilities: dict[str, Any]
) -> None:
    text = PREP.replace('NUMBERS = ["age"', 'NUMBERS = ["agee"')
    with Daemon() as daemon:
        started(daemon, workspace.folder, abilities)
        uri = daemon.open(workspace.prep, text)
        wait_until(lambda: rows(daemon, uri), "rows")
        here = at(text, '"agee"')
        params = {
            "textDocument": {"uri": uri},
            "range": {"start": here, "end": here},
            "context": {"diagnostics": rows(daemon, uri)},
        }
        found = daemon.ask("textDocument/codeAction", params)
        action = next(one for one in found if one["title"] == "Replace agee by age")
        assert ("edit" in action) is (abilities is MODEST)
        if abilities is NEOVIM:
            action = daemon.ask("codeAction/resolve", action)
        assert "documentChanges" not in action["edit"]
        assert edited(text, action["edit"]["changes"][uri]) == PREP


@ABILITIES
def test_all_sure_mends_come_back_though_an_editor_drops_nulls(
    workspace: Workspace, abilities: dict[str, Any]
) -> None:
    text = MODEL.replace("C=STRENGTH", "C=STRENGTH, n_jobs=-1")
    with Daemon() as daemon:
        started(daemon, workspace.folder, abilities)
        uri = daemon.open(workspace.model("traditional"), text)
        wait_until(lambda: any(one["code"] == "IIML144" for one in rows(daemon, uri)), "a row")
        params = {
            "textDocument": {"uri": uri},
            "range": {"start": at(text, '"""'), "end": at(text, '"""')},
            "context": {"diagnostics": [], "only": ["source.fixAll.iiml"]},
        }
        (action,) = daemon.ask("textDocument/codeAction", params)
        if abilities is NEOVIM:
            kept = {name: part for name, part in action["data"].items() if part is not None}
            action = daemon.ask("codeAction/resolve", {**action, "data": kept})
        mended = edited(text, action["edit"]["changes"][uri])
        assert "n_jobs=-1" not in mended and mended != text


@ABILITIES
def test_a_rename_is_plain_edits_of_all_files(
    workspace: Workspace, abilities: dict[str, Any]
) -> None:
    text = PREP.replace('"target": target', EMOJI)
    with Daemon() as daemon:
        told = started(daemon, workspace.folder, abilities)
        assert told["renameProvider"] == (
            {"prepareProvider": True} if abilities is NEOVIM else True
        )
        uri = daemon.open(workspace.prep, text)
        params = {"textDocument": {"uri": uri}, "position": at(text, 'target": target')}
        edit = daemon.ask("textDocument/rename", {**params, "newName": "labels"})
        assert "documentChanges" not in edit
        assert {uri, workspace.contract.as_uri()} <= set(edit["changes"])
        renamed = edited(text, edit["changes"][uri])
        assert renamed == text.replace('1, "target"', '1, "labels"')


@ABILITIES
def test_a_hover_is_marked_only_for_whom_reads_that(
    workspace: Workspace, abilities: dict[str, Any]
) -> None:
    with Daemon() as daemon:
        started(daemon, workspace.folder, abilities)
        uri = daemon.open(workspace.prep, PREP)
        params = {"textDocument": {"uri": uri}, "position": at(PREP, "numbers = as_numbers")}
        told = daemon.ask("textDocument/hover", params)["contents"]
        if abilities is NEOVIM:
            assert told["kind"] == "markdown" and "\\*late\\*" in told["value"]
        else:
            assert told["kind"] == "plaintext" and "*late* <b>" in told["value"]


@ABILITIES
def test_other_places_are_told_only_to_whom_shows_them(
    workspace: Workspace, abilities: dict[str, Any]
) -> None:
    sizes = (
        ("features_train", "frame", 59),
        ("features_test", "frame", 20),
        ("target", "array", 60),
    )
    seen = [
        Observation(output=name, type=kind, rows=count, columns=1, dtype="int64", missing=0)
        for name, kind, count in sizes
    ]
    keep_observed(workspace, PREP, seen, Rows(train=60, test=20))
    workspace.write_bytes(workspace.contract, to_json(Contract(views=(), clauses=())))
    with Daemon() as daemon:
        started(daemon, workspace.folder, abilities)
        uri = daemon.open(workspace.model("traditional"), MODEL)
        wait_until(lambda: any(one["code"] == "IIML205" for one in rows(daemon, uri)), "a row")
        row = next(one for one in rows(daemon, uri) if one["code"] == "IIML205")
        places = [one["location"]["uri"] for one in row.get("relatedInformation", [])]
        assert places == ([workspace.prep.as_uri()] if abilities is NEOVIM else [])


@ABILITIES
def test_lenses_are_commands_that_the_editor_can_send_as_they_are(
    workspace: Workspace, abilities: dict[str, Any]
) -> None:
    with Daemon() as daemon:
        told = started(daemon, workspace.folder, abilities)
        uri = daemon.open(workspace.model("traditional"), MODEL)
        lenses = daemon.ask("textDocument/codeLens", {"textDocument": {"uri": uri}})
        commands = [one["command"] for one in lenses if one["command"]["command"]]
        known = told["executeCommandProvider"]["commands"]
        assert {one["command"] for one in commands} <= set(known)
        page = next(one for one in commands if one["command"] == "iiml.server.openBlueprint")
        daemon.answers["window/showDocument"] = {"success": True}
        params = {"command": page["command"], "arguments": page["arguments"]}
        outcome = daemon.ask("workspace/executeCommand", params)
        if abilities is NEOVIM:
            assert outcome["done"]
            assert asked(daemon, ["window/showDocument"])
        else:
            assert not outcome["done"]
            assert not asked(daemon, ["window/showDocument"])
            assert workspace.blueprint_page.as_uri() in messages(daemon)[-1]


@ABILITIES
def test_verifying_by_a_command_says_what_was_found_and_shows_progress_where_it_can(
    workspace: Workspace, abilities: dict[str, Any]
) -> None:
    lens = {"folder": workspace.folder.as_uri(), "track": None, "step": None, "rung": 2}
    with Daemon() as daemon:
        started(daemon, workspace.folder, abilities)
        outcome = command(daemon, "verify", lens)
        assert outcome["done"] and "late é" in outcome["message"]
        assert messages(daemon) == [f"iiML: {outcome['message']}"]
        assert command(daemon, "verify", {"rung": 2}) == outcome
        progress = asked(daemon, ["window/workDoneProgress/create", "$/progress"])
        assert bool(progress) is (abilities is NEOVIM)
        assert not asked(daemon, ["client/registerCapability", "workspace/codeLens/refresh"])


def test_a_command_without_a_folder_means_the_only_competition(
    workspace: Workspace, tmp_path: Path
) -> None:
    other = planned_folder(tmp_path / "other")
    with Daemon() as daemon:
        started(daemon, workspace.folder, MODEST)
        command(daemon, "openBlueprint")
        command(daemon, "openBlueprint", None)
        document = {"folder": workspace.prep.as_uri()}
        command(daemon, "openBlueprint", document)
        assert len(set(messages(daemon))) == 1
        with pytest.raises(Failed, match="cannot be read"):
            command(daemon, "openBlueprint", {"rung": "often"})
        daemon.ask("iiml/open", {"folder": other.folder.as_uri()})
        with pytest.raises(Failed, match=r"name the competition.*other"):
            command(daemon, "openBlueprint")
        command(daemon, "openBlueprint", document)


def test_a_competition_deep_below_the_root_is_followed_once_a_module_is_open(
    tmp_path: Path,
) -> None:
    deep = planned_folder(tmp_path / "a" / "b" / "late")
    named = [{"uri": tmp_path.as_uri(), "name": "root"}]
    hello = {"processId": None, "rootUri": None, "workspaceFolders": named, "capabilities": {}}
    with Daemon() as daemon:
        daemon.ask("initialize", hello)
        daemon.tell("initialized", {})
        with pytest.raises(Failed, match="no competition"):
            command(daemon, "openBlueprint")
        daemon.open(deep.prep, PREP)
        wait_until(lambda: daemon.state(deep.folder), "a session")
        command(daemon, "openBlueprint")
        assert deep.blueprint_page.as_uri() in messages(daemon)[-1]


def test_the_page_for_other_editors_names_all_commands_and_settings(workspace: Workspace) -> None:
    page = (Path(__file__).parents[2] / "docs" / "editors.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \|", page, re.MULTILINE)
    with Daemon() as daemon:
        commands = started(daemon, workspace.folder, MODEST)["executeCommandProvider"]["commands"]
    settings = {camel(one.name) for one in fields(Options)} - {"clientCommands"}
    assert sorted(rows) == sorted([*commands, *settings])


@ABILITIES
def test_a_patch_is_accepted_by_plain_edits_or_refused_with_a_message(
    workspace: Workspace, abilities: dict[str, Any]
) -> None:
    before = PREP.replace('["age"]', '["agee"]')
    workspace.prep.write_text(before, "utf-8")
    place = Place(file="prep.py", line=at(before, '"agee"')["line"] + 1, column=17)
    fault = Fault(kind="column", code="IIML401", message="no agee", place=place, evidence="")
    patch = Patch(
        module="prep.py",
        title="Write age",
        proposed_by="expert:columns",
        before=before,
        after=PREP,
        verified=True,
    )
    offer = offer_of(fault, [patch], {"prep.py": before}, 3)
    keep(workspace, offer, 0.0)
    with Daemon() as daemon:
        started(daemon, workspace.folder, abilities)
        uri = daemon.open(workspace.prep, before)
        here = at(before, '"agee"')
        params = {
            "textDocument": {"uri": uri},
            "range": {"start": here, "end": here},
            "context": {"diagnostics": []},
        }
        found = daemon.ask("textDocument/codeAction", params)
        accept = next(one["command"] for one in found if "(verified, " in one["title"])
        outcome = command(daemon, "acceptPatch", *accept["arguments"])
        edits = [one["params"] for one in daemon.heard if one["method"] == "workspace/applyEdit"]
        assert messages(daemon)[0] == f"iiML: {outcome['message']}"
        if abilities is MODEST:
            assert not outcome["done"] and not edits
            return
        assert outcome["done"]
        assert edits[0]["label"] == "Write age"
        assert edited(before, edits[0]["edit"]["changes"][uri]) == PREP
