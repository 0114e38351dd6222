"""Odd folders: tables that are written strangely."""

from __future__ import annotations

import csv
from pathlib import Path

from .odd_case import Cases, Tables, rewritten

CASES = Cases()
BOTH = ("train.csv", "test.csv")
ALL = (*BOTH, "sample_submission.csv")


def encoded(folder: Path, codec: str, mark: bytes = b"") -> None:
    """Write all tables in another encoding."""
    for name in ALL:
        rewritten(folder / name, lambda data: mark + data.decode("utf-8").encode(codec))


@CASES.folder()
def marked_utf8(folder: Path, made: Tables) -> None:
    encoded(folder, "utf-8-sig")


@CASES.folder()
def latin1(folder: Path, made: Tables) -> None:
    encoded(folder, "latin-1")


@CASES.folder()
def cp1252(folder: Path, made: Tables) -> None:
    for name in BOTH:
        text = (folder / name).read_text("utf-8").replace("Cork", "Cork’s “€”")
        (folder / name).write_text(text, "utf-8")
    encoded(folder, "cp1252")


@CASES.folder()
def utf16_little_end_first(folder: Path, made: Tables) -> None:
    encoded(folder, "utf-16-le", b"\xff\xfe")


@CASES.folder()
def utf16_big_end_first(folder: Path, made: Tables) -> None:
    encoded(folder, "utf-16-be", b"\xfe\xff")


@CASES.folder()
def utf16_without_a_mark(folder: Path, made: Tables) -> None:
    encoded(folder, "utf-16-le")


@CASES.folder()
def encodings_that_differ(folder: Path, made: Tables) -> None:
    rewritten(folder / "test.csv", lambda data: data.decode("utf-8").encode("latin-1"))


def separated(folder: Path, made: Tables, separator: str) -> None:
    """Write all tables with another separator."""
    for name, frame in zip(ALL, (made.train, made.test, made.sample), strict=True):
        frame.to_csv(folder / name, index=False, sep=separator)


@CASES.folder()
def semicolons(folder: Path, made: Tables) -> None:
    separated(folder, made, ";")


@CASES.folder()
def tabs_in_a_csv(folder: Path, made: Tables) -> None:
    separated(folder, made, "\t")


@CASES.folder()
def bars(folder: Path, made: Tables) -> None:
    separated(folder, made, "|")


@CASES.folder()
def separators_that_differ(folder: Path, made: Tables) -> None:
    made.test.to_csv(folder / "test.csv", index=False, sep=";")


@CASES.folder()
def line_ends_of_windows(folder: Path, made: Tables) -> None:
    for name in ALL:
        rewritten(folder / name, lambda data: data.replace(b"\n", b"\r\n"))


@CASES.folder()
def line_ends_of_old_macs(folder: Path, made: Tables) -> None:
    for name in ALL:
        rewritten(folder / name, lambda data: data.replace(b"\n", b"\r"))


@CASES.folder()
def no_last_line_end(folder: Path, made: Tables) -> None:
    for name in ALL:
        rewritten(folder / name, lambda data: data.rstrip(b"\n"))


@CASES.folder()
def blank_lines_between(folder: Path, made: Tables) -> None:
    for name in BOTH:
        rewritten(folder / name, lambda data: b"\n\n" + data.replace(b"\n", b"\n\n", 9) + b"\n\n")


@CASES.tables()
def line_ends_within_quotes(made: Tables) -> None:
    for frame in made.each():
        frame["notes"] = [f'He said:\n"no, {n}"\r\nand, left' for n in frame["grade"]]


@CASES.folder("train.csv", ends="refused")
def a_quote_that_never_closes(folder: Path, made: Tables) -> None:
    rewritten(folder / "train.csv", lambda data: data.replace(b",Bergen,", b',"Bergen,', 1))


@CASES.folder("train.csv", "line", ends="refused")
def rows_that_are_too_long(folder: Path, made: Tables) -> None:
    lines = (folder / "train.csv").read_bytes().splitlines()
    lines[7] += b",more,still more"
    (folder / "train.csv").write_bytes(b"\n".join(lines) + b"\n")


@CASES.folder("train.csv")
def rows_that_are_too_short(folder: Path, made: Tables) -> None:
    lines = (folder / "train.csv").read_bytes().splitlines()
    lines[7] = b",".join(lines[7].split(b",")[:4])
    (folder / "train.csv").write_bytes(b"\n".join(lines) + b"\n")


@CASES.folder()
def separators_at_the_end_of_lines(folder: Path, made: Tables) -> None:
    for name in BOTH:
        rewritten(folder / name, lambda data: data.replace(b"\n", b",\n"))


@CASES.folder("train.csv", "fields", ends="refused")
def separators_at_the_end_of_rows_only(folder: Path, made: Tables) -> None:
    for name in BOTH:
        head, _, rest = (folder / name).read_bytes().partition(b"\n")
        (folder / name).write_bytes(head + b"\n" + rest.replace(b"\n", b",\n"))


@CASES.folder("train.csv", "lines above the header", ends="refused")
def comments_before_the_header(folder: Path, made: Tables) -> None:
    for name in BOTH:
        rewritten(folder / name, lambda data: b"# exported, 2024-05-01\n# do not edit\n" + data)


@CASES.folder("train.csv", "header", ends="refused")
def no_header(folder: Path, made: Tables) -> None:
    for name in BOTH:
        rewritten(folder / name, lambda data: data.partition(b"\n")[2])


@CASES.folder("train.csv", ends="refused")
def zero_bytes(folder: Path, made: Tables) -> None:
    rewritten(folder / "train.csv", lambda data: data[:900] + b"\0" * 400 + data[1_300:])


@CASES.folder()
def everything_quoted(folder: Path, made: Tables) -> None:
    for name, frame in zip(ALL, (made.train, made.test, made.sample), strict=True):
        frame.to_csv(folder / name, index=False, quoting=csv.QUOTE_ALL)


@CASES.folder()
def an_index_without_a_name(folder: Path, made: Tables) -> None:
    made.train.to_csv(folder / "train.csv")
    made.test.to_csv(folder / "test.csv")


@CASES.tables()
def a_cell_of_many_characters(made: Tables) -> None:
    for frame in made.each():
        frame["notes"] = [
            f"calm and old, number {n} " * (2 + 4_000 * (n == 0)) for n in frame.index
        ]
