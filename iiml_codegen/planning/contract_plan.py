"""The interface contract that follows from the plan: one clause per promise of prep."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from iiml_codegen.domain.contract import Clause, Contract, ObjectKind, View
from iiml_codegen.domain.task import TaskSummary

VIEW_KINDS: dict[str, tuple[ObjectKind, str]] = {
    "features": ("frame", "numbers and categories for trees, gaps allowed"),
    "design": ("frame", "scaled numbers without gaps for linear models"),
    "combined": ("sparse", "words weighed by rarity beside scaled numbers"),
    "words": ("sparse", "how often each word, mark or pair of them occurs"),
    "words_tfidf": ("sparse", "words, marks and pairs of them weighed by rarity"),
    "chars": ("sparse", "character sequences weighed by rarity"),
    "characters": ("sparse", "the codes of a text's characters in reading order"),
    "word_codes": ("sparse", "the codes of a text's words in reading order"),
}
SPARSE: tuple[ObjectKind, str] = ("sparse", "a sparse table of the texts")


def plan_contract(task: TaskSummary, views: frozenset[str]) -> Contract:
    """Clauses for each view's two outputs and for the target, numbered C1, C2, …"""
    listed = tuple(
        View(name=view, kind=VIEW_KINDS.get(view, SPARSE)[0], says=VIEW_KINDS.get(view, SPARSE)[1])
        for view in sorted(views)
    )
    drafts = [
        *(draft for view in listed for draft in view_clauses(view, task)),
        target_clause(task),
    ]
    clauses = tuple(
        msgspec.structs.replace(draft, id=f"C{number}")
        for number, draft in enumerate(drafts, start=1)
    )
    return Contract(views=listed, clauses=clauses)


def view_clauses(view: View, task: TaskSummary) -> Iterator[Clause]:
    """What holds for the training and the test rows of one view."""
    forbidden = tuple(n for n in (*task.targets, task.id_column) if n)
    train, test = f"{view.name}_train", f"{view.name}_test"
    dense = view.name == "design"
    for output, like, other in ((train, "train", test), (test, "test", train)):
        yield Clause(
            id="",
            output=output,
            says=f"`{output}` has one row per {like} row and the columns of `{other}`: {view.says}",
            shape="features",
            kind=(view.kind,),
            rows_like="train" if like == "train" else "test",
            same_columns_as=other,
            no_missing=dense,
            numeric=dense,
            finite=True,
            forbidden_columns=forbidden,
        )


def target_clause(task: TaskSummary) -> Clause:
    """What holds for the target."""
    labels = len(task.classes) or None
    says = f"codes 0 to {labels - 1}" if labels else "numbers without gaps"
    return Clause(
        id="",
        output="target",
        says=f"`target` has one entry per training row: {says}",
        shape="target",
        kind=("array", "series"),
        rows_like="train",
        width=len(task.targets) if len(task.targets) > 1 else None,
        no_missing=True,
        labels=labels,
        bounds=(0.0, 1.0) if task.kind == "multilabel" else None,
    )
