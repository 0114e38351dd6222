"""Verb `shadows`: competitions like the user's in which the labels of some rows are withheld.

Everything goes to a folder named by a key (source bytes, task, plan), is built aside and renamed,
and is found again there. In it: `view/`, `withheld/target.npy` (beside it the numbers of pictures
where masks are scored, and what codes of texts stand for), `shadows/<fold>/data/` with
`rows.npy`, `fold_rows.npy` and `valid.npy` beside it. The folder of each shadow has a name that
nobody can guess: code in one of them may not list the others, but could ask for names.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from . import folds, targets
from .built_once import built_once
from .errors import DataError
from .folds import Clues, Fold, FoldPlan, Positions
from .layouts import Layout, find_layout
from .layouts.rest import files_below
from .layouts.split import Side
from .predictions import PICTURES, SOURCES, TEXTS
from .table_warnings import table_warnings
from .tables import is_ours_to_read
from .task import Task, task_from
from .texts import packed

FORM = 7
KEY_CHARACTERS = 20
REQUEST = ("task", "plan", "max_rows", "max_test_rows")
HASHED_BYTES = 1 << 28
FEWEST_WHOLES = 10


def shadows(params: dict[str, Any]) -> dict[str, Any]:
    """Build the shadows of a fold plan, or find them; answers where everything lies."""
    folder, cache = Path(params["folder"]), Path(params["out"])
    key = cache_key(folder, {name: params.get(name) for name in REQUEST})
    home = cache / key
    built_once(home, lambda aside: _build(folder, params, aside))
    index: dict[str, Any] = json.loads((home / "index.json").read_text(encoding="utf-8"))
    return _placed(index, home)


def cache_key(folder: Path, request: dict[str, Any]) -> str:
    """Hash of the request, of the bytes of files, and of what lies in folders.

    Files in folders and huge ones count by name, size and time. Links count as what they lead to.
    """
    digest = hashlib.sha256(f"{FORM}".encode())
    digest.update(json.dumps(request, sort_keys=True).encode())
    for path in sorted(folder.iterdir()):
        if not is_ours_to_read(path) or path.name == "iiml":
            continue
        digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0")
        if path.is_file() and path.stat().st_size <= HASHED_BYTES:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
            continue
        for file in files_below(path) if path.is_dir() else [path]:
            state = file.stat() if file.exists() else path.lstat()
            line = f"{file.relative_to(folder).as_posix()}\0{state.st_size} {state.st_mtime_ns}\n"
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:KEY_CHARACTERS]


def _build(folder: Path, params: dict[str, Any], out: Path) -> None:
    """Write view, labels and shadows, and an index of them with paths relative to `out`."""
    task, plan = task_from(params["task"]), folds.plan_from(params["plan"])
    layout = find_layout(folder, task)
    target = withheld_target(task, layout)
    clue = clues_of(layout, plan, target, task)
    most = params.get("max_rows")
    most_test = params.get("max_test_rows", most)
    rows, test_rows = sample_rows(layout, clue, most, plan.seed, most_test)
    made = folds.make_folds(plan, clue, rows)
    layout.write_view(out / "view")
    (out / "withheld").mkdir()
    np.save(out / "withheld" / "target.npy", target, allow_pickle=False)
    pictures = layout.wholes("train") if task.layout.masks else None
    if pictures is not None:
        np.save(out / "withheld" / PICTURES, pictures, allow_pickle=False)
    if task.layout.source is not None:
        told = targets.text_codes(layout.labels()[task.targets[0]])[1]
        sources = layout.texts("train", task.layout.source.column) or []
        for name, texts in ((TEXTS, told), (SOURCES, sources)):
            np.save(out / "withheld" / name, packed(texts), allow_pickle=False)
    written = [
        write_fold(layout, fold, test_rows, out, plan.seed, hidden_name(fold, target))
        for fold in made
    ]
    index = {
        "train_rows": layout.train_rows,
        "test_rows": len(test_rows),
        "real_rows": write_real_rows(layout, out),
        "remarks": [*fewer_folds(plan, made), *table_warnings(layout, folder, task)],
        "folds": written,
    }
    text = json.dumps(index, indent=2, sort_keys=True) + "\n"
    (out / "index.json").write_text(text, encoding="utf-8")


def fewer_folds(plan: FoldPlan, made: list[Fold]) -> list[str]:
    """Say so where there are fewer folds than planned."""
    if len(made) == plan.folds:
        return []
    few = "1 fold" if len(made) == 1 else f"{len(made)} folds"
    return [f"{few} instead of {plan.folds}: {plan.column} parts rows with an answer into no more"]


def hidden_name(fold: Fold, target: targets.Floats) -> str:
    """A name that says the fold, and cannot be guessed by who does not know all labels."""
    secret = hashlib.sha256(target.tobytes() + str(fold.number).encode())
    return f"{fold.number}-{secret.hexdigest()[:16]}"


def write_real_rows(layout: Layout, out: Path) -> str:
    """Keep the order in which the real folder lists its rows; "" where it is the canonical one."""
    rows = layout.real_rows()
    if rows is None:
        return ""
    np.save(out / "real_rows.npy", rows.astype(np.int64), allow_pickle=False)
    return "real_rows.npy"


def withheld_target(task: Task, layout: Layout) -> targets.Floats:
    """Targets of all training rows in canonical order; raises DataError.

    So it does where two readers count rows differently.
    """
    texts = layout.labels()
    if len(texts) != layout.train_rows:
        raise DataError(
            f"{task.train_file} reads as {len(texts)} rows or as {layout.train_rows}",
            hint="A quote is not closed, or lines end in two different ways.",
        )
    return targets.encode(texts, task)


def clues_of(layout: Layout, plan: FoldPlan, target: targets.Floats, task: Task) -> folds.Clues:
    """What folds follow; tables are read only for a column that they follow."""
    import pandas as pd

    if plan.column is None:
        return folds.clues(plan, target, pd.DataFrame(), pd.DataFrame(), task.layout.panel)
    return folds.clues(plan, target, layout.train(), layout.test(), task.layout.panel)


def sample_rows(
    layout: Layout, clue: Clues, most: int | None, seed: int, most_test: int | None
) -> tuple[Positions, Positions]:
    """All rows of train and test, or random ones in file order if there are more than that.

    Of rows that cannot be parted as many wholes are taken as are needed, ten at least; and so are
    whole groups where folds follow small ones, such as sequences of steps.
    """
    rng = np.random.default_rng([seed, 7])
    picked = []
    sides: tuple[tuple[Side, int, int | None, Positions | None], ...] = (
        ("train", layout.train_rows, most, clue.groups),
        ("test", layout.test_rows, most_test, clue.test_groups),
    )
    for side, count, limit, groups in sides:
        rows = np.arange(count)
        if limit is not None and count > limit:
            wholes = layout.wholes(side)
            if wholes is None and groups is not None:
                wholes = groups if np.bincount(groups).max() * FEWEST_WHOLES <= limit else None
            shuffled = rng.permutation(count)
            rows = np.sort(shuffled[:limit]) if wholes is None else some(wholes, limit, rng)
        picked.append(rows)
    return picked[0], picked[1]


def some(wholes: Positions, most: int, rng: np.random.Generator) -> Positions:
    """Rows of random wholes, until there are `most`, or enough wholes for every fold."""
    numbers = rng.permutation(int(wholes.max()) + 1)
    sizes = np.cumsum(np.bincount(wholes)[numbers])
    taken = max(FEWEST_WHOLES, int(np.searchsorted(sizes, most)) + 1)
    return np.flatnonzero(np.isin(wholes, numbers[:taken]))


def write_fold(
    layout: Layout, fold: Fold, test_rows: Positions, out: Path, seed: int, name: str = ""
) -> dict[str, Any]:
    """One shadow with its positions; paths in the answer are relative to `out`."""
    home = Path("shadows") / (name or str(fold.number))
    draw = int(np.random.default_rng([seed, fold.number, 2]).integers(1 << 31))
    rows = layout.write_shadow(out / home / "data", fold.kept, fold.rows, test_rows, draw)
    watched = np.isin(rows[: len(fold.kept)], fold.kept[fold.valid])
    valid = np.flatnonzero(watched)
    for name, positions in (("rows", rows), ("fold_rows", fold.rows), ("valid", valid)):
        np.save(out / home / f"{name}.npy", positions.astype(np.int64), allow_pickle=False)
    return {
        "fold": fold.number,
        "data": str(home / "data"),
        "rows": str(home / "rows.npy"),
        "fold_rows": str(home / "fold_rows.npy"),
        "valid": str(home / "valid.npy"),
        "train_rows": len(fold.kept),
        "n_fold": len(fold.rows),
        "n_valid": len(valid),
    }


def _placed(index: dict[str, Any], home: Path) -> dict[str, Any]:
    """The index with whole paths."""
    paths = ("data", "rows", "fold_rows", "valid")
    placed = [
        {name: str(home / value) if name in paths else value for name, value in fold.items()}
        for fold in index["folds"]
    ]
    return {
        "view": str(home / "view"),
        "target": str(home / "withheld" / "target.npy"),
        **index,
        "real_rows": str(home / index["real_rows"]) if index["real_rows"] else "",
        "folds": placed,
    }
