"""Scores of a folder, folded from its journal as it grows; nothing is written or waited for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.events import Entry, Event
from iiml_codegen.insight.files import Signature, signature
from iiml_codegen.leaderboard import ranked
from iiml_codegen.viewing.solve_view import SolveView

PATIENCE = 0.02  # seconds to wait while a solver writes; the next look reads what was missed
TOLD = (
    "SolveStarted",
    "TaskAnalysed",
    "CandidateUpdated",
    "SubmissionWritten",
    "StepWorth",
    "IdeaTried",
)
QUERY = (
    "SELECT seq, at, body FROM events WHERE seq > ?"
    f" AND kind IN ({', '.join('?' * len(TOLD))}) ORDER BY seq"
)


class Scores:
    """The candidates of one folder with their scores."""

    def __init__(self) -> None:
        self.view = SolveView()
        self.seq = 0
        self.signature: Signature | None = None

    def follow(self, journal: Path) -> None:
        """Take in what the journal tells since the last look; of one that is damaged, nothing."""
        now = signature(journal)
        if now == self.signature:
            return
        if now is None or (self.signature and now[1] < self.signature[1]):
            self.view, self.seq = SolveView(), 0
        try:
            entries = since(journal, self.seq) if now else []
        except (sqlite3.Error, msgspec.MsgspecError):
            return
        for entry in entries:
            self.view.apply(entry)
            self.seq = entry.seq
        self.signature = now

    def of(self, candidate: str) -> Candidate | None:
        """A candidate by its id."""
        return self.view.candidates.get(candidate)

    def best_of(self, track: str, member: str | None) -> Candidate | None:
        """The best candidate of a track, or of the one model of it that `member` names."""
        found = ranked(
            (c for c in self.view.candidates.values() if c.track == track),
            greater_is_better=self.view.greater_is_better,
        )
        if member is not None:
            found = [one for one in found if one.members == (member,)]
        return found[0] if found else None


def since(journal: Path, seq: int) -> list[Entry]:
    """The entries above a number that tell of candidates."""
    address = f"{journal.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, PATIENCE, uri=True)) as database:
        rows = database.execute(QUERY, (seq, *TOLD)).fetchall()
    decode = msgspec.json.Decoder(Event).decode
    return [Entry(seq=number, at=at, event=decode(body)) for number, at, body in rows]
