"""IIML137: the module changes or ends the process that it runs in."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

ENDS = ("sys.exit", "os._exit", "os.abort", "os.kill", "quit", "exit")
CHANGES = ("os.chdir", "os.putenv", "os.umask", "os.nice", "signal.signal", "signal.alarm")
QUIET = (
    "TOKENIZERS_PARALLELISM",
    "TF_CPP_MIN_LOG_LEVEL",
    "PYTORCH_CUDA_ALLOC_CONF",
    "HF_HUB_OFFLINE",
)
QUIET_ALSO = ("TRANSFORMERS_OFFLINE", "CUBLAS_WORKSPACE_CONFIG", "PYTHONHASHSEED")


def check(module: Checked) -> Iterator[Finding]:
    """Look for exits, other folders, handlers, and settings of the environment."""
    for call in module.calls(*{name.rpartition(".")[2] for name in (*ENDS, *CHANGES)}):
        name = module.full(call.func) or (call.func.id if isinstance(call.func, ast.Name) else "")
        if name in ENDS:
            yield at(call, f"{name} ends the whole pipeline", "raise an exception that says why")
        elif name in CHANGES:
            yield at(call, f"{name} changes the process for all modules", "take it out")
    for node in module.nodes(ast.Subscript):
        if isinstance(node.ctx, ast.Store) and module.full(node.value) == "os.environ":
            key = module.string(node.slice)
            if key not in (*QUIET, *QUIET_ALSO):
                hint = "take it out; the harness sets the environment"
                yield at(node, "os.environ is changed for all modules", hint)


RULE = StaticRule(
    code="IIML137",
    title="Process changed or ended",
    why="Prep and all models share one process; whoever ends or moves it takes the others along.",
    severity="warning",
    fixable="no",
    fault="preprocessing",
    check=check,
    valid=(
        Example("import os\n\nos.environ['TOKENIZERS_PARALLELISM'] = 'false'\n"),
        Example("import os\n\nHOME = os.environ.get('HOME')\n"),
        Example("def f(x):\n    raise ValueError(x)\n"),
    ),
    invalid=(
        Example(
            "import sys\n\n\ndef f(rows):\n    if not rows:\n        sys.exit(1)\n    return rows\n"
        ),
        Example("import os\n\nos.chdir('..')\n"),
        Example("import os\n\nos.environ['OMP_NUM_THREADS'] = '64'\n"),
        Example("def f(rows):\n    if not rows:\n        exit()\n    return rows\n"),
    ),
)
