"""Shows that a supervised, guarded run reaches the graphics card.

    python benchmarks/gpu_run.py [--packages DIR] [--mebibytes 512]

A script that needs nothing but the CUDA driver (`libcuda`, through ctypes) takes memory of the card
under `iiml run`, writes to it, reads it back, and prints what `nvidia-smi` says of it from inside.
The exit status is 0 if the memory was used and the guard refused nothing.

On a machine with a bare Python and no network, `--packages` names a folder that holds what
`iiml run` needs, made elsewhere for that machine's Python version:

    pip install --target DIR --python-version 3.12 --only-binary :all: \\
        msgspec psutil filelock platformdirs merge3 rich attrs
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = '''"""Take memory of the graphics card, use it, and say so."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

BYTES = {bytes}


def check(code: int, what: str) -> None:
    if code:
        sys.exit(f"{{what}} failed with CUDA error {{code}}")


cuda = ctypes.CDLL("libcuda.so.1")
device, context, address = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_uint64()
free, total = ctypes.c_size_t(), ctypes.c_size_t()
name = ctypes.create_string_buffer(100)
print("CUDA_VISIBLE_DEVICES", os.environ.get("CUDA_VISIBLE_DEVICES"))
check(cuda.cuInit(0), "cuInit")
check(cuda.cuDeviceGet(ctypes.byref(device), 0), "cuDeviceGet")
check(cuda.cuDeviceGetName(name, len(name), device), "cuDeviceGetName")
check(cuda.cuCtxCreate_v2(ctypes.byref(context), 0, device), "cuCtxCreate")
check(cuda.cuMemAlloc_v2(ctypes.byref(address), ctypes.c_size_t(BYTES)), "cuMemAlloc")
check(cuda.cuMemsetD8_v2(address, ctypes.c_ubyte(42), ctypes.c_size_t(BYTES)), "cuMemset")
back = (ctypes.c_ubyte * 16)()
check(cuda.cuMemcpyDtoH_v2(back, address, ctypes.c_size_t(len(back))), "cuMemcpyDtoH")
check(cuda.cuMemGetInfo_v2(ctypes.byref(free), ctypes.byref(total)), "cuMemGetInfo")
assert list(back) == [42] * len(back), "the card gave other bytes back"
print(f"{{name.value.decode()}}: {{BYTES >> 20}} MiB written and read back, "
      f"{{free.value >> 20}} of {{total.value >> 20}} MiB free", flush=True)
query = "--query-gpu=index,uuid,name,memory.used,memory.total"
subprocess.run(["nvidia-smi", query, "--format=csv"], check=False)
out = Path(sys.argv[sys.argv.index("--out") + 1])
out.write_text("used\\n")
'''


def interpreter(folder: Path, packages: Path | None) -> Path:
    """A Python that has the engine's packages: ours, or a bare one that finds them in a folder."""
    if packages is None:
        return Path(sys.executable)
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "packages.pth").write_text(f"{packages.resolve()}\n", "utf-8")
    return folder / "bin" / "python"


def run(place: Path, mebibytes: int, packages: Path | None) -> int:
    """Run the script as `iiml run` does, and say what the guard refused."""
    script, data = place / "gpu.py", place / "data"
    data.mkdir()
    script.write_text(SCRIPT.format(bytes=mebibytes << 20), "utf-8")
    python = interpreter(place / "environment", packages)
    boot = ROOT / "iiml_codegen" / "execution" / "boot.py"
    command = [str(python), "-I", str(boot), "iiml_codegen.cli", "run", str(script)]
    command += ["--data-dir", str(data), "--work", str(place / "work")]
    done = subprocess.run(command, check=False)
    for name in ("confinement", "forbidden"):
        for told in (place / "work" / "iiml" / "runs").glob(f"*/{name}.txt"):
            print(f"{name}: {told.read_text('utf-8').strip()}", flush=True)
    refused = any((place / "work" / "iiml" / "runs").glob("*/forbidden.txt"))
    return 1 if done.returncode or refused else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Take flags, run in a temporary folder."""
    parser = argparse.ArgumentParser(description="Run a CUDA program under supervision.")
    parser.add_argument("--packages", type=Path, metavar="DIR", help="for a bare Python")
    parser.add_argument("--mebibytes", type=int, default=512, metavar="N")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="iiml-gpu-") as place:
        return run(Path(place).resolve(), given.mebibytes, given.packages)


if __name__ == "__main__":
    sys.exit(main())
