"""Writes and reads outside of what a module was given."""

from __future__ import annotations

from collections.abc import Iterable

from .mutator import Draw, Mutator, with_import
from .places import folder_uses
from .source import Change, Source


def dumped_tables(source: Source, draw: Draw) -> Iterable[Change]:
    """A table is kept for a look at it later, in a folder of another machine."""
    places = (
        '"/kaggle/working/{0}.csv", index=False',
        'data_dir / "{0}.csv", index=False',
        'Path.home().parent / "{0}.csv"',
        '"/content/drive/MyDrive/{0}.csv"',
        '"/data/cache/{0}.csv", index=False',
    )
    for node in source.assigned("features", "numbers", "design", "rows", within=("prepare",)):
        name = source.code(node.targets[0])
        where = draw.rng.choice(places).format(name)
        change = source.after(node, f"{name}.to_csv({where})")
        yield with_import(source, change, "from pathlib import Path")


def dumped_arrays(source: Source, draw: Draw) -> Iterable[Change]:
    """The target is kept beside the data."""
    for node in source.assigned("target", within=("prepare",)):
        yield source.after(node, 'np.save(data_dir / "target.npy", target)')
        yield source.after(node, 'np.save("/tmp/../var/lib/target.npy", target)')


def dumped_models(source: Source, draw: Draw) -> Iterable[Change]:
    """The fitted model is written where no model may be written."""
    where = draw.rng.choice(["/models/model.pkl", "/kaggle/working/model.pkl", "/opt/model.pkl"])
    for node in source.returns("fit"):
        assert node.value is not None
        lines = f'with open("{where}", "wb") as file:\n    pickle.dump(y, file)'
        change = source.before(node, lines, f"writes {where}")
        yield with_import(source, change, "import pickle")


def logged_lines(source: Source, draw: Draw) -> Iterable[Change]:
    """A log of one's own, in a folder that exists elsewhere."""
    where = draw.rng.choice(["/var/log/training.log", "/logs/run.txt", "/kaggle/working/log.txt"])
    for node in source.assigned(within=("prepare", "fit")):
        name = source.code(node.targets[0])
        line = f'Path("{where}").write_text(str(type({name})))'
        yield with_import(source, source.after(node, line), "from pathlib import Path")


def made_folders(source: Source, draw: Draw) -> Iterable[Change]:
    """A folder for results that may not be made."""
    for node in source.assigned("train", within=("prepare",)):
        lines = (
            'os.makedirs("/output/features", exist_ok=True)',
            'os.makedirs(data_dir / "cache")',
        )
        change = source.before(node, draw.rng.choice(lines))
        yield with_import(source, change, "import os")


def writing_boosters(source: Source, draw: Draw) -> Iterable[Change]:
    """CatBoost's own log files, in a folder that may not be written."""
    for call in source.calls("CatBoostClassifier", "CatBoostRegressor"):
        for keyword in call.keywords:
            if keyword.arg == "allow_writing_files":
                where = draw.rng.choice(["/kaggle/working/info", "/catboost_info", "/opt/info"])
                yield source.swap(keyword, f'allow_writing_files=True, train_dir="{where}"')


def real_folders(source: Source, draw: Draw) -> Iterable[Change]:
    """The competition's own folder, which holds the labels that were withheld."""
    for node in folder_uses(source):
        change = source.swap(node.left, f'Path("{draw.facts.folder}")')
        yield with_import(source, change, "from pathlib import Path")


def older_answers(source: Source, draw: Draw) -> Iterable[Change]:
    """An earlier submission, or module, of the same folder is looked at."""
    file = draw.rng.choice(["submission.csv", "iiml/best.py", "iiml/profile.json"])
    for node in source.assigned("train", within=("prepare",)):
        line = f'known = Path("{draw.facts.folder}/{file}").read_text(encoding="utf-8")'
        yield with_import(source, source.after(node, line), "from pathlib import Path")


def labels_again(source: Source, draw: Draw) -> Iterable[Change]:
    """The full training table is read once more, for more rows."""
    name = draw.facts.task.train_file
    for node in source.assigned("train", within=("prepare",)):
        yield source.after(node, f'everything = pd.read_csv("{draw.facts.folder}/{name}")')


def models_read(source: Source, draw: Draw) -> Iterable[Change]:
    """A model looks at the sample submission of the real folder."""
    name = draw.facts.task.submission.file
    for function in source.functions("fit", "predict"):
        first = function.body[1] if len(function.body) > 1 else function.body[0]
        line = f'sample = pd.read_csv("{draw.facts.folder}/{name}")'
        yield with_import(source, source.before(first, line), "import pandas as pd")


MUTATORS = (
    Mutator("dumped_table", "disk", "prep", dumped_tables),
    Mutator("dumped_array", "disk", "prep", dumped_arrays),
    Mutator("dumped_model", "disk", "model", dumped_models),
    Mutator("logged_line", "disk", "either", logged_lines),
    Mutator("made_folder", "disk", "prep", made_folders),
    Mutator("writing_booster", "disk", "model", writing_boosters),
    Mutator("real_folder", "forbidden_read", "prep", real_folders),
    Mutator("older_answers", "forbidden_read", "prep", older_answers),
    Mutator("labels_again", "forbidden_read", "prep", labels_again),
    Mutator("model_reads", "forbidden_read", "model", models_read),
)
