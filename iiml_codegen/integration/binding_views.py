"""Which view of prep's feeds a model's rows, and whether anything speaks against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iiml_codegen.domain.contract import ObjectKind
from iiml_codegen.errors import BindingError
from iiml_codegen.integration.binding_evidence import TEST, TRAIN, Given, listed
from iiml_codegen.integration.parameter_use import function, kinds_of, used_as
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.roles import Parameter


@dataclass(frozen=True)
class ViewChecks:
    """The views of one binding; `target` is the output that holds the answers.

    `entry` is the function that gets the rows as they are: `fit`, or `encode` where there is one.
    """

    given: Given
    module: Module
    target: str
    entry: str = "fit"

    def rows(self, parameter: Parameter, view: str | None) -> tuple[str, str]:
        """The view that feeds the rows, and why; raises BindingError where that is a guess."""
        views = self.given.views
        if view is not None:
            if view not in views:
                raise self.missing(view, parameter)
            says = self.given.clause_says(view + TRAIN)
            return view, says or f'the model asks for view "{view}"'
        for name in (parameter.name, parameter.name.removesuffix(TRAIN)):
            if name in views:
                return name, "its name"
        kinds = self.wanted(parameter)
        whole = self.whole() or list(views)  # where none has the rows, unequal_rows says which
        fitting = [v for v in whole if not kinds or self.given.kind(v + TRAIN) in kinds]
        hidden = self.hidden(kinds)
        if len(fitting) == 1 and not hidden:
            what = "/".join(kinds) if kinds else "pair of outputs"
            rows = self.given.seen[self.target].rows
            return fitting[0], f"the only {what} with {rows} training rows"
        raise BindingError(
            f"{len(fitting) + len(hidden)} views could feed {parameter.name} of "
            f"{self.module.label}",
            choices=(*(fitting or whole), *hidden),
            hint="name the view in the plan, or name the parameter after it",
            parameter=f"{self.entry}.{parameter.name}",
        )

    def hidden(self, kinds: list[ObjectKind]) -> tuple[str, ...]:
        """Views that could be meant, though prep does not give both halves under one name.

        These are promised views that are missing, and outputs with columns that belong to no view.
        One whole view beside them is not the only one: a name may have been misspelled.
        """
        given = self.given
        missing = [v for v in given.promised_views if v not in given.views]
        missing = [v for v in missing if not kinds or given.promised_kind(v) in (None, *kinds)]
        halves = {view + half for view in given.views for half in (TRAIN, TEST)}
        strays = [
            name
            for name, seen in given.seen.items()
            if name not in (*halves, self.target)
            and (seen.columns > 1 or given.kind(name) in ("frame", "sparse"))
            and (not kinds or given.kind(name) in kinds)
        ]
        return (*missing, *sorted(strays))

    def whole(self) -> list[str]:
        """Views with as many training rows as the target has."""
        seen = self.given.seen
        return [v for v in self.given.views if seen[v + TRAIN].rows == seen[self.target].rows]

    def wanted(self, parameter: Parameter) -> list[ObjectKind]:
        """The kinds that a parameter takes, by its annotation, else by what is done with it."""
        node = function(self.module.text, self.entry)
        return kinds_of(parameter.annotation) or (used_as(node, parameter.name) if node else [])

    def missing(self, view: str, parameter: Parameter) -> BindingError:
        """Why a view that was asked for cannot be had, with what could be meant."""
        given = self.given
        half = view + (TEST if view + TRAIN in given.seen else TRAIN)
        other = view + (TRAIN if half.endswith(TEST) else TEST)
        views = given.likely(view, given.views)
        if other in given.seen:
            like = given.seen[other]
            twins = [n for n, s in given.seen.items() if n != other and s.columns == like.columns]
            choices = given.likely(half, [n for n in twins if not given.promised(n)]) or views
        else:
            strays = [n for n in given.seen if n != self.target and not given.promised(n)]
            halves = {v + end for v in views for end in (TRAIN, TEST)}
            choices = (*views, *given.likely(view, [n for n in strays if n not in halves]))
        return BindingError(
            f"prep gives no output {half!r}, which {self.module.label} asks for",
            choices=choices,
            hint=f'return {{"{half}": ...}} from prepare',
            code="IIML202",
            parameter=f"{self.entry}.{parameter.name}",
            output=half,
        )

    def doubts(self, view: str, parameter: Parameter, asked: str | None) -> Iterator[BindingError]:
        """Everything that speaks against the view that was found."""
        yield from self.unequal_rows(view, parameter)
        yield from self.confused(view, parameter)
        yield from self.other_kind(view, parameter)
        yield from self.foreign_half(view)
        names = {parameter.name, parameter.name.removesuffix(TRAIN)} & set(self.given.views)
        if asked is not None and names and view not in names:
            name = names.pop()
            yield BindingError(
                f"{parameter.name} of {self.module.label} is called like view `{name}`, "
                f"the plan feeds it `{view}`",
                choices=(view, name),
                hint="rename the parameter, or change the plan",
                code="IIML207",
                parameter=f"{self.entry}.{parameter.name}",
                output=view + TRAIN,
            )

    def unequal_rows(self, view: str, parameter: Parameter) -> Iterator[BindingError]:
        """Rows and answers that do not belong together."""
        seen, known = self.given.seen, self.given.rows
        have, answers = seen[view + TRAIN].rows, seen[self.target].rows
        wrong = self.target if known and answers != known.train == have else view + TRAIN
        if have != answers or (known and known.train != have):
            table = f"; prep read {known.train:,} training rows" if known else ""
            yield BindingError(
                f"{view}{TRAIN} has {have:,} rows, the target has {answers:,}{table}",
                choices=tuple(v for v in self.whole() if v != view),
                hint="drop no rows in prepare, or drop them from the target too",
                code="IIML205",
                parameter=f"{self.entry}.{parameter.name}",
                output=wrong,
            )

    def confused(self, view: str, parameter: Parameter) -> Iterator[BindingError]:
        """A view that is not what its clauses say, while another one is."""
        given, name = self.given, view + TRAIN
        if given.fits(name, name):
            return
        better = [v for v in self.whole() if v != view and given.fits(v + TRAIN, name)]
        better = [v for v in better if not given.fits(v + TRAIN, v + TRAIN)] or [
            v for v in better if not given.promised(v + TRAIN)
        ]
        if better:
            yield BindingError(
                f"`{name}` is not what the contract says of it, but `{better[0]}{TRAIN}` is",
                choices=tuple(better),
                hint="were they confused in prepare?",
                code="IIML213",
                parameter=f"{self.entry}.{parameter.name}",
                output=name,
            )

    def other_kind(self, view: str, parameter: Parameter) -> Iterator[BindingError]:
        """An annotation that says another kind of object than prep gives."""
        kinds, kind = kinds_of(parameter.annotation), self.given.kind(view + TRAIN)
        if kinds and kind is not None and kind not in kinds:
            yield BindingError(
                f"{parameter.name} of {self.module.label} takes {listed(kinds)}, "
                f"but {view}{TRAIN} is a {kind}",
                choices=(
                    *(v for v in self.whole() if self.given.kind(v + TRAIN) in kinds),
                    view,
                ),
                hint="ask for another view, or annotate what prep gives",
                code="IIML206",
                parameter=f"{self.entry}.{parameter.name}",
                output=view + TRAIN,
            )

    def foreign_half(self, view: str) -> Iterator[BindingError]:
        """A test half that is no half of this view, such as the training half once more."""
        given = self.given
        train, test = given.seen[view + TRAIN], given.seen[view + TEST]
        why = ""
        if given.kind(view + TRAIN) != given.kind(view + TEST):
            why = f"it is a {test.type}, the training half a {train.type}"
        elif train.columns != test.columns:
            why = f"it has {test.columns:,} columns, the training half {train.columns:,}"
        elif given.rows and test.rows != given.rows.test:
            why = f"it has {test.rows:,} rows, the test table {given.rows.test:,}"
        elif test.rows == train.rows and any(
            given.seen[v + TEST].rows != test.rows for v in self.whole()
        ):
            why = f"it has the {test.rows:,} rows of the training half"
        if why:
            yield BindingError(
                f"`{view}{TEST}` cannot be what `predict` answers for: {why}",
                choices=self.halves(view),
                hint="give the rows of the test table, in its order, with the same columns",
                code="IIML209",
                parameter="predict",
                output=view + TEST,
            )

    def halves(self, view: str) -> tuple[str, ...]:
        """Outputs that could be the test half of a view."""
        given, train = self.given, self.given.seen[view + TRAIN]
        rows = given.rows.test if given.rows else None
        fitting = [
            name
            for name, seen in given.seen.items()
            if seen.columns == train.columns
            and name not in (view + TRAIN, view + TEST, self.target)
            and (seen.rows == rows if rows is not None else seen.rows != train.rows)
        ]
        return given.likely(view + TEST, fitting)
