"""Runs that were ended: over time, over memory, by a native crash, or for what they touched."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from iiml_codegen.domain.fault import Place
from iiml_codegen.integration.fault_stack import Stack, stack_of
from iiml_codegen.integration.module_code import ModuleCode, called
from iiml_codegen.integration.source_map import SourceMap
from iiml_codegen.integration.trace import Trace
from iiml_codegen.integration.traceback_text import busy_frames

USUAL: tuple[tuple[str, float], ...] = (
    (r"rounds|estimators|iterations|trees|boost", 3000),
    (r"max_iter|n_iter|steps", 5000),
    (r"epochs", 60),
    (r"depth", 16),
    (r"leaves", 511),
    (r"max_features|vocab|features", 300_000),
    (r"components|factors|latent|hidden|dim|width|units", 2048),
    (r"bins|max_bin", 1024),
    (r"degree", 4),
    (r"longest|ngram|lags", 8),
    (r"repeat|folds|bags|seeds|times|n_init", 20),
    (r"batch", 4096),
    (r"patience", 1000),
)
"""The most that is usual for settings with such names; well above it, they cost too much."""
STANDS_OUT = 3.0
HUGE = 10_000_000
WAITS = ("sleep", "wait", "join", "input")
GROWS = ("toarray", "todense", "zeros", "ones", "empty", "full", "tile", "repeat", "outer", "kron")


def busy_place(log: str, source_map: SourceMap, texts: Mapping[str, str]) -> Place | None:
    """Where a module was busy when the run was ended, as its guard wrote into the log."""
    for frames in reversed(busy_frames(log)):
        stack = stack_of(Trace(frames, "", ""), source_map, texts)
        if stack.modules:
            spot = stack.modules[-1]
            return Place(file=spot.place.file, line=spot.place.line)
    return None


def costly_place(stack: Stack, busy: Place | None, *, memory: bool) -> Place | None:
    """What costs most: a setting or loop that stands out, else where it was busy, else `fit`."""
    files = sorted(stack.codes, key=lambda file: busy is None or file != busy.file)
    found = [
        (share, -files.index(file), place)
        for file in files
        for share, place in settings(stack.codes[file], memory=memory)
        if busy is None or stack.is_prep(file) == stack.is_prep(busy.file) or len(files) == 1
    ]
    most = max(found, key=lambda one: one[:2], default=None)
    if most is not None and most[0] >= STANDS_OUT:
        return most[2]
    if busy is not None:
        return busy
    fit = stack.defining("fit")
    return fit.place(fit.functions["fit"]) if fit is not None else None


def settings(code: ModuleCode, *, memory: bool) -> Iterator[tuple[float, Place]]:
    """How far each setting, loop and array lies above what is usual."""
    for node in ast.walk(code.tree):
        for name, value in named_numbers(node):
            usual = next((most for words, most in USUAL if re.search(words, name.lower())), None)
            if usual is not None:
                yield (
                    value / usual,
                    code.place(node if not isinstance(node, ast.Dict) else value_node(node, name)),
                )
        if isinstance(node, ast.Call):
            yield from ((share, code.place(node)) for share in call_costs(node, memory=memory))
        if isinstance(node, ast.While) and isinstance(node.test, ast.Constant):
            yield (0 if has_break(node) else 50.0), code.place(node)


def named_numbers(node: ast.AST) -> Iterator[tuple[str, float]]:
    """Numbers with a name: constants, keywords, keys of a dict, defaults."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield from ((target.id, n) for n in number(node.value))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        yield from ((node.target.id, n) for n in number(node.value))
    elif isinstance(node, ast.keyword) and node.arg:
        yield from ((node.arg, n) for n in number(node.value))
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield from ((key.value, n) for n in number(value))


def value_node(node: ast.Dict, name: str) -> ast.AST:
    """The key of a dict that has a name."""
    keys = [k for k in node.keys if isinstance(k, ast.Constant) and k.value == name]
    return keys[0] if keys else node


def number(node: ast.AST) -> Iterator[float]:
    """The number that an expression of literals comes to: `10**6`, `2 * 4096`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        if not isinstance(node.value, bool):
            yield float(node.value)
    elif isinstance(node, ast.Tuple | ast.List) and node.elts:
        yield max(next(number(part), 0.0) for part in node.elts)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Pow):
        for left in number(node.left):
            for right in number(node.right):
                power = isinstance(node.op, ast.Pow)
                yield min(left ** min(right, 64), 1e30) if power else left * right


def call_costs(node: ast.Call, *, memory: bool) -> Iterator[float]:
    """What a call alone says about time or memory."""
    name = called(node)
    size = 1.0
    for argument in node.args:
        parts = argument.elts if isinstance(argument, ast.Tuple | ast.List) else [argument]
        for part in parts:
            size *= next(number(part), 1.0)
    if name in ("range", "arange") and size > 0:
        yield size / HUGE
    if name in GROWS:
        yield size / HUGE + (STANDS_OUT if memory and name in ("toarray", "todense") else 0)
    if name in WAITS and isinstance(node.func, ast.Attribute) and size > 1 and not memory:
        yield 10.0 * size


def has_break(node: ast.While) -> bool:
    """Whether an endless loop has a way out."""
    return any(isinstance(part, ast.Break | ast.Return | ast.Raise) for part in ast.walk(node))


def refused_place(stack: Stack, forbidden: tuple[str, ...]) -> Place | None:
    """Where a module names what it was refused: a path, a host, a program."""
    for line in forbidden:
        _, _, what = line.partition(" ")
        parts = [part for part in re.split(r"[/\\]", what) if len(part) > 2]
        for code in stack.codes.values():
            for node in ast.walk(code.tree):
                if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                    continue
                text = node.value.rstrip("/")
                if len(text) > 2 and (what.endswith(text) or (text in parts[-3:] and "/" in text)):
                    return code.place(node)
    return None
