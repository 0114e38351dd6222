"""The journal: nothing written is lost, nothing unreadable is taken for an entry."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from processes import start_python

from iiml_codegen.domain.candidate import Candidate, CandidateStatus, Score
from iiml_codegen.domain.events import CandidateUpdated, Note, PhaseStarted
from iiml_codegen.journal import SCHEMA_VERSION, Journal, JournalError

ENDLESS = """
import sys
from pathlib import Path
from iiml_codegen.domain.events import Note
from iiml_codegen.journal import Journal
journal = Journal(Path(sys.argv[1]))
while True:
    print(journal.append(Note(level="information", text="x" * 500)), flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def note(text: str) -> Note:
    return Note(level="information", text=text)


def updated(name: str, status: CandidateStatus, value: float | None = None) -> CandidateUpdated:
    score = Score(value=value, standard_error=0.1, folds=(value,), rows=9) if value else None
    return CandidateUpdated(
        candidate=Candidate(id=name, track="traditional", members=(), status=status, score=score)
    )


def test_entries_come_back_in_order_and_as_they_were(path: Path) -> None:
    journal = Journal(path)
    events = [note("one"), PhaseStarted(phase="planning", title="Look"), updated("a", "scored", 2)]
    numbers = [journal.append(event) for event in events]
    entries = Journal(path).read()
    assert [entry.event for entry in entries] == events
    assert [entry.seq for entry in entries] == numbers == [1, 2, 3]


def test_reading_after_a_number_gives_only_what_came_later(path: Path) -> None:
    journal = Journal(path)
    first = journal.append(note("old"))
    reader = Journal(path)
    journal.append(note("new"))
    assert [entry.event for entry in reader.read(first)] == [note("new")]
    assert reader.read(reader.last_seq()) == []


def test_the_last_state_of_each_candidate_counts(path: Path) -> None:
    journal = Journal(path)
    for event in (updated("a", "running"), updated("b", "scored", 1.0), updated("a", "failed")):
        journal.append(event)
    assert [(one.id, one.status) for one in journal.candidates()] == [
        ("a", "failed"),
        ("b", "scored"),
    ]


def test_the_last_event_of_a_kind_is_found(path: Path) -> None:
    journal = Journal(path)
    assert journal.last(Note) is None
    for event in (note("one"), note("two"), updated("a", "running")):
        journal.append(event)
    found = journal.last(Note)
    assert found is not None
    assert found.event == note("two")


def test_what_a_killed_process_appended_is_there(path: Path) -> None:
    with start_python(ENDLESS, path) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(30)]
        process.kill()
        acknowledged += [int(line) for line in process.stdout if line.strip()]
    read = [entry.seq for entry in Journal(path).read()]
    assert read[: len(acknowledged)] == acknowledged
    assert len(read) - len(acknowledged) in (0, 1)


def test_threads_share_a_journal(path: Path) -> None:
    journal = Journal(path)
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda n: journal.append(note(str(n))), range(40)))
    assert sorted(numbers) == list(range(1, 41))
    assert len(journal.read()) == 40


def test_a_file_that_is_no_journal_is_refused_with_a_way_out(path: Path) -> None:
    path.write_bytes(b"this is no database, whatever its name says" * 50)
    with pytest.raises(JournalError) as trouble:
        Journal(path)
    assert "move the file away" in trouble.value.hint


def test_a_journal_of_a_newer_version_is_refused(path: Path) -> None:
    Journal(path).close()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    database.close()
    with pytest.raises(JournalError, match="newer iiML"):
        Journal(path)


def test_an_entry_that_this_version_does_not_know_is_an_error(path: Path) -> None:
    journal = Journal(path)
    with sqlite3.connect(path) as database:
        body = '{"event": "Celebration"}'
        insert = "INSERT INTO events (at, kind, body) VALUES (0, 'Celebration', ?)"
        database.execute(insert, (body,))
    database.close()
    with pytest.raises(JournalError, match="entry 1"):
        journal.read()


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot use"):
        Journal(tmp_path / "missing" / "journal.sqlite")
