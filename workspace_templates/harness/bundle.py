"""A fitted pipeline on disk: memory, models, and the training table as far as it is needed."""

import pickle
import shutil
from pathlib import Path
from typing import Any

from workspace_templates.harness.files import replace_file
from workspace_templates.harness.keep_header import training_table
from workspace_templates.harness.sockets import TEST_FILE, TRAIN_FILE


def save_bundle(folder: Path, data_dir: Path, state: dict[str, Any]) -> None:
    """Keep what it takes to predict new rows."""
    table = training_table(data_dir)
    replace_file(folder / TRAIN_FILE, lambda file: file.write(table))
    replace_file(folder / "fitted.pkl", lambda file: pickle.dump(state, file))


def lay_out_bundle(bundle: Path, data_dir: Path, folder: Path) -> Path:
    """Lay the new test rows beside the kept training table, as `prepare` knows them."""
    tables = {TRAIN_FILE: bundle, TEST_FILE: data_dir}
    inside = {Path(name).parts[0] for name in tables}
    for source in sorted(data_dir.resolve().iterdir()):
        if source.name not in inside:
            lay_beside(source, folder / source.name)
    for name, where in tables.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(where / name, folder / name)
    return folder


def lay_beside(source: Path, target: Path) -> None:
    """Link to a file or folder; copy it where links are refused, as Windows does by default."""
    try:
        target.symlink_to(source, target_is_directory=source.is_dir())
    except OSError:
        if source.is_dir():
            shutil.copytree(source, target, copy_function=shutil.copyfile)
        else:
            shutil.copyfile(source, target)
