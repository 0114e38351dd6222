"""The journal: what happened in a competition folder, append-only, on disk.

SQLite in rollback mode, because folders lie on network disks where write-ahead logs do not work.
Every append is one committed transaction, so a killed process loses nothing that it had written.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.events import CandidateUpdated, Entry, Event
from iiml_codegen.errors import IimlError

SCHEMA_VERSION = 1
_EVENTS: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
BUSY_SECONDS = 10.0
_CREATE = """
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
)
"""


class JournalError(IimlError):
    """The journal cannot be read or written: corrupt, from a newer iiML, or the disk is full."""

    code = "IIML907"
    exit_code = 5


class Journal:
    """The events of one folder. One process appends, any number read; threads may share it.

    A path without a journal becomes an empty one; with `create` off it raises `JournalError`, as
    everything does that stands in the way.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._trouble():
            where = path.absolute().as_uri() + f"?mode={'rwc' if create else 'rw'}"
            self._database = sqlite3.connect(where, BUSY_SECONDS, check_same_thread=False, uri=True)
        with self._trouble():
            self._prepare()

    def _prepare(self) -> None:
        version = int(self._database.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA_VERSION:
            self._database.close()
            raise JournalError(
                f"{self._path} was written by a newer iiML (schema {version})",
                hint="update iiML, or move the file away to start afresh",
            )
        self._database.execute("PRAGMA journal_mode=DELETE")
        self._database.execute("PRAGMA synchronous=FULL")
        if version == 0:
            with self._database:
                self._database.execute(_CREATE)
                self._database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def append(self, event: Event) -> int:
        """Write one event and return its number; it is on disk when this returns."""
        body = msgspec.json.encode(event).decode()
        with self._trouble(), self._lock, self._database:
            cursor = self._database.execute(
                "INSERT INTO events (at, kind, body) VALUES (?, ?, ?)",
                (time.time(), type(event).__name__, body),
            )
        return cursor.lastrowid or 0

    def read(self, after: int = 0) -> list[Entry]:
        """The entries numbered above `after`, in order."""
        query = "SELECT seq, at, body FROM events WHERE seq > ? ORDER BY seq"
        with self._trouble(), self._lock:
            rows = self._database.execute(query, (after,)).fetchall()
        return [self._entry(*row) for row in rows]

    def last(self, kind: type[Event]) -> Entry | None:
        """The latest entry of one kind of event."""
        query = "SELECT seq, at, body FROM events WHERE kind = ? ORDER BY seq DESC LIMIT 1"
        with self._trouble(), self._lock:
            row = self._database.execute(query, (kind.__name__,)).fetchone()
        return self._entry(*row) if row else None

    def last_seq(self) -> int:
        """The number of the latest entry; 0 for an empty journal."""
        with self._trouble(), self._lock:
            row = self._database.execute("SELECT MAX(seq) FROM events").fetchone()
        return int(row[0] or 0)

    def candidates(self, after: int = 0) -> list[Candidate]:
        """The latest state of each candidate mentioned above `after`, by first appearance."""
        found: dict[str, Candidate] = {}
        for entry in self.read(after):
            if isinstance(entry.event, CandidateUpdated):
                found[entry.event.candidate.id] = entry.event.candidate
        return list(found.values())

    def close(self) -> None:
        """Close the file; the journal object is of no use afterwards."""
        with self._lock:
            self._database.close()

    def _entry(self, seq: int, at: float, body: str) -> Entry:
        try:
            return Entry(seq=seq, at=at, event=_EVENTS.decode(body))
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise JournalError(
                f"{self._path}, entry {seq}: {error}",
                hint="it was written by another version of iiML; move the file away",
            ) from error

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise JournalError(
                f"cannot use {self._path}: {error}",
                hint="is the disk full, read-only, or the folder gone?",
                retryable=True,
            ) from error
        except sqlite3.DatabaseError as error:
            raise JournalError(
                f"{self._path} is not a journal, or is damaged: {error}",
                hint="move the file away; finished runs are kept in iiml/runs",
            ) from error
