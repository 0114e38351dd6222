"""What was at hand where a run failed, in words that help: columns that exist, shapes that met."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from iiml_codegen.domain.contract import Observation
from iiml_codegen.domain.fault import Value
from iiml_codegen.integration.fault_stack import Stack
from iiml_codegen.integration.trace import Frame, Glance, Trace

MOST_VALUES = 12
MOST_COLUMNS = 40


def values_at_hand(trace: Trace, stack: Stack) -> tuple[Value, ...]:
    """Variables of the failing statement, then other tables, then what the library was given."""
    found: list[Value] = []
    frames = [spot.frame for spot in (*stack.harness[-1:], *stack.modules[-2:])][::-1]
    read = names_read(stack)
    for number, frame in enumerate(frames):
        ordered = sorted(frame.values, key=lambda v: (v.name not in read, not v.is_table))
        ordered.sort(key=lambda value: value.type != "signature")
        useful = [
            v
            for v in ordered
            if v.type == "signature" or v.is_table or (v.name in read and number == 0) or v.keys
        ]
        found += [Value(name=v.name, shown=spoken(v)) for v in useful if spoken(v)]
    found += library_values(trace.frames)
    kept: dict[str, Value] = {}
    for value in found:
        kept.setdefault(value.name, value)
    return tuple(kept.values())[:MOST_VALUES]


def names_read(stack: Stack) -> set[str]:
    """The names in the statement that failed."""
    if not stack.modules:
        return set()
    spot = stack.modules[-1]
    statement = stack.code(spot).statement_at(spot.place.line)
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)} if statement else set()


def library_values(frames: Iterable[Frame]) -> list[Value]:
    """The arguments of the library's function in which the run ended."""
    last = list(frames)[-1:]
    return [
        Value(name=f"{frame.function}({value.name})", shown=spoken(value))
        for frame in last
        if not frame.own
        for value in frame.values
        if value.is_table or value.shown
    ][:4]


def spoken(value: Glance) -> str:
    """A variable in a line: `frame 891 × 12, 177 missing; columns: …`."""
    if value.type == "signature":
        return value.shown
    if value.columns:
        size = " × ".join(f"{n:,}" for n in value.shape)
        more = "" if len(value.columns) <= MOST_COLUMNS else ", …"
        gaps = f", {value.missing:,} missing in {listed(value.missing_in)}" if value.missing else ""
        text = f", no numbers: {listed(value.not_numbers)}" if value.not_numbers else ""
        columns = ", ".join(value.columns[:MOST_COLUMNS]) + more
        return f"frame {size}{gaps}{text}; columns: {columns}"
    if value.is_table:
        return array(value)
    if value.keys:
        parts = [f"{item.name}: {spoken(item).split('; columns')[0]}" for item in value.items]
        return f"dict of {'; '.join(parts) if parts else ', '.join(value.keys)}"
    if value.items:
        parts = [spoken(item).split("; columns")[0] for item in value.items]
        return f"{value.type} of {value.length}: {'; '.join(parts)}"
    return f"{value.type} {value.shown}".strip() if value.shown else value.type


def array(value: Glance) -> str:
    """An array, a series or a sparse table."""
    size = " × ".join(f"{n:,}" for n in value.shape)
    kind = {"ndarray": "array", "Series": "series", "Tensor": "tensor"}.get(value.type, value.type)
    kind = "sparse" if value.type.startswith(("csr", "csc", "coo")) else kind
    parts = [f"{kind} ({size},)" if len(value.shape) == 1 else f"{kind} {size}", value.dtype]
    if value.low is not None and value.high is not None:
        parts.append(f"{value.low:.6g} to {value.high:.6g}")
    for count, word in ((value.missing, "missing"), (value.infinite, "infinite")):
        if count:
            parts.append(f"{count:,} {word}")
    if value.levels is not None:
        parts.append(f"{value.levels} levels")
    return ", ".join(part for part in parts if part)


def observed(observation: Observation) -> Value:
    """What prep gave when it ran, as a value at hand."""
    size = f"{observation.rows:,} × {observation.columns:,}"
    gaps = f", {observation.missing:,} missing" if observation.missing else ""
    names = ", ".join(observation.column_names[:MOST_COLUMNS])
    columns = f"; columns: {names}" if names else ""
    text = f"{observation.type} {size}, {observation.dtype}{gaps}{columns}"
    return Value(name=observation.output, shown=text)


def listed(names: tuple[str, ...], most: int = 5) -> str:
    """The first names."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
