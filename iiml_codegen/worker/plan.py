"""How the files of a competition make up its rows: the types of `domain/layout.py`, read from JSON.

The worker runs in an interpreter that may not have the deciding side's libraries.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from .errors import RequestError

T = TypeVar("T")
TABLE_COLUMN = "table_of_row"
"""As `domain.layout.TABLE_COLUMN`."""


@dataclass(frozen=True)
class TableForm:
    """As `domain.layout.TableForm`."""

    format: str = "delimited"
    separator: str = ","
    encoding: str = "utf-8"
    part: str = ""
    edges: tuple[int, ...] = ()
    partitions: tuple[str, ...] = ()
    width: int = 0


@dataclass(frozen=True)
class FileRows:
    """As `domain.layout.FileRows`."""

    folder: str
    suffixes: tuple[str, ...]
    id_column: str
    id_from: str = "stem"
    label_from: str = ""
    label_pattern: str = ""
    partner: str = ""


@dataclass(frozen=True)
class RelatedTable:
    """As `domain.layout.RelatedTable`."""

    file: str
    keys: tuple[str, ...]
    role: str
    form: TableForm = TableForm()
    hidden_columns: tuple[str, ...] = ()
    test_file: str = ""
    test_form: TableForm = TableForm()
    table_keys: tuple[str, ...] = ()
    named: str = "{}"


@dataclass(frozen=True)
class MediaFiles:
    """As `domain.layout.MediaFiles`."""

    kind: str
    column: str
    train: str
    test: str


@dataclass(frozen=True)
class Panel:
    """As `domain.layout.Panel`."""

    time: str
    keys: tuple[str, ...]
    horizon: float


@dataclass(frozen=True)
class PicturePairs:
    """As `domain.layout.PicturePairs`."""

    train: str
    answers: str
    test: str
    suffixes: tuple[str, ...]
    scale: float = 1.0
    first: int = 1


@dataclass(frozen=True)
class MaskRuns:
    """As `domain.layout.MaskRuns`."""

    down: bool = True
    first: int = 1
    none: str = ""


@dataclass(frozen=True)
class NameTable:
    """As `domain.layout.NameTable`."""

    file: str
    id: str
    name: str
    form: TableForm = TableForm()


@dataclass(frozen=True)
class WideTable:
    """As `domain.layout.WideTable`."""

    key: str
    time: str
    series: str
    called: str
    joint: str = ""
    last: int = 0
    counted: bool = False
    suffix: str = ""
    names: NameTable | None = None
    blocks: dict[str, str] = field(default_factory=dict)
    apart: int = 1
    shorter: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellSteps:
    """As `domain.layout.CellSteps`."""

    key: str
    joint: str
    texts: tuple[str, ...]
    lists: tuple[str, ...] = ()
    first: int = 0
    characters: bool = False
    near: int = 3
    before: str = "steps before"
    after: str = "steps after"


@dataclass(frozen=True)
class LabelCell:
    """As `domain.layout.LabelCell`."""

    column: str
    separator: str
    labels: tuple[str, ...]
    names: tuple[str, ...]
    hidden: str = ""


@dataclass(frozen=True)
class SourceText:
    """As `domain.layout.SourceText`."""

    column: str
    same: float = 0.0
    part: bool = False
    sequence: str = ""
    order: str = ""


@dataclass(frozen=True)
class Layout:
    """As `domain.layout.Layout`."""

    kind: str = "one_table"
    train_form: TableForm = TableForm()
    test_form: TableForm = TableForm()
    train_files: FileRows | None = None
    test_files: FileRows | None = None
    test_from_sample: bool = False
    train_parts: dict[str, str] = field(default_factory=dict)
    drop_unlabelled: bool = False
    related: tuple[RelatedTable, ...] = ()
    train_only: tuple[RelatedTable, ...] = ()
    media: tuple[MediaFiles, ...] = ()
    panel: Panel | None = None
    pixels: PicturePairs | None = None
    masks: MaskRuns | None = None
    label_cell: LabelCell | None = None
    wide: WideTable | None = None
    steps: CellSteps | None = None
    source: SourceText | None = None
    archives: tuple[str, ...] = ()


def structure_from(plain: dict[str, Any], kind: type[T], **given: Any) -> T:
    """A plain dict as a dataclass, lists as tuples; raises RequestError for what does not fit."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(plain) - known)
    if unknown:
        raise RequestError(f"{kind.__name__} has no field {unknown[0]!r}")
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in plain.items()}
    try:
        return kind(**{**values, **given})
    except TypeError as error:
        raise RequestError(f"{kind.__name__}: {error}") from error


def layout_from(plain: dict[str, Any]) -> Layout:
    """Read a plain layout."""
    given: dict[str, Any] = {
        "related": tuple(related_from(one) for one in plain.get("related", ())),
        "train_only": tuple(related_from(one) for one in plain.get("train_only", ())),
        "media": tuple(structure_from(one, MediaFiles) for one in plain.get("media", ())),
    }
    parts: tuple[tuple[str, type[Any]], ...] = (
        ("train_form", TableForm),
        ("test_form", TableForm),
        ("train_files", FileRows),
        ("test_files", FileRows),
        ("panel", Panel),
        ("pixels", PicturePairs),
        ("masks", MaskRuns),
        ("label_cell", LabelCell),
        ("steps", CellSteps),
        ("source", SourceText),
    )
    given |= {name: structure_from(plain[name], kind) for name, kind in parts if plain.get(name)}
    if plain.get("wide"):
        given["wide"] = wide_from(plain["wide"])
    return structure_from(plain, Layout, **given)


def related_from(plain: dict[str, Any]) -> RelatedTable:
    """Read a plain related table."""
    forms = {name: structure_from(plain.get(name, {}), TableForm) for name in ("form", "test_form")}
    return structure_from(plain, RelatedTable, **forms)


def wide_from(plain: dict[str, Any]) -> WideTable:
    """Read a plain wide table."""
    names = plain.get("names")
    if names:
        form = structure_from(names.get("form", {}), TableForm)
        names = structure_from(names, NameTable, form=form)
    return structure_from(plain, WideTable, names=names or None)
