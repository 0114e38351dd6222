"""Verb `inventory`: what lies in a competition's folder, in enough detail to find the task.

What cannot be read is a trouble of its own and not the end: another table may hold what is needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from . import tables
from .aliases import aliases
from .cell_steps import told_steps
from .column_facts import column_facts
from .errors import DataError
from .file_groups import Folder, Group, groups_of, look, without_parted
from .file_matches import file_matches
from .file_partners import partners
from .mask_matches import mask_matches
from .plan import TableForm
from .row_keys import row_keys
from .table_stacks import stacks
from .table_ties import silences
from .text_sources import text_sources
from .unpacking import unpack

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTION_SUFFIXES = (".md", ".txt", ".rst", ".html", ".htm")
LONGEST_DESCRIPTION = 200_000
DEEPEST_TABLE = 3
CALLED_TABLES = (".csv", ".tsv", ".parquet", ".feather", ".xlsx", ".json", ".jsonl")


@dataclass(frozen=True)
class Found:
    """One table as read."""

    file: str
    form: TableForm
    frame: pd.DataFrame
    plain: dict[str, Any]

    @property
    def key(self) -> str:
        """A name for it: one file may hold several."""
        return f"{self.file}\0{self.form.part}"


def inventory(params: dict[str, Any]) -> dict[str, Any]:
    """Tables with their columns, descriptions with their text, groups of files, and the rest.

    Params: folder; cache, where archives are unpacked (without it they count as other files).
    """
    unpacked = unpack(params) if params.get("cache") else {"folder": params["folder"]}
    folder = Path(unpacked["folder"])
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder", hint="Give the folder of the competition.")
    whole, parted = without_parted(look(folder), lambda path: tables.is_table(folder / path))
    groups = groups_of(whole)
    single = loose_files(whole, {path for group in groups for path in group.paths})
    texts, rest = described(folder, single)
    found, rest, troubles = read_tables(folder, [*parted, *rest])
    beside = partners(folder, groups)
    keys = row_keys({one.key: one.frame for one in found})
    matches = matches_of(folder, found, groups)
    return {
        "folder": str(folder),
        "tables": [{**one.plain, "keys": keys[one.key]} for one in found],
        "texts": texts,
        "groups": [{**group.plain(), **beside.get(group.path, {})} for group in groups],
        "matches": matches,
        "aliases": aliases([(one.file, one.frame) for one in found]),
        "masks": [
            told
            for one in found
            for told in mask_matches(
                folder,
                one.frame,
                [match for match in matches if match["table"] == one.file],
                texts_of(folder, one.file, one.form),
            )
        ],
        "steps": told_steps([(one.file, one.frame) for one in found]),
        "stacks": [
            stacked(folder, [found[place] for place in places], keys)
            for places in stacks([(one.file, one.frame) for one in found])
        ],
        "sources": text_sources([(one.file, one.frame) for one in found]),
        "silences": silences([(one.file, one.frame) for one in found]),
        "troubles": [*unpacked.get("troubles", ()), *stand_ins(folder), *troubles],
        "archives": unpacked.get("archives", []),
        "other_files": dict(sorted(Counter(PurePosixPath(p).suffix.lower() for p in rest).items())),
    }


def stand_ins(folder: Path) -> list[dict[str, str]]:
    """Folders and dead links at the top that are called as if they were tables."""
    troubles = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in CALLED_TABLES or not tables.is_ours_to_read(path):
            continue
        said = ""
        if not path.exists():
            said = "is a link that leads nowhere"
        elif path.is_dir() and not any(map(tables.is_table, path.rglob("*.*"))):
            said = "is a folder without a table in it"
        if said:
            hint = "Put the table itself there."
            troubles.append({"file": path.name, "message": f"{path.name} {said}", "hint": hint})
    return troubles


def loose_files(folder: Folder, grouped: set[str]) -> list[str]:
    """Files in no group, those of the top level first."""
    loose = [path for path in folder.files() if path not in grouped]
    return sorted(loose, key=lambda path: (path.count("/"), path))


def described(folder: Path, files: list[str]) -> tuple[list[dict[str, str]], list[str]]:
    """Descriptions with their text, and the files that are none."""
    texts, rest = [], []
    for file in files:
        path = folder / file
        if is_description(path) and file.count("/") < 2:
            content = path.read_bytes().decode("utf-8-sig", errors="replace")
            texts.append({"file": file, "text": content})
        else:
            rest.append(file)
    return texts, rest


def is_description(path: Path) -> bool:
    """A text of moderate length that does not read as a table."""
    if path.suffix.lower() not in DESCRIPTION_SUFFIXES:
        return False
    if path.stat().st_size > LONGEST_DESCRIPTION:
        return False
    return path.suffix.lower() != ".txt" or not tables.is_table(path)


def read_tables(
    folder: Path, files: list[str]
) -> tuple[list[Found], list[str], list[dict[str, str]]]:
    """Tables, the files that are none, and troubles with what should be a table."""
    found: list[Found] = []
    rest: list[str] = []
    troubles: list[dict[str, str]] = []
    for file in files:
        if file.count("/") > DEEPEST_TABLE or not tables.is_table(folder / file):
            rest.append(file)
            continue
        try:
            found += [read(folder, file, form) for form in tables.forms_of(folder / file)]
        except DataError as error:
            troubles.append({"file": file, "message": error.message, "hint": error.hint})
    return found, rest, troubles


def read(folder: Path, file: str, form: TableForm) -> Found:
    """One table with what is known of its columns."""
    frame = tables.read_frame(folder / file, form)
    columns = column_facts(frame, texts_of(folder, file, form))
    plain = {"file": file, "rows": len(frame), "form": asdict(form), "columns": columns}
    return Found(file, form, frame, plain)


def stacked(folder: Path, parts: list[Found], keys: dict[str, list[list[str]]]) -> dict[str, Any]:
    """A plain `Stack`: tables of the same columns, described as one."""
    import pandas as pd

    frame = pd.concat([one.frame for one in parts], ignore_index=True)
    readers = [texts_of(folder, one.file, one.form) for one in parts]
    columns = column_facts(
        frame, lambda names: pd.concat([read(names) for read in readers], ignore_index=True)
    )
    first = parts[0]
    common = [key for key in keys[first.key] if all(key in keys[one.key] for one in parts)]
    whole = {**first.plain, "rows": len(frame), "columns": columns, "keys": common}
    return {"files": [one.file for one in parts], "whole": whole}


def matches_of(folder: Path, found: list[Found], groups: list[Group]) -> list[dict[str, Any]]:
    """Plain `FileMatch`es."""
    return [
        {"table": one.file, **match}
        for one in found
        for match in file_matches(one.frame, groups, texts_of(folder, one.file, one.form))
    ]


def texts_of(folder: Path, file: str, form: TableForm) -> Callable[[list[str]], pd.DataFrame]:
    """What reads columns of a table again, each cell as the file has it."""
    return lambda names: tables.read_written(folder / file, form, names)
