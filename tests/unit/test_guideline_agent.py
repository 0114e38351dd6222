"""The guideline agent plans from what was measured, and says so."""

from __future__ import annotations

import msgspec
import pytest

from iiml_codegen.backbones.digest import Digest
from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.layout import Layout, MediaFiles, RelatedTable
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import (
    ColumnProfile,
    DataProfile,
    Leak,
    Letters,
    Relation,
    Role,
    StringPattern,
    TargetProfile,
    TextTraits,
)
from iiml_codegen.domain.task import SubmissionFormat, TaskKind, TaskSummary
from iiml_codegen.errors import UnsupportedTaskError
from iiml_codegen.planning import read_plan
from iiml_codegen.planning.blueprint_page import blueprint_page
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever

TEXT = TextTraits(
    mean_characters=120.0,
    mean_words=20.0,
    distinct_share=1.0,
    uppercase_share=0.1,
    escape_share=0.0,
    quoted_share=0.0,
)


def column(name: str, role: Role, **facts: object) -> ColumnProfile:
    """A column that both tables have."""
    usual = ColumnProfile(
        name=name,
        role=role,
        why="",
        in_train=True,
        in_test=True,
        dtype="string",
        distinct=10,
        missing_train=0.0,
        missing_test=0.0,
    )
    return msgspec.structs.replace(usual, **facts)


def profile(*columns: ColumnProfile, **facts: object) -> DataProfile:
    """A profile of 5,000 rows."""
    target = TargetProfile(name="late", distinct=2, missing=0.0, shares={"0": 0.7, "1": 0.3})
    usual = DataProfile(train_rows=5000, test_rows=1000, columns=columns, targets=(target,))
    return msgspec.structs.replace(usual, **facts)


def task(kind: TaskKind = "binary", **facts: object) -> TaskSummary:
    """A task on the target `late`."""
    form = SubmissionFormat(
        file="sample_submission.csv",
        columns=("id", "late"),
        id_column="id",
        answer="label",
        answer_columns=("late",),
        rows=1000,
    )
    usual = TaskSummary(
        title="Bikes",
        description_file=None,
        train_file="train.csv",
        test_file="test.csv",
        kind=kind,
        targets=("late",),
        id_column="id",
        metric="accuracy",
        greater_is_better=True,
        submission=form,
        classes=("0", "1"),
    )
    return msgspec.structs.replace(usual, **facts)


def planned(
    measured: DataProfile, asked: TaskSummary | None = None, **options: object
) -> tuple[Blueprint, Contract]:
    """The expert's plan."""
    asked = asked or task()
    wanted = msgspec.structs.replace(SolveOptions(), **options)
    knowledge = ExpertKnowledgeRetriever().retrieve(asked, measured)
    return ExpertGuidelineAgent().plan(asked, measured, knowledge, wanted)


def keys(blueprint: Blueprint) -> list[str]:
    """Recipe keys of the prep steps."""
    return [step.key for step in blueprint.part("prep")]


NUMBER = column("weight", "number")
SHOPS = Relation(column="shop", kind="group", test_is="mixed_groups", evidence="80 % of shops")


def test_a_table_of_training_rows_alone_is_noted() -> None:
    lone = RelatedTable(file="found.csv", keys=("id",), role="history", hidden_columns=("kind",))
    asked = task(layout=Layout(train_only=(lone,)))
    blueprint, _ = planned(profile(NUMBER), asked)
    assert any(note.startswith("found.csv knows training rows only") for note in blueprint.notes)
    assert not any("found.csv" in step.title for step in blueprint.steps)
    assert "no features: found.csv" in Digest().task(asked)


def test_a_balanced_loss_gets_probabilities_without_the_shares_of_the_classes() -> None:
    for answer in ("probability", "class_probabilities"):
        asked = task(metric="balanced_log_loss", greater_is_better=False)
        form = msgspec.structs.replace(asked.submission, answer=answer)
        asked = msgspec.structs.replace(asked, submission=form)
        blueprint, _ = planned(profile(NUMBER), asked)
        decision = next(s for s in blueprint.part("eval") if s.key.startswith("decide_"))
        assert decision.key == "decide_shares"
        assert "balanced log loss" in decision.why
    blueprint, _ = planned(profile(NUMBER), msgspec.structs.replace(asked, metric="log_loss"))
    assert not any(step.key.startswith("decide_") for step in blueprint.part("eval"))


