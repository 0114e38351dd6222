"""Takes a card's memory away from a solved pipeline, and cuts its training off: it goes on.

    python benchmarks/gpu_repairs.py PIPELINE --data-dir FOLDER [--share 0.01] [--seconds 120]

PIPELINE is one that `iiml solve` left whose model trains on the card and keeps checkpoints
(`iiml/pipeline_<track>.py`). It is run three times on the folder, with one seed: with a `--share`
of the card's memory, so that batches have to be parted; ended by SIGKILL once a checkpoint is
there; and again, from that checkpoint. The exit status is 1 unless the first run said that it
parted batches, the last that it went on, and both made a submission.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHORT, RESUMED = "memory is short", "training goes on after"
LITTLE = """
import runpy, sys, torch
torch.cuda.set_per_process_memory_fraction({share})
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
LOOK_SECONDS = 0.02


def command(options: argparse.Namespace, out: Path, *more: str) -> list[str]:
    """The pipeline's command line."""
    flags = ("--data-dir", str(options.data_dir), "--out", str(out), "--seed", "0")
    return [str(options.pipeline), *flags, *more]


def run(arguments: list[str], seconds: float) -> str:
    """What a Python said until its end."""
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=seconds
    )
    return done.stdout + done.stderr


def said(text: str, words: str) -> bool:
    """Print the first lines with these words, and whether there are any; else the end of all."""
    found = [line for line in text.splitlines() if words in line]
    print("\n".join(found[:3]) if found else f"nothing of {words!r}:\n{text[-2000:]}", flush=True)
    return bool(found)


def cut_off(arguments: list[str], checkpoints: Path, seconds: float) -> bool:
    """Run until there is a checkpoint, and end the run; False where none came."""
    running = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + seconds
    while running.poll() is None and time.monotonic() < end and not any(checkpoints.glob("*.pt")):
        time.sleep(LOOK_SECONDS)
    alive = running.poll() is None
    running.kill()
    running.wait()
    print(f"ended {'in the middle' if alive else 'by itself'}: {sorted(checkpoints.glob('*.pt'))}")
    return alive


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.01, help="of the card's memory")
    parser.add_argument("--seconds", type=float, default=120.0, help="for each run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        little = ["-c", LITTLE.format(share=options.share)]
        one, other = work / "one.csv", work / "other.csv"
        held = said(run([*little, *command(options, one)], options.seconds), SHORT)
        held &= one.exists()
        keep = work / "checkpoints"
        flags = command(options, other, "--checkpoints", str(keep))
        held &= cut_off(flags, keep, options.seconds)
        held &= said(run(flags, options.seconds), RESUMED)
        held &= other.exists()
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
