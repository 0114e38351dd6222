"""The house itself: what is installed, what the lock files say, what the sample competition is."""

from __future__ import annotations

import ast
import csv
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, entry_points, version
from pathlib import Path
from typing import Any

import pytest

import iiml_codegen
import workspace_templates

ROOT = Path(__file__).parents[2]
LOCKS = ("daemon", "ml", "deep", "dev")
SAMPLE = Path(workspace_templates.__file__).parent / "sample_competition.py"
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.M)


def lock(name: str) -> str:
    """Text of one lock file."""
    return (ROOT / "requirements" / f"{name}.lock").read_text("utf-8")


def pins(name: str) -> dict[str, set[str]]:
    """Versions by package; there can be one for each range of Pythons."""
    found: dict[str, set[str]] = {}
    for package, number in PIN.findall(lock(name)):
        found.setdefault(package, set()).add(number)
    return found


@pytest.mark.skipif("IIML_TEST_INSTALLED" not in os.environ, reason="only under `make test`")
def test_the_installed_wheel_is_tested_and_not_the_source_tree() -> None:
    place = Path(iiml_codegen.__file__).resolve()
    assert "site-packages" in place.parts
    assert ROOT not in {Path(entry or ".").resolve() for entry in sys.path}


@pytest.mark.skipif("IIML_TEST_INSTALLED" not in os.environ, reason="only under `make test`")
def test_the_wheel_ships_every_file_of_its_packages() -> None:
    installed = {str(file) for file in distribution("iiml").files or ()}
    for parent, package in (
        ("", "iiml_codegen"),
        ("", "workspace_templates"),
        ("server", "iiml_server"),
    ):
        folder = ROOT / parent
        sources = [p for p in (folder / package).rglob("*") if p.is_file()]
        wanted = {p.relative_to(folder).as_posix() for p in sources if "__pycache__" not in p.parts}
        assert wanted - installed == set()


def test_the_version_is_written_once() -> None:
    assert version("iiml") == iiml_codegen.__version__


def test_the_language_server_is_found_through_its_entry_point() -> None:
    (found,) = entry_points(group="iiml.lsp")
    assert found.value.partition(":")[0] == "iiml_server.__main__"


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_carries_no_address_and_no_option(name: str) -> None:
    text = lock(name)
    assert "://" not in text
    assert set(re.findall(r"--[a-z-]+", text)) <= {"--hash"}


def test_the_daemon_is_locked_by_hash_and_the_others_are_not() -> None:
    packages = re.split(r"\n(?=[a-z])", lock("daemon"))[1:]
    assert packages
    assert [p.partition(" ")[0] for p in packages if "--hash=sha256:" not in p] == []
    assert all("--hash" not in lock(name) for name in ("ml", "deep", "dev"))


@pytest.mark.parametrize("name", ["ml", "deep", "dev"])
def test_lock_files_agree_on_what_they_share(name: str) -> None:
    core, other = pins("daemon"), pins(name)
    assert {p: (core[p], other[p]) for p in core.keys() & other if core[p] != other[p]} == {}


