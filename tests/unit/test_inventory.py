"""What the inventory says about files and columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from competitions import KINDS, write_competition

from iiml_codegen.worker import table_ties
from iiml_codegen.worker.inventory import inventory


def columns_of(found: dict[str, Any], file: str) -> dict[str, dict[str, Any]]:
    """Columns of one table by name."""
    table = next(table for table in found["tables"] if table["file"] == file)
    return {column["name"]: column for column in table["columns"]}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_competition_is_listed_and_is_json(tmp_path: Path, kind: str) -> None:
    made = write_competition(tmp_path, kind, 80)
    found = inventory({"folder": str(tmp_path)})
    json.dumps(found, allow_nan=False)
    files = {table["file"]: table["rows"] for table in found["tables"]}
    assert set(files) == {"train.csv", "test.csv", made.task["submission"]["file"]}
    assert files["test.csv"] == len(made.answers)
    assert set(made.task["targets"]) <= set(columns_of(found, "train.csv"))


def test_labels_are_given_as_they_stand_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("id,y,z\n1,1.0,007\n2,0.0,010\n3,,007\n")
    columns = columns_of(inventory({"folder": str(tmp_path)}), "train.csv")
    assert columns["y"]["values"] == ["0.0", "1.0"]
    assert columns["y"]["missing"] == 1
    assert columns["z"]["values"] == ["007", "010"]
    assert columns["y"]["integral"] is True


def test_words_that_read_as_missing_are_counted_among_texts_alone(tmp_path: Path) -> None:
    rows = "a,None,NA\nb,mild,2\nc,None,3\nd,,4\ne,bad,5\n"
    (tmp_path / "train.csv").write_text(f"id,pain,n\n{rows}")
    columns = columns_of(inventory({"folder": str(tmp_path)}), "train.csv")
    assert (columns["pain"]["gap_words"], columns["pain"]["missing"]) == ({"None": 2}, 3)
    assert columns["pain"]["values"] == ["bad", "mild"]
    assert columns["n"]["gap_words"] == {}
    assert columns["n"]["values"] == ["2", "3", "4", "5"]


def test_separator_encoding_and_byte_order_mark_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("name;zahl\r\nMüller;1\r\n".encode("cp1252"))
    (tmp_path / "b.tsv").write_bytes(b"\xef\xbb\xbfname\tn\nx,y\t1\n")
    first, second = inventory({"folder": str(tmp_path)})["tables"]
    assert (first["form"]["separator"], first["form"]["encoding"]) == (";", "cp1252")
    assert first["columns"][0]["values"] == ["Müller"]
    assert (second["form"]["separator"], second["form"]["encoding"]) == ("\t", "utf-8-sig")
    assert second["columns"][0]["name"] == "name"


def test_our_own_output_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    write_competition(tmp_path, "binary", 40)
    (tmp_path / "submission.csv").write_text("id,left\n1,0\n")
    (tmp_path / "submission.yours-1.csv").write_text("id,left\n1,0\n")
    (tmp_path / "submission.iiml-1.csv").write_text("id,left\n1,0\n")
    (tmp_path / ".hidden.csv").write_text("a\n1\n")
    (tmp_path / "iiml").mkdir()
    (tmp_path / "images").mkdir()
    found = inventory({"folder": str(tmp_path)})
    assert len(found["tables"]) == 3
    assert found["other_files"] == {}
    assert found["texts"][0]["file"] == "description.md"


TABLES = ("train", "test", "sample_submission", "stores", "oil", "holidays", "transactions")


def written(folder: Path, names: list[str]) -> None:
    """Small tables under these names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("id,x\n1,2\n3,4\n")


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_many_tables_in_a_folder_of_their_own_are_tables(tmp_path: Path, suffix: str) -> None:
    written(tmp_path / "data", [f"{name}.csv" for name in TABLES])
    if suffix == "json":
        for path in (tmp_path / "data").iterdir():
            path.rename(path.with_suffix(".json")).write_text('[{"id": 1}, {"id": 2}]')
    found = inventory({"folder": str(tmp_path)})
    assert found["groups"] == []
    assert {table["file"] for table in found["tables"]} == {f"data/{n}.{suffix}" for n in TABLES}


def test_tables_in_two_folders_are_no_classes(tmp_path: Path) -> None:
    written(tmp_path / "raw", ["train.csv", "test.csv", "sample_submission.csv"])
    written(tmp_path / "extra", ["oil.csv", "stores.csv"])
    found = inventory({"folder": str(tmp_path)})
    assert (len(found["tables"]), found["groups"]) == (5, [])


