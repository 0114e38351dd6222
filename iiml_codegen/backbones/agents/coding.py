"""What both coders are told of a task, and the first code of a track in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iiml_codegen.backbones.agents.code_check import CodeCheck
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.digest import Digest
from iiml_codegen.domain.blueprint import Blueprint, Member, Step
from iiml_codegen.domain.contract import Clause, Contract, Observation
from iiml_codegen.domain.contract_words import worded
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.integration.installed import InstalledLibraries

MOST_LABELS = 30
LONGEST_LABEL = 40
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
        digest = Digest(share_values)
        measured = f"{digest.task(self.task)}\n{digest.profile(self.profile, self.task)}"
        return f"{self.digest or measured}\n{label_order(self.task, share_values)}".rstrip()

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
    coder = BackboneModelingCoder(asker, given, observations, prep)
    return prep, coder.write(blueprint, member)


def label_order(task: TaskSummary, share_values: bool) -> str:
    """Which label gets which code, without naming labels that stay at home; empty for numbers."""
    if not task.classes or task.kind not in ("binary", "multiclass", "ordinal"):
        return ""
    if share_values:
        labels = [" ".join(label.split())[:LONGEST_LABEL] for label in task.classes[:MOST_LABELS]]
        more = ", …" if len(task.classes) > MOST_LABELS else ""
        return f"Codes 0 to {len(task.classes) - 1} are the labels {', '.join(labels)}{more}."
    if is_sorted(task.classes):
        return f"Codes 0 to {len(task.classes) - 1} are the distinct labels, sorted."
    if task.submission.answer == "class_probabilities":
        return f"Codes follow the answer columns of {task.submission.file}, which name the labels."
    return f"Codes 0 to {len(task.classes) - 1} are the labels in a known order."


def is_sorted(labels: Sequence[str]) -> bool:
    """Whether labels stand in the order in which a program would sort them."""
    try:
        return sorted(labels, key=float) == list(labels)
    except ValueError:
        return sorted(labels) == list(labels)


def step_lines(steps: Sequence[Step], share_values: bool) -> list[str]:
    """Steps as markers and what they are to do."""
    digest = Digest(share_values)
    return [f"[{step.id}]{digest.step(step).removeprefix(step.id)}" for step in steps]


def clause_lines(clauses: Sequence[Clause], share_values: bool) -> list[str]:
    """Clauses in their own words."""
    told = tuple(clause if clause.says else worded(clause) for clause in clauses)
    return Digest(share_values).contract(Contract(views=(), clauses=told)).splitlines()


def observation_lines(observations: Sequence[Observation]) -> list[str]:
    """What prep gave when it ran."""
    return [
        f"{seen.output}: {seen.type} {seen.rows} x {seen.columns}, {seen.dtype}, "
        f"{seen.missing} missing"
        + (f"; columns {', '.join(seen.column_names[:30])}" if seen.column_names else "")
        for seen in observations
    ]
