"""What a session makes of a solve: its state for clients, and which folders are competitions."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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


def test_keys_leave_the_environment_and_are_hidden() -> None:
    environment = {"IIML_OPENAI_API_KEY": "secret-one", "OPENAI_API_KEY": "secret-two", "A": "b"}
    keys = take_keys(environment)
    assert (keys, environment) == ({"OPENAI_API_KEY": "secret-one"}, {"A": "b"})
    assert Secrets(keys).hidden("got secret-one, AIzaabcdefgh12") == "got [hidden], [hidden]"
    assert without_keys({"HF_TOKEN": "x", "iiml_gemini_api_key": "y", "PATH": "z"}) == {"PATH": "z"}
