"""Renames, reorders, copies and drops outputs and parameters: nothing may be bound wrong.

    python benchmarks/binding.py FOLDER... [--mutants 600] [--seed 0] [--show]

FOLDERS are solved. One real run of prep per competition tells what its outputs are; then the binder
is asked, for each model of the folder, about seeded variations of that list and of the model's
parameters. It may find the same objects as before (*bound right*) or stop with a violation IIML2xx;
*right choices* says that what was meant is among its choices, where it is there at all. The exit
status is 1 if anything was bound wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from binding_cases import OPERATIONS, Output, Setting, mutated, views
from repair_cases import Pair, pairs_of
from repair_trials import work_folder

from iiml_codegen.domain.contract import Contract
from iiml_codegen.errors import BindingError
from iiml_codegen.integration.binder import Rows, bind
from iiml_codegen.integration.pipeline_plan import Bindings, Module
from iiml_codegen.search.ladder import Ladder
from iiml_codegen.search.reopened import Limits, member_of, module_pair, reopened
from iiml_codegen.workspace import Workspace

Verdict = Literal["bound right", "right choices", "other choices", "bound wrong"]
VERDICTS: tuple[Verdict, ...] = ("bound right", "right choices", "other choices", "bound wrong")
WIDTH = 22


@dataclass(frozen=True)
class Model:
    """A working model, with the view that the plan gives it."""

    pair: Pair
    view: str


@dataclass(frozen=True)
class Observed:
    """One competition: its contract, its models, and what prep gave when it ran."""

    name: str
    contract: Contract
    models: tuple[Model, ...]
    outputs: tuple[Output, ...]
    rows: Rows


def main() -> int:
    """Print how often what happened; 1 where something was bound wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--mutants", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print what was not bound right")
    options = parser.parse_args()
    counts: dict[str, Counter[Verdict]] = {name: Counter() for name in OPERATIONS}
    total: Counter[Verdict] = Counter()
    for folder in options.folders:
        observed = looked_at(folder.resolve())
        share = options.mutants // len(options.folders)
        for names, verdict, why in verdicts(observed, share, options.seed):
            total[verdict] += 1
            for name in names:
                counts[name][verdict] += 1
            if options.show and verdict in VERDICTS[2:]:
                print(f"{observed.name}: {verdict}: {', '.join(names)}: {why}", file=sys.stderr)
    print(table(counts, total))
    return int(total["bound wrong"] > 0)


def looked_at(folder: Path) -> Observed:
    """One real run of prep, and every model that is bound after it."""
    with tempfile.TemporaryDirectory(prefix="iiml-binding-") as scratch:
        workspace = Workspace(folder, work_folder(folder, Path(scratch)))
        with reopened(workspace, limits=Limits(rows=500, seconds=300)) as bench:
            pairs = pairs_of(folder)
            code = module_pair(bench, "observed", pairs[0].prep, pairs[0].model)
            climb = Ladder(bench).climb(code, upto=3)
            if climb.fault is not None:
                raise SystemExit(f"{folder}: {climb.fault.message}")
            same = [pair for pair in pairs if pair.prep == pairs[0].prep]
            shadow = bench.shadow(0)
            return Observed(
                name=folder.name,
                contract=bench.contract,
                models=tuple(Model(p, member_of(bench.blueprint, p.model).view) for p in same),
                outputs=tuple(Output(seen.output, seen) for seen in code.observations),
                rows=Rows(shadow.train_rows, shadow.n_fold + bench.shadows.test_rows),
            )


def verdicts(
    observed: Observed, mutants: int, seed: int
) -> Iterator[tuple[tuple[str, ...], Verdict, str]]:
    """Seeded variations with one to three operations each, and what the binder makes of them."""
    rng, made = random.Random(f"{observed.name}-{seed}"), 0
    while made < mutants:
        model = rng.choice(observed.models)
        names = tuple(rng.sample(list(OPERATIONS), rng.choice((1, 1, 2, 3))))
        setting = mutated(Setting(observed.outputs, model.pair.model), names, rng)
        if setting is None:
            continue
        made += 1
        view = model.view if rng.random() < 0.7 else None
        rows = observed.rows if rng.random() < 0.5 else None
        yield names, *judged(observed.contract, setting, model, view, rows)


def judged(
    contract: Contract, setting: Setting, model: Model, view: str | None, rows: Rows | None
) -> tuple[Verdict, str]:
    """Whether the binder finds the same objects, or the choices that hold them."""
    module = Module(name="model", label=model.pair.model_name, text=setting.model)
    seen = [output.seen for output in setting.outputs]
    meant = meant_by(setting, model.view, view)
    try:
        bindings = bind(contract, seen, module, view, rows)
    except BindingError as error:
        good = is_offered(error, setting, meant)
        said = f"{error.code} {error}; choices {', '.join(error.choices)}"
        return ("right choices" if good else "other choices"), said
    good = is_same(bindings, setting, meant)
    said = f"{bindings.train}, {bindings.test}, {bindings.target}"
    return ("bound right" if good else "bound wrong"), said


def meant_by(setting: Setting, planned: str, asked: str | None) -> str:
    """The view that is meant, by the name it had: the planned one.

    A model that no plan speaks of may have a parameter called like a view: then that is meant.
    """
    found = setting.objects().get(f"{setting.parameters[0]}_train")
    if asked is None and found is not None and setting.parameters[0] in views(setting):
        return found.removesuffix("_train")
    return planned


def is_same(bindings: Bindings, setting: Setting, view: str) -> bool:
    """Whether rows, test rows and target are the objects that fed this model before."""
    objects = setting.objects()
    found = [objects.get(n) for n in (bindings.train, bindings.test, bindings.target)]
    in_order = not setting.swapped and not setting.short
    return in_order and found == [f"{view}_train", f"{view}_test", "target"]


def is_offered(error: BindingError, setting: Setting, view: str) -> bool:
    """Whether a violation has a code of rung 2, and what was meant among its choices if there."""
    if not error.code.startswith("IIML2"):
        return False
    if error.code in ("IIML204", "IIML208"):  # about parameters: no output is missing
        return setting.swapped or setting.short or bool(error.choices)
    halves = [f"{view}_train", f"{view}_test"]
    things = [error.output] if error.output in ("target", *halves) else halves
    named = [setting.names(thing) for thing in things]
    if not all(named):
        return True
    names = {name for found in named for name in found}
    stems = {name.removesuffix("_train").removesuffix("_test") for name in names}
    return bool((names | stems) & set(error.choices))


def table(counts: dict[str, Counter[Verdict]], total: Counter[Verdict]) -> str:
    """How often each verdict fell, by operation and in all."""
    rows = [line("operation", ["n", *VERDICTS])]
    rows += [line(name, shares(count)) for name, count in counts.items() if count]
    rows.append(line("all", shares(total)))
    n = max(1, total.total())
    stopped = total["right choices"] + total["other choices"]
    rows.append(f"bound right: {total['bound right']} of {n}; stopped: {stopped}, of these with")
    rows[-1] += f" the right choices: {total['right choices']}; bound wrong: {total['bound wrong']}"
    return "\n".join(rows)


def shares(count: Counter[Verdict]) -> list[str]:
    """Number of variations and the share of each verdict."""
    n = count.total()
    return [str(n), *(f"{100 * count[verdict] / max(1, n):.1f} %" for verdict in VERDICTS)]


def line(name: str, texts: Sequence[str]) -> str:
    """One row."""
    return name.ljust(WIDTH) + "".join(text.rjust(15) for text in texts)


if __name__ == "__main__":
    sys.exit(main())
