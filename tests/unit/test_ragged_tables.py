"""Lines whose last name stands for all that follows, and labels that such lines hide."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from competitions.modality_labels import lines_of_labels
from competitions.odd_road import Planned, walk

from iiml_codegen.domain.wire import to_plain
from iiml_codegen.worker import tables
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.label_cells import labels_in_cells
from iiml_codegen.worker.plan import TableForm
from iiml_codegen.worker.shadows import shadows
from workspace_templates.recipes.reading_formats import read_ragged
from workspace_templates.recipes.rows import labels_apart, rows_of_long_sample

LABELS = "rec,[labels]\n4,0\n5,5,9\n8,?\n9\n10,3,8,11\n"
VECTORS = "rec,part,[vector]\n4,0,1.5,2\n4,1,0.5,3\n5,0,,1\n"


def written(folder: Path, text: str, name: str = "t.txt") -> Path:
    (folder / name).write_bytes(text.encode())
    return folder / name


def test_what_follows_is_one_cell_where_lines_differ(tmp_path: Path) -> None:
    path = written(tmp_path, LABELS)
    form = tables.form_of(path)
    assert tables.is_table(path) and form == TableForm("ragged")
    frame = tables.read_frame(path, form)
    assert frame["rec"].tolist() == [4, 5, 8, 9, 10] and list(frame) == ["rec", "labels"]
    cells = ["0", "5;9", "?", None, "3;8;11"]
    texts = tables.read_texts(path, form)["labels"]
    assert texts.where(texts.notna(), None).tolist() == cells
    pd.testing.assert_frame_equal(read_ragged(path), tables.read_texts(path, form))


def test_what_follows_are_numbered_columns_where_lines_are_alike(tmp_path: Path) -> None:
    path = written(tmp_path, VECTORS)
    form = tables.form_of(path)
    assert form == TableForm("ragged", width=2)
    frame = tables.read_frame(path, form)
    assert list(frame) == ["rec", "part", "vector 1", "vector 2"]
    assert frame["vector 1"].isna().tolist() == [False, False, True]
    assert frame["vector 2"].tolist() == [2, 3, 1]
    pd.testing.assert_frame_equal(read_ragged(path, spread=True), tables.read_texts(path, form))


@pytest.mark.parametrize(
    "text",
    [
        "a,b,[c]\n1,2,3\n4,5,6\n7,8,9\n",
        "Say, to all [of you]\nthat this, which, goes on, is prose\nand, no, table\nat all\n",
    ],
)
def test_lines_as_long_as_the_header_and_prose_are_not_ragged(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    assert not tables.is_table(path) or tables.form_of(path).format == "delimited"


@pytest.mark.parametrize("text", [LABELS, LABELS.replace("\n", "\r\n"), VECTORS])
def test_rows_are_written_as_they_stood(tmp_path: Path, text: str) -> None:
    store = tables.row_store(written(tmp_path, text))
    out = tmp_path / "out.txt"
    store.write(out, [tables.Piece(store, np.arange(len(store)))])
    assert out.read_bytes().decode() == text
    newline = "\r\n" if "\r" in text else "\n"
    rows = np.array([1, 0])
    store.write(out, [tables.Piece(store, rows, {"rec": ["70", "80"]})], store.columns)
    lines = text.split(newline)
    moved = [lines[0], f"70,{lines[2].split(',', 1)[1]}", f"80,{lines[1].split(',', 1)[1]}", ""]
    assert out.read_bytes().decode() == newline.join(moved)
    store.write(out, [tables.Piece(store, rows)], ["rec"])
    assert out.read_bytes().decode().split(newline)[0] == "rec"


def test_a_question_mark_hides_labels_and_an_empty_cell_holds_none(tmp_path: Path) -> None:
    cells = pd.Series(["0;1", "1", "0", "?", "1;2", "2", "0;2", "?"] * 6)
    assert labels_in_cells(cells) == {"labels": ["0", "1", "2"], "label_mark": ";", "hidden": 12}
    train = pd.DataFrame({"tags": ["b;a", "?", None, "a"]}, dtype=object)
    told = labels_apart(train, "tags", ";", {"tags=a": "a", "tags=b": "b"}, hidden="?")
    assert told["tags=a"].fillna(-1).tolist() == [1, -1, 0, 1]
    assert told["tags=b"].fillna(-1).tolist() == [1, -1, 0, 0]


def test_ids_of_a_long_sample_get_the_name_that_train_has_for_them() -> None:
    sample = pd.DataFrame({"Id": ["800", "801", "900", "901"], "p": "0"})
    rows = rows_of_long_sample(sample, "Id", ["0", "1"], factor=100, called="rec")
    assert rows.to_dict("list") == {"rec": ["8", "9"]}


def test_hidden_rows_are_the_test_and_files_are_found_through_a_lookup(tmp_path: Path) -> None:
    made = lines_of_labels(tmp_path / "made", 0)
    found = walk(made.folder, tmp_path / "work")
    assert isinstance(found, Planned), found
    task, prep = found.task, found.modules[0]
    assert (task.train_file, task.test_file) == (
        "data/labels_test_hidden.txt",
        "sample_submission.csv",
    )
    assert (task.id_column, task.metric, task.submission.rows) == ("rec_id", "micro_roc_auc", 60)
    assert task.targets == tuple(f"labels={n}" for n in range(4)) and found.changed == ()
    assert [(one.file, one.role) for one in task.layout.related] == [
        ("data/names.txt", "lookup"),
        ("data/vectors.txt", "lookup"),
    ]
    assert [one.column for one in task.layout.media] == ["filename"]
    assert 'hidden="?"' in prep and 'called="rec_id"' in prep and "spread=True" in prep
    request = {"folder": str(made.folder), "task": to_plain(task)}
    plan = to_plain(found.blueprint.folds)
    built = shadows({**request, "plan": plan, "out": str(tmp_path / "cache")})
    data, fold = Path(built["folds"][0]["data"]), built["folds"][0]
    kept = tables.read_texts(data / "data" / "labels_test_hidden.txt")
    assert len(kept) == fold["train_rows"] and "?" not in set(kept["labels"])
    asked = pd.read_csv(data / "sample_submission.csv")["Id"] // 100
    assert len(set(asked)) == fold["n_fold"] + 60
    wavs = {path.stem for path in (data / "data" / "wavs").iterdir()}
    named = tables.read_texts(data / "data" / "names.txt")
    assert wavs == set(named["filename"]) and set(named["rec_id"]) >= set(asked.astype(str))


def test_a_long_sample_of_other_ids_takes_no_hidden_rows(tmp_path: Path) -> None:
    made = lines_of_labels(tmp_path / "made", 0)
    sample = made.folder / "sample_submission.csv"
    rows = pd.read_csv(sample)
    rows.assign(Id=rows["Id"] + 90_000).to_csv(sample, index=False)
    assert not isinstance(walk(made.folder, tmp_path / "work"), Planned)
    assert inventory({"folder": str(made.folder)})["tables"][1]["columns"][1]["hidden"] == 60
