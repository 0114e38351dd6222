"""Folds that imitate how the test relates to train."""

from __future__ import annotations

from iiml_codegen.domain.blueprint import FoldPlan, FoldStrategy
from iiml_codegen.domain.profile import DataProfile, Relation
from iiml_codegen.domain.task import TaskKind

DEFAULT_FOLDS = 5
CLASS_KINDS: tuple[TaskKind, ...] = ("binary", "multiclass", "ordinal", "multilabel")


def plan_folds(profile: DataProfile, kind: TaskKind, folds: int, seed: int) -> FoldPlan:
    """Choose by evidence: forward in time, blocks between, unseen groups, else at random."""
    count = folds or DEFAULT_FOLDS
    strategies: tuple[tuple[str, FoldStrategy], ...] = (
        ("after", "forward"),
        ("between", "blocks"),
        ("new_groups", "grouped"),
    )
    for test_is, strategy in strategies:
        relation = first(profile, test_is)
        if relation:
            return FoldPlan(
                strategy=strategy,
                folds=count,
                column=relation.column,
                why=relation.evidence,
                seed=seed,
            )
    why = "no group or time column sets the test apart from train"
    mixed = first(profile, "mixed_groups")
    if mixed:
        why = f"{mixed.evidence}, so rows are withheld at random"
    strategy = "stratified" if kind in CLASS_KINDS else "random"
    return FoldPlan(strategy=strategy, folds=count, column=None, why=why, seed=seed)


def first(profile: DataProfile, test_is: str) -> Relation | None:
    """The first relation of this sort."""
    return next((r for r in profile.relations if r.test_is == test_is), None)
