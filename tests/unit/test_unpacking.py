"""Archives: unpacked beside the plain files, once, with nothing written outside."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from iiml_codegen.worker import archives
from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.unpacking import unpack
from workspace_templates.harness import unpacked as harness

TABLE = b"id,x\n1,2\n3,4\n"


def zipped(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)


def tarred(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a tar archive, compressed as its name says."""
    with tarfile.open(path, f"w:{path.suffix[1:]}" if path.suffix != ".tar" else "w") as tape:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tape.addfile(info, io.BytesIO(content))


def unpacked(folder: Path, cache: Path) -> dict[str, bytes]:
    """The files of the folder that `unpack` answers."""
    home = Path(unpack({"folder": str(folder), "cache": str(cache)})["folder"])
    files = sorted(path for path in home.rglob("*") if path.is_file())
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A competition with one plain file."""
    made = tmp_path / "my competition"
    made.mkdir()
    (made / "README.md").write_bytes(b"# A task\n")
    return made


def test_a_folder_without_archives_is_its_own_answer(folder: Path, tmp_path: Path) -> None:
    answer = unpack({"folder": str(folder), "cache": str(tmp_path / "cache")})
    assert answer == {"folder": str(folder), "archives": [], "troubles": []}
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)],
)
def test_a_compressed_file_loses_its_suffix(
    folder: Path, tmp_path: Path, suffix: str, compress: Callable[[bytes], bytes]
) -> None:
    (folder / f"train.csv{suffix}").write_bytes(compress(TABLE))
    assert unpacked(folder, tmp_path / "cache") == {"README.md": b"# A task\n", "train.csv": TABLE}


def test_one_zipped_file_stands_beside_the_archive_under_the_archives_name(
    folder: Path, tmp_path: Path
) -> None:
    zipped(folder / "train.csv.zip", {"deep/folder/b1946ac9": TABLE})
    zipped(folder / "test.zip", {"somewhere/test.tsv": TABLE})
    found = unpacked(folder, tmp_path / "cache")
    assert sorted(found) == ["README.md", "test.tsv", "train.csv"]


@pytest.mark.parametrize("name", ["all.zip", "all.tar", "all.tar.gz", "all.tar.xz"])
def test_tables_of_an_archive_come_beside_it_with_their_folders(
    folder: Path, tmp_path: Path, name: str
) -> None:
    files = {"train.csv": TABLE, "test.csv": TABLE, "pictures/1.png": b"png"}
    (zipped if name.endswith("zip") else tarred)(folder / name, files)
    assert sorted(unpacked(folder, tmp_path / "cache")) == sorted(["README.md", *files])


def test_loose_pictures_go_into_a_folder_named_by_their_archive(
    folder: Path, tmp_path: Path
) -> None:
    zipped(folder / "train.zip", {"1.png": b"1", "2.png": b"2"})
    zipped(folder / "test.zip", {"1.png": b"3", "2.png": b"4", "__MACOSX/._1.png": b"x"})
    zipped(folder / "more.zip", {"more/1.png": b"5", "more/2.png": b"6", "more/.DS_Store": b"x"})
    found = unpacked(folder, tmp_path / "cache")
    places = [f"{name}/{number}.png" for name in ("more", "test", "train") for number in (1, 2)]
    assert sorted(found) == ["README.md", *places]


def test_tables_that_would_meet_others_of_their_name_get_a_folder(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "labels.csv").write_bytes(b"other")
    zipped(folder / "birds.zip", {"labels.csv": TABLE, "notes.csv": TABLE})
    found = unpacked(folder, tmp_path / "cache")
    assert sorted(found) == ["README.md", "birds/labels.csv", "birds/notes.csv", "labels.csv"]


def test_archives_within_an_archive_are_unpacked_once(folder: Path, tmp_path: Path) -> None:
    third, second = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(third, "w") as packed:
        packed.writestr("c.csv", TABLE)
    with zipfile.ZipFile(second, "w") as packed:
        packed.writestr("train.csv", TABLE)
        packed.writestr("third.zip", third.getvalue())
    zipped(folder / "all.zip", {"second.zip": second.getvalue(), "test.csv": TABLE})
    found = unpacked(folder, tmp_path / "cache")
    assert sorted(found) == ["README.md", "test.csv", "third.zip", "train.csv"]


def test_the_same_folder_is_unpacked_once_and_a_changed_one_again(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "train.csv.gz").write_bytes(gzip.compress(TABLE))
    params = {"folder": str(folder), "cache": str(tmp_path / "cache")}
    first = unpack(params)
    assert unpack(params) == first
    assert first["archives"] == ["train.csv.gz"]
    assert Path(first["folder"]).name == "my competition"
    (folder / "train.csv.gz").write_bytes(gzip.compress(TABLE + b"5,6\n"))
    again = unpack(params)["folder"]
    assert again != first["folder"]
    assert Path(again, "train.csv").read_bytes() == TABLE + b"5,6\n"


def test_a_file_and_its_archive_may_lie_side_by_side_if_they_agree(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "train.csv").write_bytes(TABLE)
    (folder / "train.csv.gz").write_bytes(gzip.compress(TABLE))
    assert unpacked(folder, tmp_path / "cache")["train.csv"] == TABLE
    (folder / "train.csv.gz").write_bytes(gzip.compress(TABLE + b"5,6\n"))
    with pytest.raises(DataError, match=r"train\.csv\.gz holds another train\.csv"):
        unpacked(folder, tmp_path / "cache")


def laid(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write plain files, as a person does who unpacks by hand."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def alone(folder: Path, out: Path) -> list[str]:
    """The pictures that a pipeline finds which unpacks `train.zip` by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(harness, "ARCHIVES", ("train.zip",))
        home = harness.unpacked(folder, out)
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*.jpg"))


