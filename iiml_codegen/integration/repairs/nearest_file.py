"""A file that is not there: take the nearest real one of the competition, from data_dir."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, source_at, text_of
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

JOINERS = ("join", "Path", "str", "PurePath", "joinpath", "open", "resolve")
PATH_LIKE = r"unsupported operand type.*(?:Path'|'str' and 'str')|must be str, not \w*Path"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First the file's real name where the constant stands, then whole paths from data_dir."""
    source, files = source_at(fault, text), real_files(facts)
    paths = [*fault.names, *re.findall(r"'([^']+)'", fault.message)]
    names = {path.replace("\\", "/").rstrip("/").rpartition("/")[2] for path in paths}
    if re.search(PATH_LIKE, fault.message):
        names = {PurePosixPath(file).name for file in files}
    for missing in sorted(names):
        near = nearest_file(missing, files)
        if near is None:
            continue
        if near != missing and (renamed := source.replaced(*same_name(source, missing, near))):
            yield Edit(f"Read {near} of the competition", renamed)
        rooted = source.replaced(*from_data_dir(source, missing, near))
        yield Edit(f"Read {near} of the competition", rooted)
    yield from nearest_folder(source, fault, files)
    yield from given_folder(source, fault)


def real_files(facts: Facts) -> tuple[str, ...]:
    """The competition's files, and those that the task names."""
    task = facts.task
    named = (task.train_file, task.test_file, task.submission.file) if task else ()
    return tuple(dict.fromkeys([*facts.files, *named]))


def nearest_file(name: str, files: tuple[str, ...]) -> str | None:
    """The file of the same name, else the one spelled most alike."""
    plain = {PurePosixPath(file).name.lower(): file for file in reversed(files)}
    found = difflib.get_close_matches(name.lower(), sorted(plain), n=1, cutoff=0.6)
    return plain[found[0]] if found else None


def same_name(source: Source, missing: str, near: str) -> Iterator[tuple[ast.AST, str]]:
    """New source for each string that is the missing file's name alone."""
    for node in ast.walk(source.tree):
        if text_of(node) == missing:
            yield node, f'"{near}"'


def from_data_dir(source: Source, missing: str, near: str) -> Iterator[tuple[ast.AST, str]]:
    """New source for each whole path to the missing file: data_dir and the real name."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.expr) or is_part(source, node):
            continue
        constant = last_part(source, node)
        value = constant and text_of(source.resolved(constant)).replace("\\", "/")
        if not value or value.rpartition("/")[2] != missing:
            continue
        new = constant.id if isinstance(constant, ast.Name) and value == near else f'"{near}"'
        folder = folder_parameter(source, node)
        if folder is None and isinstance(node, ast.Constant):
            yield node, f'"{near}"'
        elif folder and source.source(node) != f"{folder} / {new}":
            yield node, f"{folder} / {new}"


def is_part(source: Source, node: ast.expr) -> bool:
    """Whether a path is only a piece of the expression around it."""
    parent = source.parents.get(node)
    if isinstance(parent, ast.BinOp):
        return isinstance(parent.op, ast.Div | ast.Add)
    joined = method(parent) in ("join", "Path", "str", "joinpath") if parent else False
    return joined or isinstance(parent, ast.JoinedStr | ast.Attribute | ast.FormattedValue)


def last_part(source: Source, node: ast.expr) -> ast.expr | None:
    """The piece at the end of a path: a string, or the name of a constant that is one."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        return last_part(source, node.right)
    if isinstance(node, ast.Call) and method(node) in JOINERS and method(node) != "open":
        return last_part(source, node.args[-1]) if node.args else None
    if isinstance(node, ast.JoinedStr) and node.values:
        inner = node.values[-1]
        return last_part(source, inner.value if isinstance(inner, ast.FormattedValue) else inner)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return node if text_of(source.resolved(node)) else None
    return node if text_of(node) else None


def folder_parameter(source: Source, node: ast.AST) -> str | None:
    """The parameter of the function around a node that is the competition's folder."""
    function = source.function(node)
    names = [item.arg for item in function.args.args] if function else []
    return next((name for name in names if name in ("data_dir", "folder", "data_folder")), None)


def nearest_folder(source: Source, fault: Fault, files: tuple[str, ...]) -> Iterator[Edit]:
    """Strings whose first part is spelled like a real folder, such as `image/{}.jpg`."""
    folders = [file for file in files if "." not in file]
    for node in source.nearest(ast.Constant):
        first, slash, rest = text_of(node).partition("/")
        if slash and first not in files and first in fault.message:
            for near in difflib.get_close_matches(first, folders, n=1, cutoff=0.6):
                yield Edit(f"Read folder {near}", source.replaced((node, f'"{near}/{rest}"')))


def given_folder(source: Source, fault: Fault) -> Iterator[Edit]:
    """A folder that is written down, where the function is given one: the given one."""
    written = {
        path for path in re.findall(r"'([^']+)'", fault.message) if re.search(r"[/\\]", path)
    }
    for node in source.nearest(ast.Constant):
        folder, parent = folder_parameter(source, node), source.parents.get(node)
        if folder is None or text_of(node) not in written:
            continue
        made = isinstance(parent, ast.Call) and method(parent) in ("Path", "PurePath", "str")
        whole = parent if made and parent is not None else node
        yield Edit(f"Read from {folder}, which is given", source.replaced((whole, folder)))


def missing(path: str) -> Fault:
    """The fault of a file that is not there."""
    return Fault(
        kind="path",
        message=f"FileNotFoundError: [Errno 2] No such file or directory: '{path}'",
        place=Place(file="prep.py", line=1),
        evidence="",
        names=(path,),
    )


def reading(before: str, after: str, path: str = "/x/data/train.csv") -> Example:
    """A function that reads a path, wrong and right."""
    heads = 'TRAIN = "train.csv"\ndef prepare(data_dir):\n    return read('
    return Example(missing(path), f"{heads}{before})\n", f"{heads}{after})\n", FACTS)


FACTS = Facts(files=("train.csv", "test.csv", "sample_submission.csv", "images"))
RIGHT = 'data_dir / "train.csv"'
REPAIR = Repair(
    name="nearest_file",
    title="Read the nearest real file",
    kinds=("path", "dtype", "forbidden_read", "unknown"),
    propose=propose,
    examples=(
        Example(missing("x/Train.csv"), 'F = "Train.csv"\n', 'F = "train.csv"\n', FACTS),
        reading('"/kaggle/input/train.csv"', RIGHT),
        reading('data_dir / "data" / TRAIN', "data_dir / TRAIN"),
        reading('os.path.join("data", "train.csv")', RIGHT),
        reading('f"{data_dir}/data/train.csv"', RIGHT),
        reading("TRAIN", "data_dir / TRAIN", "train.csv"),
        reading('data_dir.parent / "train.csv"', RIGHT),
        reading('data_dir, "image/{}.png"', 'data_dir, "images/{}.png"', "/x/image/1.png"),
    ),
)
