"""The competition folder and its `iiml/` folder: where things lie, and how they are written.

Every write is atomic: a reader sees the old bytes or the new ones, also after a power cut.
Data that must not or cannot be changed stay as they are: all outputs then lie in a work folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from iiml_codegen.errors import CompetitionError
from iiml_codegen.files import (
    LONGEST_PLAIN,
    FileHeldError,
    reachable,
    remove,
    replace,
    write_atomically,
)
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


@dataclass(frozen=True)
class Submitted:
    """Where a submission went: `path` is another name than submission.csv where that is held open.

    `kept` is the new name of a submission that was not ours.
    """

    path: Path
    kept: Path | None = None


class Workspace:
    """One competition folder, with its outputs in it or in a folder `work` of their own.

    Raises `CompetitionError` for a path that is not a folder, or that cannot be used.
    """

    def __init__(self, folder: Path, work: Path | None = None) -> None:
        if not folder.is_dir():
            raise CompetitionError(
                f"{folder} is not a folder", hint="name the folder with train.csv in it"
            )
        self.folder = reachable(_said(folder.resolve()))
        self.work = self.folder if work is None else reachable(_said(work.resolve()))
        if self.folder in self.work.parents:
            raise CompetitionError(
                f"{work} lies inside the competition folder, where it would be taken for data",
                hint="choose a --work folder beside it",
            )
        self.home = self.work / "iiml"
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
        self.diagnosis = self.generated / "diagnosis.json"
        self.submission = self.work / "submission.csv"

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
        """Make `iiml/` and its folders; what is there already stays as it is.

        Raises `CompetitionError` where nothing can be written.
        """
        if sys.platform == "win32" and len(str(self.work)) > LONGEST_PLAIN:
            raise CompetitionError(
                f"the path of {self.work} is too long for Windows to start programs in it",
                hint="give --work DIR, a folder with a short path; the data can stay",
            )
        try:
            for folder in (self.home, self.candidates, self.runs, self.inbox, self.generated):
                folder.mkdir(parents=True, exist_ok=True)
            for folder in (self.work, self.home, self.runs):
                _try_writing(folder)
        except OSError as error:
            raise CompetitionError(
                f"{self.work} cannot be written: {error.strerror}",
                hint="give --work DIR, a folder for iiml/ and submission.csv; the data can stay",
            ) from error
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
        digest = hashlib.sha256(os.fsencode(os.path.normcase(self.folder))).hexdigest()[:12]
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", self.folder.name)[:40]
        folder = Path(root).resolve() / f"{name}-{digest}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def private(self) -> tuple[str, ...]:
        """The folders that no scored run may read: data with their labels, other runs, caches."""
        return tuple(dict.fromkeys(map(str, (self.folder, self.home, self.cache_dir()))))

    def promote(self, name: str, text: str) -> Promotion:
        """Put a generated module where the user finds it; a hand edit is merged, never lost."""
        return promote(self.home / name, text, self.generated)

    def replace_submission(self, source: Path) -> Submitted:
        """Replace `submission.csv` by the bytes of `source`.

        A submission that is not one of ours is kept aside first. Where another program holds the
        file, ours goes beside it as `submission.iiml-1.csv`.
        """
        data = source.read_bytes()
        # Remembered before it is written: killed between the two, the file is still known as ours.
        known = self._known_submissions()
        self._remember_submission(_digest(data))
        try:
            kept = self._keep_foreign_submission(known)
            write_atomically(self.submission, data)
        except FileHeldError:
            beside = self._free_name("submission.iiml", known)
            write_atomically(beside, data)
            return Submitted(beside)
        self._drop_stale(known)
        return Submitted(self.submission, kept)

    def _keep_foreign_submission(self, known: list[str]) -> Path | None:
        if not self.submission.exists():
            return None
        if _digest(self.submission.read_bytes()) in known:
            return None
        aside = self._free_name("submission.yours", [])
        replace(self.submission, aside)
        return aside

    def _free_name(self, stem: str, known: list[str]) -> Path:
        """The first numbered name that is free, or holds what is known as ours."""
        number = 1
        while (path := self.work / f"{stem}-{number}.csv").exists():
            if _digest(path.read_bytes()) in known:
                break
            number += 1
        return path

    def _drop_stale(self, known: list[str]) -> None:
        """Submissions beside submission.csv are worth nothing once a better one is in it."""
        for path in self.work.glob("submission.iiml-*.csv"):
            if _digest(path.read_bytes()) in known:
                with suppress(FileHeldError):
                    remove(path)

    def _known_submissions(self) -> list[str]:
        record = self.generated / "submissions.txt"
        return record.read_text("ascii").split() if record.exists() else []

    def _remember_submission(self, digest: str) -> None:
        known = [old for old in self._known_submissions() if old != digest]
        record = self.generated / "submissions.txt"
        write_atomically(record, "".join(f"{one}\n" for one in [*known, digest]).encode())


def _said(path: Path) -> Path:
    """The path, if it can be said in UTF-8, as journal, requests and reports must say it."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise CompetitionError(
            f"the path {str(path)!r} is not valid Unicode",
            hint="rename the folder, or name it by a link with another name",
        ) from error
    return path


def _try_writing(folder: Path) -> None:
    """Raises OSError where no file can be made; permissions do not tell, root has them all."""
    with tempfile.TemporaryFile(dir=folder):
        return


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
