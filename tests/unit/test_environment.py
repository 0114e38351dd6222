"""What a container leaves of the machine, and which Python's caches serve."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psutil
import pytest
from processes.told_search import room

from iiml_codegen.execution import environment
from iiml_codegen.execution.environment import available_memory, machine_memory
from iiml_codegen.execution.versions import fingerprint
from iiml_codegen.search.specs import MEMORY_SHARE, extracted_file, memory_limit, prepared_file

MIB = 2**20
FORMS = {
    "second": ("memory.max", "memory.current"),
    "first": ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
}


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a container's limits stand."""
    monkeypatch.setattr(environment, "CGROUP", tmp_path / "cgroup")
    return tmp_path / "cgroup"


def limited(group: Path, form: str, limit: object, used: int) -> None:
    """Write a container's limit and use."""
    for name, value in zip(FORMS[form], (limit, used), strict=True):
        (group / name).parent.mkdir(parents=True, exist_ok=True)
        (group / name).write_text(f"{value}\n", "ascii")


@pytest.mark.parametrize("form", FORMS)
def test_runs_share_the_memory_of_the_container(group: Path, tmp_path: Path, form: str) -> None:
    limited(group, form, 64 * MIB, 24 * MIB)
    assert (machine_memory(), available_memory()) == (64 * MIB, 40 * MIB)
    bench = room(tmp_path / "shop", {}).bench
    assert memory_limit(bench) == int(64 * MIB * MEMORY_SHARE / bench.slots)


@pytest.mark.parametrize(("form", "limit"), [("second", "max"), ("first", 2**63 - 4096)])
def test_no_limit_leaves_the_whole_machine(group: Path, form: str, limit: object) -> None:
    limited(group, form, limit, 24 * MIB)
    assert machine_memory() == psutil.virtual_memory().total


def test_a_machine_without_containers_is_whole(group: Path) -> None:
    assert not group.exists()
    assert machine_memory() == psutil.virtual_memory().total


def another_python(folder: Path, numpy: str) -> Path:
    """A program that answers as a Python with other libraries."""
    found = json.dumps({"python": "3.12.1", "distributions": {"numpy": numpy}})
    program = folder / "python"
    program.write_text(f"#!/bin/sh\necho '{found}'\n", "ascii")
    program.chmod(0o755)
    return program


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script is the program")
def test_what_one_python_has_pickled_is_not_given_to_another(tmp_path: Path) -> None:
    place = room(tmp_path / "shop", {"a": [0.8] * 3})
    code, shadow = place.attempts[0].code, place.bench.shadow(0)

    def files(python: Path) -> tuple[Path, Path]:
        object.__setattr__(place.bench.context, "interpreter", python)
        return extracted_file(place.bench, code), prepared_file(place.bench, code, shadow)

    known = [files(Path(sys.executable)), files(tmp_path / "gone")]
    for version in ("2.0", "2.1"):
        fingerprint.cache_clear()
        known.append(files(another_python(tmp_path, version)))
    assert files(Path(sys.executable)) == known[0]
    assert len({path for pair in known for path in pair}) == 2 * len(known)
