"""IIML106: a path of one machine is written into the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.static.work_at_import import is_main

ABSOLUTE = re.compile(r"^(/[\w.-]+){2,}/?$|^[A-Za-z]:[\\/]|^~[\\/]|^file://")


def check(module: Checked) -> Iterator[Finding]:
    """Look at every string that is shaped like an absolute path."""
    for node in module.nodes(ast.Constant):
        text = node.value
        if isinstance(text, str) and ABSOLUTE.match(text) and not goes_on(module, node):
            yield at(node, f"absolute path {text!r}", "start from data_dir")


def goes_on(module: Checked, node: ast.Constant) -> bool:
    """Whether a path goes on behind something else, or stays behind in the `__main__` block."""
    parent = module.index.parents[node]
    if isinstance(parent, ast.JoinedStr):
        return parent.values[0] is not node
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add):
        return parent.right is node
    return any(is_main(around) for around in module.index.ancestors(node))


RULE = StaticRule(
    code="IIML106",
    title="Absolute path",
    why="The pipeline runs in shadow folders and on other machines; only data_dir is sure.",
    severity="error",
    fixable="needs_review",
    fault="path",
    check=check,
    valid=(
        Example('p = data_dir / "train.csv"\ndata_dir = None\n'),
        Example('s = "a/b"\nd = "/"\n'),
        Example("def f(data_dir):\n    return f'{data_dir}/images/train.csv'\n"),
        Example("def f(data_dir):\n    return str(data_dir) + '/images/train'\n"),
        Example("if __name__ == '__main__':\n    prepare('/home/ann/titanic')\n"),
    ),
    invalid=(
        Example('import pandas as pd\nt = pd.read_csv("/kaggle/input/train.csv")\n'),
        Example("def f(data_dir):\n    return data_dir / '/kaggle/input'\n"),
        Example('p = "C:\\\\data\\\\train.csv"\n'),
        Example('p = "~/data/train.csv"\n'),
    ),
)
