"""Odd folders: columns that say nothing, are written strangely, or differ between the tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .odd_case import Cases, Tables, columns_changed

CASES = Cases()
FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%d %B %Y", "%Y-%m-%dT%H:%M:%SZ")


@CASES.tables()
def two_thousand_columns(made: Tables) -> None:
    made.train, made.test = made.train[:90], made.test[:20]
    made.sample = made.sample[:20]

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        noise = made.rng.normal(size=(len(frame), 2_000)).round(2)
        return frame.join(pd.DataFrame(noise, columns=[f"gene {n}" for n in range(2_000)]))

    columns_changed(made, change)


@CASES.tables()
def a_constant_column(made: Tables) -> None:
    columns_changed(made, lambda frame: frame.assign(always="same", zero=0))


@CASES.tables()
def a_column_without_values(made: Tables) -> None:
    columns_changed(made, lambda frame: frame.assign(blank="", age=np.nan))


@CASES.tables()
def a_column_of_names(made: Tables) -> None:
    columns_changed(made, lambda frame: frame.assign(name=[f"n{hash_of(n)}" for n in frame["id"]]))


def hash_of(number: int) -> str:
    """Letters and digits without order."""
    return f"{(number * 2_654_435_761) % 2**32:08x}"


@CASES.tables("test")
def a_column_missing_in_test_only(made: Tables) -> None:
    made.test["income"] = np.nan


@CASES.tables("train")
def a_column_missing_in_train_only(made: Tables) -> None:
    made.train["income"] = np.nan


@CASES.tables("test.csv", "id", ends="refused")
def no_column_but_the_id(made: Tables) -> None:
    made.train, made.test = made.train[["id", "left"]], made.test[["id"]]


@CASES.tables("test.csv", ends="refused")
def nothing_but_constant_columns(made: Tables) -> None:
    made.train = made.train[["id", "left"]].assign(a=1, b="x")
    made.test = made.test[["id"]].assign(a=1, b="x")


@CASES.tables()
def the_same_column_twice(made: Tables) -> None:
    columns_changed(made, lambda frame: frame.assign(income_again=frame["income"]))


@CASES.tables()
def two_columns_of_one_name(made: Tables) -> None:
    columns_changed(made, lambda frame: frame.rename(columns={"noise": "income"}))


@CASES.tables()
def columns_without_names(made: Tables) -> None:
    columns_changed(made, lambda frame: frame.rename(columns={"noise": "", "grade": " "}))


@CASES.tables()
def names_with_quotes_and_line_ends(made: Tables) -> None:
    names = {"noise": 'the "noise",\nmeasured', "grade": "grade\t(1–4)", "age": "{age} \\n %s"}
    columns_changed(made, lambda frame: frame.rename(columns=names))


@CASES.tables()
def names_of_other_letters(made: Tables) -> None:
    names = {"noise": "шум", "grade": "等级", "age": "âge 🎈", "income": "ingresos ñ"}
    columns_changed(made, lambda frame: frame.rename(columns=names))


@CASES.tables()
def very_long_names(made: Tables) -> None:
    names = {"noise": "noise " * 60, "grade": "grade_" * 60, "age": "age " * 60}
    columns_changed(made, lambda frame: frame.rename(columns=names))


@CASES.tables()
def names_that_python_reserves(made: Tables) -> None:
    names = {"noise": "class", "grade": "lambda", "age": "None", "income": "__init__"}
    columns_changed(made, lambda frame: frame.rename(columns=names))


@CASES.tables()
def names_of_our_own_variables(made: Tables) -> None:
    names = {"noise": "train", "grade": "target", "age": "rows", "income": "fit", "place": "pd"}
    columns_changed(made, lambda frame: frame.rename(columns=names))


@CASES.tables()
def names_that_differ_in_marks_only(made: Tables) -> None:
    names = {"noise": "a b", "grade": "a-b", "age": "a_b", "income": "A_B"}
    columns_changed(made, lambda frame: frame.rename(columns=names))


@CASES.tables()
def names_with_spaces_around(made: Tables) -> None:
    columns_changed(made, lambda frame: frame.rename(columns={n: f" {n} " for n in frame.columns}))
    made.sample.columns = pd.Index([" id ", " left "])


@CASES.tables()
def names_that_are_numbers(made: Tables) -> None:
    names = {"noise": "0", "grade": "1", "age": "2.5", "income": "-1"}
    columns_changed(made, lambda frame: frame.rename(columns=names))


@CASES.tables()
def columns_in_another_order(made: Tables) -> None:
    made.test = made.test[list(reversed(made.test.columns))]


@CASES.tables("extra")
def a_column_that_only_test_has(made: Tables) -> None:
    made.test["extra"] = 1.5


@CASES.tables("extra")
def a_column_that_only_train_has(made: Tables) -> None:
    made.train.insert(2, "extra", made.rng.normal(size=len(made.train)))


@CASES.tables("a grade that train lacks")
def numbers_in_train_and_words_in_test(made: Tables) -> None:
    made.test["grade"] = made.test["grade"].map({1: "one", 2: "two", 3: "three", 4: "four"})


@CASES.tables()
def several_types_in_a_column(made: Tables) -> None:
    mixed = ["7", "3.5", "unknown", "", "2021-01-01", "True", "1e3"]
    columns_changed(made, lambda frame: frame.assign(age=np.resize(mixed, len(frame))))


@CASES.tables()
def infinite_numbers(made: Tables) -> None:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        income = frame["income"].astype(str)
        return frame.assign(
            income=income.mask(frame.index % 9 == 0, "inf").mask(frame.index % 9 == 1, "-Infinity")
        )

    columns_changed(made, change)


@CASES.tables()
def dates_in_six_formats(made: Tables) -> None:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        days = pd.to_datetime(frame["joined"])
        return frame.assign(**{f"day{n}": days.dt.strftime(f) for n, f in enumerate(FORMATS)})

    columns_changed(made, change)


@CASES.tables()
def dates_of_six_formats_in_one_column(made: Tables) -> None:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        days = pd.to_datetime(frame["joined"])
        return frame.assign(joined=[day.strftime(FORMATS[n % 6]) for n, day in enumerate(days)])

    columns_changed(made, change)


@CASES.tables()
def dates_of_several_time_zones(made: Tables) -> None:
    zones = ("+00:00", "+02:00", "-05:30", "Z", "")

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        days = frame["joined"]
        return frame.assign(joined=[f"{d}T10:00:00{zones[n % 5]}" for n, d in enumerate(days)])

    columns_changed(made, change)


@CASES.tables()
def dates_far_away(made: Tables) -> None:
    far = np.array(["0001-01-01", "9999-12-31", "2020-02-30", "2020-02-28"])
    columns_changed(made, lambda frame: frame.assign(joined=far[frame["grade"] - 1]))


def amounts(made: Tables, form: str) -> None:
    """Write incomes in a form of their own."""
    columns_changed(
        made, lambda frame: frame.assign(income=[form.format(v) for v in frame["income"]])
    )


@CASES.tables("read as numbers", "income")
def separators_of_thousands(made: Tables) -> None:
    amounts(made, "{:,.2f}")


@CASES.tables("read as numbers", "income")
def amounts_of_money(made: Tables) -> None:
    amounts(made, "€ {:,.2f}")


@CASES.tables("read as numbers", "income")
def shares_in_percent(made: Tables) -> None:
    amounts(made, "{:.1f}%")


@CASES.tables("decimal mark ','", "income")
def decimal_commas_in_a_column(made: Tables) -> None:
    columns_changed(
        made,
        lambda frame: frame.assign(income=[str(v).replace(".", ",") for v in frame["income"]]),
    )


@CASES.tables("a city that train lacks")
def kinds_that_test_alone_has(made: Tables) -> None:
    made.test["city"] = "Halle"


@CASES.tables("same values")
def rows_repeated(made: Tables) -> None:
    made.train = pd.concat([made.train[:40]] * 4, ignore_index=True).assign(
        id=np.arange(160) + 100_000
    )
    made.test[made.test.columns[1:]] = made.train[made.test.columns[1:]][: len(made.test)]
