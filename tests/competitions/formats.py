"""A small table, written in every format that we read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd

SHOP = pd.DataFrame(
    {
        "id": ["007", "008", "009", "010"],
        "name": ["Zoë, née X", 'say "hi"', "two\nlines", None],
        "price": [1.5, None, 3.0, 1e-7],
        "count": [1, 2, 3, 40],
        "new": [True, False, True, True],
        "when": pd.to_datetime(["2020-01-01 00:00", "2020-01-02 12:30", None, "2021-05-06 00:00"]),
    }
)


def to_database(table: pd.DataFrame, path: Path) -> None:
    """Write a table called `shop items` beside a smaller one."""
    with sqlite3.connect(path) as base:
        table.to_sql("shop items", base, index=False)
        table.head(1).to_sql("other", base, index=False)
    base.close()


def to_wrapped_json(table: pd.DataFrame, path: Path) -> None:
    """Write records under a dotted key."""
    records = json.loads(table.to_json(orient="records", date_format="iso"))
    path.write_text(json.dumps({"meta": {"n": 4}, "data": {"rows": records}}), "utf-8")


WRITERS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "plain.csv": lambda table, path: table.to_csv(path, index=False),
    "semicolon.csv": lambda table, path: table.to_csv(
        path, index=False, sep=";", encoding="cp1252"
    ),
    "wide.tsv": lambda table, path: table.to_csv(path, index=False, sep="\t", encoding="utf-16"),
    "marked.csv": lambda table, path: table.to_csv(path, index=False, encoding="utf-8-sig"),
    "records.json": lambda table, path: table.to_json(path, orient="records", date_format="iso"),
    "columns.json": lambda table, path: table.to_json(path, orient="columns", date_format="iso"),
    "lists.json": lambda table, path: path.write_text(
        json.dumps(
            {
                name: json.loads(table[name].to_json(orient="values", date_format="iso"))
                for name in table
            }
        )
    ),
    "wrapped.json": to_wrapped_json,
    "lines.jsonl": lambda table, path: table.to_json(
        path, orient="records", date_format="iso", lines=True
    ),
    "table.parquet": lambda table, path: table.to_parquet(path),
    "table.feather": lambda table, path: table.to_feather(path),
    "indexed.parquet": lambda table, path: table.set_index("id").to_parquet(path),
    "sheet.xlsx": lambda table, path: table.to_excel(path, index=False, sheet_name="all of it"),
    "base.sqlite": to_database,
}
