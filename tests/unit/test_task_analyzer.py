"""The task analyzer reads tables and descriptions as a person would."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from competitions import KINDS, LAYOUTS, write_competition, write_layout

from iiml_codegen.domain.inventory import ColumnInfo, Inventory, Silence, TableInfo, TextInfo
from iiml_codegen.domain.layout import Layout
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.errors import CompetitionError, UnsupportedTaskError
from iiml_codegen.planning.targets import match_classes
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.worker.inventory import inventory


def column(name: str, **facts: object) -> ColumnInfo:
    """A column of ten rows."""
    usual: dict[str, object] = {
        "name": name,
        "dtype": "int",
        "distinct": 10,
        "missing": 0,
        "unique": False,
        "integral": True,
        "mean_characters": 2.0,
    }
    return from_plain({**usual, **facts}, ColumnInfo)


def table(file: str, *columns: ColumnInfo, rows: int = 20) -> TableInfo:
    """A table of twenty rows."""
    return TableInfo(file=file, rows=rows, columns=columns)


ID = column("id", unique=True)
LABEL = column("label", distinct=2, values=("0", "1"), minimum=0.0, maximum=1.0)


def analyse(*tables: TableInfo, text: str = "") -> TaskSummary:
    """What the expert makes of these tables."""
    texts = (TextInfo(file="description.md", text=text),) if text else ()
    return ExpertTaskAnalyzer().analyse(Inventory(folder="/data", tables=tables, texts=texts))


def three_tables(target: ColumnInfo, *answers: ColumnInfo) -> tuple[TableInfo, ...]:
    """Train, test and sample with one feature."""
    feature = column("x")
    return (
        table("train.csv", ID, feature, target),
        table("test.csv", ID, feature),
        table("sample_submission.csv", ID, *(answers or (target,))),
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_written_competition_is_understood_as_it_was_meant(kind: str, tmp_path: Path) -> None:
    meant = from_plain(write_competition(tmp_path, kind, rows=120).task, TaskSummary)
    found = ExpertTaskAnalyzer().analyse(
        from_plain(inventory({"folder": str(tmp_path)}), Inventory)
    )
    for name in ("kind", "targets", "id_column", "classes", "train_only_columns"):
        assert getattr(found, name) == getattr(meant, name), name
    assert found.metric.endswith(meant.metric)
    assert found.submission.answer == meant.submission.answer
    assert found.submission.class_columns == meant.submission.class_columns


def test_a_number_with_many_values_is_a_regression_scored_by_rmse_and_the_guess_is_said() -> None:
    price = column("price", dtype="float", distinct=9, integral=False)
    task = analyse(*three_tables(price))
    assert (task.kind, task.metric) == ("regression", "rmse")
    assert {guess.what for guess in task.guesses} == {"metric", "description"}


def test_the_metric_of_the_evaluation_section_wins_over_one_named_in_passing() -> None:
    text = "# Churn\nMany people use accuracy.\n## Evaluation\nScored by area under the ROC curve."
    assert analyse(*three_tables(LABEL), text=text).metric == "roc_auc"


def test_weights_that_a_metric_has_are_said_to_be_unknown() -> None:
    task = analyse(*three_tables(LABEL), text="## Metric\nA weighted logarithmic loss.")
    assert task.metric == "log_loss"
    assert any("weighted logarithmic loss" in guess.why for guess in task.guesses)
    plain = analyse(*three_tables(LABEL), text="## Metric\nThe log loss, weighted or not.")
    assert not plain.guesses


@pytest.mark.parametrize(
    "text",
    [
        "A balanced logarithmic loss.",
        "A weighted log loss. The effect is such that each class is roughly equally important.",
        "The log loss, with the same weight for every class.",
        r"Log loss: the mean of $\frac{1}{N_{c}} \sum \log p$, where $N_{c}$ is the number of"
        " observations of class $c$.",
    ],
)
def test_a_log_loss_in_which_classes_count_the_same_is_known(text: str) -> None:
    assert analyse(*three_tables(LABEL), text=f"## Metric\n{text}").metric == "balanced_log_loss"


def test_even_classes_of_the_data_are_no_weights_of_the_metric() -> None:
    text = "## Data\nEach class has the same number of rows.\n## Metric\nThe log loss."
    assert analyse(*three_tables(LABEL), text=text).metric == "log_loss"


def test_a_log_loss_of_several_labels_keeps_its_name_whatever_its_weights_are() -> None:
    flags = {"distinct": 2, "values": ("0", "1"), "minimum": 0.0}
    labels = [column(name, **flags) for name in ("a", "b")]
    text = "## Metric\nA weighted log loss, each class is equally important."
    rows = (table("train.csv", ID, column("x"), *labels), table("test.csv", ID, column("x")))
    task = analyse(*rows, table("sample_submission.csv", ID, *labels), text=text)
    assert task.metric == "mean_column_log_loss"
    assert any("weighted log loss" in guess.why for guess in task.guesses)


COLOUR = column("colour", dtype="string", distinct=3, values=("blue", "green", "red"))


def test_shares_of_classes_are_not_scored_where_answers_have_one_column() -> None:
    task = analyse(*three_tables(COLOUR), text="## Metric\nMulti-class log loss.")
    assert (task.metric, task.submission.answer) == ("accuracy", "label")
    assert any("no column for each class" in guess.why for guess in task.guesses)
    with pytest.raises(CompetitionError, match="wants a column of answers for each class"):
        ExpertTaskAnalyzer().analyse(
            Inventory(folder="/data", tables=three_tables(COLOUR)), metric="multiclass_log_loss"
        )


def test_grades_scored_by_kappa_are_ordinal() -> None:
    grade = column("grade", distinct=4, values=("0", "1", "2", "3"))
    text = "## Metric\nQuadratic weighted kappa."
    assert analyse(*three_tables(grade), text=text).kind == "ordinal"


def test_columns_named_after_classes_are_matched_to_labels() -> None:
    target = column("status", dtype="string", distinct=3, values=("C", "CL", "D"))
    assert match_classes(target, ("Status_C", "Status_CL", "Status_D")) == {
        "C": "Status_C",
        "CL": "Status_CL",
        "D": "Status_D",
    }


def test_columns_that_match_only_some_classes_are_no_match() -> None:
    target = column("status", dtype="string", distinct=3, values=("C", "CL", "D"))
    assert match_classes(target, ("Status_C", "Status_X", "Status_D")) == {}


def test_tables_without_telling_names_are_told_apart_by_columns() -> None:
    feature = column("x")
    task = analyse(
        table("a.csv", ID, feature),
        table("b.csv", ID, feature, LABEL),
        table("sample_submission.csv", ID, LABEL),
    )
    assert (task.train_file, task.test_file) == ("b.csv", "a.csv")


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ((), "no table"),
        ((table("train.csv", ID, LABEL, rows=0), *three_tables(LABEL)[1:]), "no rows"),
        (three_tables(column("label", distinct=1, values=("0",))), "1 distinct"),
    ],
)
def test_what_cannot_be_solved_is_refused_with_a_way_out(
    tables: tuple[TableInfo, ...], words: str
) -> None:
    with pytest.raises(CompetitionError, match=words) as caught:
        analyse(*tables)
    assert caught.value.hint


def test_without_a_sample_the_usual_form_is_taken_and_said() -> None:
    task = analyse(*three_tables(LABEL)[:2])
    assert task.submission.columns == ("id", "label")
    assert (task.submission.file, task.submission.id_column) == ("", "id")
    assert "submission format" in {guess.what for guess in task.guesses}


def test_train_and_test_that_changed_names_are_told_apart_by_columns() -> None:
    train, test, sample = three_tables(LABEL)
    task = analyse(
        msgspec.structs.replace(train, file="test.csv"),
        msgspec.structs.replace(test, file="train.csv"),
        sample,
    )
    assert (task.train_file, task.test_file) == ("test.csv", "train.csv")
    assert any("swapped" in guess.why for guess in task.guesses)


def test_labels_in_a_table_of_their_own_are_joined_by_the_id() -> None:
    feature = column("x")
    task = analyse(
        table("train_values.csv", ID, feature),
        table("train_labels.csv", ID, LABEL),
        table("test_values.csv", ID, feature),
        table("submission_format.csv", ID, LABEL),
    )
    assert (task.layout.kind, task.targets) == ("label_table", ("label",))
    assert [(r.file, r.role, r.keys) for r in task.layout.related] == [
        ("train_labels.csv", "labels", ("id",))
    ]


def slept(word: str, **facts: object) -> ColumnInfo:
    """A target of words, one of which reads as missing in seven rows."""
    usual: dict[str, object] = {"missing": 7, "gap_words": {word: 7}, **facts}
    return column("sleep", dtype="string", distinct=1, values=("bad",), **usual)


@pytest.mark.parametrize(("word", "empty"), [("NA", 0), ("null", 0), ("n/a", 0), ("None", 2)])
def test_a_word_that_may_be_a_label_or_a_gap_is_asked_about(word: str, empty: int) -> None:
    answer = column("sleep", dtype="string", distinct=1, values=("bad",))
    with pytest.raises(
        CompetitionError, match=f"sleep of train.csv holds the word {word} in 7"
    ) as no:
        analyse(*three_tables(slept(word, missing=7 + empty), answer))
    assert "no_sleep" in no.value.hint
    assert "leave their cells empty" in no.value.hint


@pytest.mark.parametrize(("word", "told"), [("None", "bad"), ("NA", "NA")])
def test_a_class_called_none_is_one_and_so_is_what_the_sample_answers(word: str, told: str) -> None:
    answer = slept(word) if told == word else column("sleep", dtype="string", values=("bad",))
    task = analyse(*three_tables(slept(word), answer))
    assert task.classes == tuple(sorted((word, "bad")))
    assert not task.layout.drop_unlabelled
    assert (f"{word} is one", "labels") in [(guess.value, guess.what) for guess in task.guesses]


@pytest.mark.parametrize("words", [{"NaN": 3}, {"NA": 2, "null": 1}])
def test_words_that_programs_write_for_gaps_are_gaps(words: dict[str, int]) -> None:
    sleep = column(
        "sleep", dtype="string", distinct=2, values=("bad", "good"), gap_words=words, missing=3
    )
    assert analyse(*three_tables(sleep)).classes == ("bad", "good")


def test_one_label_for_many_rows_is_refused_with_a_way_out() -> None:
    steps = column("sequence", distinct=10), column("step"), column("x")
    names = column("sequence", unique=True)
    with pytest.raises(UnsupportedTaskError, match=r"one state for each sequence.*600 rows") as no:
        analyse(
            table("train.csv", *steps, rows=600),
            table("train_labels.csv", names, column("state", distinct=2, values=("0", "1"))),
            table("test.csv", *steps, rows=300),
            table("sample_submission.csv", names, column("state", distinct=1)),
        )
    assert "one row for each sequence" in no.value.hint


def test_labels_of_cells_with_a_column_each_are_targets_in_the_sample_s_order() -> None:
    told = column(
        "tags", dtype="string", labels=("dog", "rain"), label_mark=",", examples=("rain,dog",)
    )
    answers = [column(name, distinct=1, values=("0",)) for name in ("rain", "dog")]
    task = analyse(*three_tables(told, *answers), text="## Metric\nlwlrap")
    assert (task.kind, task.targets, task.metric) == ("multilabel", ("rain", "dog"), "lwlrap")
    cell = task.layout.label_cell
    assert cell is not None and (cell.column, cell.labels) == ("tags", ("rain", "dog"))
    assert (task.submission.answer, task.submission.class_columns) == ("probability", {})
    assert task.train_only_columns == ("tags",) and not task.layout.drop_unlabelled


def test_one_curve_is_drawn_where_all_answers_stand_in_one_column() -> None:
    flags = {"distinct": 2, "minimum": 0.0, "maximum": 1.0}
    labels = [column(name, **flags) for name in ("a", "b")]
    ids = column("id", unique=True, examples=("7", "8"))
    rows = (table("train.csv", ids, *labels, column("x")), table("test.csv", ids, column("x")))
    lines = column("id", unique=True, examples=("7_a", "7_b", "8_a", "8_b"))
    long = table("sample_submission.csv", lines, column("p", distinct=1, values=("0",)), rows=40)
    text = "## Metric\nArea under the ROC curve."
    assert analyse(*rows, long, text=text).metric == "micro_roc_auc"
    wide = table("sample_submission.csv", ids, *labels)
    assert analyse(*rows, wide, text=text).metric == "mean_column_roc_auc"


def test_a_lookup_is_no_table_of_labels() -> None:
    rows = ID, column("store", distinct=5), column("x")
    with pytest.raises(CompetitionError, match="nothing to predict"):
        analyse(
            table("train.csv", *rows),
            table("test.csv", *rows),
            table("stores.csv", column("store", unique=True), column("city")),
        )


def test_one_table_of_features_for_labelled_and_listed_rows_is_joined_to_both() -> None:
    task = analyse(
        table("features.csv", ID, column("x"), column("z"), rows=40),
        table("labels.csv", ID, LABEL),
        table("sample_submission.csv", ID, LABEL),
    )
    assert (task.train_file, task.test_file) == ("labels.csv", "sample_submission.csv")
    assert task.layout.test_from_sample
    assert [(r.file, r.role) for r in task.layout.related] == [("features.csv", "lookup")]


def test_a_table_with_several_rows_for_each_id_is_a_history() -> None:
    visits = table("visits.csv", column("id", distinct=8), column("minutes"), rows=90)
    task = analyse(*three_tables(LABEL), visits)
    assert [(r.file, r.role, r.keys) for r in task.layout.related] == [
        ("visits.csv", "history", ("id",))
    ]


def apart(table: str, key: str, *columns: str) -> Silence:
    """No row of a table is tied to one of the test."""
    return Silence(table=table, other="test.csv", key=key, columns=columns, apart=True)


def test_a_table_of_training_rows_alone_is_withheld_and_no_feature() -> None:
    found = table("found.csv", ID, column("kind", dtype="string"))
    tables = (*three_tables(LABEL), found)
    silences = (apart("found.csv", "id", "kind"),)
    listed = Inventory(folder="/data", tables=tables, silences=silences)
    layout = ExpertTaskAnalyzer().analyse(listed).layout
    assert (layout.kind, layout.related) == ("one_table", ())
    assert [(one.file, one.hidden_columns) for one in layout.train_only] == [
        ("found.csv", ("kind",))
    ]


def test_a_table_whose_groups_are_those_of_training_rows_is_withheld_too() -> None:
    group, atom = column("group", distinct=8), column("atom", distinct=9)
    found = msgspec.structs.replace(
        table("charges.csv", group, atom, column("charge")), keys=(("group", "atom"),)
    )
    rows = (table("train.csv", ID, group, atom, LABEL), table("test.csv", ID, group, atom))
    silences = (apart("charges.csv", "group", "atom", "charge"),)
    listed = Inventory(folder="/data", tables=(*rows, found), silences=silences)
    layout = ExpertTaskAnalyzer().analyse(listed).layout
    assert layout.related == ()
    assert [(one.keys, one.hidden_columns) for one in layout.train_only] == [
        (("group", "atom"), ("charge",))
    ]


def test_a_history_with_numbers_of_its_own_is_not_taken_for_one_of_training_rows() -> None:
    user = column("user", distinct=20)
    visits = table("visits.csv", column("id", distinct=9), user, column("minutes"), rows=90)
    rows = (table("train.csv", ID, user, LABEL), table("test.csv", ID, user))
    silences = (apart("visits.csv", "id", "user", "minutes"),)
    listed = Inventory(folder="/data", tables=(*rows, visits), silences=silences)
    layout = ExpertTaskAnalyzer().analyse(listed).layout
    assert layout.train_only == ()
    assert [(one.role, one.hidden_columns) for one in layout.related] == [("history", ())]


@pytest.mark.parametrize(
    ("ids", "template", "names"),
    [
        (("1_rust", "1_scab", "2_rust"), "{id}_{target}", ("rust", "scab")),
        (("rust-1", "scab-1", "rust-2"), "{target}-{id}", ("rust", "scab")),
        (("1:0", "1:1", "2:0"), "{id}:{target}", ("0", "1")),
    ],
)
def test_ids_made_of_row_and_target_are_read_as_the_sample_shows(
    ids: tuple[str, ...], template: str, names: tuple[str, ...]
) -> None:
    flag = {"distinct": 2, "values": ("0", "1"), "minimum": 0.0, "maximum": 1.0}
    key = column("image", unique=True, examples=("1", "2", "3"))
    made = column("row_id", dtype="string", unique=True, examples=ids)
    task = analyse(
        table("train.csv", key, column("x"), column("rust", **flag), column("scab", **flag)),
        table("test.csv", key, column("x")),
        table("sample_submission.csv", made, column("value", dtype="float"), rows=40),
    )
    assert task.targets == ("rust", "scab")
    assert task.submission.long is not None
    assert (task.submission.long.template, task.submission.long.names) == (template, names)


def test_numbers_made_of_row_and_target_are_a_rule_too() -> None:
    flag = {"distinct": 2, "values": ("0", "1"), "minimum": 0.0, "maximum": 1.0}
    key = column("rec", unique=True, examples=("7", "8"))
    task = analyse(
        table("train.csv", key, column("x"), column("a", **flag), column("b", **flag)),
        table("test.csv", key, column("x")),
        table(
            "sample_submission.csv",
            column("Id", unique=True, examples=("700", "701")),
            column("Probability"),
            rows=40,
        ),
    )
    assert task.submission.long is not None
    assert task.submission.long.factor == 100


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (column("EncodedPixels", dtype="string", examples=("1 3 10 5", "4 2 9 9")), "run-length"),
        (column("PredictionString", dtype="string", examples=("0 0.9 1 2 3 4",)), "boxes"),
        (column("reply", dtype="string", distinct=20, mean_words=9.0), "free text"),
    ],
)
def test_answers_that_no_track_gives_are_refused_by_name(answer: ColumnInfo, words: str) -> None:
    with pytest.raises(UnsupportedTaskError, match=words) as caught:
        analyse(table("train.csv", ID), table("sample_submission.csv", ID, answer))
    assert caught.value.code == "IIML902"


def test_lists_of_numbers_as_answers_are_refused_by_name() -> None:
    told = column("glow", dtype="string", mean_words=90.0, examples=("[0.5, -1.2e-3, 7", "[1, 2]"))
    glow = column("glow", dtype="float", integral=False)
    with pytest.raises(UnsupportedTaskError, match="lists of numbers"):
        analyse(
            table("train.jsonl", ID, told),
            table("sample_submission.csv", column("id_at", unique=True), glow),
        )


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("Predict the probability that the picture shows a cat.", ("dog", "cat")),
        ("Where `y` is 1 for a dog.", ("cat", "dog")),
        ("", ("cat", "dog")),
    ],
)
def test_of_two_words_the_one_asked_for_comes_last(text: str, classes: tuple[str, ...]) -> None:
    animal = column("animal", dtype="string", distinct=2, values=("cat", "dog"))
    share = column("animal", dtype="float", integral=False, distinct=1)
    assert analyse(*three_tables(animal, share), text=text).classes == classes


def test_a_test_after_train_with_series_side_by_side_is_a_panel() -> None:
    def day(first: str, last: str) -> ColumnInfo:
        return column("day", dtype="string", first=first, last=last)

    shop, sales = column("shop", distinct=4), column("sales", dtype="float", integral=False)
    train = table("train.csv", day("2024-01-01T00:00:00", "2024-01-05T00:00:00"), shop, sales)
    test = table("test.csv", ID, day("2024-01-06T00:00:00", "2024-01-07T00:00:00"), shop)
    task = analyse(
        msgspec.structs.replace(train, keys=(("day", "shop"),)),
        test,
        table("sample_submission.csv", ID, sales),
    )
    assert task.layout.kind == "panel"
    assert task.layout.panel is not None
    assert (task.layout.panel.keys, task.layout.panel.horizon) == (("shop",), 2.0)


def without_pattern(layout: Layout) -> Layout:
    """The layout but for the pattern of labels in names, which can be written in several ways."""
    if layout.train_files is None:
        return layout
    files = msgspec.structs.replace(layout.train_files, label_pattern="")
    return msgspec.structs.replace(layout, train_files=files)


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_each_layout_is_found_as_it_was_meant(kind: str, tmp_path: Path) -> None:
    meant = from_plain(write_layout(tmp_path, kind).task, TaskSummary)
    found = ExpertTaskAnalyzer().analyse(
        from_plain(inventory({"folder": str(tmp_path)}), Inventory)
    )
    for name in ("kind", "train_file", "test_file", "targets", "id_column", "classes"):
        assert getattr(found, name) == getattr(meant, name), name
    assert found.submission == meant.submission
    assert without_pattern(found.layout) == without_pattern(meant.layout)


def test_class_columns_of_any_name_are_taken_in_order_and_said() -> None:
    status = column("status", dtype="string", distinct=3, values=("C", "CL", "D"))
    shares = [column(f"p_{name}", dtype="float") for name in ("first", "second", "third")]
    task = analyse(*three_tables(status, *shares))
    assert task.submission.class_columns == {"C": "p_first", "CL": "p_second", "D": "p_third"}
    assert any("taken in order" in guess.why for guess in task.guesses)
