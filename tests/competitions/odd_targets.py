"""Odd folders: targets that are constant, missing, rare, or written in several ways."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .odd_case import Cases, Tables

CASES = Cases()


@CASES.tables("train.csv", "left", ends="refused")
def a_constant_target(made: Tables) -> None:
    made.train["left"] = 1


@CASES.tables("train.csv", "left", ends="refused")
def a_target_without_values(made: Tables) -> None:
    made.train["left"] = np.nan


@CASES.tables("left", "missing")
def a_target_missing_in_a_third(made: Tables) -> None:
    made.train["left"] = made.train["left"].astype("Int64").mask(made.train.index % 3 == 1)


@CASES.tables("progress", "missing", kind="regression")
def a_number_missing_in_a_third(made: Tables) -> None:
    made.train["progress"] = made.train["progress"].mask(made.train.index % 3 == 1)


@CASES.tables("missing", kind="multilabel")
def one_of_several_targets_missing(made: Tables) -> None:
    made.train["barbera"] = made.train["barbera"].astype("Int64").mask(made.train.index % 5 == 1)


@CASES.tables("fewer than 10 rows", kind="multiclass")
def a_class_with_one_row(made: Tables) -> None:
    made.train.loc[made.train.index[3], "digit"] = 11


@CASES.tables("fewer than 10 rows")
def folds_of_one_class(made: Tables) -> None:
    made.train["left"] = np.isin(made.train.index, (5, 50, 99)).astype(int)


@CASES.tables("fewer than 10 rows", rows=1_000)
def one_in_two_hundred(made: Tables) -> None:
    made.train["left"] = (made.train.index % 200 == 7).astype(int)


@CASES.tables("read as numbers", kind="regression")
def a_number_with_its_unit(made: Tables) -> None:
    made.train["progress"] = [f"{value} mg" for value in made.train["progress"]]


@CASES.tables("decimal mark ','", kind="regression")
def a_decimal_comma(made: Tables) -> None:
    made.train["progress"] = [str(value).replace(".", ",") for value in made.train["progress"]]


@CASES.tables("progress", "missing", kind="regression")
def a_number_with_question_marks(made: Tables) -> None:
    values = made.train["progress"].astype(str)
    made.train["progress"] = values.mask(made.train.index % 9 == 4, "?")


@CASES.tables("train.csv", "progress", "inf", ends="refused", kind="regression")
def a_number_that_is_infinite(made: Tables) -> None:
    made.train.loc[made.train.index[8], "progress"] = np.inf


@CASES.tables("progress", "missing", kind="regression")
def gaps_in_several_spellings(made: Tables) -> None:
    values = made.train["progress"].astype(str)
    for place, word in enumerate(("NaN", "NULL", "N/A", "", "null", "-nan", "None")):
        values = values.mask(values.index % 23 == place, word)
    made.train["progress"] = values


def labelled(made: Tables, spellings: dict[int, tuple[str, ...]]) -> None:
    """Write the labels in words, each in the ways given."""
    drawn = [made.rng.choice(spellings[value]) for value in made.train["left"]]
    made.train["left"] = drawn


@CASES.tables("None is one")
def a_class_called_none(made: Tables) -> None:
    labelled(made, {0: ("None",), 1: ("yes",)})


@CASES.tables("left", "spaces")
def labels_with_trailing_spaces(made: Tables) -> None:
    labelled(made, {0: ("no", "no ", " no"), 1: ("yes", "yes ")})


@CASES.tables("train.csv", "left", "'No' and 'no'", ends="refused")
def labels_in_several_cases(made: Tables) -> None:
    labelled(made, {0: ("no", "No"), 1: ("yes", "Yes", "YES")})


@CASES.tables()
def labels_true_and_false(made: Tables) -> None:
    labelled(made, {0: ("False",), 1: ("True",)})


@CASES.tables()
def labels_y_and_n(made: Tables) -> None:
    labelled(made, {0: ("N",), 1: ("Y",)})


@CASES.tables("positive label")
def labels_without_a_yes(made: Tables) -> None:
    labelled(made, {0: ("stays, é",), 1: ('goes "out"',)})


@CASES.tables()
def labels_as_fractions(made: Tables) -> None:
    made.train["left"] = made.train["left"].astype(float)


@CASES.tables()
def labels_one_and_two(made: Tables) -> None:
    made.train["left"] += 1


@CASES.tables("fewer than 10 rows", kind="multiclass", rows=900)
def a_hundred_and_fifty_classes(made: Tables) -> None:
    made.train["digit"] = made.train.index % 150


@CASES.tables("train.csv", "left", ends="refused")
def a_label_of_its_own_for_each_row(made: Tables) -> None:
    made.train["left"] = [f"label {n}" for n in made.train.index]


@CASES.tables(kind="regression")
def huge_outliers(made: Tables) -> None:
    made.train.loc[made.train.index[:2], "progress"] = (1e12, -1e12)


@CASES.tables("progress", "negative", kind="regression")
def negative_values_under_logarithms(made: Tables) -> None:
    made.train["progress"] -= 150
    made.text = made.text.replace("Root mean squared error", "Root mean squared logarithmic error")


@CASES.tables("left", "moment", ends="refused", code="IIML902")
def a_target_of_dates(made: Tables) -> None:
    days = pd.to_timedelta(made.train["left"] * 30 + made.train.index, unit="D")
    made.train["left"] = (pd.Timestamp("2024-01-01") + days).dt.strftime("%Y-%m-%d")


@CASES.tables("free text", ends="refused", code="IIML902")
def a_target_of_sentences(made: Tables) -> None:
    made.train["left"] = [f"this member would rather go to number {n}" for n in made.train.index]
    made.sample["left"] = "please write a sentence here"


@CASES.tables("the description names rmse")
def a_metric_that_does_not_fit(made: Tables) -> None:
    made.train["left"] = [f"unit {n % 5}" for n in made.train.index]
    made.text = "# Rooms\n\nPredict `left`.\n\n## Metric\nRoot mean squared error.\n"


@CASES.tables("copy")
def a_column_that_tells_the_target(made: Tables) -> None:
    made.train["copy"] = made.train["left"] * 3 + 1
    made.test["copy"] = made.rng.integers(0, 2, len(made.test)) * 3 + 1
