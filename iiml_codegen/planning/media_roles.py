"""Files that belong to rows: pictures, sounds and the like, found by a column's values."""

from __future__ import annotations

from iiml_codegen.domain.inventory import FileGroup, FileMatch, Inventory, TableInfo
from iiml_codegen.domain.layout import MediaFiles, MediaKind
from iiml_codegen.planning.table_roles import TEST_WORDS, TRAIN_WORDS

NEARLY_ALL = 0.5


def media_of(
    inventory: Inventory, train: TableInfo, test: TableInfo, lookups: tuple[str, ...] = ()
) -> tuple[MediaFiles, ...]:
    """One entry for each kind of file that most rows of both sides have.

    Columns that name files may be those of `lookups`, tables that are joined to the rows.
    """
    found: dict[tuple[str, str], MediaFiles] = {}
    theirs = [match for file in lookups for match in matches(inventory, train, file)]
    for match in (*matches(inventory, train, train.file), *theirs):
        other = match if match in theirs else best(inventory, test, match)
        group = group_of(inventory, match.path)
        if other is None or group is None or group.kind == "other":
            continue
        name = match.path.rpartition("/")[2]
        kinds: list[MediaKind] = ["text", "numbers"] if is_document(group) else [group.kind]
        for kind in kinds:
            media = MediaFiles(kind=kind, column=match.column, train=match.path, test=other.path)
            found.setdefault((kind, name), media)
    return tuple(found.values())


def is_document(group: FileGroup) -> bool:
    """Whether files hold both texts and numbers under names."""
    return group.suffixes == (".json",)


def matches(inventory: Inventory, table: TableInfo, file: str) -> list[FileMatch]:
    """Columns of a table, read in `file`, that name files; those of its own side first."""
    ours = [m for m in inventory.matches if m.table == file and m.share >= NEARLY_ALL]
    ours = [m for m in ours if m.column in table.names() and not of_side(m.path, TEST_WORDS)]
    return sorted(ours, key=lambda match: (-match.share, not of_side(match.path, TRAIN_WORDS)))


def best(inventory: Inventory, test: TableInfo, match: FileMatch) -> FileMatch | None:
    """The test side's path for the same column: the same folder, or the test's own."""
    theirs = [
        other
        for other in inventory.matches
        if other.table == test.file
        and other.column == match.column
        and other.share >= NEARLY_ALL
        and other.path.rpartition("/")[2] == match.path.rpartition("/")[2]
    ]
    theirs = [m for m in theirs if m.path == match.path or not of_side(m.path, TRAIN_WORDS)]
    order = sorted(
        theirs, key=lambda m: (of_side(match.path, TRAIN_WORDS) == (m.path == match.path), -m.share)
    )
    return order[0] if order else None


def of_side(path: str, words: tuple[str, ...]) -> bool:
    """True if a folder of the path has such a name."""
    return any(word in part for part in path.lower().split("/")[:-1] for word in words)


def group_of(inventory: Inventory, path: str) -> FileGroup | None:
    """The group that a path with `{}` means."""
    folder = path.partition("{}")[0].rstrip("/")
    suffix = path.rpartition("{}")[2].rpartition("*")[2]
    groups = [g for g in inventory.groups if g.folder == folder or g.path == path]
    exact = [g for g in groups if g.path == path or g.path.endswith(suffix)]
    return next(iter(exact or groups), None)
