"""A file that is not there: take the nearest real one of the competition, from data_dir."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from pathlib import PurePosixPath

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import replace_nodes
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Replace every string that ends in the missing file's name."""
    for path in fault.names:
        missing = path.replace("\\", "/").rpartition("/")[2]
        near = nearest_file(missing, facts.files)
        if near is None:
            continue
        replaced = replace_nodes(text, list(renamed(ast.parse(text), missing, near)))
        if replaced != text:
            yield Edit(f"Read {near} of the competition", replaced)


def nearest_file(name: str, files: tuple[str, ...]) -> str | None:
    """The file of the same name, else the one spelled most alike."""
    plain = {PurePosixPath(file).name.lower(): file for file in reversed(files)}
    found = difflib.get_close_matches(name.lower(), sorted(plain), n=1, cutoff=0.6)
    return plain[found[0]] if found else None


def renamed(tree: ast.Module, missing: str, near: str) -> Iterator[tuple[ast.AST, str]]:
    """New source for each string that names the missing file."""
    for node, inside in constants(tree):
        value = node.value.replace("\\", "/") if isinstance(node.value, str) else ""
        if value == missing and near != missing:
            yield node, f'"{near}"'
        elif value.endswith(f"/{missing}"):
            yield node, f'data_dir / "{near}"' if inside else f'"{near}"'


def constants(tree: ast.Module) -> Iterator[tuple[ast.Constant, bool]]:
    """String constants, and whether data_dir is known where they stand."""
    for statement in tree.body:
        names = set()
        if isinstance(statement, ast.FunctionDef):
            names = {item.arg for item in statement.args.args}
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node, "data_dir" in names


def missing(path: str) -> Fault:
    """The fault of a file that is not there."""
    return Fault(
        kind="path",
        message=f"FileNotFoundError: [Errno 2] No such file or directory: '{path}'",
        place=Place(file="prep.py", line=1),
        evidence="",
        names=(path,),
    )


FACTS = Facts(files=("train.csv", "test.csv", "sample_submission.csv"))
REPAIR = Repair(
    name="nearest_file",
    title="Read the nearest real file",
    kinds=("path",),
    propose=propose,
    examples=(
        Example(missing("x/Train.csv"), 'F = "Train.csv"\n', 'F = "train.csv"\n', FACTS),
        Example(
            missing("/kaggle/input/train.csv"),
            'def prepare(data_dir):\n    return read("/kaggle/input/train.csv")\n',
            'def prepare(data_dir):\n    return read(data_dir / "train.csv")\n',
            FACTS,
        ),
    ),
)
