"""A file's name glued to the folder's without a slash: join the two as paths."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, names_in, source_at
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

FOLDERS = ("data_dir", "cache_dir")
TITLE = "Join folder and file as paths"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Sums and formatted texts that begin with a folder, nearest to the fault first."""
    source = source_at(fault, text)
    for node in (*source.nearest(ast.BinOp), *source.nearest(ast.JoinedStr)):
        joined = as_path(source, node)
        if joined is not None:
            yield Edit(TITLE, source.replaced((node, joined)))


def as_path(source: Source, node: ast.expr) -> str | None:
    """`folder / rest` for `str(folder) + rest` and `f"{folder}rest"`; None for anything else."""
    if isinstance(node, ast.JoinedStr):
        return formatted(node)
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return None
    folder = folder_of(node.left)
    return f"{folder} / {source.source(node.right)}" if folder else None


def formatted(node: ast.JoinedStr) -> str | None:
    """`folder / rest` for a formatted text of a folder and one more part."""
    if len(node.values) != 2 or not isinstance(node.values[0], ast.FormattedValue):
        return None
    folder, rest = folder_of(node.values[0].value), node.values[1]
    if folder is None:
        return None
    if isinstance(rest, ast.Constant):
        name = str(rest.value).lstrip("/")
        return f'{folder} / "{name}"'
    return f"{folder} / {ast.unparse(rest.value)}" if isinstance(rest, ast.FormattedValue) else None


def folder_of(node: ast.expr) -> str | None:
    """The folder that an expression spells: itself, or its text."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str":
        node = node.args[0] if len(node.args) == 1 else node
    named = isinstance(node, ast.Name) and names_in(node) & set(FOLDERS)
    return node.id if named and isinstance(node, ast.Name) else None


FAULT = Fault(
    kind="path",
    message="FileNotFoundError: [Errno 2] No such file or directory: '/data/shoptrain.csv'",
    place=Place(file="prep.py", line=2),
    evidence="",
    names=("/data/shoptrain.csv",),
)
REPAIR = Repair(
    name="joined_path",
    title=TITLE,
    kinds=("path", "dtype", "unknown"),
    propose=propose,
    examples=(
        Example(
            FAULT,
            "def prepare(data_dir):\n    return read(str(data_dir) + TRAIN_FILE)\n",
            "def prepare(data_dir):\n    return read(data_dir / TRAIN_FILE)\n",
        ),
        Example(
            FAULT,
            'def prepare(data_dir):\n    return read(f"{data_dir}train.csv")\n',
            'def prepare(data_dir):\n    return read(data_dir / "train.csv")\n',
        ),
    ),
)
