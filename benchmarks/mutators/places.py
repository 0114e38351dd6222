"""Files and columns that are not where, or what, the module says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from .mutator import Draw, Mutator, misspelt, with_import
from .source import Change, Edit, Source, words_in

FILE = re.compile(r"[\w./-]+\.(?:csv|tsv|json|jsonl|parquet|xlsx|txt)")


def file_constants(source: Source) -> list[ast.Constant]:
    """Texts that name a data file."""
    return [
        node
        for _, statement in source.constants()
        for node in words_in(statement)
        if isinstance(node.value, str) and FILE.fullmatch(node.value)
    ]


def misspelt_files(source: Source, draw: Draw) -> Iterable[Change]:
    """A file by a name that it does not have."""
    for node in file_constants(source):
        assert isinstance(node.value, str)
        stem, _, ending = node.value.rpartition(".")
        options = (
            f"{stem.capitalize()}.{ending}",
            f"{stem}.{ending.upper()}",
            f"{stem}_data.{ending}",
            f"{misspelt(stem, draw.rng)}.{ending}",
            f"{stem}.{ending}.gz",
            f"{stem}ing.{ending}",
        )
        yield source.swap(node, f'"{draw.rng.choice(options)}"')


def subfolder_files(source: Source, draw: Draw) -> Iterable[Change]:
    """A file in a folder of another machine's making."""
    for node in file_constants(source):
        folder = draw.rng.choice(["input", "data", "../data", "..", "raw"])
        yield source.swap(node, f'"{folder}/{source.code(node)[1:-1]}"')


def folder_uses(source: Source) -> list[ast.BinOp]:
    """`data_dir / something`."""
    return [
        node
        for node in source.nodes
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and isinstance(node.left, ast.Name)
        and node.left.id == "data_dir"
    ]


def absolute_folders(source: Source, draw: Draw) -> Iterable[Change]:
    """The folder of a notebook's host, in place of the one that is given."""
    name = re.sub(r"\W+", "-", draw.facts.task.title.lower()).strip("-")
    hosts = (f"/kaggle/input/{name}", f"/content/drive/MyDrive/{name}", f"/home/me/{name}/data")
    for node in folder_uses(source):
        change = source.swap(node.left, f'Path("{draw.rng.choice(hosts)}")')
        yield with_import(source, change, "from pathlib import Path")


def own_folder(source: Source, draw: Draw) -> Iterable[Change]:
    """A relative path: the folder that is given is forgotten."""
    for node in folder_uses(source):
        change = source.swap(node, f"Path({source.code(node.right)})")
        yield with_import(source, change, "from pathlib import Path")


def glued_paths(source: Source, draw: Draw) -> Iterable[Change]:
    """Folder and file as one text without a slash between them."""
    for node in folder_uses(source):
        yield source.swap(node, f"str(data_dir) + {source.code(node.right)}")


def column_words(source: Source, draw: Draw) -> list[tuple[int, str]]:
    """Places of column names within texts, alone or in a list of words; docstrings do not count."""
    found = []
    columns = set(draw.facts.columns)
    for node in source.nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        start, end = source.span(node)
        if source.is_silent(start):
            continue
        if node.value in columns:
            found.append((start + source.raw[start:end].index(node.value.encode()), node.value))
        elif "\n" in node.value:
            for match in re.finditer(rb"\S+", source.raw[start:end]):
                word = match.group().decode()
                if word in columns:
                    found.append((start + match.start(), word))
    return found


def slip(word: str, draw: Draw) -> str:
    """A column's name as somebody remembers it."""
    options = {
        word.lower(),
        word.upper(),
        word.capitalize(),
        word.replace("_", ""),
        re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word),
        misspelt(word, draw.rng) if word.isidentifier() else f"{word}s",
        f"{word}s",
    }
    return draw.rng.choice(sorted(options - {word} - set(draw.facts.columns)))


def misspelt_columns(source: Source, draw: Draw) -> Iterable[Change]:
    """One mention of a column is misspelt."""
    for start, word in column_words(source, draw):
        new = slip(word, draw)
        if " " not in new:
            edit = Edit(start, start + len(word.encode()), new)
            yield Change((edit,), f"{word} -> {new}")


def invented_columns(source: Source, draw: Draw) -> Iterable[Change]:
    """A list of columns has one that the table never had."""
    for name, node in source.constants():
        value = node.value
        if isinstance(value, ast.List) and value.elts:
            words = [source.code(e)[1:-1] for e in value.elts]
            if set(words) <= set(draw.facts.columns):
                end = source.span(value.elts[-1])[1]
                new = f"{draw.rng.choice(words)}_new"
                yield Change((Edit(end, end, f', "{new}"'),), f"{name} gets {new}")


def renamed_all(source: Source, draw: Draw) -> Iterable[Change]:
    """Names of columns are tidied up first, and then asked for as they were."""
    for node in source.assigned("rows", "train"):
        name = source.code(node.targets[0])
        if any(c.lower() != c for c in draw.facts.columns):
            yield source.after(node, f"{name} = {name}.rename(columns=str.lower)")
        if any("_" in c for c in draw.facts.columns):
            yield source.after(node, f'{name}.columns = {name}.columns.str.replace("_", "")')
        yield source.after(node, f"{name} = {name}.add_prefix('raw_')".replace("'", '"'))


def dropped_columns(source: Source, draw: Draw) -> Iterable[Change]:
    """A column is dropped before it is used."""
    used = sorted({word for _, word in column_words(source, draw)})
    for node in source.assigned("rows"):
        name = source.code(node.targets[0])
        if used:
            column = draw.rng.choice(used)
            yield source.after(node, f'{name} = {name}.drop(columns=["{column}"])')


def absent_target(source: Source, draw: Draw) -> Iterable[Change]:
    """The target is dropped from the test table, which has none."""
    for node in source.assigned("test"):
        target = draw.facts.task.targets[0]
        yield source.after(node, f'test = test.drop(columns=["{target}"])')


MUTATORS = (
    Mutator("misspelt_file", "path", "prep", misspelt_files),
    Mutator("subfolder_file", "path", "prep", subfolder_files),
    Mutator("absolute_folder", "path", "prep", absolute_folders),
    Mutator("own_folder", "path", "prep", own_folder),
    Mutator("glued_path", "path", "prep", glued_paths),
    Mutator("misspelt_column", "unknown_column", "prep", misspelt_columns),
    Mutator("invented_column", "unknown_column", "prep", invented_columns),
    Mutator("renamed_columns", "unknown_column", "prep", renamed_all),
    Mutator("dropped_column", "unknown_column", "prep", dropped_columns),
    Mutator("absent_target", "unknown_column", "prep", absent_target),
)
