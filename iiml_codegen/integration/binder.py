"""Semantic variable binding: which output of prep feeds which parameter, and why.

Evidence is taken in this order: a clause of the contract that names the output, the name, what
was observed when prep ran, what the module does with a parameter. A tie, a gap, or evidence
against what the names say is a problem with its choices; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iiml_codegen.domain.contract import Binding, Contract, Observation
from iiml_codegen.domain.contract_words import NOUNS
from iiml_codegen.errors import BindingError
from iiml_codegen.integration.binding_evidence import TEST, TRAIN, Given, Rows
from iiml_codegen.integration.binding_parameters import ParameterChecks
from iiml_codegen.integration.binding_views import ViewChecks
from iiml_codegen.integration.parameter_use import kinds_of
from iiml_codegen.integration.pipeline_plan import Bindings, Module
from iiml_codegen.integration.roles import Parameter, signature

TARGET_NAMES = ("target", "y", "labels", "label", "y_train")
Step = Callable[[], tuple[str, str]]
"""Finds an output and says why, or raises BindingError."""
Settle = Callable[[BindingError], tuple[str, str] | None]
"""Chooses one of the choices of a tie and says why, or leaves it a tie."""
TIES = ("IIML201", "IIML207")
__all__ = ["Binder", "Rows", "Settle", "bind", "kinds_of"]


def left_open(tie: BindingError) -> None:
    """Choose nothing."""
    return


def bind(
    contract: Contract,
    observations: Sequence[Observation],
    module: Module,
    view: str | None = None,
    rows: Rows | None = None,
    settle: Settle = left_open,
) -> Bindings:
    """Bind a model module to prep's outputs; raises the first BindingError for a tie or a gap.

    `rows` are the numbers of rows that prep read, where they are known.
    """
    binder = Binder(contract, observations, module, rows, settle)
    bindings = binder.bind(view)
    if binder.problems or bindings is None:
        raise binder.problems[0]
    return bindings


class Binder:
    """One binding of one module; `problems` fills as it goes, in the order of what to mend first.

    `unfed` are parameters that keep their defaults for lack of an output.
    """

    def __init__(
        self,
        contract: Contract,
        observations: Sequence[Observation],
        module: Module,
        rows: Rows | None = None,
        settle: Settle = left_open,
    ) -> None:
        self.given = Given(contract, {item.output: item for item in observations}, rows)
        self.module = module
        self.settle = settle
        self.problems: list[BindingError] = []
        self.unfed: tuple[Parameter, ...] = ()

    def bind(self, view: str | None) -> Bindings | None:
        """Bind rows, target and whatever else `fit` asks for; None where that cannot be said."""
        signatures = self.signatures()
        target = self.kept(self.target)
        if signatures is None or target is None:
            return None
        fit, predict = signatures
        encode = signature(self.module.text, "encode")
        entry, rows = ("encode", encode[0]) if encode else ("fit", fit[0])
        views = ViewChecks(self.given, self.module, target[0], entry)
        parameters = ParameterChecks(self.given, self.module, target[0])
        self.problems += parameters.order(fit, predict, view)
        found = self.kept(lambda: views.rows(rows, view))
        others, gaps, self.unfed = parameters.others(fit[2:], predict[2:])
        chosen = self.fed(gaps)
        if found is None:
            return None
        name, why = found
        self.problems += views.doubts(name, rows, view)
        bound = {parameter: output for parameter, output in others.items() if output}
        bound |= {parameter: output for parameter, (output, _) in chosen.items()}
        asked = parameters.asked(predict[2:])
        through = "encoded, " if encode else ""
        evidence = (
            self.binding(f"fit.{fit[0].name}", name + TRAIN, through + why),
            self.binding(
                f"predict.{predict[1].name}", name + TEST, f"{through}the other half of that view"
            ),
            self.binding(f"fit.{fit[1].name}", *target),
            *((self.binding(f"encode.{rows.name}", name + TRAIN, why),) if encode else ()),
            *(
                self.binding(f"fit.{p}", output, chosen[p][1] if p in chosen else "its name")
                for p, output in bound.items()
            ),
            *(self.binding(f"predict.{p}", output, "its name") for p, output in asked.items()),
        )
        return Bindings(
            train=name + TRAIN,
            test=name + TEST,
            target=target[0],
            others=bound,
            views=tuple(p for p, o in bound.items() if o.removesuffix(TRAIN) in self.given.views),
            asked=asked,
            evidence=evidence,
        )

    def kept(self, step: Step) -> tuple[str, str] | None:
        """What a step finds with its reason, or None with the problem on record."""
        try:
            return step()
        except BindingError as error:
            return self.settled(error)

    def settled(self, tie: BindingError) -> tuple[str, str] | None:
        """What somebody chose, if it is one of the choices that prep gives; else a problem."""
        found = self.settle(tie) if tie.code in TIES else None
        given = self.given.views if tie.code == "IIML201" else tuple(self.given.seen)
        if found is None or found[0] not in tie.choices or found[0] not in given:
            self.problems.append(tie)
            return None
        return found

    def fed(self, gaps: Sequence[BindingError]) -> dict[str, tuple[str, str]]:
        """What somebody chose for further parameters; the gaps that stay are problems."""
        found = {}
        for gap in gaps:
            chosen = self.settled(gap)
            if chosen is not None:
                found[gap.parameter.partition(".")[2]] = chosen
        return found

    def signatures(self) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]] | None:
        """Parameters of fit and predict; None where they cannot be called."""
        found = []
        for name, wanted in (("fit", "X, y"), ("predict", "model, X")):
            parameters = signature(self.module.text, name)
            if parameters is None or len([p for p in parameters if not p.keyword_only]) < 2:
                self.problems.append(
                    BindingError(
                        f"{self.module.label} has no {name}({wanted}, ...)",
                        hint=f"define {name} with the parameters {wanted}",
                        code="IIML208",
                        parameter=name,
                    )
                )
            else:
                found.append(parameters)
        return (found[0], found[1]) if len(found) == 2 else None

    def target(self) -> tuple[str, str]:
        """The output that holds the target."""
        given, named = self.given, self.given.contract.target_output
        if named in given.seen:
            better = [n for n in given.aligned(given.seen[named].rows) if given.fits(n, named)]
            if given.fits(named, named) or not better:
                return named, given.clause_says(named) or "the contract's target output"
            raise BindingError(
                f"`{named}` is not what the contract says of it, but `{better[0]}` is",
                choices=tuple(better),
                hint="were they confused in prepare?",
                code="IIML213",
                output=named,
            )
        found = [name for name in TARGET_NAMES if name in given.seen and given.fits(name, named)]
        if len(found) == 1:
            return found[0], "its name"
        halves = {view + half for view in given.views for half in (TRAIN, TEST)}
        alone = [name for name in given.seen if name not in halves]
        raise BindingError(
            f"prep gives no output {named!r} for the target",
            choices=tuple(found) or given.likely(named, alone) or given.likely(named, given.seen),
            hint=f'return {{"{named}": ...}} from prepare',
            code="IIML207" if found else "IIML203",
            output=named,
        )

    def binding(self, parameter: str, output: str, why: str) -> Binding:
        """One binding with what was observed; the rows of that run are those of no other one."""
        seen = self.given.seen[output]
        wide = f" of {seen.columns} columns" if (seen.columns or 0) > 1 else ""
        evidence = f"{why}; {NOUNS.get(seen.type, f'a {seen.type}')}{wide}"
        return Binding(
            module=self.module.name, parameter=parameter, output=output, evidence=evidence
        )
