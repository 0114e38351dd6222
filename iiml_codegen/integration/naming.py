"""Names for one file out of many: what is the same is shared, what collides is renamed."""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from iiml_codegen.errors import GenerationError
from iiml_codegen.integration.module_source import ImportedName, ModuleSource

Identity = tuple[str, ...]
"""What a global name stands for: ("import", module, attribute) or ("def", part number, name)."""

PREP_MODULES = ("prep", ".prep")


@dataclass
class Part:
    """A module on its way into the file.

    A `fixed` part keeps its names, whatever they collide with; `keeps` are names that the harness
    calls; `owner` tells colliding names apart.
    """

    source: ModuleSource
    owner: str
    fixed: bool = False
    keeps: frozenset[str] = frozenset()
    shared: dict[str, int] = field(default_factory=dict)
    renames: dict[str, str] = field(default_factory=dict)


def name_parts(parts: Sequence[Part]) -> None:
    """Fill in what each part shares with an earlier one, and how its names change."""
    own = contested(parts)
    for number, part in enumerate(parts):
        for earlier in range(number):
            same = same_definitions(part, parts[earlier], own)
            part.shared.update({n: earlier for n in same if n not in part.shared})
    meanings: dict[str, dict[Identity, list[Part]]] = {}
    for number, part in enumerate(parts):
        for name in sorted(part.source.names):
            meaning = identity(parts, number, name)
            meanings.setdefault(name, {}).setdefault(meaning, []).append(part)
    taken = set(meanings) | set().union(*(part.source.words for part in parts))
    for name in sorted(meanings):
        for owners in losers(name, meanings[name]):
            new = fresh(name, owners[0].owner, taken)
            for part in owners:
                refuse_frozen(part, name)
                part.renames[name] = new
    follow_prep(parts)


def contested(parts: Sequence[Part]) -> set[str]:
    """Constants with several values: each part keeps its own, under a name that says whose."""
    values: dict[str, set[str]] = {}
    for part in parts:
        for name, item in part.source.definitions.items():
            if name.isupper():
                values.setdefault(name, set()).add(item.text)
    return {name for name, texts in values.items() if len(texts) > 1}


def same_definitions(part: Part, earlier: Part, own: set[str]) -> set[str]:
    """Definitions that are word for word the same and need the same; not those of `own`."""
    mine, theirs = part.source.definitions, earlier.source.definitions
    same = {
        name
        for name, item in mine.items()
        if name in theirs
        and name not in own
        and item.kind != "variable"
        and name not in earlier.shared
        and (item.text, item.needs) == (theirs[name].text, theirs[name].needs)
    }
    imports = {(i.bound, i.target) for i in part.source.imports}
    common = {b for b, target in imports if (b, target) in import_targets(earlier.source.imports)}
    common |= {n for n, owner in part.shared.items() if earlier.shared.get(n) == owner}
    while True:
        kept = {name for name in same if mine[name].needs <= same | common}
        if kept == same:
            return same
        same = kept


def import_targets(imports: Sequence[ImportedName]) -> set[tuple[str, tuple[str, str | None]]]:
    """What each import binds to what."""
    return {(item.bound, item.target) for item in imports}


def identity(parts: Sequence[Part], number: int, name: str) -> Identity:
    """What a name of a part stands for."""
    part = parts[number]
    for item in (*part.source.imports, *part.source.frozen.values()):
        if item.bound == name:
            if item.module in PREP_MODULES and item.attribute:
                return ("def", "0", item.attribute)
            return ("import", *(part or "" for part in item.target))
    return ("def", str(part.shared.get(name, number)), name)


def losers(name: str, meanings: dict[Identity, list[Part]]) -> list[list[Part]]:
    """Who has to take another name: all but the harness, else all but prep, else everybody.

    What hides a builtin would hide it from all parts.
    """
    found, hides = list(meanings.items()), hasattr(builtins, name)
    if len(found) == 1 and not hides:
        return []
    keeper = next((i for i, (_, owners) in enumerate(found) if keeps(name, owners)), None)
    if keeper is None and not hides:
        keeper = next((i for i, (meaning, _) in enumerate(found) if meaning[0] == "import"), None)
    if keeper is None and not hides and found[0][0][:2] == ("def", "0"):
        keeper = 0
    return [owners for i, (_, owners) in enumerate(found) if i != keeper]


def keeps(name: str, owners: Sequence[Part]) -> bool:
    """Whether the harness knows this meaning by this name, or where it is bound cannot change."""
    stays = hasattr(builtins, name)  # of two imports that stay, one is refused
    return any(
        part.fixed or name in part.keeps or (stays and name in part.source.frozen)
        for part in owners
    )


def refuse_frozen(part: Part, name: str) -> None:
    """Raise GenerationError for a name that cannot be renamed where it stands."""
    dotted = {i.bound for i in part.source.imports if not i.attribute and not i.alias}
    if name in part.source.frozen or (name in dotted):
        raise GenerationError(
            f"{part.source.module.label}: the import {name} collides with another {name}",
            hint=f"import it under a name of its own, as in `import {name} as {name}_{part.owner}`",
        )


def fresh(name: str, owner: str, taken: set[str]) -> str:
    """A new name of the same style: `fit_catboost`, `CatboostModel`, `CATBOOST_PARAMS`."""
    owner = re.sub(r"\W", "_", owner)
    if name.isupper():
        new = f"{owner.upper()}_{name}"
    elif name[0].isupper():
        new = "".join(word.capitalize() for word in owner.split("_")) + name
    else:
        new = f"{name}_{owner}"
    while new in taken:
        new += "_2" if not new[-1].isdigit() else "_"
    taken.add(new)
    return new


def follow_prep(parts: Sequence[Part]) -> None:
    """Names imported from prep take the name that they have in the pipeline."""
    for part in parts:
        for item in part.source.imports:
            if item.module in PREP_MODULES and item.attribute:
                final = parts[0].renames.get(item.attribute, item.attribute)
                if final != item.bound:
                    part.renames[item.bound] = final