@pytest.mark.parametrize(
    ("name", "extras"),
    [("daemon", ("llm",)), ("ml", ("ml",)), ("deep", ("ml", "deep")), ("dev", ("ml", "dev"))],
)
def test_every_declared_dependency_is_locked(name: str, extras: tuple[str, ...]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = list(project["dependencies"])
    for extra in extras:
        declared += project["optional-dependencies"][extra]
    wanted = {re.split(r"[^A-Za-z0-9_-]", d)[0].lower().replace("_", "-") for d in declared}
    assert wanted - pins(name).keys() == set()


def test_every_dependency_has_its_line_in_the_docs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = {re.split(r"[^A-Za-z0-9_-]", d)[0] for group in groups for d in group}
    said = set(
        re.findall(r"^\| `([^`]+)`", (ROOT / "docs/dependencies.md").read_text("utf-8"), re.M)
    )
    assert wanted == said


def test_no_release_is_without_its_changes() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in changes or f"## [{iiml_codegen.__version__}]" in changes


def write_sample(folder: Path, *flags: str) -> Path:
    """The sample competition as its script writes it, without iiml on the path."""
    command = [sys.executable, "-I", str(SAMPLE), str(folder), *flags]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def test_the_sample_competition_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    first, second = write_sample(tmp_path / "a"), write_sample(tmp_path / "b")
    names = sorted(path.name for path in first.iterdir())
    assert names == ["description.md", "sample_submission.csv", "test.csv", "train.csv"]
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_the_sample_competition_keeps_its_answers(tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    folder = write_sample(tmp_path / "c", "--answers", str(answers))
    with (folder / "test.csv").open() as file:
        test = list(csv.DictReader(file))
    with answers.open() as file:
        hidden = list(csv.DictReader(file))
    assert "returned_late" not in test[0]
    assert [row["rental_id"] for row in hidden] == [row["rental_id"] for row in test]
    assert {row["returned_late"] for row in hidden} == {"0", "1"}


def test_the_sample_competition_has_every_kind_of_column(tmp_path: Path) -> None:
    with (write_sample(tmp_path / "d") / "train.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1500
    assert len({row["note"] for row in rows}) > 750
    assert len({row["rental_id"] for row in rows}) == len(rows)
    assert {column for column in rows[0] if any(not row[column] for row in rows)} == {
        "age",
        "rain_mm",
        "note",
    }


def test_every_file_parses_and_has_a_docstring() -> None:
    folders = ("iiml_codegen", "workspace_templates", "server")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    bare = [p.name for p in paths if not ast.get_docstring(ast.parse(p.read_bytes()))]
    assert paths
    assert bare == []


def manifest() -> dict[str, Any]:
    """The VS Code manifest."""
    found: dict[str, Any] = json.loads((ROOT / "package.json").read_text("utf-8"))
    return found


CLIENT = ROOT / "vscode-client" / "src"
REGISTERED = re.compile(r'\b(?:registerCommand|command|onPatch)\(\s*"(iiml\.[^"]+)"')


def listed_commands() -> list[str]:
    """The ids of the commands in the client's list, each in a file of its own."""
    index = (CLIENT / "commands/index.ts").read_text("utf-8")
    (names,) = re.findall(r"const commands[^=]*= \[(.*?)\]", index, re.S)
    files = dict(re.findall(r'import \{ (\w+) \} from "\./(\w+)"', index))
    texts = [
        (CLIENT / f"commands/{files[name]}.ts").read_text("utf-8")
        for name in re.findall(r"\w+", names)
    ]
    return [found for text in texts for found in re.findall(r'^  id: "([^"]+)"', text, re.M)]


def test_the_editor_contributes_just_the_commands_that_it_registers() -> None:
    contributed = [command["command"] for command in manifest()["contributes"]["commands"]]
    code = "\n".join(path.read_text("utf-8") for path in sorted(CLIENT.rglob("*.ts")))
    assert sorted(contributed) == sorted([*listed_commands(), *REGISTERED.findall(code)])


def test_every_command_of_the_client_has_a_file_that_is_listed() -> None:
    files = {path.stem for path in (CLIENT / "commands").glob("*.ts")} - {"index"}
    with_ids = {
        name
        for name in files
        if re.search(r'^  id: "', (CLIENT / f"commands/{name}.ts").read_text("utf-8"), re.M)
    }
    assert len(with_ids) == len(listed_commands())


def test_the_extension_and_the_engine_have_one_version() -> None:
    assert manifest()["version"] == iiml_codegen.__version__


def test_the_npm_lock_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert len(packages) > 5
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_every_verb_of_the_makefile_is_explained() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.M)
    explained = set(re.findall(r"^\t@echo 'make (\w+)", text, re.M))
    assert set(phony.split()) - {"help", "python-version"} == explained


@pytest.mark.parametrize("page", ["README.md", "docs/dependencies.md", "docs/cli.md"])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_the_readme_names_only_flags_that_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    said = set(re.findall(r"iiml solve [^`\n]*?(--[a-z-]+)", text))
    command = [sys.executable, "-m", "iiml_codegen.cli", "solve", "--help"]
    known = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said
    assert {flag for flag in said if flag not in known} == set()
