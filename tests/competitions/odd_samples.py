"""Odd folders: sample submissions and ids."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .odd_case import Cases, Tables

CASES = Cases()
SAMPLE = "sample_submission.csv"


@CASES.folder("submission format")
def no_sample(folder: Path, made: Tables) -> None:
    (folder / SAMPLE).unlink()


@CASES.folder("hand_in.csv")
def a_sample_of_another_name(folder: Path, made: Tables) -> None:
    (folder / SAMPLE).rename(folder / "hand_in.csv")


@CASES.tables(SAMPLE, "5 rows")
def a_sample_of_five_rows(made: Tables) -> None:
    made.sample = made.sample[:5]


@CASES.tables(SAMPLE, "id")
def a_sample_with_other_ids(made: Tables) -> None:
    made.sample["id"] += 1_000_000


@CASES.tables(SAMPLE, "id")
def a_sample_that_repeats_ids(made: Tables) -> None:
    made.sample["id"] = made.sample["id"].iloc[np.arange(len(made.sample)) // 2].to_numpy()


@CASES.tables()
def a_sample_in_another_order(made: Tables) -> None:
    made.sample = made.sample.sample(frac=1.0, random_state=3)


@CASES.tables("left")
def a_sample_with_other_names(made: Tables) -> None:
    made.sample.columns = pd.Index(["Id", "Prediction"])


@CASES.tables(SAMPLE, "remark", ends="refused")
def a_sample_with_a_column_too_many(made: Tables) -> None:
    made.sample["remark"] = "none"


@CASES.tables(SAMPLE, ends="refused")
def a_sample_with_the_id_only(made: Tables) -> None:
    made.sample = made.sample[["id"]]


@CASES.folder(SAMPLE)
def an_empty_sample(folder: Path, made: Tables) -> None:
    (folder / SAMPLE).write_bytes(b"")


@CASES.folder(SAMPLE)
def a_sample_with_the_header_only(folder: Path, made: Tables) -> None:
    (folder / SAMPLE).write_text("id,left\n")


@CASES.tables()
def no_ids_at_all(made: Tables) -> None:
    made.train, made.test = made.train.drop(columns="id"), made.test.drop(columns="id")
    made.sample = made.sample[["left"]]


@CASES.tables()
def ids_repeated_in_train(made: Tables) -> None:
    made.train["id"] = made.train["id"].iloc[np.arange(len(made.train)) // 3].to_numpy()


@CASES.tables("test.csv", "id")
def ids_repeated_in_test(made: Tables) -> None:
    made.test["id"] = made.test["id"].iloc[np.arange(len(made.test)) // 2].to_numpy()
    made.sample["id"] = made.test["id"]


@CASES.tables("test.csv", "id")
def ids_missing_in_test(made: Tables) -> None:
    made.test["id"] = made.test["id"].astype("Int64").mask(made.test.index < 3)
    made.sample["id"] = made.test["id"]


@CASES.tables()
def ids_shared_by_train_and_test(made: Tables) -> None:
    for frame in (*made.each(), made.sample):
        frame["id"] = range(len(frame))


@CASES.tables()
def ids_with_leading_zeros(made: Tables) -> None:
    for frame in (*made.each(), made.sample):
        frame["id"] = [f"{n:06d}" for n in frame["id"]]


@CASES.tables()
def ids_beyond_64_bits(made: Tables) -> None:
    for frame in (*made.each(), made.sample):
        frame["id"] = [f"18446744073709551{n:06d}" for n in frame["id"]]


@CASES.tables()
def ids_with_commas_and_quotes(made: Tables) -> None:
    for frame in (*made.each(), made.sample):
        frame["id"] = [f'No "{n}", é' for n in frame["id"]]


@CASES.tables()
def ids_written_as_fractions(made: Tables) -> None:
    for frame in made.each():
        frame["id"] = frame["id"].astype(float)


@CASES.tables("one row per target", kind="multilabel")
def one_row_for_each_target(made: Tables) -> None:
    names = [name for name in made.sample if name != "id"]
    ids = [f"{n}_{name}" for n in made.test["id"] for name in names]
    made.sample = pd.DataFrame({"id_wine": ids, "probability": 0.5})


@CASES.tables("one row per target", kind="multilabel")
def ids_by_a_rule_of_numbers(made: Tables) -> None:
    ids = [n * 100 + k for n in made.test["id"] for k in range(3)]
    made.sample = pd.DataFrame({"id": ids, "value": 0.5})


@CASES.tables(kind="multilabel")
def targets_in_another_order(made: Tables) -> None:
    made.sample = made.sample[["id", *reversed(made.sample.columns[1:])]]


@CASES.tables(SAMPLE, "digit", ends="refused", kind="multiclass")
def columns_for_classes_that_do_not_occur(made: Tables) -> None:
    ids = made.test["id"]
    made.sample = pd.DataFrame({"id": ids, **{f"digit_{n}": 0.1 for n in range(12)}})


@CASES.tables(kind="multiclass")
def a_column_for_each_class(made: Tables) -> None:
    ids = made.test["id"]
    made.sample = pd.DataFrame({"id": ids, **{f"p_{n}": 0.1 for n in range(10)}})
