"""IIML106: a path of one machine is written into the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

ABSOLUTE = re.compile(r"^(/[\w.-]+){2,}/?$|^[A-Za-z]:[\\/]|^~[\\/]|^file://")


def check(module: Checked) -> Iterator[Finding]:
    """Look at every string that is shaped like an absolute path."""
    for node in module.nodes(ast.Constant):
        text = node.value
        if isinstance(text, str) and ABSOLUTE.match(text):
            yield at(node, f"absolute path {text!r}", "start from data_dir")


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
    ),
    invalid=(
        Example('import pandas as pd\nt = pd.read_csv("/kaggle/input/train.csv")\n'),
        Example('p = "C:\\\\data\\\\train.csv"\n'),
        Example('p = "~/data/train.csv"\n'),
    ),
)
