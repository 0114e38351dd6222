"""Tables in folders called `column=value`, read whole or one partition at a time."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd

from workspace_templates.recipes.history import history_plan, history_sums, sums_at_rows
from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.reading_cells import cells_as_text
from workspace_templates.recipes.reading_formats import typed_columnar

MISSING_PARTITION = "__HIVE_DEFAULT_PARTITION__"
FIRST_ROWS = 1_000


def partition_files(*folders: Path) -> dict[str, list[Path]]:
    """List the files of each partition, such as `shop=3/month=7`, over folders parted alike."""
    found: dict[str, list[Path]] = {}
    for folder in folders:
        for path in [folder] if folder.is_file() else sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and not any(name[0] in "._" for name in inside.parts):
                found.setdefault(inside.parent.as_posix(), []).append(path)
    return found


def read_partition(partition: str, files: Sequence[Path]) -> pd.DataFrame:
    """Read one partition, numbers as they are and all else as text; its name makes columns."""
    table = pd.concat([typed_columnar(path) for path in files], ignore_index=True)
    texts = [str(c) for c in table if not pd.api.types.is_numeric_dtype(table[c])]
    table[texts] = cells_as_text(table[texts])
    for name in partition.split("/"):
        column, parted, value = name.partition("=")
        if parted:
            table[column] = None if value == MISSING_PARTITION else unquote(value)
    return table


def read_partitions(folder: Path) -> pd.DataFrame:
    """Read all partitions below each other, every cell as text."""
    parts = [read_partition(*part) for part in partition_files(folder).items()]
    return cells_as_text(pd.concat(parts, ignore_index=True))


def sums_of_partitions(
    rows: pd.DataFrame,
    partitions: dict[str, list[Path]],
    keys: Sequence[str],
    name: str,
    fitted: dict[str, Any],
    left_out: Sequence[str] = (),
) -> pd.DataFrame:
    """Sum up a history as `history_features` does, with one partition in memory at a time.

    The columns that part it are among its keys, so no row has what belongs to it in two of them.
    """
    first_rows = partial(plan_of_partitions, partitions, keys, left_out)
    plan = remember(fitted, f"columns of {name}", first_rows)
    wanted = [*keys, *plan["numbers"], *plan["dates"], *plan["kinds"]]
    sums = []
    for part in partitions.items():
        table = read_partition(*part).reindex(columns=wanted)
        table[list(keys)] = cells_as_text(table[list(keys)])
        sums.append(history_sums(table, keys, plan))
    return sums_at_rows(rows, pd.concat(sums), keys, name)


def plan_of_partitions(
    partitions: dict[str, list[Path]], keys: Sequence[str], left_out: Sequence[str]
) -> dict[str, Any]:
    """Tell the kinds of columns apart by the first rows of each partition."""
    heads = [read_partition(*part).head(FIRST_ROWS) for part in partitions.items()]
    known = pd.concat(heads, ignore_index=True)
    return history_plan(known.drop(columns=[c for c in left_out if c in known]), keys)
