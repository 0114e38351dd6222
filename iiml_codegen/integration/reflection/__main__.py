"""Answers about installed libraries, JSON lines in and out, in the Python that has them.

`{"verb": ..., "params": ...}` in, `{"result": ...}` out, as the worker speaks. It imports what the
module under repair imports, which is why it is a process of its own.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from types import ModuleType
from typing import Any

SKIPPED = {"tests", "test", "testing", "conftest", "setup", "externals", "compat", "conda"}
DEEPEST = 2
INTERFACES = ("self", "cls")


def offered(imports: list[str], name: str) -> list[str] | None:
    """Names of a module or class, given by its full name or, once loaded, its short one."""
    found = [thing for thing in things(imports, name) if not callable(thing) or is_class(thing)]
    if not found:
        return None
    names = {name for thing in found for name in [*dir(thing), *fitted_names(thing)]}
    return sorted(name for name in names if not name.startswith("_"))


def fitted_names(thing: object) -> list[str]:
    """Attributes that an object gets later, as scikit-learn documents them: `classes_ : ...`."""
    return re.findall(r"^\s*(\w+_)\s*:", getattr(thing, "__doc__", None) or "", re.M)


def parameters(imports: list[str], name: str) -> dict[str, Any] | None:
    """The parameters of a function, method or class; a class also takes those of its parents."""
    for thing in things(imports, name):
        functions = constructors(thing) if is_class(thing) else [thing]
        listed = [item for item in map(signature_of, functions) if item is not None]
        if listed:
            merged = {p.name: p for signature in reversed(listed) for p in signature}
            ordered = [p for signature in listed for p in signature if merged.get(p.name) is p]
            return {
                "parameters": [[p.name, p.kind.name] for p in ordered if p.name not in INTERFACES],
                "takes_any": any(p.kind is p.VAR_KEYWORD for p in listed[-1]),
            }
    return None


def constructors(kind: type) -> list[Any]:
    """The constructor, and those of parents to which it hands further keywords on."""
    found: list[Any] = []
    for parent in kind.__mro__:
        if "__init__" in vars(parent) and parent is not object:
            found.append(vars(parent)["__init__"])
            listed = signature_of(found[-1]) or []
            if not any(p.kind is p.VAR_KEYWORD for p in listed):
                break
    return found or [kind]


def signature_of(function: Any) -> list[inspect.Parameter] | None:
    """The parameters of what can be called; None for what C does not tell."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None


def is_class(thing: object) -> bool:
    """Whether this is a class."""
    return isinstance(thing, type)


def things(imports: list[str], name: str) -> Iterator[Any]:
    """The objects that a full name, or the short name of a loaded class, may stand for."""
    loaded = [module for module in map(load, imports) if module is not None]
    exact = resolved(name)
    if exact is not None:
        yield exact
    head, _, rest = name.partition(".")
    roots = [getattr(module, head) for module in loaded if hasattr(module, head)]
    for root in [*roots, *loaded_classes(head, imports)]:
        thing = attribute(root, rest)
        if thing is not None:
            yield thing


def resolved(name: str) -> Any | None:
    """What a full dotted name stands for: the longest module in it, then attributes."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = load(".".join(parts[:length]))
        if module is not None:
            return attribute(module, ".".join(parts[length:]))
    return None


def attribute(thing: Any, dotted: str) -> Any | None:
    """Follow attributes; None where one is missing."""
    for part in dotted.split(".") if dotted else ():
        try:
            thing = getattr(thing, part)
        except Exception:  # noqa: BLE001  (libraries run code when asked for an attribute)
            return None
    return thing


def loaded_classes(name: str, imports: list[str]) -> list[type]:
    """Loaded classes of this short name: those of the imported packages if there are any."""
    seen: set[type] = set()
    waiting: list[type] = [object]
    while waiting:
        children: list[type] = type.__subclasses__(waiting.pop())
        for child in children:
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    named = [kind for kind in seen if kind.__name__ == name]
    packages = {name.split(".")[0] for name in imports}
    ours = [kind for kind in named if kind.__module__.split(".")[0] in packages]
    return sorted(ours or named, key=lambda kind: (kind.__module__, kind.__qualname__))


def load(name: str) -> ModuleType | None:
    """Import a module; None where that fails for whatever reason."""
    try:
        return importlib.import_module(name)
    except Exception:  # noqa: BLE001  (importing runs the library's code)
        return None


def homes(imports: list[str], name: str) -> list[str]:
    """Public modules from which a name can be imported, the shortest first."""
    found = [
        module.__name__
        for root in imports
        for module in public_modules(root, DEEPEST)
        if name in public_names(module)
    ]
    return sorted(set(found), key=lambda home: (imports.index(home.split(".")[0]), home.count(".")))


def public_names(module: ModuleType) -> set[str]:
    """What a module offers: its list, or what was made in its package."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return set(listed)
    package = module.__name__.split(".")[0]
    made = {
        name
        for name, value in vars(module).items()
        if str(getattr(value, "__module__", "")).split(".")[0] == package
    }
    return {name for name in made if not name.startswith("_")}


def public_modules(name: str, depth: int) -> Iterator[ModuleType]:
    """A package and the public modules in it that can be imported."""
    module = load(name)
    if module is None:
        return
    yield module
    for child in submodules(name) if depth else ():
        yield from public_modules(f"{name}.{child}", depth - 1)


def submodules(name: str) -> list[str]:
    """Names of the public modules in a package."""
    module = load(name)
    names = {item.name for item in pkgutil.iter_modules(getattr(module, "__path__", None) or [])}
    return sorted(n for n in names - SKIPPED if not n.startswith("_"))


def top_level(imports: Iterable[str]) -> list[str]:
    """Names that can be imported: the standard library's and those of distributions."""
    names = {*metadata.packages_distributions(), *sys.stdlib_module_names}
    return sorted(name for name in names if name.isidentifier() and not name.startswith("_"))


def distribution(name: str) -> list[str]:
    """The distributions that bring an import name, with their versions."""
    brought = metadata.packages_distributions().get(name, [])
    return [f"{item}=={metadata.version(item)}" for item in sorted(set(brought))]


VERBS: dict[str, Callable[..., Any]] = {
    "members": lambda imports, name: {"names": offered(imports, name)},
    "signature": lambda imports, name: {"signature": parameters(imports, name)},
    "homes": lambda imports, name: {"names": homes(imports, name)},
    "submodules": lambda imports, name: {"names": submodules(name)},
    "top_level": lambda imports, name: {"names": top_level(imports)},
    "distribution": lambda imports, name: {"names": distribution(name)},
}


def answer(line: str) -> dict[str, Any]:
    """The answer to one line. The process boundary."""
    try:
        request = json.loads(line)
        return {"result": VERBS[request["verb"]](**request["params"])}
    except Exception as error:  # noqa: BLE001  (libraries raise what they like)
        return {"error": {"message": f"{type(error).__name__}: {error}"}}


def main() -> int:
    """Serve lines until the input ends; what libraries print goes to the log."""
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in open(0, encoding="utf-8", closefd=False):  # noqa: SIM115  (lives as long as we do)
        answers.write(json.dumps(answer(line)) + "\n")
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
