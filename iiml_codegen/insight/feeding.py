"""What feeds the parameters of a model: outputs of prep, or what the harness gives."""

from __future__ import annotations

from dataclasses import dataclass

from iiml_codegen.domain.contract import Binding, Contract
from iiml_codegen.insight.reading import Reading
from iiml_codegen.integration.binder import Binder
from iiml_codegen.integration.binding_evidence import Rows
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.roles import Role, role_of
from iiml_codegen.viewing.verify_plan import Observed

FITTING = ("encode", "fit", "predict")
GIVEN: dict[Role, str] = {
    "valid": "rows that a fold holds out, with their answers; nothing in the fit on all rows",
    "rounds": "the number of rounds that the folds found; nothing while they look for it",
    "seed": "the seed of this fit",
    "threads": "the number of threads that a fit may use",
    "time_limit": "the seconds that a fit may take",
    "checkpoint": "the file that a fit keeps its state in, and goes on from; none in best.py",
}


@dataclass(frozen=True)
class Fed:
    """The text and the facts that bindings were made of, and the bindings."""

    text: str
    contract: Contract
    observed: Observed
    view: str | None
    bindings: tuple[Binding, ...]


class Feeding:
    """Bindings of models, made anew when the text of `fit`, the contract or the outputs change."""

    def __init__(self) -> None:
        self.known: dict[str, Fed] = {}

    def bindings(
        self, name: str, model: Reading, contract: Contract, observed: Observed, view: str | None
    ) -> tuple[Binding, ...]:
        """What feeds a model; nothing where that cannot be said."""
        text = fitting_text(model)
        before = self.known.get(name)
        if (
            before is None
            or before.text != text
            or before.contract is not contract
            or before.observed is not observed
            or before.view != view
        ):
            found = bound(text, contract, observed, view)
            before = self.known[name] = Fed(text, contract, observed, view, found)
        return before.bindings


def fitting_text(model: Reading) -> str:
    """The text of encode, fit and predict with what they use, at its lines."""
    names = list(FITTING)
    for function in FITTING:
        chunk = model.definitions.get(function)
        if chunk is not None:
            names += [name for name, _ in model.reached(chunk.first, chunk.last)]
    return model.excerpt(*dict.fromkeys(names))


def bound(
    text: str, contract: Contract, observed: Observed, view: str | None
) -> tuple[Binding, ...]:
    """The bindings of a text that parses."""
    module = Module(name="model", label="model", text=text)
    rows = Rows(observed.train_rows, observed.test_rows)
    try:
        found = Binder(contract, observed.observations, module, rows).bind(view)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return found.evidence if found else ()


def given_by_harness(function: str, parameter: str, first: bool) -> str:
    """What the harness passes to a parameter, in words; nothing for one that prep feeds."""
    role = role_of(parameter)
    if role is not None:
        return GIVEN[role]
    return "what `fit` returned" if function == "predict" and first else ""
