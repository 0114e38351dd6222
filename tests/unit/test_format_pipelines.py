"""Pipelines over tables of every format: trained, saved, and loaded again on new rows."""

from __future__ import annotations

import csv
import gzip
import json
import runpy
import sqlite3
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from competitions.pipelines import (
    PREP,
    member,
    prep_module,
    run_pipeline,
    shop_plan,
    shop_task,
    write_shop,
)

from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.implementation.recipes import excerpt
from iiml_codegen.implementation.table_reads import table_read
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.worker import tables

READS = [
    "    train = pd.read_csv(data_dir / TRAIN_FILE)\n",
    "    test = pd.read_csv(data_dir / TEST_FILE)\n",
]
AS_NUMBERS = """    for table in (train, test):
        table[["size", "age"]] = table[["size", "age"]].astype(float)
"""


def write_as(table: pd.DataFrame, path: Path) -> None:
    """Write a table in the format of its suffix; odd ones where there is a choice."""
    if path.suffix == ".tsv":
        table.to_csv(path, sep="\t", index=False, encoding="utf-16", lineterminator="\r\n")
    elif path.suffix == ".csv":
        table.to_csv(path, sep=";", index=False, encoding="cp1252")
    elif path.suffix == ".json":
        path.write_text(json.dumps({"data": json.loads(table.to_json(orient="records"))}))
    elif path.suffix == ".jsonl":
        table.to_json(path, orient="records", lines=True)
    elif path.suffix == ".parquet":
        table.to_parquet(path)
    elif path.suffix == ".feather":
        table.to_feather(path)
    elif path.suffix == ".xlsx":
        table.to_excel(path, index=False, sheet_name="the rows")
    elif path.suffix == ".fwf":
        path.write_text(table.astype(object).fillna("").to_string(index=False), "utf-8")
    else:
        with sqlite3.connect(path) as base:
            table.to_sql("the rows", base, index=False)
        base.close()


def task_of(folder: Path, names: dict[str, str], archives: tuple[str, ...] = ()) -> TaskSummary:
    """The task of a shop whose tables have these names, with the forms that they have."""
    plain = to_plain(shop_task("probability"))
    assert isinstance(plain, dict)
    forms = {part: to_plain_form(folder / name) for part, name in names.items()}
    layout = {"train_form": forms["train"], "test_form": forms["test"], "archives": archives}
    sample = plain["submission"] | {"file": names["sample"], "form": forms["sample"]}
    files = {"train_file": names["train"], "test_file": names["test"]}
    return from_plain(plain | files | {"layout": layout, "submission": sample}, TaskSummary)


def to_plain_form(path: Path) -> dict[str, object]:
    """How a table is written, as a plain dict without what is usual."""
    form = tables.form_of(path)
    return {name: getattr(form, name) for name in form.__dataclass_fields__}


def pipeline_for(task: TaskSummary, folder: Path) -> Path:
    """A pipeline whose prep reads the tables as a generated one does."""
    forms = {"train": to_plain(task.layout.train_form), "test": to_plain(task.layout.test_form)}
    text, recipes = PREP, []
    for name, old in zip(forms, READS, strict=True):
        line, recipe = table_read(name, f"data_dir / {name.upper()}_FILE", forms[name])  # type: ignore[arg-type]
        text = text.replace(old, f"    {line}\n")
        recipes.append(recipe)
    text = text.replace("    # [P2]", AS_NUMBERS + "    # [P2]")
    text = text.replace('"train.csv"', f'"{task.train_file}"')
    text = text.replace('"test.csv"', f'"{task.test_file}"')
    taken = excerpt(recipes)
    parts = [text.partition("import numpy")[0], *taken.imports, "import numpy"]
    text = "\n".join(parts) + text.partition("import numpy")[2]
    text += "\n\n" + "\n\n\n".join([*taken.constants, *taken.definitions]) + "\n"
    place = folder / "pipeline.py"
    place.write_text(assemble(prep_module(text), [member()], shop_plan(task=task)).text, "utf-8")
    return place


def run(place: Path, *arguments: object) -> None:
    """Run a pipeline that has to succeed."""
    done = run_pipeline(place, *arguments)
    assert done.returncode == 0, done.stderr


