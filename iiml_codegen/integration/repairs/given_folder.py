"""A path of one machine, in pieces or behind a constant: from the folder that is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, name_of, source_at, text_of
from iiml_codegen.integration.repairs.lines import taken_out
from iiml_codegen.integration.repairs.nearest_file import (
    folder_parameter,
    is_part,
    last_part,
    real_files,
)
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

ABSOLUTE = re.compile(r"^(?:/[\w.-]+){1,}/?|^[A-Za-z]:[\\/]|^~|^file:|^\.\.?/")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Whole paths to real files first; then what comes before other pieces of a path."""
    source = source_at(fault, text)
    files = {PurePosixPath(file).name for file in real_files(facts)}
    whole = list(to_files(source, files))
    if whole:
        new = without_idle(source, source.replaced(*whole))
        yield Edit("Read the competition's files from the folder that is given", new)
    roots = list(before_pieces(source))
    if roots:
        new = without_idle(source, source.replaced(*roots))
        yield Edit("Start paths from the folder that is given", new)


def to_files(source: Source, files: set[str]) -> Iterator[tuple[ast.AST, str]]:
    """New source for each path that begins on one machine and ends with a real file."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.BinOp | ast.Call | ast.JoinedStr) or is_part(source, node):
            continue
        if isinstance(node, ast.Call) and method(node) not in ("Path", "PurePath", "join", "str"):
            continue
        last, folder = last_part(source, node), folder_parameter(source, node)
        name = text_of(source.resolved(last)).rpartition("/")[2] if last else ""
        if last is None or folder is None or name not in files or not is_absolute(source, node):
            continue
        named = isinstance(last, ast.Name) and text_of(source.resolved(last)) == name
        yield node, f"{folder} / {source.source(last) if named else repr_of(name)}"


def repr_of(name: str) -> str:
    """A name in the quotes of the house."""
    return f'"{name}"'


def is_absolute(source: Source, node: ast.AST) -> bool:
    """Whether a path begins with one of a machine, written here or in a constant."""
    for inner in ast.walk(node):
        value = source.resolved(inner) if isinstance(inner, ast.expr) else inner
        for part in ast.walk(value):
            if ABSOLUTE.match(text_of(part)):
                return True
    return False


def before_pieces(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """The constants of such folders where a function that is given one reads them."""
    for node in ast.walk(source.tree):
        value = source.resolved(node) if isinstance(node, ast.Name) else None
        folder = folder_parameter(source, node)
        if isinstance(node, ast.Name) and folder and value is not None and value is not node:
            path = isinstance(value, ast.Constant) or method(value) in ("Path", "PurePath")
            if path and is_absolute(source, value):
                yield node, folder


def without_idle(source: Source, text: str) -> str:
    """The text without constants of the module that nothing reads any more."""
    was = {n.id for n in ast.walk(source.tree) if isinstance(n, ast.Name) and loads(n)}
    for _ in range(3):
        now = Source(text)
        used = {n.id for n in ast.walk(now.tree) if isinstance(n, ast.Name) and loads(n)}
        idle = (
            node
            for node in now.tree.body
            if isinstance(node, ast.Assign)
            if name_of(node.targets[0]) in was - used and is_absolute(now, node.value)
        )
        text = next((shorter for node in idle if (shorter := taken_out(now, node))), text)
    return text


def loads(node: ast.Name) -> bool:
    """Whether a name is read."""
    return isinstance(node.ctx, ast.Load)


def written(path: str) -> Fault:
    """The fault of a path of one machine."""
    place = Place(file="prep.py", line=3)
    message = f"absolute path {path!r}"
    return Fault(kind="path", message=message, place=place, evidence="", code="IIML106")


def reading(before: str, head: str = "") -> Example:
    """A function that reads the training table from there, and as it should."""
    form = 'TRAIN = "train.csv"\n{}def prepare(data_dir):\n    return read({})\n'
    facts = Facts(files=("train.csv", "test.csv"))
    return Example(
        written("/kaggle/input"), form.format(head, before), form.format("", AFTER), facts
    )


AFTER = "data_dir / TRAIN"
REPAIR = Repair(
    name="given_folder",
    title="Start paths from the folder that is given",
    kinds=("path", "disk", "forbidden_read", "unknown"),
    propose=propose,
    examples=(
        reading('Path("/kaggle/input/x") / TRAIN'),
        reading('"/kaggle/input/" + TRAIN'),
        reading('f"/kaggle/input/x/{TRAIN}"'),
        reading('os.path.join("/kaggle/input", TRAIN)'),
        reading("ROOT / TRAIN", 'ROOT = Path("/kaggle/input")\n'),
        reading("os.path.join(ROOT, TRAIN)", 'ROOT = "/kaggle/input"\n'),
        Example(
            written("/kaggle/input"),
            'ROOT = Path("/kaggle/input")\ndef prepare(data_dir):\n    return read(ROOT / name)\n',
            "def prepare(data_dir):\n    return read(data_dir / name)\n",
        ),
    ),
)
