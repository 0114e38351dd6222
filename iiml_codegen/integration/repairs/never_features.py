"""Columns that must not be features: target, id, copies of the target; and what is yet to come."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, receiver, source_at, text_of
from iiml_codegen.integration.repairs.nearest_column import leave_out
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.views import changed_view, wanted_view

SIGNS = r"must not be features|repeats? the target|target or an id|future|full score"
SPARED = (
    r"TARGET|LABEL|ID$|IDS$|CLASS|DROP|SUBMI|EXCLU|IGNORE|KEYS?$"
    r"|REMOV|UNUSED|SKIP|META|INDEX|USECOLS"
)
"""Constants that may list a target or an id."""
BLOCKED = "{x}.drop(columns=[NAMES])"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Out of the lists of columns first, then out of the blocks, then out of the view."""
    if fault.kind != "leak" and not re.search(SIGNS, fault.message):
        return
    source, names = source_at(fault, text), forbidden(fault, facts)
    shorter = text
    for name in names:
        shorter = leave_out(shorter, name, SPARED)
    listed = ", ".join(names)
    if shorter != text:
        yield Edit(f"Take {listed} out of the features", shorter)
    yield from constants(source, names, facts)
    yield from unassigned(source, names)
    yield from unmade(source, names)
    if names and "prepare" in source.functions and "IIML1" not in fault.code:
        quoted = ", ".join(f'"{name}"' for name in names)
        template = BLOCKED.replace("NAMES", quoted)
        dropped = changed_view(source, wanted_view(fault, facts), template)
        yield Edit(f"Take {listed} out of the view", dropped)
    yield from looking_back(source)


def forbidden(fault: Fault, facts: Facts) -> list[str]:
    """The columns that the fault names, else target and id."""
    named = [name for name in fault.names if name and not name.endswith(("_train", "_test"))]
    _, colon, told = fault.message.rpartition(": ")
    told = re.sub(r" \(.*", "", told)
    named = named or (re.split(r", | and \d+ more", told) if colon else [])
    task = facts.task
    never = [*task.targets, *task.train_only_columns, task.id_column or ""] if task else []
    quoted = re.findall(r"'([^']+)'", fault.message)
    return [name for name in [*named, *quoted] if name] or [name for name in never if name]


def constants(source: Source, names: list[str], facts: Facts) -> Iterator[Edit]:
    """`[*NUMBERS, TARGET]` without the constant that is the target's or the id's name."""
    for node in source.nearest(ast.expr):
        if not isinstance(node, ast.List | ast.Tuple):
            continue
        kept = [item for item in node.elts if text_of(source.resolved(item)) not in names]
        moved = [item for item in node.elts if isinstance(item, ast.Name) and item not in kept]
        if moved and kept:
            inner = ", ".join(source.source(item) for item in kept)
            new = f"[{inner}]" if isinstance(node, ast.List) else f"({inner},)"
            yield Edit("Take the target out of the features", source.replaced((node, new)))


def unassigned(source: Source, names: list[str]) -> Iterator[Edit]:
    """`x.assign(id=...)` without such columns, or x alone."""
    for call in source.nearest(ast.Call):
        mine = [keyword for keyword in call.keywords if keyword.arg in names]
        value = receiver(call)
        if method(call) != "assign" or not mine or value is None:
            continue
        rest = [source.source(k) for k in call.keywords if k not in mine]
        whole = source.source(value)
        new = f"{whole}.assign({', '.join(rest)})" if rest else whole
        yield Edit(f"Make no {mine[0].arg}", source.replaced((call, new)))


def unmade(source: Source, names: list[str]) -> Iterator[Edit]:
    """Statements and blocks that make such a column, taken out: it is no feature."""
    for node in source.nearest(ast.List):
        kept = [item for item in node.elts if not makes(item, names)]
        if len(node.elts) > 1 and 0 < len(kept) < len(node.elts):
            new = source.source(node)
            for item in (item for item in node.elts if item not in kept):
                own = re.escape(source.source(item))
                new = re.sub(rf"\s*{own},?", "", new, count=1)
            yield Edit(f"Take the block with {names[0]} out", source.replaced((node, new)))
    for statement in source.nearest(ast.Assign):
        target = statement.targets[0]
        if isinstance(target, ast.Subscript) and text_of(target.slice) in names:
            lines = source.text.splitlines(keepends=True)
            last = statement.end_lineno or statement.lineno
            yield Edit(
                f"Make no {text_of(target.slice)}",
                "".join([*lines[: statement.lineno - 1], *lines[last:]]),
            )


def makes(item: ast.expr, names: list[str]) -> bool:
    """Whether a block is a table that is made of these columns alone."""
    dicts = [node for node in ast.walk(item) if isinstance(node, ast.Dict)]
    keys = [text_of(key) for node in dicts for key in node.keys]
    return bool(keys) and set(keys) <= set(names)


def looking_back(source: Source) -> Iterator[Edit]:
    """`shift(-1)` sees the future: `shift(1)`."""
    for call in source.nearest(ast.Call):
        for value in [*call.args[:1], *(k.value for k in call.keywords if k.arg == "periods")]:
            ahead = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub)
            if ahead and method(call) in ("shift", "diff", "pct_change"):
                assert isinstance(value, ast.UnaryOp)
                new = source.replaced((value, source.source(value.operand)))
                yield Edit("Look back instead of ahead", new)


def leaking(message: str, *names: str) -> Fault:
    """The fault of a feature that must be none."""
    place = Place(file="prep.py", line=1)
    return Fault(
        kind="contract_fulfilment", message=message, place=place, evidence="", names=tuple(names)
    )


REPAIR = Repair(
    name="never_features",
    title="Take out what must be no feature",
    kinds=("contract_fulfilment", "leak"),
    propose=propose,
    examples=(
        Example(
            leaking("`f_train` has columns that must not be features: Id", "Id"),
            'NUMBERS = ["Id", "Age"]\n',
            'NUMBERS = ["Age"]\n',
        ),
        Example(
            leaking("`f_train` has columns that repeat the target: copy", "copy"),
            'blocks = [\n    numbers,\n    pd.DataFrame({"copy": y}),\n]\n',
            "blocks = [\n    numbers,\n]\n",
        ),
        Example(
            leaking("`f_train` has columns that must not be features: y", "y"),
            'TARGET = "y"\nx = t[[*NUMBERS, TARGET]]\n',
            'TARGET = "y"\nx = t[[*NUMBERS]]\n',
        ),
    ),
)
