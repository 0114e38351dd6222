"""Folds that imitate how the test relates to train."""

from __future__ import annotations

from iiml_codegen.domain.blueprint import FoldPlan, FoldStrategy
from iiml_codegen.domain.profile import DataProfile, Relation, TestIs
from iiml_codegen.domain.task import TaskKind

DEFAULT_FOLDS = 5
CLASS_KINDS: tuple[TaskKind, ...] = ("binary", "multiclass", "ordinal", "multilabel")


BY_EVIDENCE: tuple[tuple[TestIs, FoldStrategy], ...] = (
    ("after", "forward"),
    ("between", "blocks"),
    ("new_groups", "grouped"),
)


def plan_folds(profile: DataProfile, kind: TaskKind, folds: int, seed: int) -> FoldPlan:
    """Choose by evidence: forward in time, blocks between, unseen groups, else at random."""
    count = folds or DEFAULT_FOLDS
    for test_is, strategy in BY_EVIDENCE:
        found = [r for r in profile.relations if r.test_is == test_is]
        relation = max(found, key=lambda r: most_folds(r, strategy, count), default=None)
        most = most_folds(relation, strategy, count) if relation else 0
        if relation and most:
            return FoldPlan(
                strategy=strategy,
                folds=most,
                column=relation.column,
                why=relation.evidence + fewer(relation, most, count),
                seed=seed,
            )
    strategy = "stratified" if kind in CLASS_KINDS else "random"
    return FoldPlan(strategy=strategy, folds=count, column=None, why=at_random(profile), seed=seed)


def most_folds(relation: Relation, strategy: FoldStrategy, count: int) -> int:
    """As many folds as the groups or moments of train make, up to `count`; 0 if they make none.

    The first moment is never withheld where folds go forward in time.
    """
    if relation.distinct is None:
        return count
    if strategy == "forward":
        return min(count, relation.distinct - 1)
    return min(count, relation.distinct) if relation.distinct > 1 else 0


def fewer(relation: Relation, most: int, count: int) -> str:
    """Why there are fewer folds than asked for, as the end of a sentence."""
    if most == count:
        return ""
    return f"; train has {relation.distinct} different {relation.column}, which make {most} folds"


def at_random(profile: DataProfile) -> str:
    """Why rows are withheld at random."""
    apart = next((r for r in profile.relations if r.test_is in dict(BY_EVIDENCE)), None)
    if apart:
        return f"{apart.evidence}, but train has one {apart.column} only"
    mixed = first(profile, "mixed_groups")
    if mixed:
        return f"{mixed.evidence}, so rows are withheld at random"
    return "no group or time column sets the test apart from train"


def first(profile: DataProfile, test_is: TestIs) -> Relation | None:
    """The first relation of this sort."""
    return next((r for r in profile.relations if r.test_is == test_is), None)
