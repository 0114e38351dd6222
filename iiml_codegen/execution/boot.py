"""Start a module of the engine: `python -I boot.py MODULE ARGUMENTS`.

`-I` keeps the current folder off the path, so that nothing in a competition folder is imported in
place of ours; this file then adds the folder that the engine itself lies in.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module of the engine in this interpreter."""
    return [sys.executable, "-I", str(Path(__file__).resolve()), module, *arguments]


if __name__ == "__main__":
    root = str(Path(__file__).resolve().parents[2])
    if root not in sys.path:
        sys.path.append(root)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
