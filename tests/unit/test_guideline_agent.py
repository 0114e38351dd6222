"""The guideline agent plans from what was measured, and says so."""

from __future__ import annotations

import msgspec
import pytest

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import (
    ColumnProfile,
    DataProfile,
    Leak,
    Relation,
    Role,
    StringPattern,
    TargetProfile,
    TextTraits,
)
from iiml_codegen.domain.task import SubmissionFormat, TaskKind, TaskSummary
from iiml_codegen.errors import UnsupportedTaskError
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
    assert blueprint.members and all(m.template.startswith("text_") for m in blueprint.members)


def test_a_track_without_recipes_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedTaskError, match="custom_nn"):
        planned(profile(NUMBER), tracks=("custom_nn",))


def test_the_page_holds_each_step_its_reason_and_the_contract() -> None:
    measured = profile(NUMBER)
    blueprint, contract = planned(measured)
    page = blueprint_page(blueprint, contract, task(), measured)
    for step in blueprint.steps:
        assert f"**{step.id}** {step.title}" in page and step.why in page
    assert "**C1**" in page
