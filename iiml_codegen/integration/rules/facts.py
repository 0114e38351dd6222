"""What is known about a module besides its text."""

from __future__ import annotations

from dataclasses import dataclass

from iiml_codegen.domain.blueprint import Step
from iiml_codegen.domain.contract import Clause, Observation
from iiml_codegen.domain.task import TaskKind


@dataclass(frozen=True)
class Facts:
    """What is known besides the text: the steps that a file implements, and all step ids.

    `forbidden` columns, targets and ids, must not serve as features. `outputs` are the names that
    the contract lists, `observations` what prep gave when it ran last, `clauses` those concerned.
    `columns` and `files` are all that the competition has; empty where nobody looked. `forward`
    says that the test rows lie after the training rows in time. `rows_from_sample` says that the
    `sample` submission lists the test rows, so that prep has to read them there.
    """

    steps: tuple[Step, ...] = ()
    known_ids: frozenset[str] = frozenset()
    forbidden: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    observations: tuple[Observation, ...] = ()
    targets: tuple[str, ...] = ()
    kind: TaskKind | None = None
    sample: str = ""
    rows_from_sample: bool = False
    forward: bool = False