ONE_FOLDER = {f"train/cat.{number}.jpg": bytes([number]) for number in range(4)}
LOOSE = {f"{number}.jpg": bytes([number]) for number in range(4)}


@pytest.mark.parametrize(
    ("packed", "by_hand"),
    [(ONE_FOLDER, ""), (ONE_FOLDER, "train/"), (LOOSE, ""), (LOOSE, "train/")],
)
def test_an_archive_beside_what_it_holds_doubles_nothing(
    folder: Path, tmp_path: Path, packed: dict[str, bytes], by_hand: str
) -> None:
    zipped(folder / "train.zip", packed)
    plain = {f"{by_hand}{name}": content for name, content in packed.items()}
    laid(folder, plain)
    found = unpacked(folder, tmp_path / "cache")
    assert sorted(found) == sorted(["README.md", *plain])
    assert alone(folder, tmp_path / "alone") == sorted(plain)


def test_one_packed_file_that_lies_unpacked_in_its_folder_is_not_doubled(
    folder: Path, tmp_path: Path
) -> None:
    zipped(folder / "data.zip", {"data/train.csv": TABLE})
    laid(folder, {"data/train.csv": TABLE})
    assert sorted(unpacked(folder, tmp_path / "cache")) == ["README.md", "data/train.csv"]


def test_what_was_unpacked_in_part_is_completed_at_its_place(folder: Path, tmp_path: Path) -> None:
    zipped(folder / "train.zip", ONE_FOLDER)
    laid(folder, dict(list(ONE_FOLDER.items())[:1]))
    assert sorted(unpacked(folder, tmp_path / "cache")) == sorted(["README.md", *ONE_FOLDER])
    assert alone(folder, tmp_path / "alone") == sorted(ONE_FOLDER)


def test_a_file_changed_since_it_was_unpacked_is_said(folder: Path, tmp_path: Path) -> None:
    zipped(folder / "train.zip", ONE_FOLDER)
    laid(folder, {**ONE_FOLDER, "train/cat.2.jpg": b"another"})
    with pytest.raises(DataError, match=r"train\.zip holds another cat\.2\.jpg"):
        unpacked(folder, tmp_path / "cache")


def test_archives_that_share_a_notice_stay_two(folder: Path, tmp_path: Path) -> None:
    for side in ("test", "train"):
        own = {name: f"{side} {name}".encode() for name in ("labels.csv", "1.csv", "2.csv")}
        zipped(folder / f"{side}.zip", {**own, "LICENSE": b"free"})
    found = unpacked(folder, tmp_path / "cache")
    assert found["labels.csv"] == b"test labels.csv"
    assert found["train/labels.csv"] == b"train labels.csv"


@pytest.mark.parametrize("name", ["../out.csv", "/etc/out.csv", "a/../../out.csv", "C:\\out.csv"])
def test_a_path_that_leads_outside_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    zipped(folder / "all.zip", {name: TABLE})
    with pytest.raises(DataError, match="outside of the folder"):
        unpacked(folder, tmp_path / "cache")
    assert not list(tmp_path.rglob("out.csv"))


def test_a_link_in_an_archive_is_refused(folder: Path, tmp_path: Path) -> None:
    with tarfile.open(folder / "all.tar", "w") as tape:
        info = tarfile.TarInfo("train.csv")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tape.addfile(info)
    with pytest.raises(DataError, match=r"train\.csv, which is a link"):
        unpacked(folder, tmp_path / "cache")


def test_a_bomb_ends_before_it_fills_the_disk(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "HARMLESS", 1 << 20)
    (folder / "train.csv.gz").write_bytes(gzip.compress(bytes(50 << 20)))
    with pytest.raises(DataError, match=r"train\.csv\.gz unpacks to more"):
        unpacked(folder, tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_truncated_archives_are_named(folder: Path, tmp_path: Path) -> None:
    whole = gzip.compress(TABLE * 1000)
    (folder / "train.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"train\.csv\.gz cannot be unpacked") as caught:
        unpacked(folder, tmp_path / "cache")
    assert "complete" in caught.value.hint


def test_a_password_is_asked_of_nobody(folder: Path, tmp_path: Path) -> None:
    zipped(folder / "train.zip", {"train.csv": TABLE})
    data = bytearray((folder / "train.zip").read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    (folder / "train.zip").write_bytes(bytes(data))
    with pytest.raises(DataError, match="protected by a password"):
        unpacked(folder, tmp_path / "cache")


def test_archives_that_python_cannot_unpack_are_said(folder: Path, tmp_path: Path) -> None:
    (folder / "train.7z").write_bytes(b"7z\xbc\xaf'\x1c")
    (said,) = unpack({"folder": str(folder), "cache": str(tmp_path / "cache")})["troubles"]
    assert said["file"] == "train.7z"
    assert "by hand" in said["hint"]
