"""What both coders are told of a task, and the first code of a track in one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iiml_codegen.backbones.agents.code_check import CodeCheck
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.domain.blueprint import Blueprint, Member, Step
from iiml_codegen.domain.contract import Clause, Contract, Observation
from iiml_codegen.domain.contract_words import statement
from iiml_codegen.domain.profile import ColumnProfile, DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.integration.installed import InstalledLibraries

MOST_COLUMNS = 60
MOST_EXAMPLES = 3
LIBRARIES = ("numpy", "pandas", "scipy", "sklearn", "lightgbm", "xgboost", "catboost", "torch")
MORE_LIBRARIES = ("transformers", "sentence_transformers", "torchvision", "timm", "PIL", "nltk")
ROUNDS = 2
"""How often a module goes back before nothing comes of it: a fourth try is rarely any better."""


class WrittenModule(Frozen):
    """A whole Python module."""

    code: str


@dataclass(frozen=True)
class CodingTask:
    """What coders may know.

    `folds` says how candidates are scored, `advice` is what was found out about such data, and
    `digest` describes the task and its columns; without one it is made from task and profile.
    """

    task: TaskSummary
    profile: DataProfile
    contract: Contract
    files: tuple[str, ...]
    installed: InstalledLibraries
    folds: str = ""
    advice: tuple[str, ...] = ()
    digest: str = ""

    def check(self) -> CodeCheck:
        """What modules are held against."""
        columns = tuple(column.name for column in self.profile.columns)
        return CodeCheck(self.task, self.contract, columns, self.files, self.installed)

    def described(self, share_values: bool) -> str:
        """The task and its columns."""
        return self.digest or "\n".join(described(self.task, self.profile, share_values))

    def libraries(self) -> str:
        """What may be imported, with versions."""
        known = set(self.installed.top_level())
        named = [name for name in (*LIBRARIES, *MORE_LIBRARIES) if name in known]
        return ", ".join(f"{name} {self.installed.version(name) or ''}".strip() for name in named)


def write_first_code(
    asker: Asker,
    given: CodingTask,
    blueprint: Blueprint,
    member: Member,
    prep: str | None = None,
    observations: Sequence[Observation] = (),
) -> tuple[str, str]:
    """The texts of prep and of one model; raises NoAnswerError.

    Give `prep` where another track has it already, and `observations` where it ran.
    """
    from iiml_codegen.backbones.agents.modeling_coder import BackboneModelingCoder
    from iiml_codegen.backbones.agents.preprocessing_coder import BackbonePreprocessingCoder

    prep = prep or BackbonePreprocessingCoder(asker, given).write(blueprint)
    return prep, BackboneModelingCoder(asker, given, observations).write(blueprint, member)


def described(task: TaskSummary, profile: DataProfile, share_values: bool) -> Iterator[str]:
    """Task and columns, a line each."""
    yield f"{task.kind}; target {', '.join(task.targets)}; metric {task.metric}"
    classes = ", ".join(task.classes[:20])
    if classes and share_values:
        yield f"classes in this order: {classes}"
    yield f"{task.train_file}: {profile.train_rows} rows; {task.test_file}: {profile.test_rows}"
    if task.id_column:
        yield f"id column: {task.id_column}"
    for column in profile.columns[:MOST_COLUMNS]:
        yield column_line(column, share_values)
    if len(profile.columns) > MOST_COLUMNS:
        yield f"and {len(profile.columns) - MOST_COLUMNS} more columns"


def column_line(column: ColumnProfile, share_values: bool) -> str:
    """One column as measured."""
    parts = [f"{column.name}: {column.role}, {column.distinct} values"]
    if column.missing_train or column.missing_test:
        parts.append(f"missing {column.missing_train:.0%}/{column.missing_test:.0%}")
    if column.minimum is not None and column.maximum is not None:
        parts.append(f"{column.minimum:.4g}..{column.maximum:.4g}")
    if not (column.in_train and column.in_test):
        parts.append("train only" if column.in_train else "test only")
    if share_values and column.examples:
        parts.append("such as " + " | ".join(e[:30] for e in column.examples[:MOST_EXAMPLES]))
    return ", ".join(parts)


def step_lines(steps: Sequence[Step]) -> list[str]:
    """Steps as markers and what they are to do."""
    return [f"[{step.id}] {step.title}: {step.why}".rstrip(": ") for step in steps]


def clause_lines(clauses: Sequence[Clause]) -> list[str]:
    """Clauses in their own words."""
    return [f"{clause.id}: {statement(clause)}" for clause in clauses]


def observation_lines(observations: Sequence[Observation]) -> list[str]:
    """What prep gave when it ran."""
    return [
        f"{seen.output}: {seen.type} {seen.rows} x {seen.columns}, {seen.dtype}, "
        f"{seen.missing} missing"
        + (f"; columns {', '.join(seen.column_names[:30])}" if seen.column_names else "")
        for seen in observations
    ]