def shop(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a shop."""
    write_shop(folder)
    files = {"train": "train", "test": "test", "sample": "sample_submission"}
    return {part: pd.read_csv(folder / f"{name}.csv") for part, name in files.items()}


def answers(path: Path, separator: str = ",", encoding: str = "utf-8") -> dict[str, str]:
    """A submission by id."""
    with path.open(newline="", encoding=encoding) as file:
        rows = list(csv.reader(file, delimiter=separator))
    assert rows[0] == ["id", "bought"]
    return dict(rows[1:])


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the pipeline over plain CSV answers."""
    folder = tmp_path_factory.mktemp("plain")
    shop(folder)
    names = {"train": "train.csv", "test": "test.csv", "sample": "sample_submission.csv"}
    run(pipeline_for(task_of(folder, names), folder), "--data-dir", folder)
    return answers(folder / "submission.csv")


@pytest.mark.parametrize(
    ("train", "test", "sample"),
    [
        (".tsv", ".tsv", ".tsv"),
        (".jsonl", ".json", ".csv"),
        (".parquet", ".feather", ".json"),
        (".sqlite", ".fwf", ".xlsx"),
    ],
)
def test_tables_of_any_format_give_the_answers_of_plain_ones(
    tmp_path: Path, expected: dict[str, str], train: str, test: str, sample: str
) -> None:
    source = shop(tmp_path / "plain")
    folder, new, out = tmp_path / "shop", tmp_path / "new", tmp_path / "submission.csv"
    folder.mkdir()
    new.mkdir()
    names = {"train": f"a{train}", "test": f"b{test}", "sample": f"c{sample}"}
    for part, name in names.items():
        write_as(source[part], folder / name)
    place = pipeline_for(task_of(folder, names), tmp_path)
    run(place, "--data-dir", folder, "--out", out, "--save", tmp_path / "kept")
    style = {".tsv": ("\t", "utf-16"), ".csv": (";", "cp1252")}.get(sample, (",", "utf-8"))
    assert answers(out, *style) == expected
    (new / names["test"]).write_bytes((folder / names["test"]).read_bytes())
    run(place, "--data-dir", new, "--load", tmp_path / "kept", "--out", tmp_path / "again.csv")
    assert answers(tmp_path / "again.csv", *style) == expected


@pytest.mark.parametrize("suffix", [".tsv", ".json", ".parquet", ".feather", ".xlsx", ".sqlite"])
def test_a_saved_pipeline_keeps_the_columns_and_no_row(tmp_path: Path, suffix: str) -> None:
    source = shop(tmp_path)["train"]
    write_as(source, tmp_path / f"a{suffix}")
    names = {"train": f"a{suffix}", "test": "test.csv", "sample": "sample_submission.csv"}
    task = task_of(tmp_path, names)
    keep = runpy.run_path(str(pipeline_for(task, tmp_path)))["training_table"]
    kept = tmp_path / "kept" / names["train"]
    kept.parent.mkdir()
    kept.write_bytes(keep(tmp_path))
    form = tables.form_of(tmp_path / names["train"])
    assert list(tables.read_texts(kept, form).columns) == list(source.columns)
    assert len(tables.read_texts(kept, form)) == 0


def test_a_pipeline_unpacks_what_the_competition_packed(
    tmp_path: Path, expected: dict[str, str]
) -> None:
    source = shop(tmp_path / "plain")
    folder, new = tmp_path / "packed", tmp_path / "new"
    (folder / "more").mkdir(parents=True)
    new.mkdir()
    names = {"train": "train.csv", "test": "more/test.csv", "sample": "sample_submission.csv"}
    task = task_of(
        tmp_path / "plain", {**names, "test": "test.csv"}, ("all.zip", "more/test.csv.gz")
    )
    with zipfile.ZipFile(folder / "all.zip", "w") as packed:
        packed.write(tmp_path / "plain" / "train.csv", "train.csv")
        packed.write(tmp_path / "plain" / "sample_submission.csv", names["sample"])
    test = gzip.compress(source["test"].to_csv(index=False).encode())
    (folder / "more" / "test.csv.gz").write_bytes(test)
    plain = to_plain(task)
    assert isinstance(plain, dict)
    task = from_plain(plain | {"test_file": names["test"]}, TaskSummary)
    place = pipeline_for(task, tmp_path)
    out, again = tmp_path / "out.csv", tmp_path / "again.csv"
    run(place, "--data-dir", folder, "--out", out, "--save", tmp_path / "kept")
    assert answers(out) == expected
    assert sorted(path.name for path in folder.iterdir()) == ["all.zip", "more"]
    (new / "more").mkdir()
    with zipfile.ZipFile(new / "more" / "test.csv.zip", "w") as packed:
        packed.writestr("another name.csv", gzip.decompress(test))
    run(place, "--data-dir", new, "--load", tmp_path / "kept", "--out", again)
    assert answers(again) == expected
