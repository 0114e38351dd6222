"""Seeded renamings, orders, copies and gaps of what prep gives and of what a model asks for."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec
from mutators.source import Change, Edit, Source

from iiml_codegen.domain.contract import Observation

HALVES = ("_train", "_test")
OF_TARGET = ("y", "labels", "answers", "y_train", "outcome", "target_codes", "truth", "label")
OF_VIEWS = ("X", "data", "table", "matrix", "inputs", "prepared", "rows", "frame")
OF_PARAMETERS = {
    "X": ("features", "data", "rows", "inputs", "table", "design", "x", "samples"),
    "y": ("target", "labels", "answers", "truth", "outcome", "Y"),
}


@dataclass(frozen=True)
class Output:
    """An output by the name it has now, and the object behind it by the name it had."""

    object: str
    seen: Observation

    @property
    def name(self) -> str:
        """Its name now."""
        return self.seen.output

    def named(self, name: str) -> Output:
        """The same object under another name."""
        return Output(self.object, msgspec.structs.replace(self.seen, output=name))


@dataclass(frozen=True)
class Setting:
    """What the binder is given: outputs in order, and the text of a model."""

    outputs: tuple[Output, ...]
    model: str
    parameters: tuple[str, str] = ("X", "y")
    swapped: bool = False
    short: bool = False

    def objects(self) -> dict[str, str]:
        """The object behind each name."""
        return {output.name: output.object for output in self.outputs}

    def names(self, thing: str) -> list[str]:
        """All names of an object."""
        return [output.name for output in self.outputs if output.object == thing]


Operation = Callable[[Setting, random.Random], Setting | None]


def views(setting: Setting) -> list[str]:
    """Views of which both halves are there."""
    names = {output.name for output in setting.outputs}
    heads = {name.removesuffix("_train") for name in names if name.endswith("_train")}
    return sorted(head for head in heads if f"{head}_test" in names)


def renamed(setting: Setting, names: dict[str, str]) -> Setting | None:
    """Outputs under new names; None where a name is taken."""
    now = [names.get(output.name, output.name) for output in setting.outputs]
    if len(set(now)) < len(now):
        return None
    outputs = tuple(o.named(name) for o, name in zip(setting.outputs, now, strict=True))
    return replace(setting, outputs=outputs)


def rename_view(setting: Setting, rng: random.Random) -> Setting | None:
    """Both halves of a view get another name."""
    view = rng.choice(views(setting))
    new = rng.choice([*OF_VIEWS, f"X_{view}", f"{view}_table", view.upper()])
    return renamed(setting, {view + half: new + half for half in HALVES})


def rename_half(setting: Setting, rng: random.Random) -> Setting | None:
    """One half of a view gets another name."""
    view, half = rng.choice(views(setting)), rng.choice(HALVES)
    word = half.removeprefix("_")
    forms = (
        f"{word}_{view}",
        f"{view}{half[:3]}",
        f"{view}_{word}ing",
        f"X{half}",
        f"{view}{word}",
    )
    return renamed(setting, {view + half: rng.choice(forms)})


def rename_target(setting: Setting, rng: random.Random) -> Setting | None:
    """The target gets another name."""
    return renamed(setting, {"target": rng.choice(OF_TARGET)})


def reorder(setting: Setting, rng: random.Random) -> Setting:
    """Outputs come in another order."""
    return replace(setting, outputs=tuple(rng.sample(setting.outputs, len(setting.outputs))))


def duplicate(setting: Setting, rng: random.Random) -> Setting | None:
    """An output, or a view, comes a second time under another name."""
    if rng.random() < 0.4:
        name = rng.choice([output.name for output in setting.outputs])
        like = OF_TARGET if name == "target" else (f"{name}_copy", f"all_{name}")
        copies = {name: rng.choice(like)}
    else:
        view = rng.choice(views(setting))
        new = rng.choice([*OF_VIEWS, f"{view}_copy", f"old_{view}"])
        copies = {view + half: new + half for half in HALVES}
    added = [o.named(copies[o.name]) for o in setting.outputs if o.name in copies]
    names = {output.name for output in setting.outputs}
    if names & {output.name for output in added}:
        return None
    return replace(setting, outputs=(*setting.outputs, *added))


def drop(setting: Setting, rng: random.Random) -> Setting:
    """An output is missing."""
    gone = rng.randrange(len(setting.outputs))
    kept = [output for number, output in enumerate(setting.outputs) if number != gone]
    return replace(setting, outputs=tuple(kept))


def rename_parameters(setting: Setting, rng: random.Random) -> Setting | None:
    """The parameters of fit and predict get other names, and so do their uses."""
    names = {old: rng.choice(OF_PARAMETERS[old]) for old in ("X", "y") if rng.random() < 0.7}
    model = with_names(setting.model, names)
    first, second = (names.get(name, name) for name in setting.parameters)
    return replace(setting, model=model, parameters=(first, second)) if model else None


def swap_parameters(setting: Setting, rng: random.Random) -> Setting | None:
    """fit takes the answers first."""
    source = Source(setting.model)
    (fit,) = source.functions("fit")
    if len(fit.args.args) < 2:
        return None
    places = [source.span(argument) for argument in fit.args.args[:2]]
    texts = [source.raw[start:end].decode() for start, end in places]
    edits = [Edit(*place, text) for place, text in zip(places, reversed(texts), strict=True)]
    model = source.applied(Change(tuple(edits), "swapped"))[0]
    return replace(setting, model=model, swapped=True)


def add_parameter(setting: Setting, rng: random.Random) -> Setting | None:
    """fit asks for something more, which no output is."""
    source = Source(setting.model)
    (fit,) = source.functions("fit")
    if len(fit.args.args) < 2:
        return None
    end = source.span(fit.args.args[1])[1]
    new = rng.choice(["groups", "sample_weight: np.ndarray", "prices", "ids"])
    model = source.applied(Change((Edit(end, end, f", {new}"),), new))[0]
    return replace(setting, model=model, short=True)


def drop_parameter(setting: Setting, rng: random.Random) -> Setting | None:
    """fit no longer takes the answers."""
    source = Source(setting.model)
    (fit,) = source.functions("fit")
    if len(fit.args.args) < 2:
        return None
    start, end = source.span(fit.args.args[0])[1], source.span(fit.args.args[1])[1]
    model = source.applied(Change((Edit(start, end, ""),), "dropped"))[0]
    return replace(setting, model=model, short=True)


OPERATIONS: dict[str, Operation] = {
    "view renamed": rename_view,
    "half renamed": rename_half,
    "target renamed": rename_target,
    "outputs reordered": reorder,
    "output duplicated": duplicate,
    "output dropped": drop,
    "parameters renamed": rename_parameters,
    "parameters swapped": swap_parameters,
    "parameter added": add_parameter,
    "parameter dropped": drop_parameter,
}


def with_names(text: str, names: dict[str, str]) -> str | None:
    """A model whose fit and predict call their parameters something else; None where taken."""
    source, edits = Source(text), []
    for function in source.functions("fit", "predict"):
        used = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
        if used & set(names.values()):
            return None
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in names:
                edits.append(Edit(*source.span(node), names[node.id]))
            elif isinstance(node, ast.arg) and node.arg in names:
                start = source.span(node)[0]
                edits.append(Edit(start, start + len(node.arg), names[node.arg]))
    return source.applied(Change(tuple(edits), "renamed"))[0] if edits else text


def mutated(setting: Setting, chosen: Sequence[str], rng: random.Random) -> Setting | None:
    """A setting after some operations; None where one of them cannot be done."""
    for name in chosen:
        after = OPERATIONS[name](setting, rng) if views(setting) else None
        if after is None:
            return None
        setting = after
    return setting
