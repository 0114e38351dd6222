"""What a session makes of a solve: its state for clients, and which folders are competitions."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from lsprotocol.converters import get_converter
from processes import DEADLINE
from watchdog.observers.api import BaseObserver

from iiml_codegen.backbones.keys import Secrets, take_keys, without_keys
from iiml_codegen.domain.candidate import Candidate, Score
from iiml_codegen.domain.events import (
    CandidateUpdated,
    Entry,
    Event,
    IdeaTried,
    ModelCalled,
    Note,
    RunStarted,
    SolveStarted,
)
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution.lock import holder_of
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace
from iiml_server.configuration import Options
from iiml_server.discovery import looks_like_one
from iiml_server.following import Look, Seen
from iiml_server.sessions import Session, Sessions
from iiml_server.state import competition_state

NAN = float("nan")


def told(folder: Path, *events: Event, alive: bool = True) -> Session:
    """A session of a folder in which these things happened."""

    async def make() -> Session:
        return Session(folder, asyncio.get_running_loop())

    session = asyncio.run(make())
    entries = [Entry(seq=number, at=1.0, event=event) for number, event in enumerate(events, 1)]
    at_work = holder_of(1) if alive else None
    session.take(Look(seen=Seen(), entries=tuple(entries), holder=at_work))
    return session


def test_a_folder_is_looked_at_now_and_then_where_the_system_has_no_watches_left(
    tmp_path: Path,
) -> None:
    def none_left() -> BaseObserver:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    async def follow() -> None:
        heard: asyncio.Queue[Event] = asyncio.Queue()

        def changed(session: Session, entries: Sequence[Entry]) -> None:
            for entry in entries:
                heard.put_nowait(entry.event)

        with ThreadPoolExecutor(1) as readers:
            sessions = Sessions(readers, changed, none_left)
            session = await sessions.open(tmp_path.as_uri())
            assert session.watch.blind
            journal = Journal(Workspace(tmp_path).create().journal)
            for text in ("first", "second"):
                journal.append(Note(level="information", text=text))
                async with asyncio.timeout(DEADLINE):
                    assert await heard.get() == Note(level="information", text=text)
            journal.close()
            sessions.close()

    asyncio.run(follow())


def row(score: float) -> CandidateUpdated:
    numbers = Score(value=score, standard_error=score, folds=(score, 0.5), rows=1)
    one = Candidate(
        id="01-a", track="traditional", members=("a",), status="scored", score=numbers, seconds=NAN
    )
    return CandidateUpdated(candidate=one)


START = SolveStarted(options=SolveOptions(budget=NAN), pid=1, started=0.0)


def test_scores_that_are_no_numbers_are_unknown(tmp_path: Path) -> None:
    state = competition_state(told(tmp_path, START, row(NAN)))
    plain = get_converter().unstructure(state)
    json.dumps(plain, allow_nan=False)
    (found,) = plain["candidates"]
    assert (found["score"], found["standardError"], found["folds"]) == (None, None, [None, 0.5])
    assert plain["budget"] is None


def test_a_solver_that_went_without_a_word_is_lost(tmp_path: Path) -> None:
    run = RunStarted(run="one", purpose="fold 0", folder="x", command=(), candidate="01-a")
    assert competition_state(told(tmp_path, START, run)).status == "running"
    session = told(tmp_path, START, run, alive=False)
    assert competition_state(session).status == "lost"
    assert [one.id for one in competition_state(session).runs] == ["one"]
    session.take(Look(seen=Seen(), over=frozenset({"one"})))
    assert competition_state(session).runs == []


def test_what_models_were_asked_and_proposed_is_told_of_a_solve_and_what_resumed_it(
    tmp_path: Path,
) -> None:
    start = SolveStarted(options=SolveOptions(backbone="mine"), pid=1, started=0.0)
    call = ModelCalled(
        agent="improver",
        prompt="improver@1",
        backbone="mine",
        model="m",
        outcome="accepted",
        input_tokens=10,
        output_tokens=5,
    )
    paid = msgspec.structs.replace(call, cost=0.25)
    cached = msgspec.structs.replace(paid, outcome="cached")
    idea = IdeaTried(
        idea="i",
        parent="01-a",
        step="P2",
        title="Count words",
        why="lengths differ",
        outcome="kept",
        candidate="02-i",
        difference=NAN,
        p_better=0.9,
    )
    assert competition_state(told(tmp_path, start)).tokens is None
    free = competition_state(told(tmp_path, start, call))
    assert (free.backbone, free.tokens, free.cost) == ("mine", 15, None)
    again = msgspec.structs.replace(start, resumed=True)
    state = competition_state(told(tmp_path, start, call, idea, again, paid, cached))
    assert (state.tokens, state.cost) == (30, 0.25)
    (shown,) = state.ideas
    assert (shown.title, shown.candidate, shown.difference) == ("Count words", "02-i", None)
    new = competition_state(told(tmp_path, start, paid, idea, start))
    assert (new.tokens, new.ideas) == (None, [])


def test_a_solver_that_has_not_written_yet_is_running(tmp_path: Path) -> None:
    state = competition_state(told(tmp_path))
    assert (state.status, state.step, state.pid) == ("running", "Starting", 1)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["train.csv", "test.csv"], True),
        (["training_set.tsv", "sampleSubmission.csv"], True),
        (["train", "test"], True),
        (["train.parquet", "sample_submission.csv.gz"], True),
        (["train.py", "test.py"], False),
        (["training", "tests"], False),
        (["train.csv"], False),
        (["trainers.csv", "test.csv"], False),
    ],
)
def test_competitions_are_known_by_names(names: list[str], expected: bool) -> None:
    assert looks_like_one(names) is expected


def test_options_are_taken_over_where_they_are_choices() -> None:
    chosen = {"trusted": False, "interpreter": "/usr/bin/python3", "codeLenses": "no"}
    options = Options().changed({"iiml": {**chosen, "applyModelPatches": "verified", "x": 1}})
    assert options == Options(
        trusted=False, interpreter="/usr/bin/python3", apply_model_patches="verified"
    )
    for nothing in (None, 7, [], {"iiml": 3}, {"iiml": {"applyModelPatches": ["ask"]}}):
        assert options.changed(nothing) == options
    assert options.changed({"interpreter": None}).interpreter is None


def test_a_model_belongs_to_the_backbone_that_the_settings_name() -> None:
    chosen = {"model": "m", "baseUrl": "http://x", "command": ["run", "it"], "maxCost": 1}
    unnamed = Options().changed({**chosen, "agentBackbones": {"improver": "mine"}})
    assert unnamed.asking("openai")["model"] == "m"
    assert unnamed.asking("command")["command"] == ("run", "it")
    for nobody in (None, "expert"):
        assert unnamed.asking(nobody)["base_url"] is None
    named = unnamed.changed({"backbone": "openai", "maxCost": None})
    assert named.asking("openai")["base_url"] == "http://x"
    assert named.asking("gemini")["model"] is None
    assert (named.asking("gemini")["max_cost"], unnamed.asking(None)["max_cost"]) == (None, 1.0)
    assert named.asking("gemini")["agent_backbones"] == {"improver": "mine"}
    wrong = named.changed({"command": "rm -rf", "agentBackbones": [], "maxTokens": "9"})
    assert wrong == named


def test_keys_leave_the_environment_and_are_hidden() -> None:
    environment = {"IIML_OPENAI_API_KEY": "secret-one", "OPENAI_API_KEY": "secret-two", "A": "b"}
    keys = take_keys(environment)
    assert (keys, environment) == ({"OPENAI_API_KEY": "secret-one"}, {"A": "b"})
    assert Secrets(keys).hidden("got secret-one, AIzaabcdefgh12") == "got [hidden], [hidden]"
    assert without_keys({"HF_TOKEN": "x", "iiml_gemini_api_key": "y", "PATH": "z"}) == {"PATH": "z"}
