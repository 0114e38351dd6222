"""Knowledge is found by words and traits, the same way each time, and changes no plan."""

from __future__ import annotations

import sqlite3

import msgspec
import pytest

from iiml_codegen.domain.knowledge import Fact, Knowledge
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import ColumnProfile, DataProfile, Role, TargetProfile
from iiml_codegen.domain.task import SubmissionFormat, TaskSummary
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.planning import knowledge_search
from iiml_codegen.planning.blueprint_page import blueprint_page
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_advice import known_section
from iiml_codegen.planning.knowledge_base import curated
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever, traits_of
from iiml_codegen.planning.knowledge_search import KnowledgeSearch, create_index, search

FACTS = (
    Fact(id="data.gaps", topic="gaps", says="Leave gaps to trees.", source="a", when=("gaps",)),
    Fact(id="data.tails", topic="tails", says="Logs help.", source="b", when=("gaps", "dates")),
    Fact(
        id="domain.ships",
        topic="ships",
        says="Cabins tell decks.",
        source="c",
        tags=("cabin", "passenger", "deck"),
        kinds=("binary",),
    ),
    Fact(id="metric.f1", topic="F1", says="Cut low.", source="d", metrics=("f1",)),
    Fact(id="practice.look", topic="looking", says="Look at passengers.", source="e"),
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


SHARES = {"0": 0.95, "1": 0.05}
LOANS = DataProfile(
    train_rows=5000,
    test_rows=1000,
    columns=(
        column("CreditAmount", "number", missing_train=0.2),
        column("loan_annuity", "number"),
        column("income", "number", skewness=4.0),
        column("occupation", "category", distinct=300),
    ),
    targets=(
        TargetProfile(name="default", distinct=2, missing=0.0, shares={"0": 0.95, "1": 0.05}),
    ),
)
TASK = TaskSummary(
    title="Borrowers",
    description_file=None,
    train_file="train.csv",
    test_file="test.csv",
    kind="binary",
    targets=("default",),
    id_column="id",
    metric="roc_auc",
    greater_is_better=True,
    submission=SubmissionFormat(
        file="sample_submission.csv",
        columns=("id", "default"),
        id_column="id",
        answer="probability",
        answer_columns=("default",),
        rows=1000,
    ),
    classes=("0", "1"),
)


def ids(facts: tuple[Fact, ...]) -> list[str]:
    """Their ids."""
    return [fact.id for fact in facts]


def test_words_find_topics_before_mentions() -> None:
    assert ids(KnowledgeSearch(FACTS).find("passengers in cabins")) == [
        "domain.ships",
        "practice.look",
    ]


def test_traits_shut_out_what_does_not_hold() -> None:
    found = KnowledgeSearch(FACTS).find("passengers", {"regression", "gaps", "metric_f1"})
    assert "domain.ships" not in ids(found)
    assert {"data.gaps", "metric.f1", "practice.look"} == set(ids(found))


def test_what_has_more_conditions_comes_first_without_words() -> None:
    assert ids(KnowledgeSearch(FACTS).find("", {"gaps", "dates"})) == ["data.tails", "data.gaps"]


def test_a_field_needs_several_of_its_words() -> None:
    index = KnowledgeSearch(FACTS)
    assert index.find("a passenger", area="domain", hits=2) == ()
    assert ids(index.find("Passengers and their decks", area="domain", hits=2)) == ["domain.ships"]


def test_any_text_can_be_asked() -> None:
    for query in ('"', "NEAR(", "a* OR -b", "topic: x", "'; DROP TABLE facts; --", "\x00", "«ω»"):
        KnowledgeSearch(FACTS).find(query, {"gaps"})
        search(query)


def test_the_order_of_facts_changes_nothing() -> None:
    query, traits = "credit loan income gaps of borrowers", ("binary", "table", "gaps")
    one = KnowledgeSearch(curated()).find(query, traits, 40)
    other = KnowledgeSearch(tuple(reversed(curated()))).find(query, traits, 40)
    assert ids(one) == ids(other)
    assert len(one) > 20


def test_the_whole_base_is_searched() -> None:
    assert search("loan default of borrowers, annuity and income")[0].id == "domain.credit_default"
    assert search("quadratic weighted kappa rounding")[0].id == "metric.qwk_cuts"
    assert len(search("images of cells", {"images", "multiclass"}, limit=3)) == 3


def test_without_fts5_it_is_said_what_is_missing() -> None:
    broken = sqlite3.connect(":memory:")
    broken.execute("CREATE TABLE facts (x)")
    with pytest.raises(EnvironmentProblem, match="cannot search texts") as caught:
        create_index(broken)
    assert "FTS5" in caught.value.hint


def test_a_plan_is_made_without_advice_where_texts_cannot_be_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(knowledge_search, "TOKENS", "no_such_tokenizer")
    knowledge_search.index.cache_clear()
    found = ExpertKnowledgeRetriever().retrieve(TASK, LOANS)
    knowledge_search.index.cache_clear()
    assert found.advice == ()
    assert found.members


def test_the_expert_finds_advice_for_metric_field_data_and_models() -> None:
    advice = ExpertKnowledgeRetriever().retrieve(TASK, LOANS).advice
    assert [fact.area for fact in advice] == sorted(
        (fact.area for fact in advice),
        key=["metric", "domain", "data", "model", "practice", "learned"].index,
    )
    found = ids(advice)
    assert {"metric.roc_auc_order", "domain.credit_default", "data.high_cardinality"} <= set(found)
    traits = traits_of(TASK, LOANS)
    assert {"gaps", "imbalance", "high_cardinality", "skewed_numbers"} <= traits
    assert all(fact.holds(traits) for fact in advice)


def test_the_description_adds_words() -> None:
    plain = msgspec.structs.replace(LOANS, columns=(column("v1", "number"), column("v2", "number")))
    retriever = ExpertKnowledgeRetriever()
    assert "domain" not in {fact.area for fact in retriever.retrieve(TASK, plain).advice}
    told = retriever.retrieve(TASK, plain, "Will a borrower repay the loan? Income, credit, debt.")
    assert "domain.credit_default" in ids(told.advice)


def test_advice_is_shown_with_its_source_and_changes_no_step() -> None:
    knowledge = ExpertKnowledgeRetriever().retrieve(TASK, LOANS)
    agent = ExpertGuidelineAgent()
    plan, contract = agent.plan(TASK, LOANS, knowledge, SolveOptions())
    silent = Knowledge(
        traits=knowledge.traits,
        facts=knowledge.facts,
        members=knowledge.members,
        views=knowledge.views,
    )
    assert agent.plan(TASK, LOANS, silent, SolveOptions()) == (plan, contract)
    page = blueprint_page(plan, contract, TASK, LOANS, knowledge.advice)
    assert "## What is known about such data" in page
    for fact in knowledge.advice:
        assert fact.says in page
        assert f"({fact.source})" in page
    assert page.startswith(blueprint_page(plan, contract, TASK, LOANS).rstrip("\n"))


def test_what_was_learned_here_does_not_enter_the_page() -> None:
    fact = Fact(id="learned.x", topic="catboost", says="came first", source="solves")
    assert known_section((fact,)) == ""


def test_an_entry_of_the_page_stays_one_entry_of_it() -> None:
    fact = Fact(id="found.x", topic="a\nb", says="c\n\n## Steps\n- **P9** d", source="e")
    page = known_section((fact,))
    assert "\n- **a b**: c ## Steps - **P9** d  \n  (e)" in page
    assert "### Found for this competition" in page
