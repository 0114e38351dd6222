"""IIML144: a model takes all cores, or more than it was given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.roles import role_of
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import number
from iiml_codegen.integration.rules.text_edits import end_of, is_at, spliced, start_of

CORES = ("n_jobs", "nthread", "num_threads", "thread_count", "num_workers", "workers")
COUNTS = ("os.cpu_count", "multiprocessing.cpu_count")


def check(module: Checked) -> Iterator[Finding]:
    """Look at keyword arguments that say how many cores to use, in calls and in dicts."""
    for name, value in settings(module):
        if greedy(module, value):
            shown = f"{name}={ast.unparse(value)}"
            yield at(value, f"{shown} takes all cores", f"write {name}={allowed(module, value)}")


def settings(module: Checked) -> Iterator[tuple[str, ast.expr]]:
    """Numbers of cores with what they are called."""
    for item in module.nodes(ast.keyword):
        if item.arg in CORES:
            yield item.arg, item.value
    for table in module.nodes(ast.Dict):
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in CORES:
                yield str(key.value), value


def greedy(module: Checked, value: ast.expr) -> bool:
    """-1 and smaller, or the machine's number of cores."""
    given = number(value)
    counted = isinstance(value, ast.Call) and module.full(value.func) in COUNTS
    return counted or (given is not None and given < 0)


def allowed(module: Checked, node: ast.AST) -> str:
    """The parameter that says how many cores there are, or one."""
    function = module.owner(node)
    names = module.parameters(function) if function else []
    return next((name for name in names if role_of(name) == "threads"), "1")


def fix(module: Checked, finding: Finding) -> str | None:
    """Put the parameter, or 1, in the place of the number."""
    for _, value in settings(module):
        if is_at(value, finding.line, finding.column, module):
            return spliced(module, start_of(value), end_of(value), allowed(module, value))
    return None


FIT = "def fit(X, y, *, threads=1):\n    return Forest(n_jobs={}).fit(X, y), threads\n"
IMPORT = "from forests import Forest\n\n\n"
PREDICT = "\n\ndef predict(model, X):\n    return model.predict(X)\n"
RULE = StaticRule(
    code="IIML144",
    title="All cores taken",
    why="Runs stand side by side with one core each; more threads make all of them slow.",
    severity="warning",
    fixable="safe",
    fault="timeout",
    check=check,
    fix=fix,
    valid=(
        Example(IMPORT + FIT.format("threads") + PREDICT, "model_a.py"),
        Example(IMPORT + FIT.format("2") + PREDICT, "model_a.py"),
        Example("x = {'n_jobs': 1}\n"),
    ),
    invalid=(
        Example(IMPORT + FIT.format("-1") + PREDICT, "model_a.py"),
        Example("PARAMS = {'n_jobs': -1, 'max_depth': 3}\n"),
        Example(
            "import os\n\nfrom loaders import Loader\n\nx = Loader(num_workers=os.cpu_count())\n"
        ),
    ),
)
