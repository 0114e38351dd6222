"""The machine and the environment variables that our processes see."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import psutil

from iiml_codegen.errors import EnvironmentProblem

PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "NUMBER_OF_PROCESSORS",
)
"""What a script may know of our environment: where programs and libraries are. Never a key."""
NUMERIC = (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "BLIS_ARCH_TYPE",
    "MKL_CBWR",
    "MKL_DEBUG_CPU_TYPE",
    "MKL_ENABLE_INSTRUCTIONS",
    "NPY_DISABLE_CPU_FEATURES",
    "NPY_ENABLE_CPU_FEATURES",
    "ATEN_CPU_CAPABILITY",
    "DNNL_MAX_CPU_ISA",
    "ONEDNN_MAX_CPU_ISA",
    "CUBLAS_WORKSPACE_CONFIG",
    "GLIBC_TUNABLES",
)
"""Which kernels numerical libraries take. A person's own run of best.py obeys them, too: without
them ours would give other last digits than theirs."""
CGROUP = Path("/sys/fs/cgroup")
MEMORY_FILES = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)
"""Limit and use of a container, in the two versions of control groups."""
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def hub_cache() -> Path:
    """Where the hub's client keeps what it downloaded, whatever a script's home is."""
    if own := os.environ.get("HF_HUB_CACHE"):
        return Path(own)
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("HF_HOME") or caches / "huggingface") / "hub"


def clean_environment(threads: int) -> dict[str, str]:
    """Variables for a computing process: no keys, passive OpenMP threads, so many of them.

    Spinning OpenMP threads cost up to 60 times the time on a busy machine.
    """
    passed = {name: os.environ[name] for name in (*PASSED_ON, *NUMERIC) if name in os.environ}
    counts = {name: str(threads) for name in THREAD_VARIABLES}
    hub = OFFLINE | {"HF_HUB_CACHE": str(hub_cache())}
    return {"LANG": "C.UTF-8"} | passed | counts | hub | {"OMP_WAIT_POLICY": "PASSIVE"}


def own_places() -> dict[str, str]:
    """Where a process of ours may keep temporary files."""
    names = ("HOME", "TMPDIR", "TMP", "TEMP")
    return {name: os.environ[name] for name in names if name in os.environ}


def find_interpreter(wanted: str | None) -> Path:
    """The absolute path of the Python that computes; by default the one that runs us.

    Links are kept: resolving one would leave a virtual environment. Raises `EnvironmentProblem`.
    """
    found = shutil.which(wanted) if wanted else sys.executable
    if not found:
        raise EnvironmentProblem(
            f"no interpreter {wanted}", hint="--interpreter takes the path of a python program"
        )
    return Path(found).absolute()


def cores(wanted: int = 0) -> int:
    """How many cores to use: what is asked for, at most those that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    usable = min(usable or 1, _cgroup_cores() or usable or 1)
    return max(1, min(wanted or usable, usable))


def _cgroup_cores() -> int | None:
    """The processor quota of a container, rounded up; None where there is none."""
    try:
        quota, period = (CGROUP / "cpu.max").read_text("ascii").split()
    except (OSError, ValueError):
        return None
    return None if quota == "max" else max(1, -(-int(quota) // int(period)))


def available_memory() -> int:
    """Bytes that new processes may take now: of the machine, or of the container if less."""
    machine, limit, used = int(psutil.virtual_memory().available), *_cgroup_memory()
    return machine if limit is None else min(machine, max(0, limit - used))


def machine_memory() -> int:
    """Bytes of the machine, or those that the container may use if less."""
    machine, limit, _ = int(psutil.virtual_memory().total), *_cgroup_memory()
    return machine if limit is None else min(machine, limit)


def _cgroup_memory() -> tuple[int | None, int]:
    """The limit of a container, None where there is none, and what is used of it, in bytes."""
    for limit, used in MEMORY_FILES:
        try:
            most = (CGROUP / limit).read_text("ascii").strip()
            now = (CGROUP / used).read_text("ascii").strip()
        except OSError:
            continue
        return (None if most == "max" else int(most)), int(now)
    return None, 0