def test_networks_learn_calibrated_probabilities_for_balanced_accuracy() -> None:
    for metric, balanced in (("balanced_accuracy", False), ("macro_f1", True)):
        blueprint, _ = planned(profile(NUMBER), task(metric=metric), tracks=("custom_nn",))
        told = [member.constants for member in blueprint.members]
        assert any("BALANCED" in one for one in told) == balanced


def test_steps_follow_the_roles_that_were_measured() -> None:
    name = StringPattern(kind="title", share=0.9)
    blueprint, _ = planned(
        profile(
            column("weight", "number", missing_train=0.2),
            column("shop", "category", distinct=300, unseen_share=0.1),
            column("rider", "text", patterns=(name,)),
            column("lent", "date", date_format="%Y-%m-%d"),
            column("note", "text", text=TEXT),
            relations=(SHOPS,),
        )
    )
    wanted = {"numbers", "gaps", "categories", "counts", "name_parts", "dates", "target_means"}
    assert wanted <= set(keys(blueprint))
    assert "clean_text" in keys(blueprint)


def test_files_of_rows_become_numbers_with_members_for_few_rows() -> None:
    photos = MediaFiles(kind="image", column="id", train="train/{}.jpg", test="test/{}.jpg")
    clips = MediaFiles(kind="video", column="id", train="{}.avi", test="{}.avi")
    asked = task(layout=Layout(media=(photos, clips)))
    blueprint, _ = planned(profile(column("id", "id"), train_rows=300), asked)
    steps = [step for step in blueprint.part("prep") if step.key == "media_numbers"]
    assert [step.values["train"] for step in steps] == ["train/{}.jpg"]
    assert "train/{}.jpg and test/{}.jpg" in steps[0].why
    assert {"kernel", "linear"} <= {member.name for member in blueprint.members}


def test_one_series_of_rows_learns_from_the_rows_around_each_moment() -> None:
    hours = column("hour", "date", distinct=6000, date_format="%Y-%m-%d %H:%M:%S")
    heat = column("heat", "number", distinct=900)
    apart = Relation(column="hour", kind="time", test_is="between", evidence="stretches")
    blueprint, _ = planned(profile(hours, heat, relations=(apart,)))
    found = {step.key: step.values for step in blueprint.part("prep")}
    assert found["around_in_time"] == {"date": "hour", "numbers": ["heat"]}
    assert found["dates"]["apart"] is True
    many = msgspec.structs.replace(hours, distinct=600)
    blueprint, _ = planned(profile(many, heat, relations=(apart,)))
    assert "around_in_time" not in keys(blueprint), "several rows a moment are no single series"


def test_codes_are_taken_apart_by_place_and_names_of_files_are_not() -> None:
    places = Letters(length=10, most=14, alphabet=20, signal=0.38)
    code = column("code", "id", distinct=6000, letters=places)
    photo = column("photo", "id", distinct=6000, letters=places)
    pictures = MediaFiles(kind="image", column="photo", train="{}.jpg", test="{}.jpg")
    blueprint, _ = planned(profile(code, photo, NUMBER), task(layout=Layout(media=(pictures,))))
    steps = [step for step in blueprint.part("prep") if step.key == "letters_by_place"]
    assert [step.values["column"] for step in steps] == ["code"]
    assert "10 characters" in steps[0].why and "0.38 of 1" in steps[0].why


def test_moments_that_two_columns_tell_are_taken_apart_once() -> None:
    when = column("when", "date", distinct=4000, date_format="%Y-%m-%d %H:%M:%S UTC")
    again = {"distinct": 4000, "same_moments": "when"}
    key = column("id", "date", date_format="%Y-%m-%d %H:%M:%S.%f", **again)
    stamp = column("timestamp", "number", minimum=1.30e9, maximum=1.38e9, **again)
    measured = profile(key, when, stamp, NUMBER)
    steps = [s for s in planned(measured)[0].part("prep") if s.key in ("dates", "moments")]
    assert [step.values["column"] for step in steps] == ["when"]
    assert "id and timestamp tell them again" in steps[0].why
    alone, _ = planned(profile(key, NUMBER))
    assert "dates" in keys(alone), "a date that is the id is told where nothing else tells it"


