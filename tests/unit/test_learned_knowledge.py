"""What a solve taught is counted, kept in the user's folder, and tells nothing of its data."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from unit.test_knowledge_search import LOANS, TASK

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.candidate import Candidate, Score
from iiml_codegen.domain.events import (
    CandidateUpdated,
    IdeaTried,
    SolveEnded,
    SolveStarted,
    SolveStatus,
    StepWorth,
    TaskAnalysed,
)
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.wire import to_json
from iiml_codegen.execution import solver
from iiml_codegen.execution.solver import Orders
from iiml_codegen.journal import Journal
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_advice import learned_note
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.planning.knowledge_search import search
from iiml_codegen.planning.learned_knowledge import (
    FILE,
    MOST_LESSONS,
    Lesson,
    as_toml,
    folder,
    learned_facts,
    merged,
    read_lessons,
    remember,
)
from iiml_codegen.planning.lessons import learn, learn_quietly
from iiml_codegen.workspace import Workspace

SECRETS = ("Borrowers", "occupation", "CreditAmount", "default", "weather_secret")


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of this test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


def candidate(
    name: str, value: float, *members: str, track: Track = "traditional", note: str = ""
) -> CandidateUpdated:
    """A candidate with a score on all rows."""
    score = Score(value=value, standard_error=0.01, folds=(value,), rows=5000)
    made = Candidate(id=name, track=track, members=members, status="scored", score=score, note=note)
    return CandidateUpdated(candidate=made)


def solved(place: Path, *, resumed: bool = False) -> tuple[Workspace, Journal]:
    """A folder whose solve is over."""
    place.mkdir(exist_ok=True)
    workspace = Workspace(place).create()
    knowledge = ExpertKnowledgeRetriever(learned=False).retrieve(TASK, LOANS)
    plan, _ = ExpertGuidelineAgent().plan(TASK, LOANS, knowledge, SolveOptions())
    workspace.write_bytes(workspace.profile, to_json(LOANS))
    workspace.write_bytes(workspace.blueprint, to_json(plan))
    gaps = next(step.id for step in plan.steps if step.key == "gaps")
    journal = Journal(workspace.journal)
    for event in (
        SolveStarted(options=SolveOptions(), pid=1, started=0.0, resumed=resumed),
        TaskAnalysed(task=TASK),
        candidate("01-lightgbm", 0.80, "lightgbm"),
        candidate("02-catboost", 0.82, "catboost"),
        candidate("06-model", 0.79, "model_traditional"),
        candidate("yours", 0.90, "weather_secret"),
        candidate("ensemble-1", 0.825, "lightgbm", "catboost", note="greedy of 2"),
        IdeaTried(
            idea="i1",
            parent="02-catboost",
            step=gaps,
            title="Mark gaps of occupation",
            why="",
            outcome="kept",
            difference=0.004,
            standard_error=0.002,
            p_better=0.98,
        ),
        StepWorth(
            step=gaps,
            candidate="02-catboost",
            difference=0.003,
            standard_error=0.001,
            p_better=0.99,
            rows=5000,
        ),
    ):
        journal.append(event)
    return workspace, journal


def by_subject() -> dict[str, Lesson]:
    """What is kept, by subject."""
    return {lesson.subject: lesson for lesson in read_lessons(folder() / FILE)}


def test_a_solve_teaches_how_members_blends_ideas_and_steps_fared(tmp_path: Path) -> None:
    assert learn(*solved(tmp_path / "loans")) == 6
    kept = by_subject()
    assert set(kept) == {
        "member:lightgbm",
        "member:catboost",
        "track:traditional",
        "blend:greedy",
        "change:prep",
        "step:gaps",
    }
    assert (kept["member:catboost"].won, kept["member:catboost"].margin) == (1, 0.0)
    assert (kept["member:lightgbm"].won, kept["member:lightgbm"].margin) == (0, 2.0)
    assert kept["blend:greedy"].margin == pytest.approx(0.5)
    assert (kept["change:prep"].won, kept["change:prep"].margin) == (1, 2.0)
    assert kept["step:gaps"].margin == pytest.approx(3.0)


def test_nothing_in_the_file_names_the_competition(tmp_path: Path) -> None:
    learn(*solved(tmp_path / "loans"))
    text = (folder() / FILE).read_text("utf-8")
    assert [word for word in (*SECRETS, "loans") if word in text] == []
    assert "catboost" in text


def test_a_folder_teaches_once_and_another_one_adds_up(tmp_path: Path) -> None:
    learn(*solved(tmp_path / "loans"))
    assert learn(*solved(tmp_path / "loans", resumed=True)) == 0
    assert learn(*solved(tmp_path / "others")) == 6
    assert (by_subject()["member:catboost"].tried, by_subject()["member:catboost"].won) == (2, 2)


def test_learned_facts_are_searched_and_noted_but_change_no_plan(tmp_path: Path) -> None:
    before = ExpertKnowledgeRetriever().retrieve(TASK, LOANS)
    learn(*solved(tmp_path / "loans"))
    after = ExpertKnowledgeRetriever().retrieve(TASK, LOANS)
    curated_after = tuple(fact for fact in after.advice if fact.area != "learned")
    assert msgspec.structs.replace(after, advice=curated_after) == before
    assert "catboost always came first" in learned_note(after.advice)
    assert ExpertKnowledgeRetriever(learned=False).retrieve(TASK, LOANS) == before
    agent = ExpertGuidelineAgent()
    assert agent.plan(TASK, LOANS, after, SolveOptions()) == agent.plan(
        TASK, LOANS, before, SolveOptions()
    )
    found = search("catboost", limit=20)
    assert any(fact.id.startswith("learned.binary_roc_auc_member_catboost") for fact in found)
    assert not any(fact.area == "learned" for fact in search("catboost", limit=20, learned=False))


def test_what_is_told_changes_only_when_much_is_learned() -> None:
    once = Lesson(kind="binary", metric="f1", subject="member:catboost", tried=3, won=1, margin=4.0)
    more = msgspec.structs.replace(once, tried=5, won=2, margin=6.0)
    remember([once])
    before = learned_facts()
    (folder() / FILE).write_text(as_toml([more]))
    assert learned_facts() == before
    assert before[0].says.startswith("sometimes came first, on average a little behind the best")
    blend = msgspec.structs.replace(once, subject="blend:greedy", won=3, margin=-9.0)
    (folder() / FILE).write_text(as_toml([blend]))
    assert "always beat the best single model, on average clearly worse" in learned_facts()[0].says


def test_what_is_no_lesson_is_left_out_of_a_file_edited_by_hand() -> None:
    good = Lesson(kind="binary", metric="f1", subject="member:catboost", tried=2, won=1)
    bad = [
        msgspec.structs.replace(good, metric="no_such"),
        msgspec.structs.replace(good, traits=("secret trait",)),
        msgspec.structs.replace(good, subject="member:../../x"),
        msgspec.structs.replace(good, won=3),
    ]
    path = folder() / FILE
    path.parent.mkdir(parents=True)
    path.write_text(as_toml([*bad, good]) + '[[lesson]]\nkind = "binary"\nmore = 1\n')
    assert read_lessons(path) == [good]


@pytest.mark.parametrize("data", [b"\xff\x00", b"[[lesson", b"lesson = 3\n", b"lesson = [1]\n"])
def test_a_damaged_file_teaches_nothing_and_is_replaced(data: bytes) -> None:
    path = folder() / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    assert learned_facts() == ()
    lesson = Lesson(kind="binary", metric="f1", subject="member:catboost")
    remember([lesson])
    assert read_lessons(path) == [lesson]


def test_the_file_stays_small_and_drops_what_is_rare_and_old() -> None:
    many = [
        Lesson(kind="binary", metric="f1", subject=f"member:m{number}")
        for number in range(MOST_LESSONS)
    ]
    often = msgspec.structs.replace(many[0], tried=5)
    kept = merged([often, *many[1:]], [Lesson(kind="ordinal", metric="f1", subject="blend:stack")])
    assert len(kept) == MOST_LESSONS
    assert often in kept
    assert many[1] not in kept
    assert kept[-1].subject == "blend:stack"


def test_a_solve_does_not_fail_for_what_cannot_be_kept(tmp_path: Path, own_data: Path) -> None:
    workspace, journal = solved(tmp_path / "loans")
    own_data.write_text("a file where the folder should be")
    learn_quietly(workspace, journal)
    assert own_data.read_text() == "a file where the folder should be"


@pytest.mark.parametrize(
    ("orders", "status", "lessons"),
    [
        (Orders(options=SolveOptions()), "solved", 6),
        (Orders(options=SolveOptions(learn=False)), "solved", 0),
        (Orders(options=SolveOptions(without=("knowledge",))), "solved", 0),
        (Orders(options=SolveOptions(), track="traditional"), "solved", 0),
        (Orders(options=SolveOptions()), "stopped", 0),
    ],
)
def test_only_whole_solves_teach_and_only_where_the_user_wants_it(
    tmp_path: Path, orders: Orders, status: SolveStatus, lessons: int
) -> None:
    workspace, journal = solved(tmp_path / "loans")
    solver.learn_from(workspace, orders, journal, SolveEnded(status=status, seconds=1.0))
    assert len(read_lessons(folder() / FILE)) == lessons
