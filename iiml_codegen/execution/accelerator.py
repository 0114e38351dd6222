"""Graphics cards: which there are, and the one that the runs of a solve get.

`nvidia-smi` is asked; without it, or where it fails, everything computes on the CPU.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.execution.environment import cores
from iiml_codegen.execution.interpreter import describe

VARIABLE = "CUDA_VISIBLE_DEVICES"
FIELDS = ("index", "uuid", "name", "memory.total", "memory.free")
ASKING_SECONDS = 10.0
UNIFIED_MEMORY = Path("/dev/nvidia-uvm")
CUDA_VERSION = re.compile(r"CUDA (?:UMD )?Version\s*:\s*([\d.]+)")
MIB, GIB = 2**20, 2**30


@dataclass(frozen=True)
class Gpu:
    """A card as `nvidia-smi` lists it; memory in bytes, 0 where it is not told."""

    index: int
    uuid: str
    name: str
    memory: int
    free: int


@dataclass(frozen=True)
class Accelerator:
    """What runs compute on; without a `gpu` it is the CPU. `cuda` is what the driver supports.

    `visible` is what `CUDA_VISIBLE_DEVICES` must say to the runs; None leaves it as it is. `idle`
    is the name of a card that the computing Python cannot use.
    """

    gpu: Gpu | None = None
    cuda: str = ""
    visible: str | None = None
    idle: str = ""

    @property
    def room(self) -> int:
        """Bytes of the card's memory that runs may share: what is free, or else all of it."""
        return (self.gpu.free or self.gpu.memory) if self.gpu else 0

    def __str__(self) -> str:
        """`GPU 0: NVIDIA H100, 80 GiB (79 free), CUDA 12.8`, or `CPU, 8 cores`."""
        if self.gpu is None:
            if self.visible:
                return f"the GPU that {VARIABLE} names, {self.visible}"
            why = f": torch is built without CUDA, so {self.idle} stands idle" if self.idle else ""
            return f"CPU, {cores()} cores{why}"
        size, free = (round(count / GIB) for count in (self.gpu.memory, self.gpu.free))
        memory = f", {size} GiB ({free} free)" if self.gpu.memory else ""
        cuda = f", CUDA {self.cuda}" if self.cuda else ""
        return f"GPU {self.gpu.index}: {self.gpu.name}{memory}{cuda}"


def find_accelerator() -> Accelerator:
    """The card with most free memory, of those that `CUDA_VISIBLE_DEVICES` leaves."""
    program = shutil.which("nvidia-smi")
    wanted = os.environ.get(VARIABLE)
    if program is None or (wanted is not None and hides_all(wanted)):
        return Accelerator()
    query = (f"--query-gpu={','.join(FIELDS)}", "--format=csv,noheader,nounits")
    gpus = listed(_said(program, *query))
    left = visible(gpus, wanted)
    if not left:
        # A part of a card (MIG), or a name that only the driver knows: it is the runs' to use.
        return Accelerator(visible=wanted if gpus else None)
    best = max(left, key=lambda gpu: (gpu.free, -gpu.index))
    version = CUDA_VERSION.search(_said(program))
    return Accelerator(best, version.group(1) if version else "", visible=best.uuid)


def usable_accelerator(interpreter: Path) -> Accelerator:
    """The card for runs of this Python; the CPU where its torch is built without CUDA.

    Once that is claimed, it hides all cards, so that whoever asks later plans for the CPU, too.
    Raises `EnvironmentProblem` where the Python does not answer.
    """
    found = find_accelerator()
    if found.gpu is not None and describe(interpreter, ()).torch_without_cuda:
        return Accelerator(visible="", idle=found.gpu.name)
    return found


def claim(accelerator: Accelerator) -> None:
    """Let all processes that we start from here on see that card alone."""
    if accelerator.visible is not None:
        os.environ[VARIABLE] = accelerator.visible
    if accelerator.gpu is not None:
        _make_device_files()


def listed(answer: str) -> list[Gpu]:
    """The cards of a CSV answer; lines that are no card are left out."""
    found = []
    for line in answer.splitlines():
        parts = [part.strip() for part in line.split(",")]
        if len(parts) != len(FIELDS) or not parts[0].isdecimal():
            continue
        index, uuid, name, memory, free = parts
        found.append(Gpu(int(index), uuid, name, _bytes(memory), _bytes(free)))
    return found


def visible(gpus: Sequence[Gpu], wanted: str | None) -> list[Gpu]:
    """The cards that the variable leaves; as CUDA does, what follows an unknown one is ignored."""
    if wanted is None:
        return list(gpus)
    found = []
    for name in (part.strip() for part in wanted.split(",")):
        known = [gpu for gpu in gpus if name == str(gpu.index) or _is_prefix(name, gpu.uuid)]
        if len(known) != 1:
            break
        found += known
    return found


def hides_all(wanted: str) -> bool:
    """Whether the variable hides every card: empty, or an index that cannot be."""
    return not wanted.strip() or wanted.strip().startswith("-")


def _is_prefix(name: str, uuid: str) -> bool:
    return name.startswith("GPU-") and uuid.startswith(name)


def _bytes(mebibytes: str) -> int:
    return int(mebibytes) * MIB if mebibytes.isdecimal() else 0


def _said(program: str, *arguments: str) -> str:
    """What the program says; nothing where it fails."""
    try:
        return subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ASKING_SECONDS,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _make_device_files() -> None:
    """Have the driver's helper make what CUDA needs: a guarded run may not start it itself."""
    helper = shutil.which("nvidia-modprobe")
    if helper is not None and not UNIFIED_MEMORY.exists():
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run([helper, "-u", "-c=0"], timeout=ASKING_SECONDS, check=False)
