"""Rows that do not stand in one table a side: files, tables looked up by keys, samples of ids."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd


def list_files(
    data_dir: Path, folder: str, suffixes: Sequence[str], id_column: str, id_from: str = "stem"
) -> pd.DataFrame:
    """List files below a folder by path, with their ids; a folder that is not there has none."""
    found = [path for path in (data_dir / folder).rglob("*") if path.suffix.lower() in suffixes]
    inside = [path.relative_to(data_dir) for path in found if path.is_file()]
    files = sorted(path.as_posix() for path in inside if not any(p[0] == "." for p in path.parts))
    names = {
        "name": [PurePosixPath(file).name for file in files],
        "stem": [PurePosixPath(file).stem for file in files],
        "path": [str(PurePosixPath(file).relative_to(folder)) for file in files],
    }
    return pd.DataFrame({"path_of_file": files, id_column: names[id_from]}, dtype=object)


def stack_tables(tables: dict[str, pd.DataFrame], column: str) -> pd.DataFrame:
    """Put tables below each other; `column` says what the table of each row is called."""
    return pd.concat(
        [table.assign(**{column: name}) for name, table in tables.items()], ignore_index=True
    )


def labels_in_names(files: pd.Series, pattern: str) -> pd.Series:
    """Take the label out of each file's name: what the first group of the pattern finds."""
    found = [re.search(pattern, PurePosixPath(file).stem) for file in files]
    return pd.Series([match.group(1) if match else None for match in found], dtype=object)


def labels_in_folders(files: pd.Series, folder: str) -> pd.Series:
    """Take the first folder below `folder` as the label of each file."""
    parts = [PurePosixPath(file).relative_to(folder).parts for file in files]
    return pd.Series([inner[0] if len(inner) > 1 else None for inner in parts], dtype=object)


def labels_of_partners(
    data_dir: Path, files: pd.Series, partner: str, targets: Sequence[str]
) -> pd.DataFrame:
    """Read the labels of files from their partners: JSON with the targets' names, or the label."""
    records = []
    for file in files:
        path = data_dir / partner.replace("{stem}", PurePosixPath(file).stem)
        text = path.read_bytes().decode("utf-8-sig", "replace").strip() if path.is_file() else ""
        if path.suffix.lower() == ".json":
            record = json.loads(text) if text else {}
        else:
            record = {targets[0]: text or None}
        records.append([record.get(name) for name in targets])
    told = [[None if value is None else str(value) for value in record] for record in records]
    return pd.DataFrame(told, columns=list(targets), dtype=object)


def row_keys(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Glue the columns that tell rows apart into one text for each row."""
    keys = pd.Series("", index=rows.index, dtype=object)
    for column in columns:
        keys = keys + rows[column].astype(object).fillna("").astype(str) + "\x1f"
    return keys


def look_up(rows: pd.DataFrame, table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Find the row of `table` with the same keys for each row; rows without one have gaps."""
    known = table.set_index(row_keys(table, columns))
    known = known[~known.index.duplicated()]
    return known.reindex(row_keys(rows, columns)).set_index(rows.index)


def join_lookup(
    train: pd.DataFrame,
    test: pd.DataFrame,
    table: pd.DataFrame,
    keys: Sequence[str],
    left_out: Sequence[str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join what a table says about each row, for columns that the rows do not have already."""
    known = {*keys, *left_out, *train.columns, *test.columns}
    new = [column for column in table.columns if column not in known]
    train_found, test_found = look_up(train, table, keys), look_up(test, table, keys)
    return train.join(train_found[new]), test.join(test_found[new])


def join_lookup_as(
    train: pd.DataFrame, test: pd.DataFrame, table: pd.DataFrame, keys: dict[str, str], named: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join a table that calls its keys otherwise than the rows do, as `keys` tells.

    Its other columns are called `named` then, such as `home_{}`, so that it can be joined again.
    """
    columns = [str(column) for column in table]
    names = {column: keys.get(column, named.replace("{}", column)) for column in columns}
    return join_lookup(train, test, table.rename(columns=names), list(keys.values()))


def join_labels(
    train: pd.DataFrame, labels: pd.DataFrame, keys: Sequence[str], targets: Sequence[str]
) -> pd.DataFrame:
    """Join the targets from a table of labels, as far as it has them."""
    there = [name for name in targets if name in labels]
    return train.join(look_up(train, labels, keys)[there])


def with_answers(
    train: pd.DataFrame,
    targets: Sequence[str],
    read: Callable[..., pd.DataFrame] | None = None,
    **marks: str,
) -> pd.DataFrame:
    """Leave out training rows without an answer; where no row has one, all rows stay."""
    there = [name for name in targets if name in train]
    answers = train[there] if read is None else read(train, there, **marks)
    known = answers.notna().all(axis=1)
    return train[known].reset_index(drop=True) if known.any() else train


def rows_of_sample(sample: pd.DataFrame, answers: Sequence[str]) -> pd.DataFrame:
    """Take the rows that a sample submission asks for, without its answers."""
    return sample.drop(columns=[name for name in answers if name in sample])


def rows_of_long_sample(
    sample: pd.DataFrame,
    id_column: str,
    names: Sequence[str],
    template: str = "{id}_{target}",
    factor: int = 0,
    by_target: bool = False,
    called: str = "",
) -> pd.DataFrame:
    """Take the rows that a sample with one line for each row and target asks for, each once.

    Their ids are `called` so, where the training rows call them otherwise than the sample.
    """
    count = len(sample) // len(names)
    lines = np.arange(count) if by_target else np.arange(count) * len(names)
    first = sample[id_column].iloc[lines].reset_index(drop=True).astype(str)
    if factor:
        ids = (pd.to_numeric(first) - int(names[0])) // factor
    else:
        before, after = template.replace("{target}", names[0]).split("{id}")
        ids = first.str.slice(len(before)).map(lambda one: one[: len(one) - len(after)])
    return pd.DataFrame({called or id_column: ids.astype(str)}, dtype=object)


def texts_of_files(paths: Sequence[Path]) -> pd.Series:
    """Read the contents of text files; a file that is not there is a gap."""
    texts = [
        path.read_bytes().decode("utf-8-sig", "replace") if path.is_file() else None
        for path in paths
    ]
    return pd.Series(texts, dtype=object)


def joined_texts(files: Sequence[Sequence[Path]]) -> pd.Series:
    """Read the contents of all text files of a row, one after the other."""
    rows = [texts_of_files(paths).dropna() for paths in files]
    return pd.Series(["\n".join(texts) if len(texts) else None for texts in rows], dtype=object)


def labels_apart(
    train: pd.DataFrame, column: str, separator: str, labels: dict[str, str], hidden: str = ""
) -> pd.DataFrame:
    """Add a column of 1 and 0 for each label that cells of one column may hold.

    Rows whose cell is `hidden` get gaps.
    """
    if column not in train:
        return train
    cells = [text.split(separator) if isinstance(text, str) else [] for text in train[column]]
    held = [{part.strip() for part in parts} for parts in cells]
    told = {name: [int(label in parts) for parts in held] for name, label in labels.items()}
    apart = pd.DataFrame(told, index=train.index)
    return train.join(apart.where(train[column] != hidden, axis=0) if hidden else apart)
