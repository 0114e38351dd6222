"""Which card the runs get, as a program `nvidia-smi` on the path tells it."""

from __future__ import annotations

import os
import sys
import venv
from pathlib import Path

import pytest
from processes import script, spec_for

from iiml_codegen.execution.accelerator import claim, find_accelerator, usable_accelerator
from iiml_codegen.execution.runner import Runner
from iiml_codegen.planning.knowledge_retriever import machine_traits

ALONE = "0, GPU-aaaa1111, NVIDIA H100 80GB HBM3, 81559, 81080\n"
TWO = f"{ALONE}1, GPU-bbbb2222, NVIDIA H100 80GB HBM3, 81559, 81559\n"
HEADER = "| NVIDIA-SMI 570.86.15   Driver Version: 570.86.15    CUDA Version: 12.8     |"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in front of the path, and no word about devices."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return folder


def nvidia_smi(tools: Path, cards: str, code: int = 0) -> None:
    program = tools / "nvidia-smi"
    program.write_text(
        f"#!/bin/sh\ncase \"$1\" in --query-gpu*) printf '{cards}' ;; *) echo '{HEADER}' ;; esac\n"
        f"exit {code}\n"
    )
    program.chmod(0o755)


def test_one_card_is_said_with_memory_and_cuda(tools: Path) -> None:
    nvidia_smi(tools, ALONE)
    assert str(find_accelerator()) == ("GPU 0: NVIDIA H100 80GB HBM3, 80 GiB (79 free), CUDA 12.8")


def test_the_card_with_most_free_memory_is_chosen(tools: Path) -> None:
    nvidia_smi(tools, TWO)
    assert find_accelerator().visible == "GPU-bbbb2222"


@pytest.mark.parametrize(
    ("wanted", "uuid"),
    [
        ("0", "GPU-aaaa1111"),
        ("GPU-aaaa", "GPU-aaaa1111"),
        ("1,0", "GPU-bbbb2222"),
        ("0,7", "GPU-aaaa1111"),
    ],
)
def test_cards_that_are_hidden_are_left_alone(
    tools: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, uuid: str
) -> None:
    nvidia_smi(tools, TWO)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", wanted)
    assert find_accelerator().visible == uuid


@pytest.mark.parametrize("wanted", ["", "-1"])
def test_no_card_is_used_where_all_are_hidden(
    tools: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    nvidia_smi(tools, TWO)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", wanted)
    assert (find_accelerator().gpu, find_accelerator().visible) == (None, None)


def test_a_part_of_a_card_stays_what_the_user_chose(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia_smi(tools, ALONE)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "MIG-cccc3333")
    found = find_accelerator()
    assert (found.gpu, found.visible) == (None, "MIG-cccc3333")
    assert "MIG-cccc3333" in str(found)


@pytest.mark.parametrize("cards", ["", "No devices were found\n"])
def test_without_cards_it_is_the_processor(tools: Path, cards: str) -> None:
    nvidia_smi(tools, cards, code=9)
    assert str(find_accelerator()).startswith("CPU, ")


def test_runs_see_the_chosen_card_alone(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia_smi(tools, TWO)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1,0")
    claim(find_accelerator())
    path = script(tmp_path / "seen.py", "import os; print(os.environ['CUDA_VISIBLE_DEVICES'])")
    result = Runner().run(spec_for(path, tmp_path / "runs"))
    assert result.log_tail.strip() == "GPU-bbbb2222"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where CUDA has device files")
def test_a_guarded_run_may_write_to_devices(tmp_path: Path) -> None:
    text = """
        import os, subprocess
        for name in ("/dev/null", "/dev/shm/iiml-test-device"):
            handle = os.open(name, os.O_RDWR | os.O_CREAT)
            os.write(handle, b"1")
            os.close(handle)
        os.remove("/dev/shm/iiml-test-device")
        home = os.path.join(os.environ["HOME"], ".nv", "ComputeCache")
        os.makedirs(home)
        open(os.path.join(home, "index"), "w").write("cached")
    """
    path = script(tmp_path / "devices.py", text)
    result = Runner().run(
        spec_for(path, tmp_path / "runs", refused_reads=(str(tmp_path / "data"),))
    )
    assert (result.status, result.forbidden) == ("ok", ())


def test_models_that_want_a_card_are_advised_where_there_is_one(tools: Path) -> None:
    assert machine_traits() == set()
    nvidia_smi(tools, ALONE)
    assert machine_traits() == {"gpu"}
    nvidia_smi(tools, ALONE, code=9)
    assert machine_traits() == set()


def python_with_torch(place: Path, cuda: str) -> Path:
    """A Python with a torch of which only the text that says its build can be read."""
    venv.EnvBuilder(symlinks=True).create(place)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "torch").mkdir()
    (packages / "torch" / "__init__.py").write_text("raise ImportError('no time for that')\n")
    version = f"from typing import Optional\n\ncuda: Optional[str] = {cuda}\n"
    (packages / "torch" / "version.py").write_text(version)
    return place / "bin" / "python"


def test_a_card_that_torch_was_not_built_for_stands_idle_and_this_is_said(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia_smi(tools, ALONE)
    able = usable_accelerator(python_with_torch(tmp_path / "able", "'12.8'"))
    assert able == find_accelerator() and able.gpu is not None
    found = usable_accelerator(python_with_torch(tmp_path / "plain", "None"))
    assert (found.gpu, found.room) == (None, 0)
    assert str(found).endswith("torch is built without CUDA, so NVIDIA H100 80GB HBM3 stands idle")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    claim(found)
    assert find_accelerator().gpu is None and machine_traits() == set()
