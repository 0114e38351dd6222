"""The competition's archives, unpacked to where the pipeline looks for their files."""

import bz2
import filecmp
import gzip
import lzma
import shutil
from pathlib import Path
from typing import Any

from workspace_templates.harness.bundle import lay_beside
from workspace_templates.harness.sockets import ARCHIVES, TEST_FILE

STREAMS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
TAPES = (".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
TABLES = (".csv", ".tsv", ".tab", ".json", ".jsonl", ".parquet", ".feather", ".xlsx", ".md")


def unpacked(data_dir: Path, folder: Path) -> Path:
    """Lay the files out with archives unpacked; a folder without archives is answered as it is.

    Another test table may come packed, too.
    """
    names = dict.fromkeys([*ARCHIVES, *(TEST_FILE + suffix for suffix in (".zip", *STREAMS))])
    packed = [data_dir / name for name in names if (data_dir / name).is_file()]
    if not packed:
        return data_dir

    def left_out(place: str, names: list[str]) -> list[str]:
        return [n for n in names if n[0] == "." or n == "iiml" or Path(place, n) in packed]

    def lay(source: str, target: str) -> None:
        lay_beside(Path(source).resolve(), Path(target))

    shutil.copytree(data_dir, folder, copy_function=lay, ignore=left_out)
    for path in packed:
        for inner in unpack(path, folder / path.relative_to(data_dir).parent):
            if inner.name.lower().endswith((".zip", *TAPES, *STREAMS)):
                unpack(inner, inner.parent)
                inner.unlink()
    return folder


def unpack(path: Path, place: Path) -> list[Path]:
    """Unpack one archive into `place`, loose files without a table into a folder of its name."""
    name, aside = path.name.lower(), place / ".unpacking"
    aside.mkdir()
    ending = next((tape for tape in TAPES if name.endswith(tape)), path.suffix)
    stem = path.name[: -len(ending)]
    if path.suffix.lower() in STREAMS and ending not in TAPES:
        with STREAMS[path.suffix.lower()](path) as source, (aside / stem).open("wb") as out:
            shutil.copyfileobj(source, out)
    elif ending in TAPES:
        shutil.unpack_archive(path, aside, filter="data")
    else:
        shutil.unpack_archive(path, aside, "zip")
    found = [file for file in sorted(aside.rglob("*")) if file.is_file() and file.name[0] != "."]
    found = [file for file in found if "__MACOSX" not in file.parts]
    written = []
    for file, target in zip(found, targets(found, aside, place, stem), strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            written.append(file.replace(target))
    shutil.rmtree(aside)
    return written


def targets(found: list[Path], aside: Path, place: Path, stem: str) -> list[Path]:
    """Tell where the files go: where most of them lie; else beside if tables or one folder come."""
    inside = [file.relative_to(aside) for file in found]
    there: set[Path] = set()
    for folder in (place / stem, place):
        there = {file for file in inside if same(aside / file, folder / file)}
        if 2 * len(there) > len(inside):
            return [folder / file for file in inside]
    if len(inside) == 1:
        return [place / (stem if Path(stem).suffix else inside[0].name)]
    top = [file.name for file in inside if len(file.parts) == 1]
    has_table = any(name.lower().endswith(TABLES) for name in top) and len(top) <= 50
    beside = has_table or len({file.parts[0] for file in inside}) == 1
    if beside and not any((place / file).exists() for file in inside if file not in there):
        return [place / file for file in inside]
    return [place / stem / file for file in inside]


def same(file: Path, other: Path) -> bool:
    """Tell whether two files have the same bytes."""
    return other.is_file() and filecmp.cmp(file, other, shallow=False)
