"""Semantic variable binding: which output of prep feeds which parameter, and why.

Evidence is taken in this order: a clause of the contract that names the output, the name, what
was observed when prep ran. A tie or a gap raises BindingError with the choices; nothing is guessed.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from iiml_codegen.domain.contract import Binding, Contract, ObjectKind, Observation
from iiml_codegen.errors import BindingError
from iiml_codegen.integration.pipeline_plan import Bindings, Module
from iiml_codegen.integration.roles import ALIGNED, Parameter, role_of, signature

TARGET_NAMES = ("target", "y", "labels", "label", "y_train")
KIND_WORDS: dict[ObjectKind, tuple[str, ...]] = {
    "frame": ("DataFrame",),
    "sparse": ("csr_matrix", "csr_array", "spmatrix", "csc_matrix", "coo_matrix"),
    "array": ("ndarray",),
    "series": ("Series",),
}


def bind(
    contract: Contract,
    observations: Sequence[Observation],
    module: Module,
    view: str | None = None,
) -> Bindings:
    """Bind a model module to prep's outputs; raises BindingError for a tie or a gap."""
    return Binder(contract, observations, module).bind(view)


class Binder:
    """One binding of one module."""

    def __init__(
        self, contract: Contract, observations: Sequence[Observation], module: Module
    ) -> None:
        self.contract = contract
        self.seen = {item.output: item for item in observations}
        self.module = module

    def bind(self, view: str | None) -> Bindings:
        """Bind rows, target and whatever else `fit` asks for."""
        fit, predict = self.functions()
        target, target_why = self.target()
        name, why = self.rows(fit[0], view, self.seen[target].rows)
        train, test = f"{name}_train", f"{name}_test"
        others = {p.name: self.aligned(p, target) for p in fit[2:] if not role_of(p.name)}
        bound = {parameter: found for parameter, found in others.items() if found}
        evidence = [
            self.binding(f"fit.{fit[0].name}", train, why),
            self.binding(f"predict.{predict[1].name}", test, "the other half of the same view"),
            self.binding(f"fit.{fit[1].name}", target, target_why),
            *(self.binding(f"fit.{p}", output, "its name") for p, output in bound.items()),
        ]
        return Bindings(
            train=train, test=test, target=target, others=bound, evidence=tuple(evidence)
        )

    def functions(self) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]]:
        """Parameters of fit and predict; raises BindingError where they cannot be called."""
        found = []
        for name, wanted in (("fit", "X, y"), ("predict", "model, X")):
            parameters = signature(self.module.text, name)
            if parameters is None or len(parameters) < 2:
                raise BindingError(
                    f"{self.module.label} has no {name}({wanted}, ...)",
                    hint=f"define {name} with the parameters {wanted}",
                )
            found.append(parameters)
        return found[0], found[1]

    def target(self) -> tuple[str, str]:
        """The output that holds the target."""
        named = self.contract.target_output
        if named in self.seen:
            return named, self.clause_says(named) or "the contract's target output"
        found = [name for name in TARGET_NAMES if name in self.seen]
        if len(found) == 1:
            return found[0], "its name"
        raise BindingError(
            f"prep gives no output {named!r} for the target",
            choices=tuple(found or sorted(self.seen)),
            hint=f'return {{"{named}": ...}} from prepare',
        )

    def rows(self, parameter: Parameter, view: str | None, rows: int) -> tuple[str, str]:
        """The view that feeds X."""
        views = self.views(rows)
        if view is not None:
            if view not in views:
                raise self.no_view(view, views, rows)
            return view, self.clause_says(f"{view}_train") or f'the model asks for view "{view}"'
        if parameter.name in views:
            return parameter.name, "its name"
        kinds = kinds_of(parameter.annotation)
        fitting = [name for name in views if not kinds or self.kind(f"{name}_train") in kinds]
        if len(fitting) == 1:
            what = "/".join(kinds) if kinds else "pair of outputs"
            return fitting[0], f"the only {what} with {rows} training rows"
        raise BindingError(
            f"{len(fitting)} views could feed {parameter.name} of {self.module.label}",
            choices=tuple(fitting or views),
            hint="name the view in the plan, or name the parameter after it",
        )

    def views(self, rows: int) -> list[str]:
        """Names with an output for the training rows and one for the test rows."""
        return sorted(
            name.removesuffix("_train")
            for name, seen in self.seen.items()
            if name.endswith("_train")
            and f"{name.removesuffix('_train')}_test" in self.seen
            and seen.rows == rows
        )

    def no_view(self, view: str, views: Sequence[str], rows: int) -> BindingError:
        """Why a view that was asked for cannot be had."""
        for half in (f"{view}_train", f"{view}_test"):
            if half not in self.seen:
                near = tuple(difflib.get_close_matches(view, views, cutoff=0.5)) or tuple(views)
                return BindingError(
                    f"prep gives no output {half!r}, which {self.module.label} asks for",
                    choices=near,
                    hint=f'return {{"{half}": ...}} from prepare',
                )
        found = self.seen[f"{view}_train"].rows
        return BindingError(
            f"{view}_train has {found} rows, the target has {rows}",
            choices=tuple(views),
            hint="drop no rows in prepare, or drop them from the target too",
        )

    def aligned(self, parameter: Parameter, target: str) -> str | None:
        """The row-aligned output behind a parameter; None leaves its default."""
        names = next((n for n in ALIGNED.values() if parameter.name in n), (parameter.name,))
        rows = self.seen[target].rows
        tried = [f"{name}{end}" for name in names for end in ("_train", "")]
        found = [n for n in tried if n in self.seen and self.seen[n].rows == rows]
        if len(found) == 1:
            return found[0]
        if found or parameter.required:
            raise BindingError(
                f"{len(found)} outputs could feed {parameter.name} of {self.module.label}",
                choices=tuple(found or sorted(self.seen)),
                hint=f'return {{"{parameter.name}": ...}} from prepare, or give it a default',
            )
        return None

    def clause_says(self, output: str) -> str:
        """The clause that names an output, as evidence; empty if none does."""
        clauses = self.contract.clauses_for(output)
        return f"named by clause {clauses[0].id} of the contract" if clauses else ""

    def kind(self, output: str) -> ObjectKind | None:
        """What an output was when it was observed."""
        return next(iter(kinds_of(self.seen[output].type)), None)

    def binding(self, parameter: str, output: str, why: str) -> Binding:
        """One binding with what was observed."""
        seen = self.seen[output]
        size = f"{seen.rows} x {seen.columns}" if seen.columns else f"{seen.rows}"
        evidence = f"{why}; a {seen.type} of {size} when prep ran"
        return Binding(
            module=self.module.name, parameter=parameter, output=output, evidence=evidence
        )


def kinds_of(text: str) -> list[ObjectKind]:
    """Kinds of objects that a type's name or an annotation speaks of."""
    return [
        kind
        for kind, words in KIND_WORDS.items()
        if text == kind or any(word in text for word in words)
    ]
