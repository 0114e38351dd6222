"""A model that asks for more than the clauses of its view promise: a usage violation.

Read from the model's text, beside the clause of its view and what prep really gave. Nothing is
said where the module looks before it asks (`view_uses`).
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iiml_codegen.domain.contract import Clause, Contract, Observation
from iiml_codegen.domain.fault import Place, Related, Violation
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.prep_places import output_line
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.integration.view_kinds import (
    INSTEAD,
    INTO_ARRAYS,
    LACKS,
    TAKE_NO_GAPS,
    TAKE_NO_WORDS,
)
from iiml_codegen.integration.view_uses import Use, rows_uses
from iiml_codegen.syntax import syntax_tree

UNPROMISED_COLUMN, LACKING_METHOD, REFUSED_VALUES = "IIML210", "IIML211", "IIML214"
WORDS = ("category", "object", "str", "string")


@dataclass(frozen=True)
class Given:
    """A view as promised and as seen."""

    view: str
    clause: Clause | None
    seen: Observation | None
    kind: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All its columns; empty where they have no names, or not all are known."""
        if self.seen is not None:
            known = self.seen.column_names
            return known if len(known) == self.seen.columns else ()
        return self.clause.columns if self.clause else ()


def usage_violations(
    model: Module,
    contract: Contract,
    observations: Sequence[Observation],
    view: str,
    prep: Module | None = None,
) -> list[Violation]:
    """Where a model's text asks for more than its view promises; [] for text that does not parse.

    `view` is the name that the model is bound to, so its outputs are `<view>_train` and
    `<view>_test`. Without observations only the clauses speak.
    """
    try:
        tree = syntax_tree(model.text)
    except SyntaxError:
        return []
    given = given_view(contract, observations, view)
    found: dict[tuple[int, int, str], Violation] = {}
    for use in rows_uses(tree):
        for code, message, hint, names in complaints(use, given, tree):
            place = Place(file=model.label, line=use.node.lineno, column=use.node.col_offset + 1)
            found.setdefault(
                (place.line, place.column, code),
                Violation(
                    code=code,
                    message=message,
                    place=place,
                    hint=hint,
                    clause=given.clause.id if given.clause else None,
                    step=step_above(model.text, place.line),
                    side="usage",
                    names=names,
                    related=promise(given, use, prep),
                ),
            )
    return [found[key] for key in sorted(found)]


def given_view(contract: Contract, observations: Sequence[Observation], view: str) -> Given:
    """What is known of a view."""
    output = f"{view}_train"
    clause = next(iter(contract.clauses_for(output)), None)
    seen = next((one for one in observations if one.output == output), None)
    planned = contract.view(view)
    kinds = clause.kind if clause and len(clause.kind) == 1 else ()
    kind = seen.type if seen else next(iter(kinds), planned.kind if planned else "")
    return Given(view, clause, seen, {"DataFrame": "frame", "ndarray": "array"}.get(kind, kind))


Complaint = tuple[str, str, str, tuple[str, ...]]
"""Code, message, hint and names."""


def complaints(use: Use, given: Given, tree: ast.Module) -> Iterator[Complaint]:
    """What is wrong with one use."""
    output = f"{given.view}_{'test' if use.entry == 'predict' else 'train'}"
    if use.sort == "columns":
        yield from about_column(use.names[0], output, given)
    elif use.sort == "attribute" and use.names[0] in LACKS.get(given.kind, ()):
        message = f"`{output}` is of kind {given.kind}, which has no `{use.names[0]}`"
        yield LACKING_METHOD, message, INSTEAD.get(given.kind, ""), use.names
    elif use.sort == "call" and given.kind == "sparse":
        if use.names[0].rpartition(".")[2] in INTO_ARRAYS and "." in use.names[0]:
            message = f"`{use.names[0]}` makes no table of `{output}`, which is sparse"
            yield LACKING_METHOD, message, INSTEAD["sparse"], use.names
    elif use.sort == "fit" and from_sklearn(use.names[0], tree):
        yield from about_values(use.names[0], output, given)


def about_column(name: str, output: str, given: Given) -> Iterator[Complaint]:
    """A column by its name: the view lacks it, or has no names at all."""
    if given.kind in ("sparse", "array", "tensor"):
        message = f"`{output}` is of kind {given.kind}, whose columns have no names (`{name}`)"
        yield LACKING_METHOD, message, "use a view that is a frame", (name,)
    elif given.columns and name not in given.columns:
        near = difflib.get_close_matches(name, given.columns, n=3, cutoff=0.6)
        hint = f"it has {', '.join(near)}" if near else f"it has {', '.join(given.columns[:8])}"
        yield UNPROMISED_COLUMN, f"`{output}` has no column `{name}`", hint, (name, *near)


def about_values(estimator: str, output: str, given: Given) -> Iterator[Complaint]:
    """An estimator that cannot take the gaps or the categories that the view has."""
    seen, clause = given.seen, given.clause
    if seen is None or given.kind != "frame":
        return
    promised = clause is not None and clause.no_missing
    if seen.missing and not promised and estimator.startswith(TAKE_NO_GAPS):
        names = seen.missing_columns
        message = f"{estimator} takes no missing values, and `{output}` may have some"
        yield REFUSED_VALUES, message, f"gaps in {', '.join(names[:5])}", names
    pairs = zip(seen.column_names, seen.column_dtypes, strict=False)
    words = tuple(name for name, dtype in pairs if dtype in WORDS)
    if (
        words
        and not (clause is not None and clause.numeric)
        and estimator.startswith(TAKE_NO_WORDS)
    ):
        message = f"{estimator} takes numbers, and `{output}` has categories"
        yield REFUSED_VALUES, message, f"categories are {', '.join(words[:5])}", words


def from_sklearn(estimator: str, tree: ast.Module) -> bool:
    """Whether a name is imported from scikit-learn."""
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").partition(".")[0] == "sklearn"
        and any((alias.asname or alias.name) == estimator for alias in node.names)
        for node in ast.walk(tree)
    )


def step_above(text: str, line: int) -> str | None:
    """The step whose marker stands nearest above a line."""
    above = [step for step, at, _ in markers(text) if at <= line]
    return above[-1] if above else None


def promise(given: Given, use: Use, prep: Module | None) -> tuple[Related, ...]:
    """The other side: where prep gives the view, and what the clause promises."""
    if prep is None:
        return ()
    output = f"{given.view}_{'test' if use.entry == 'predict' else 'train'}"
    said = f"; {given.clause.id} promises: {given.clause.says}" if given.clause else ""
    place = Place(file=prep.label, line=output_line(prep.text, output))
    return (Related(place=place, message=f"`{output}` is returned here{said}"),)
