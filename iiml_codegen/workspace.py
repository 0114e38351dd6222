"""The competition folder and its `iiml/` folder: where things lie, and how they are written.

Every write is atomic: a reader sees the old bytes or the new ones, also after a power cut.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import platformdirs

from iiml_codegen.errors import CompetitionError
from iiml_codegen.files import write_atomically
from iiml_codegen.promotion import Promotion, promote

IGNORED = """\
# What a machine can make again; modules, pipelines and pages are worth keeping.
runs/
candidates/
inbox/
journal.sqlite
journal.sqlite-journal
lock
lock.json
solver.log
worker.log
"""


class Workspace:
    """One competition folder. Raises `CompetitionError` for a path that is not a folder."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise CompetitionError(
                f"{folder} is not a folder", hint="name the folder with train.csv in it"
            )
        self.folder = folder.resolve()
        self.home = self.folder / "iiml"
        self.task = self.home / "task.json"
        self.profile = self.home / "profile.json"
        self.blueprint = self.home / "blueprint.json"
        self.blueprint_page = self.home / "blueprint.md"
        self.contract = self.home / "contract.json"
        self.report = self.home / "report.html"
        self.best = self.home / "best.py"
        self.prep = self.home / "prep.py"
        self.candidates = self.home / "candidates"
        self.runs = self.home / "runs"
        self.inbox = self.home / "inbox"
        self.journal = self.home / "journal.sqlite"
        self.lock = self.home / "lock"
        self.solver_log = self.home / "solver.log"
        self.worker_log = self.home / "worker.log"
        self.generated = self.home / ".generated"
        self.submission = self.folder / "submission.csv"

    def model(self, track: str) -> Path:
        """The promoted model module of a track."""
        return self.home / f"model_{track}.py"

    def pipeline(self, track: str) -> Path:
        """The assembled pipeline of a track."""
        return self.home / f"pipeline_{track}.py"

    def candidate(self, name: str) -> Path:
        """The folder of a candidate's own modules and pipeline."""
        return self.candidates / name

    def run(self, name: str) -> Path:
        """The folder of a run."""
        return self.runs / name

    def create(self) -> Workspace:
        """Make `iiml/` and its folders; what is there already stays as it is."""
        for folder in (self.home, self.candidates, self.runs, self.inbox, self.generated):
            folder.mkdir(parents=True, exist_ok=True)
        ignore = self.home / ".gitignore"
        if not ignore.exists():
            write_atomically(ignore, IGNORED.encode())
        return self

    def write_bytes(self, path: Path, data: bytes) -> None:
        """Replace a file atomically, making its folder if need be."""
        write_atomically(path, data)

    def write_text(self, path: Path, text: str) -> None:
        """Replace a file atomically by UTF-8 text, newlines as they stand in `text`."""
        write_atomically(path, text.encode())

    def cache_dir(self) -> Path:
        """The folder in the user's cache that belongs to this competition; made if need be.

        `IIML_CACHE_DIR` moves the whole cache. The key is the competition's name and a hash of
        its resolved path, so two competitions of one name stay apart.
        """
        root = os.environ.get("IIML_CACHE_DIR") or platformdirs.user_cache_dir("iiml")
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", self.folder.name)[:40]
        folder = Path(root).resolve() / f"{name}-{digest}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def promote(self, name: str, text: str) -> Promotion:
        """Put a generated module where the user finds it; a hand edit is merged, never lost."""
        return promote(self.home / name, text, self.generated)

    def replace_submission(self, source: Path) -> Path | None:
        """Replace `submission.csv` by the bytes of `source`.

        A submission that is not one of ours is kept aside first; its new path is returned.
        """
        data = source.read_bytes()
        kept = self._keep_foreign_submission()
        # Remembered before it is written: killed between the two, the file is still known as ours.
        self._remember_submission(_digest(data))
        write_atomically(self.submission, data)
        return kept

    def _keep_foreign_submission(self) -> Path | None:
        if not self.submission.exists():
            return None
        if _digest(self.submission.read_bytes()) in self._known_submissions():
            return None
        number = 1
        while (aside := self.folder / f"submission.yours-{number}.csv").exists():
            number += 1
        self.submission.replace(aside)
        return aside

    def _known_submissions(self) -> list[str]:
        record = self.generated / "submissions.txt"
        return record.read_text("ascii").split() if record.exists() else []

    def _remember_submission(self, digest: str) -> None:
        known = [old for old in self._known_submissions() if old != digest]
        record = self.generated / "submissions.txt"
        write_atomically(record, "".join(f"{one}\n" for one in [*known, digest]).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