def test_numbers_that_count_seconds_are_moments_and_one_time_in_two_zones_is_one() -> None:
    facts = {"minimum": 1.30e9, "maximum": 1.38e9, "distinct": 4000}
    asked = column("unix_time_of_request", "number", **facts)
    later = {**facts, "minimum": 1.30e9 + 7200, "maximum": 1.38e9 + 7200}
    zone = column("unix_time_of_request_utc", "number", **later)
    price = column("price", "number", **facts)
    blueprint, _ = planned(profile(asked, zone, price))
    found = [s.values["column"] for s in blueprint.part("prep") if s.key == "moments"]
    assert found == ["unix_time_of_request"]


def test_lists_are_counted_and_never_read_as_categories_or_sentences() -> None:
    tags = column("tags", "text", text=TEXT, patterns=(StringPattern(kind="list", share=1.0),))
    kinds = msgspec.structs.replace(tags, name="kinds", role="category")
    blueprint, _ = planned(profile(NUMBER, tags, kinds))
    steps = blueprint.part("prep")
    assert [s.values["column"] for s in steps if s.key == "list_items"] == ["tags", "kinds"]
    assert not {"clean_text", "categories", "counts"} & set(keys(blueprint))


def test_words_and_numbers_meet_in_one_view_where_both_tell_something() -> None:
    numbers = [column(f"n{place}", "number") for place in range(5)]
    blueprint, contract = planned(profile(*numbers, column("note", "text", text=TEXT)))
    assert "combined" in {member.view for member in blueprint.members}
    assert keys(blueprint).index("design") < keys(blueprint).index("combined")
    assert {"combined", "design", "words_tfidf"} <= {view.name for view in contract.views}


def test_every_step_has_a_reason_and_prep_cites_what_was_measured() -> None:
    blueprint, _ = planned(profile(column("weight", "number", missing_train=0.25)))
    assert all(step.why for step in blueprint.steps)
    gaps = next(step for step in blueprint.steps if step.key == "gaps")
    assert "weight 25%" in gaps.why


def test_steps_are_numbered_within_their_part() -> None:
    blueprint, _ = planned(profile(NUMBER))
    for part, letter in (("prep", "P"), ("model", "M"), ("train", "T"), ("eval", "E")):
        ids = [step.id for step in blueprint.steps if step.part == part]
        assert ids == [f"{letter}{n}" for n in range(1, len(ids) + 1)]


def test_a_suspected_leak_is_left_out_said_and_allowed_on_request() -> None:
    leak = Leak(column="fine", by="value", score=0.99, why="AUC 0.99 alone")
    measured = profile(NUMBER, column("fine", "number"), leaks=(leak,))
    without, _ = planned(measured)
    allowed, _ = planned(measured, use_suspected_leaks=True)

    def used(blueprint: Blueprint) -> list[str]:
        step = next(s for s in blueprint.steps if s.key == "numbers")
        return list(step.values["columns"])

    assert used(without) == ["weight"] and any("fine" in note for note in without.notes)
    assert used(allowed) == ["weight", "fine"]


@pytest.mark.parametrize(
    ("kind", "test_is", "strategy"),
    [
        ("time", "after", "forward"),
        ("time", "between", "blocks"),
        ("group", "new_groups", "grouped"),
        ("group", "mixed_groups", "stratified"),
    ],
)
def test_folds_imitate_how_the_test_relates_to_train(
    kind: str, test_is: str, strategy: str
) -> None:
    relation = msgspec.convert(
        {"column": "shop", "kind": kind, "test_is": test_is, "evidence": "80 % of shops"}, Relation
    )
    blueprint, _ = planned(profile(NUMBER, relations=(relation,)))
    assert blueprint.folds.strategy == strategy
    assert "80 % of shops" in blueprint.folds.why