@pytest.mark.parametrize("form", ["{:03}.csv", "train_{:03}.csv", "machine{}.csv"])
def test_files_by_id_stay_a_group_beside_tables(tmp_path: Path, form: str) -> None:
    ids = [form.format(number) for number in range(8)]
    written(tmp_path / "data", ["train.csv", "test.csv", "sample_submission.csv", *ids])
    found = inventory({"folder": str(tmp_path)})
    assert {table["file"] for table in found["tables"]} == {
        f"data/{name}.csv" for name in ("train", "test", "sample_submission")
    }
    assert [group["files"] for group in found["groups"]] == [8]
    (tmp_path / "data" / "test.csv").unlink()
    (tmp_path / "data" / "sample_submission.csv").unlink()
    assert [group["files"] for group in inventory({"folder": str(tmp_path)})["groups"]] == [9]


def test_a_column_of_truth_values_with_gaps_is_bool(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("id,flag\n1,True\n2,\n3,False\n")
    columns = columns_of(inventory({"folder": str(tmp_path)}), "train.csv")
    assert columns["flag"]["dtype"] == "bool"


def test_an_empty_table_is_expected_trouble_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("")
    (trouble,) = inventory({"folder": str(tmp_path)})["troubles"]
    assert trouble["file"] == "train.csv"
    assert "empty" in trouble["message"]
    assert trouble["hint"]


def empty_files(folder: Path, *names: str) -> None:
    """Files whose content does not matter."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def test_pictures_are_a_group_whose_names_show_what_repeats(tmp_path: Path) -> None:
    names = [f"train/{animal}.{n}.jpg" for animal in ("cat", "dog") for n in range(9)]
    empty_files(tmp_path, *names, *(f"test/{n}.jpg" for n in range(6)))
    test, train = inventory({"folder": str(tmp_path)})["groups"]
    assert (train["path"], train["kind"], train["files"]) == ("train/{}.jpg", "image", 18)
    assert train["labels"][0]["counts"] == {"cat": 9, "dog": 9}
    assert test["labels"] == []


def test_numbered_folders_of_train_and_test_are_no_classes(tmp_path: Path) -> None:
    for side, count in (("train2", 9), ("test2", 6)):
        (tmp_path / side).mkdir()
        for number in range(count):
            (tmp_path / side / f"call_{number}_{side}.aif").write_bytes(b"FORM")
    groups = inventory({"folder": str(tmp_path)})["groups"]
    assert [(g["folder"], g["files"], g["classes"]) for g in groups] == [
        ("test2", 6, {}),
        ("train2", 9, {}),
    ]


def test_a_folder_for_each_label_is_one_group_with_counts(tmp_path: Path) -> None:
    names = [f"train/{bird}/{n}.wav" for bird in ("crow", "owl", "wren") for n in range(4)]
    empty_files(tmp_path, *names)
    (group,) = inventory({"folder": str(tmp_path)})["groups"]
    assert (group["path"], group["kind"]) == ("train/{}", "audio")
    assert group["classes"] == {"crow": 4, "owl": 4, "wren": 4}


def test_a_folder_for_each_row_is_a_path_with_a_gap(tmp_path: Path) -> None:
    empty_files(tmp_path, *(f"train/{n}/cell.xyz" for n in range(1, 8)))
    (tmp_path / "train.csv").write_text("id,y\n" + "".join(f"{n},{n}\n" for n in range(1, 8)))
    found = inventory({"folder": str(tmp_path)})
    assert [group["path"] for group in found["groups"]] == ["train/{}/cell.xyz"]
    best = found["matches"][0]
    assert (best["column"], best["path"], best["share"]) == ("id", "train/{}/cell.xyz", 1.0)


@pytest.mark.parametrize(
    ("value", "path"),
    [("{}", "clips/{}.wav"), ("{}.wav", "clips/{}"), ("clips/{}.wav", "{}")],
)
def test_a_column_may_name_files_by_stem_by_name_or_by_path(
    tmp_path: Path, value: str, path: str
) -> None:
    empty_files(tmp_path, *(f"clips/c{n:03d}.wav" for n in range(8)))
    rows = "".join(f"{value.format(f'c{n:03d}')},{n % 2}\n" for n in range(8))
    (tmp_path / "train.csv").write_text(f"clip,y\n{rows}")
    assert inventory({"folder": str(tmp_path)})["matches"][0]["path"] == path


def test_numbers_name_files_as_they_are_written(tmp_path: Path) -> None:
    empty_files(tmp_path, *(f"images/{n:06}.png" for n in range(1, 9)))
    rows = "".join(f"{n:06},{n},{n % 3}\n" for n in range(1, 9))
    (tmp_path / "train.csv").write_text(f"picture,row,y\n{rows}")
    assert inventory({"folder": str(tmp_path)})["matches"] == [
        {"table": "train.csv", "column": "picture", "path": "images/{}.png", "share": 1.0}
    ]


def test_small_texts_beside_media_are_partners_with_fields(tmp_path: Path) -> None:
    for n in range(8):
        empty_files(tmp_path, f"train/{n}.png")
        (tmp_path / f"train/{n}.json").write_text(json.dumps({"species": "ab"[n % 2], "age": n}))
    groups = {g["kind"]: g for g in inventory({"folder": str(tmp_path)})["groups"]}
    assert groups["text"]["partner_of"] == "train/{}.png"
    fields = {field["name"]: field for field in groups["text"]["fields"]}
    assert fields["species"]["values"] == ["a", "b"]
    assert fields["age"]["dtype"] == "int"


def test_columns_that_name_rows_together_are_found(tmp_path: Path) -> None:
    rows = [f"2024-01-{day:02d},{shop},{day * shop}" for day in range(1, 6) for shop in (1, 2)]
    (tmp_path / "train.csv").write_text("day,shop,sales\n" + "\n".join(rows) + "\n")
    (tmp_path / "test.csv").write_text("day,shop\n2024-01-06,1\n2024-01-06,2\n")
    train = next(t for t in inventory({"folder": str(tmp_path)})["tables"] if t["rows"] == 10)
    assert train["keys"] == [["day", "shop"]]
    day = next(column for column in train["columns"] if column["name"] == "day")
    assert (day["first"], day["last"]) == ("2024-01-01T00:00:00", "2024-01-05T00:00:00")


def test_columns_that_are_empty_for_another_tables_rows_are_said(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("id,y\n" + "".join(f"{n},{n % 2}\n" for n in range(30)))
    (tmp_path / "test.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(30, 60)))
    visits = "".join(f"{n},{n % 7},{'paid' if n < 30 else ''}\n" for n in range(60))
    (tmp_path / "visits.csv").write_text(f"id,minutes,status\n{visits}")
    found = inventory({"folder": str(tmp_path)})["silences"]
    (silence,) = [one for one in found if not one.get("apart")]
    assert (silence["table"], silence["other"]) == ("visits.csv", "test.csv")
    assert silence["columns"] == ["status"]


def test_a_table_that_knows_rows_of_train_and_none_of_test_is_said(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("id,y\n" + "".join(f"{n},{n % 2}\n" for n in range(40)))
    (tmp_path / "test.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(40, 80)))
    (tmp_path / "doctors.csv").write_text(
        "id,found\n" + "".join(f"{n},{'ABC'[n % 3]}\n" for n in range(40))
    )
    (tmp_path / "rooms.csv").write_text(
        "room,size\n" + "".join(f"{n},3\n" for n in range(200, 240))
    )
    found = inventory({"folder": str(tmp_path)})["silences"]
    apart = {(one["table"], one["other"]): one["columns"] for one in found if one.get("apart")}
    assert apart[("doctors.csv", "test.csv")] == ["found"]
    assert ("doctors.csv", "train.csv") not in apart
    assert not any("rooms.csv" in pair for pair in apart)


def test_a_table_may_know_no_group_of_the_test(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("pair,molecule,y\n" + pairs("m", 0, 60, "1"))
    (tmp_path / "test.csv").write_text("pair,molecule\n" + pairs("t", 60, 90))
    (tmp_path / "charges.csv").write_text(
        "atom,molecule,charge\n" + "".join(f"{n},m{n // 6},{n / 7:.3f}\n" for n in range(120))
    )
    found = inventory({"folder": str(tmp_path)})["silences"]
    apart = [(one["table"], one["other"], one["key"]) for one in found if one.get("apart")]
    assert ("charges.csv", "test.csv", "molecule") in apart
    assert ("charges.csv", "train.csv", "molecule") not in apart


def pairs(letter: str, first: int, last: int, *more: str) -> str:
    """Lines of a table with three pairs for each molecule."""
    rows = ((str(n), f"{letter}{n // 3}", *more) for n in range(first, last))
    return "".join(",".join(row) + "\n" for row in rows)


def test_a_table_that_knows_few_rows_of_the_test_is_not_said_to_know_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table_ties, "FIRST_LOOK", 25)
    train = pd.DataFrame({"id": range(400), "y": 0})
    test = pd.DataFrame({"id": range(400, 404)})
    doctors = pd.DataFrame({"id": range(401), "found": "A"})
    tables = [("train.csv", train), ("test.csv", test)]
    few = table_ties.silences([*tables, ("doctors.csv", doctors)])
    none = table_ties.silences([*tables, ("doctors.csv", doctors[:400])])
    assert not [one for one in few if one.get("apart") and one["table"] == "doctors.csv"]
    assert [one["other"] for one in none if one.get("apart") and one["table"] == "doctors.csv"] == [
        "test.csv"
    ]
