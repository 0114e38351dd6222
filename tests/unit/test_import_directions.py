"""Imports point one way: server -> engine -> libraries, and deciding processes stay light."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

import iiml_codegen
import iiml_server
import workspace_templates

ENGINE = Path(iiml_codegen.__file__).parent
SERVER = Path(iiml_server.__file__).parent
TEMPLATES = Path(workspace_templates.__file__).parent
COMPUTING = {"numpy", "pandas", "pandera", "scipy", "sklearn", "joblib", "threadpoolctl"}
MODELS = {"lightgbm", "catboost", "xgboost", "optuna", "torch", "transformers", "onnxruntime"}
BACKBONES = {"google", "openai", "huggingface_hub"}
HEAVY = COMPUTING | MODELS | BACKBONES


def imported(path: Path) -> set[str]:
    """Top-level names that a file imports absolutely, anywhere in it; relative ones not."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def files(folder: Path, *, beside: str = "") -> Iterator[Path]:
    """Python files of a package; those under the subfolder `beside` are left out."""
    for path in sorted(folder.rglob("*.py")):
        if not beside or beside not in path.relative_to(folder).parts:
            yield path


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Imports between our packages, read from the text of the modules."""
    return grimp.build_graph(
        "iiml_codegen", "iiml_server", include_external_packages=True, cache_dir=None
    )


def chains(graph: grimp.ImportGraph, importer: str, imported_name: str) -> list[str]:
    """Imports from one package to another, as readable lines."""
    found = graph.find_shortest_chains(importer, imported_name, as_packages=True)
    return sorted(" -> ".join(chain) for chain in found)


def test_the_engine_never_imports_the_server(graph: grimp.ImportGraph) -> None:
    assert chains(graph, "iiml_codegen", "iiml_server") == []


def test_the_server_imports_the_engine(graph: grimp.ImportGraph) -> None:
    assert chains(graph, "iiml_server", "iiml_codegen")


def test_only_the_server_imports_pygls() -> None:
    users = {p.name for p in files(ENGINE) if imported(p) & {"pygls", "lsprotocol"}}
    assert users == set()
    assert any("pygls" in imported(path) for path in files(SERVER))


def test_the_server_imports_nothing_that_computes() -> None:
    assert {p.name: imported(p) & HEAVY for p in files(SERVER) if imported(p) & HEAVY} == {}


def test_the_worker_is_not_imported_by_what_decides(graph: grimp.ImportGraph) -> None:
    outside = {
        f"{module} -> {target}"
        for module in graph.modules
        if module.startswith("iiml_codegen") and not module.startswith("iiml_codegen.worker")
        for target in graph.find_modules_directly_imported_by(module)
        if target.startswith("iiml_codegen.worker")
    }
    assert outside == set()


def test_data_libraries_are_imported_by_the_worker_only() -> None:
    heavy = COMPUTING | MODELS
    users = {
        str(path.relative_to(ENGINE)): imported(path) & heavy
        for path in files(ENGINE, beside="worker")
        if imported(path) & heavy
    }
    assert users == {}


def test_the_worker_imports_few_libraries_and_itself() -> None:
    libraries = {"numpy", "pandas", "pandera", "scipy", "sklearn", "PIL"}
    allowed = set(sys.stdlib_module_names) | libraries
    allowed |= {"optuna"}  # inside one function, which says so where it is not installed
    strangers = {
        str(path.relative_to(ENGINE)): imported(path) - allowed
        for path in files(ENGINE / "worker")
        if imported(path) - allowed
    }
    assert strangers == {}


def test_backbone_libraries_are_imported_by_backbones_and_planning_only() -> None:
    users = {
        path.relative_to(ENGINE).parts[0] for path in files(ENGINE) if imported(path) & BACKBONES
    }
    assert users <= {"backbones", "planning"}


def test_templates_import_nothing_of_the_engine() -> None:
    users = {p.name for p in files(TEMPLATES) if imported(p) & {"iiml_codegen", "iiml_server"}}
    assert users == set()


@pytest.mark.parametrize("module", ["iiml_codegen.cli", "iiml_codegen.solve", "iiml_server"])
def test_a_deciding_process_loads_nothing_heavy(module: str) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    assert HEAVY & set(json.loads(answer.stdout)) == set()