YEARS = Relation(column="year", kind="time", test_is="after", evidence="all later", distinct=3)


def test_there_are_no_more_folds_than_moments_make() -> None:
    blueprint, _ = planned(profile(NUMBER, relations=(YEARS,)))
    assert (blueprint.folds.strategy, blueprint.folds.folds) == ("forward", 2)
    assert "train has 3 different year, which make 2 folds" in blueprint.folds.why
    assert any("2" in step.title for step in blueprint.steps if step.key == "folds")
    days = msgspec.structs.replace(YEARS, column="day", distinct=700)
    blueprint, _ = planned(profile(NUMBER, relations=(YEARS, days)))
    assert (blueprint.folds.column, blueprint.folds.folds) == ("day", 5)
    once = msgspec.structs.replace(YEARS, distinct=1)
    blueprint, _ = planned(profile(NUMBER, relations=(once,)))
    assert (blueprint.folds.strategy, blueprint.folds.folds) == ("stratified", 5)
    assert "train has one year only" in blueprint.folds.why


def test_the_contract_has_a_clause_for_each_output_and_forbids_target_and_id() -> None:
    blueprint, contract = planned(profile(NUMBER))
    views = {member.view for member in blueprint.members}
    outputs = {clause.output for clause in contract.clauses}
    wanted = {f"{view}_{side}" for view in views for side in ("train", "test")} | {"target"}
    assert wanted <= outputs
    assert contract.clauses_for("features_train")[0].forbidden_columns == ("late", "id")
    assert [c.id for c in contract.clauses] == [f"C{n}" for n in range(1, len(outputs) + 1)]


def test_text_only_competitions_get_text_members_and_no_trees_on_nothing() -> None:
    blueprint, _ = planned(profile(column("note", "text", text=TEXT)))
    assert blueprint.members and not any(m.view == "features" for m in blueprint.members)


def test_a_track_without_recipes_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedTaskError, match="custom_nn"):
        planned(profile(NUMBER, train_rows=60_000), tracks=("custom_nn",))


def test_the_page_holds_each_step_its_reason_and_the_contract() -> None:
    measured = profile(NUMBER)
    blueprint, contract = planned(measured)
    page = blueprint_page(blueprint, contract, task(), measured)
    for step in blueprint.steps:
        assert f"**{step.id}** {step.title}" in page and step.why in page
    assert "**C1**" in page


def settings(metric: str, target: TargetProfile) -> dict[str, dict[str, object]]:
    """The constants of each member for a number that this metric scores."""
    asked = task("regression", metric=metric, classes=(), greater_is_better=False)
    blueprint, _ = planned(profile(NUMBER, targets=(target,)), asked)
    return {member.name: member.constants for member in blueprint.members}


def test_boosting_minimises_what_the_metric_asks_for() -> None:
    plain = TargetProfile(name="late", distinct=900, missing=0.0, minimum=-3.0, maximum=9.0)
    tail = msgspec.structs.replace(plain, minimum=0.0, skewness=4.0)
    squared, absolute = settings("rmse", plain), settings("mae", plain)
    assert "objective" not in squared["lightgbm"].get("PARAMS", {})
    assert absolute["lightgbm"]["PARAMS"]["objective"] == "regression_l1"
    assert absolute["catboost"]["PARAMS"]["loss_function"] == "MAE"
    assert not any("LOG_TARGET" in one for one in (*squared.values(), *absolute.values()))
    assert all(one.get("LOG_TARGET", True) for one in settings("mae", tail).values())
    assert settings("mae", tail)["lightgbm"]["LOG_TARGET"] is True
    assert settings("mape", tail)["xgboost"]["LOG_TARGET"] is True
    assert "LOG_TARGET" not in settings("rmse", tail)["lightgbm"]
    assert settings("rmspe", tail)["lightgbm"]["SKIPS_ZEROS"] is True
    assert "SKIPS_ZEROS" not in settings("rmspe", msgspec.structs.replace(tail, minimum=1.0))["mlp"]
    assert "SKIPS_ZEROS" not in settings("mape", tail)["lightgbm"]
    counts = settings("poisson_deviance", tail)
    assert counts["lightgbm"]["PARAMS"]["objective"] == "poisson"
    assert "LOG_TARGET" not in counts["lightgbm"]


