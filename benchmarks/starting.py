"""What a run costs before its script begins, started and forked.

    python benchmarks/starting.py [--runs 10]

A script that imports what a model of tables imports, and one that imports torch where that is
installed, run one after the other under supervisor and guard. Prints seconds from the order to the
result, and seconds of processors, medians of the runs; the first forked run, for which a server
starts, stands apart.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from iiml_codegen.domain.run import RunSpec
from iiml_codegen.execution.forks import Forks
from iiml_codegen.execution.runner import Runner

SCRIPTS = {
    "tables": "import numpy, pandas\nfrom sklearn.linear_model import LogisticRegression\n",
    "torch": "import pandas\nimport torch\nfrom sklearn.preprocessing import StandardScaler\n",
}


def measured(script: Path, runner: Runner) -> tuple[float, float]:
    """Seconds of one run, and of the processors that its script kept busy."""
    spec = RunSpec(
        id=script.stem,
        script=str(script),
        folder=str(script.with_suffix("")),
        interpreter=sys.executable,
        purpose="benchmark",
    )
    begun = time.perf_counter()
    result = runner.run(spec)
    if not result.ok:
        sys.exit(f"the run ended as {result.status}: {result.log_tail}")
    return time.perf_counter() - begun, result.cpu_seconds


def main() -> None:
    """Print a row for each kind of script and way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10, help="runs of each kind, each way")
    runs = parser.parse_args().runs
    print(
        "| script | way | first run, s | run, s | processor, s |\n| --- | --- | --- | --- | --- |"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, text in SCRIPTS.items():
            if find_spec(name) is None and name != "tables":
                continue
            script = Path(folder) / f"imports_{name}.py"
            script.write_text(text, "utf-8")
            for way, forks in (("started", None), ("forked", Forks())):
                runner = Runner(reuse=False, forks=forks)
                first = measured(script, runner)[0]
                wall, busy = zip(*(measured(script, runner) for _ in range(runs)), strict=True)
                medians = statistics.median(wall), statistics.median(busy)
                print(f"| {name} | {way} | {first:.2f} | {medians[0]:.2f} | {medians[1]:.2f} |")


if __name__ == "__main__":
    main()
