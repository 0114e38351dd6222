"""Odd folders: files that are missing, empty, elsewhere, or not what their names say."""

from __future__ import annotations

import gzip
import os
import shutil
import zipfile
from pathlib import Path

from .odd_case import Cases, Tables, healthy, rewritten

CASES = Cases()
PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Log in</body></html>\n"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00ff\nsize 12345\n"


def keep_lines(path: Path, count: int) -> None:
    """Keep the first lines of a file only."""
    rewritten(path, lambda data: b"".join(data.splitlines(keepends=True)[:count]))


@CASES.folder("no table", ends="refused")
def nothing_at_all(folder: Path, made: Tables) -> None:
    for path in folder.iterdir():
        path.unlink()


@CASES.folder("no table", ends="refused")
def only_a_description(folder: Path, made: Tables) -> None:
    for path in folder.glob("*.csv"):
        path.unlink()


@CASES.folder("test.csv", "train", ends="refused")
def no_train_file(folder: Path, made: Tables) -> None:
    (folder / "train.csv").unlink()


@CASES.folder("train.csv", "test", ends="refused")
def no_test_file(folder: Path, made: Tables) -> None:
    (folder / "test.csv").unlink()


@CASES.folder("train.csv", "empty", ends="refused")
def empty_train(folder: Path, made: Tables) -> None:
    (folder / "train.csv").write_bytes(b"")


@CASES.folder("test.csv", "empty", ends="refused")
def empty_test(folder: Path, made: Tables) -> None:
    (folder / "test.csv").write_bytes(b"\n\n")


@CASES.folder("train.csv", "no rows", ends="refused")
def header_only_train(folder: Path, made: Tables) -> None:
    keep_lines(folder / "train.csv", 1)


@CASES.folder("test.csv", "no rows", ends="refused")
def header_only_test(folder: Path, made: Tables) -> None:
    keep_lines(folder / "test.csv", 1)


@CASES.folder("train.csv", ends="refused")
def one_row_train(folder: Path, made: Tables) -> None:
    keep_lines(folder / "train.csv", 2)


@CASES.tables()
def one_row_test(made: Tables) -> None:
    made.test, made.sample = made.test[:1], made.sample[:1]


@CASES.tables("fewer than 10 rows")
def twelve_rows(made: Tables) -> None:
    made.train = made.train[:12].copy()
    made.train[made.target] = [0, 1] * 6


@CASES.folder("train.csv", "is a folder", ends="refused")
def a_folder_named_train(folder: Path, made: Tables) -> None:
    (folder / "train.csv").unlink()
    (folder / "train.csv").mkdir()
    (folder / "train.csv" / "readme.txt").write_text("The data went elsewhere.\n")


@CASES.folder("swapped")
def train_and_test_swapped(folder: Path, made: Tables) -> None:
    (folder / "train.csv").rename(folder / "keep.csv")
    (folder / "test.csv").rename(folder / "train.csv")
    (folder / "keep.csv").rename(folder / "test.csv")


@CASES.folder("train.csv", "test.csv", "lacks", ends="refused")
def test_is_a_copy_of_train(folder: Path, made: Tables) -> None:
    shutil.copy(folder / "train.csv", folder / "test.csv")


@CASES.folder("test.csv", "left", ends="refused")
def test_with_an_empty_target(folder: Path, made: Tables) -> None:
    made.test.assign(left="").to_csv(folder / "test.csv", index=False)


@CASES.folder("train_old.csv")
def two_training_tables(folder: Path, made: Tables) -> None:
    made.train[:90].to_csv(folder / "train_old.csv", index=False)


@CASES.folder()
def linked_files(folder: Path, made: Tables) -> None:
    home = folder.parent / f"{folder.name}-elsewhere"
    home.mkdir(exist_ok=True)
    for name in ("train.csv", "test.csv"):
        shutil.move(folder / name, home / name)
    (folder / "train.csv").symlink_to(home / "train.csv")
    os.link(home / "test.csv", folder / "test.csv")


@CASES.folder("train.csv", "leads nowhere", ends="refused")
def a_link_to_nowhere(folder: Path, made: Tables) -> None:
    (folder / "train.csv").unlink()
    (folder / "train.csv").symlink_to(folder / "gone.csv")


@CASES.folder()
def hidden_files(folder: Path, made: Tables) -> None:
    for name in (".DS_Store", "._train.csv", ".~lock.test.csv#"):
        (folder / name).write_bytes(b"\0\x05\x16\x07" * 9)
    (folder / ".git").mkdir()
    (folder / ".git" / "train.csv").write_bytes(PAGE)


@CASES.folder()
def a_plan_of_another_competition(folder: Path, made: Tables) -> None:
    ours = folder / "iiml"
    ours.mkdir()
    for name in ("task.json", "profile.json", "blueprint.json", "train.csv"):
        (ours / name).write_text('{"title": "Another competition"}\n')


@CASES.folder()
def a_file_that_nobody_may_read(folder: Path, made: Tables) -> None:
    (folder / "private.csv").write_text("id,notes\n1,none\n2,none\n")
    (folder / "private.csv").chmod(0)


@CASES.folder()
def names_with_spaces_and_other_letters(folder: Path, made: Tables) -> None:
    (folder / "train.csv").rename(folder / "Größe train – 数据.csv")
    (folder / "test.csv").rename(folder / "Größe test – 数据.csv")


@CASES.folder()
def names_in_capitals(folder: Path, made: Tables) -> None:
    for name in ("train.csv", "test.csv", "sample_submission.csv"):
        (folder / name).rename(folder / "away")
        (folder / "away").rename(folder / name.upper())


@CASES.folder()
def files_in_a_folder_below(folder: Path, made: Tables) -> None:
    (folder / "data").mkdir()
    for path in list(folder.glob("*.csv")):
        path.rename(folder / "data" / path.name)


@CASES.folder()
def a_zip_with_everything(folder: Path, made: Tables) -> None:
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.glob("*.csv")):
            packed.write(path, path.name)
            path.unlink()


@CASES.folder("train.csv.gz", ends="refused")
def a_gzip_cut_short(folder: Path, made: Tables) -> None:
    data = gzip.compress((folder / "train.csv").read_bytes(), mtime=0)
    (folder / "train.csv").unlink()
    (folder / "train.csv.gz").write_bytes(data[: len(data) // 2])


@CASES.folder("train.csv", "git-lfs", ends="refused")
def a_pointer_of_git_lfs(folder: Path, made: Tables) -> None:
    (folder / "train.csv").write_bytes(POINTER)


@CASES.folder("train.csv", "web page", ends="refused")
def a_web_page_named_csv(folder: Path, made: Tables) -> None:
    (folder / "train.csv").write_bytes(PAGE)


@CASES.folder("train.csv", ends="refused")
def a_picture_named_csv(folder: Path, made: Tables) -> None:
    (folder / "train.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + made.rng.bytes(5_000))


@CASES.folder("sample_submission.csv", "web page")
def a_web_page_for_the_sample(folder: Path, made: Tables) -> None:
    (folder / "sample_submission.csv").write_bytes(PAGE)


@CASES.folder("test.csv", "no column in common", ends="refused")
def a_test_of_another_competition(folder: Path, made: Tables) -> None:
    other = healthy(1, "regression", 80)
    other.test.drop(columns=["id", "age"]).to_csv(folder / "test.csv", index=False)