def test_numbers_of_large_tables_are_read_as_such_whatever_is_made_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(read_plan, "MANY_CELLS", 1)
    spent = [
        column(name, "number", distinct=400, minimum=0.0, maximum=most, missing_test=0.02)
        for name, most in (("food", 900.0), ("bar", 400.0), ("bath", 300.0), ("shop", 1200.0))
    ]
    blueprint, _ = planned(profile(*spent))
    assert {"like_numbers", "test_gaps"} <= set(keys(blueprint))
    assert blueprint.part("prep")[0].values["numbers"] == ["food", "bar", "bath", "shop"]


def test_the_target_is_averaged_by_categories_of_many_levels_and_by_codes() -> None:
    model = column("model", "category", distinct=900, unseen_share=0.02)
    plate = column("plate", "category", distinct=4900, unseen_share=0.9)
    code = column("code", "number", dtype="int", distinct=700, signal=0.1, value_signal=0.4)
    size = column("size", "number", dtype="int", distinct=700, signal=0.4, value_signal=0.4)
    blueprint, _ = planned(profile(model, plate, code, size))
    [step] = [step for step in blueprint.part("prep") if step.key == "target_means"]
    assert step.values["columns"] == ["model", "code"]
    [counted] = [step for step in blueprint.part("prep") if step.key == "counts"]
    assert "code" in counted.values["columns"] and "size" not in counted.values["columns"]
    asked = task("regression", metric="rmsle", classes=(), greater_is_better=False)
    late = TargetProfile(name="late", distinct=900, missing=0.0, minimum=0.0, maximum=9.0)
    blueprint, _ = planned(profile(model, targets=(late,)), asked)
    [step] = [step for step in blueprint.part("prep") if step.key == "target_means"]
    assert step.values["logarithm"] is True


def test_gaps_that_no_training_row_has_are_filled() -> None:
    opened = column("open", "boolean", distinct=2, missing_test=0.02)
    distance = column("distance", "number", distinct=90, missing_train=0.1, missing_test=0.1)
    blueprint, _ = planned(profile(opened, distance))
    [step] = [step for step in blueprint.part("prep") if step.key == "test_gaps"]
    assert step.values["columns"] == ["open"]
    assert "2.0% of the test's values of open are gaps" in step.why
    assert "test_gaps" not in keys(planned(profile(distance))[0])


def test_numbers_that_measure_like_things_are_taken_together() -> None:
    spent = [
        column(name, "number", distinct=400, minimum=0.0, maximum=most)
        for name, most in (("food", 900.0), ("bar", 400.0), ("bath", 300.0), ("shop", 1200.0))
    ]
    age = column("age", "number", distinct=80, minimum=0.0, maximum=79.0)
    blueprint, _ = planned(profile(age, *spent))
    [step] = [step for step in blueprint.part("prep") if step.key == "like_numbers"]
    assert step.values["groups"] == [["food", "bar", "bath", "shop"]]
    assert "like_numbers" not in keys(planned(profile(age, *spent[:3]))[0])


def test_names_of_new_groups_are_no_features_but_their_parts_and_sizes_are() -> None:
    parts = StringPattern(kind="parts", share=1.0, separator="/")
    letters = Letters(length=6, most=8, alphabet=9, signal=0.3)
    herd = column("herd", "category", distinct=90, patterns=(parts,))
    tag = column("tag", "category", distinct=90, letters=letters)
    new = [
        Relation(column=name, kind="group", test_is="new_groups", evidence="new", even=even)
        for name, even in (("herd", True), ("tag", False))
    ]
    kind = column("kind", "category", distinct=4)
    blueprint, _ = planned(profile(NUMBER, kind, herd, tag, relations=tuple(new)))
    found = {step.key: step.values for step in blueprint.part("prep")}
    assert found["categories"]["columns"] == ["kind"]
    assert found["counts"]["columns"] == ["tag"]
    assert found["separated_parts"]["column"] == "herd"
    assert found["letters_by_place"]["column"] == "tag"
