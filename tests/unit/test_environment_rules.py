"""The rules of rung 9 by their own examples: each is done, and trouble has the rule's code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from iiml_codegen import files
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.execution import lock
from iiml_codegen.execution.environment import find_interpreter
from iiml_codegen.execution.lock import FolderLock
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.files import write_atomically
from iiml_codegen.implementation.recipes import excerpt
from iiml_codegen.integration.rules import environment
from iiml_codegen.integration.rules.rule import Example, Rule
from iiml_codegen.journal import Journal
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.settings import read_file
from iiml_codegen.viewing.verify_folder import look
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.workspace import Workspace


class Doing:
    """What examples may do in their folder; `codes` collects what was said."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch
        self.codes: list[str] = []
        self.worker = WorkerClient(Path(sys.executable), folder / "worker.log")

    def run(self, example: Example) -> list[str]:
        """Do an example; the codes of trouble and of violations."""
        try:
            if example.file == "iiml.toml":
                self.write(example.file, example.text)
                read_file(self.folder / example.file)
            else:
                exec(compile(example.text, example.file, "exec"), self.names())
        except IimlError as error:
            self.codes.append(error.code)
        finally:
            self.worker.close()
        return self.codes

    def names(self) -> dict[str, Any]:
        """The names that examples use."""
        mine: list[Callable[..., Any]] = [
            *(self.write, self.understand, self.verify, self.promote),
            *(self.room_for, self.opened_elsewhere),
        ]
        ours = [FolderLock, Journal, find_interpreter, write_atomically]
        return {
            **{one.__name__: one for one in [*mine, *ours]},
            "folder": self.folder,
            "worker": self.worker,
            "recipe": lambda name: excerpt([name]),
        }

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def understand(self) -> None:
        seen = from_plain(inventory({"folder": str(self.folder)}), Inventory)
        ExpertTaskAnalyzer().analyse(seen)

    def verify(self) -> None:
        self.codes += [one.code for one in look(Workspace(self.folder), 0).violations]

    def promote(self, text: str) -> None:
        Workspace(self.folder).promote("prep.py", text)
        self.write("iiml/model_traditional.py", "def fit(X, y): ...\n")

    @contextmanager
    def room_for(self, size: int) -> Iterator[None]:
        """A disk that takes files up to a size, as quotas and full disks do."""
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    @contextmanager
    def opened_elsewhere(self, path: Path) -> Iterator[None]:
        """A file that somebody has open: only Windows refuses its replacement by itself."""
        with path.open(), pytest.MonkeyPatch.context() as patch:
            if sys.platform != "win32":
                patch.setattr(os, "replace", refused)
            yield


def refused(source: object, target: object) -> None:
    """What Windows answers where a file is open elsewhere."""
    raise PermissionError(errno.EACCES, "the file is used by another process")


@pytest.fixture
def doing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doing:
    monkeypatch.setattr(files, "PAUSES", (0.0,))
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    return Doing(tmp_path, monkeypatch)


def cases(kind: str) -> list[Any]:
    """Rules with each of their examples."""
    limits = pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
    return [
        pytest.param(rule, one, marks=limits if rule.code == "IIML909" else ())
        for rule in environment.RULES
        for one in getattr(rule, kind)
    ]


@pytest.mark.parametrize(("rule", "example"), cases("valid"))
def test_what_keeps_a_rule_of_the_environment_gives_no_trouble(
    doing: Doing, rule: Rule, example: Example
) -> None:
    assert doing.run(example) == []


@pytest.mark.parametrize(("rule", "example"), cases("invalid"))
def test_what_breaks_a_rule_of_the_environment_has_its_code(
    doing: Doing, rule: Rule, example: Example
) -> None:
    assert doing.run(example) == [rule.code]
