"""The pages in `docs/` name what there is: flags, keys, settings, links, files."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from iiml_codegen.cli import parser
from iiml_codegen.planning.contract_plan import VIEW_KINDS
from iiml_codegen.settings import FileSettings
from iiml_server.configuration import Options, camel

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
ROOMS = (
    "iiml_codegen",
    "server",
    "workspace_templates",
    "benchmarks",
    "tests",
    "vscode-client/src",
)
OF_OTHERS = ("iiml/", "train/", "1_Pooling/", "knowledge/learned.toml", "members/TRACK.toml")
"""Paths of a competition, of weights, of the user, and one that stands for several."""


def read(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def code_files() -> str:
    found = [path for room in ROOMS for kind in ("py", "toml", "ts") for path in files(room, kind)]
    return "".join(f"{path.as_posix()}\n" for path in found)


def files(room: str, kind: str) -> list[Path]:
    return [path for path in (ROOT / room).rglob(f"*.{kind}") if ".mypy_cache" not in path.parts]


def commands() -> dict[str, argparse.ArgumentParser]:
    (sub,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(sub.choices)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("command", sorted(commands()))
def test_the_page_of_commands_tells_of_every_flag(command: str) -> None:
    flags = {flag for a in commands()[command]._actions for flag in a.option_strings}
    told = set(re.findall(r"--[a-z][a-z-]+", read("cli.md")))
    assert flags - {"-h", "--help"} - told == set()
    assert f"`iiml {command}" in read("cli.md")


def test_the_page_of_commands_names_no_flag_that_is_gone() -> None:
    known = {f for c in commands().values() for a in c._actions for f in a.option_strings}
    assert set(re.findall(r"--[a-z][a-z-]+", read("cli.md"))) - known == {"--version"}


def test_every_key_of_iiml_toml_is_told() -> None:
    section = read("cli.md").partition("## `iiml.toml`")[2].partition("\n## ")[0]
    said = set(re.findall(r"`(\w+)`", section.partition("A flag goes before")[0]))
    assert said == {*FileSettings.__struct_fields__, "false"}


def test_every_option_of_the_language_server_is_told() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", read("editors.md"), re.M)) | {"clientCommands"}
    assert {camel(one.name) for one in fields(Options)} - told == set()


def test_settings_and_commands_of_vs_code_are_called_as_there() -> None:
    pages = "".join(page.read_text("utf-8") for page in PAGES)
    manifest = (ROOT / "package.json").read_text("utf-8")
    words = json.loads((ROOT / "package.nls.json").read_text("utf-8")).values()
    settings = set(re.findall(r"`(iiml\.(?!server)[a-z]+\.\w+|iiml\.[a-z]+)`", pages))
    titles = set(re.findall(r"\*iiml:\s([A-Z][A-Za-z\s]+)\*", pages))
    assert settings and titles
    assert {one for one in settings if f'"{one}"' not in manifest} - {"iiml.toml"} == set()
    assert {" ".join(one.split()) for one in titles} - set(words) == set()


def test_every_view_is_told() -> None:
    section = read("data.md").partition("### Views")[2].partition("\n## ")[0]
    first = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", "".join(first))) == sorted(VIEW_KINDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_pages_and_their_headings(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if link.startswith(("http:", "https:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", ["architecture.md", "knowledge.md", "data.md", "benchmarks.md"])
def test_files_of_ours_that_a_page_names_are_there(page: str) -> None:
    named = set(re.findall(r"`([\w./*-]+/[\w.*-]+\.(?:py|toml|ts))`", read(page)))
    ours = sorted(name for name in named if not name.startswith(OF_OTHERS))
    known = code_files()
    patterns = {name: re.escape(name).replace(r"\*", r"\w*") for name in ours}
    assert ours
    assert [name for name in ours if not re.search(rf"/{patterns[name]}\n", known)] == []


def test_the_table_of_phases_names_modules_that_are_there() -> None:
    table = re.findall(r"^\|.*\|$", read("architecture.md"), re.M)
    named = {name for row in table for name in re.findall(r"`([a-z_]+)`", row)}
    stems = set(re.findall(r"(\w+)\.py\n", code_files()))
    assert "member_plan" in named
    assert named - stems == set()
