"""A fitted pipeline on disk: memory, models, and tables as far as they are needed."""

import pickle
import shutil
from collections.abc import Collection
from operator import methodcaller
from pathlib import Path
from typing import Any

from workspace_templates.harness.files import replace_file
from workspace_templates.harness.kept_one import kept_files
from workspace_templates.harness.sockets import TEST_FILE, TRAIN_FILE

MEMORY = "fitted.pkl"


def save_bundle(folder: Path, data_dir: Path, state: dict[str, Any]) -> None:
    """Keep what it takes to predict new rows."""
    for name, data in kept_files(data_dir).items():
        replace_file(folder / name, methodcaller("write", data))
    replace_file(folder / MEMORY, lambda file: pickle.dump(state, file))


def lay_out_bundle(bundle: Path, data_dir: Path, folder: Path) -> Path:
    """Lay the new rows beside the kept tables, as `prepare` knows them; only train is never new."""
    kept = [path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file()]
    train = None if TRAIN_FILE == TEST_FILE else Path(TRAIN_FILE)
    taken = {place for place in kept if place == train or not (data_dir / place).exists()}
    lay_around(data_dir.resolve(), folder, taken)
    for place in sorted(taken - {Path(MEMORY)}):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bundle / place, folder / place)
    return folder


def lay_around(source: Path, folder: Path, taken: Collection[Path]) -> None:
    """Lay out a folder's files but for the places that are taken."""
    for entry in sorted(source.iterdir()):
        inner = {place.relative_to(entry.name) for place in taken if place.parts[0] == entry.name}
        if Path() in inner:
            continue
        if inner:
            (folder / entry.name).mkdir(parents=True)
            lay_around(entry, folder / entry.name, inner)
        else:
            lay_beside(entry, folder / entry.name)


def lay_beside(source: Path, target: Path) -> None:
    """Link to a file or folder; copy it where links are refused, as Windows does by default."""
    try:
        target.symlink_to(source, target_is_directory=source.is_dir())
    except OSError:
        if source.is_dir():
            shutil.copytree(source, target, copy_function=shutil.copyfile)
        else:
            shutil.copyfile(source, target)
