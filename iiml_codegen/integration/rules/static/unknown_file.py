"""IIML155: a file is read that the competition does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator, Sequence

from iiml_codegen.integration.rules.near_miss import nearest
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at

FILE = re.compile(
    r"^\w[\w ./-]*\.(?:csv|tsv|txt|jsonl?|parquet|feather|xlsx?|np[yz]|h5|zip|gz|xml|bson)$",
    re.I,
)
ASKED = re.compile(
    r"\.(?:exists|is_file|glob|rglob|iterdir)\(|listdir|os\.path\.exists|FileNotFoundError"
)
PACKED = re.compile(r"\.(?:zip|gz|bz2|xz|7z)$", re.I)


def check(module: Checked) -> Iterator[Finding]:
    """Look at file names that are joined with data_dir, or are constants for it."""
    files = module.facts.files
    if not files or ASKED.search(module.text) or not module.is_prep:
        return
    known = {name.lower() for file in files for name in names_of(file)}
    listed = sorted({PACKED.sub("", file).rpartition("/")[2] for file in files})
    for node in module.nodes(ast.Constant):
        text = node.value
        if not isinstance(text, str) or not FILE.match(text) or not is_input(module, node):
            continue
        if not (names_of(text) & known or is_below(text, known)):
            meant = nearest(text.rpartition("/")[2], listed)
            hint = f"write {meant!r}" if meant else f"there are {', '.join(listed[:5])}"
            names = (text, meant) if meant else (text,)
            yield at(node, f"the competition has no file {text!r}", hint, names)


def names_of(file: str) -> set[str]:
    """The name of a file alone, packed and unpacked."""
    name = file.replace("\\", "/").rpartition("/")[2].lower()
    return {name, PACKED.sub("", name)}


def is_below(file: str, known: Container[str]) -> bool:
    """Whether a file lies in a folder of the competition: what folders hold is not listed."""
    folder, inside, _ = file.replace("\\", "/").lower().partition("/")
    return bool(inside) and folder in known


def is_input(module: Checked, node: ast.Constant) -> bool:
    """Whether a name is joined with data_dir alone, directly or as a constant of the module."""
    parent = module.index.parents[node]
    if isinstance(parent, ast.BinOp):
        return is_data_dir([parent.left])
    if isinstance(parent, ast.Call):
        before = parent.args[: parent.args.index(node)] if node in parent.args else []
        return is_data_dir([parent.func, *before])
    if not isinstance(parent, ast.Assign) or module.owner(parent):
        return False
    names = [item.id for item in parent.targets if isinstance(item, ast.Name)]
    return any(
        isinstance(other.right, ast.Name) and other.right.id in names and is_data_dir([other.left])
        for other in module.nodes(ast.BinOp)
    )


def is_data_dir(parts: Sequence[ast.expr]) -> bool:
    """Whether what stands before a name is data_dir and no folder below it."""
    words = [node for part in parts for node in ast.walk(part) if isinstance(node, ast.Constant)]
    return not words and any("data_dir" in ast.unparse(part) for part in parts)


FACTS = Facts(files=("train.csv", "data/test.csv.zip"))
RULE = StaticRule(
    code="IIML155",
    title="Unknown file",
    why="The file is not in the competition's folder, so reading it fails.",
    severity="error",
    fixable="needs_review",
    fault="path",
    check=check,
    valid=(
        Example(
            "def f(data_dir):\n    return data_dir / 'train.csv', data_dir / 'test.csv'\n",
            facts=FACTS,
        ),
        Example("def f(data_dir):\n    return data_dir / 'stores.csv'\n"),
        Example(
            "def f(data_dir):\n"
            "    return data_dir / 'data/stores.csv', data_dir / 'more' / 'a.csv'\n",
            facts=Facts(files=("data", "more")),
        ),
        Example(
            "def f(data_dir):\n    path = data_dir / 'stores.csv'\n"
            "    return path if path.exists() else None\n",
            facts=FACTS,
        ),
        Example("def f(cache_dir):\n    return cache_dir / 'counts.csv'\n", facts=FACTS),
    ),
    invalid=(
        Example("def f(data_dir):\n    return data_dir / 'trian.csv'\n", facts=FACTS),
        Example(
            "TEST_FILE = 'tests.csv'\n\n\ndef f(data_dir):\n    return data_dir / TEST_FILE\n",
            facts=FACTS,
        ),
        Example(
            "import os\n\n\ndef f(data_dir):\n    return os.path.join(data_dir, 'stores.csv')\n",
            facts=FACTS,
        ),
    ),
)
