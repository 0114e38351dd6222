"""A setting that became another function, another keyword, or another way of writing it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import refusal
from iiml_codegen.integration.repairs.keywords import Passed, passed
from iiml_codegen.integration.repairs.messages import EXACT, refused_keyword
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.source import ANYWHERE, Change, Source, dotted

FILLS = {"ffill": "ffill", "pad": "ffill", "bfill": "bfill", "backfill": "bfill"}
ROOTS = {
    "mean_squared_error": "root_mean_squared_error",
    "mean_squared_log_error": "root_mean_squared_log_error",
}
"""scikit-learn 1.4 made `squared=False` functions of their own, and 1.6 took it out."""


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """What the keyword meant, in today's words."""
    refused = refused_keyword(fault.message)
    if refused is None or refused[1] not in REPLACED:
        return
    source = Source(text)
    for item in passed(source, next(lines_of(fault), ANYWHERE), refused[1], refused[0])[-1:]:
        if item.call is not None:
            yield from REPLACED[item.name](item, item.call, facts)


def root_of_error(item: Passed, call: ast.Call, facts: Facts) -> Iterator[Edit]:
    """`squared=False` asks for the root of the mean squared error."""
    source, function = item.source, dotted(call.func)
    head, dot, name = function.rpartition(".")
    if is_true(item.value):
        yield Edit("Drop squared=True, the default", source.edited([item.dropped()]))
        return
    root = ROOTS.get(name)
    exists = facts.installed is None or facts.installed.exists(f"sklearn.metrics.{root}")
    if root and exists:
        changes = [item.dropped(), source.replaced(call.func, f"{head}{dot}{root}")]
        edited = source.edited([*changes, *imported_too(source, name, root, bool(dot))])
        yield Edit(f"Call {root}", edited)
    start, end = source.start(call), source.end(call)
    power = [item.dropped(), (start, start, "("), (end, end, ") ** 0.5")]
    yield Edit("Take the square root", source.edited(power))


def imported_too(source: Source, name: str, new: str, by_module: bool) -> list[Change]:
    """The import of a second name beside the first; in its place if nothing else reads that."""
    reads = [n for n in ast.walk(source.tree) if isinstance(n, ast.Name) and n.id == name]
    for node in () if by_module else ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == name and alias.asname is None:
                    listed = [a.name for a in node.names]
                    if new in listed:
                        return []
                    both = new if len(reads) == 1 else f"{name}, {new}"
                    return [source.replaced(alias, both)]
    return []


def filled(item: Passed, call: ast.Call, facts: Facts) -> Iterator[Edit]:
    """`fillna(method="ffill")` is a method of its own."""
    way = FILLS.get(str(getattr(item.value, "value", "")))
    function = call.func
    if way is None or not isinstance(function, ast.Attribute) or function.attr != "fillna":
        return
    source = item.source
    name = (source.end(function) - len("fillna"), source.end(function), way)
    yield Edit(f"Call {way}", source.edited([item.dropped(), name]))


def bad_lines(item: Passed, call: ast.Call, facts: Facts) -> Iterator[Edit]:
    """`error_bad_lines=False` is `on_bad_lines="skip"`."""
    source = item.source
    if is_true(item.value) or item.name == "warn_bad_lines":
        yield Edit(f"Drop {item.name}, the default", source.edited([item.dropped()]))
    elif not any(keyword.arg == "on_bad_lines" for keyword in call.keywords):
        new = source.edited([item.renamed("on_bad_lines"), item.valued('"skip"')])
        yield Edit('Write on_bad_lines="skip"', new)


def squeezed(item: Passed, call: ast.Call, facts: Facts) -> Iterator[Edit]:
    """`read_csv(squeeze=True)` is `.squeeze("columns")` afterwards."""
    source, end = item.source, item.source.end(call)
    after = [(end, end, '.squeeze("columns")')] if is_true(item.value) else []
    yield Edit("Squeeze after reading", source.edited([item.dropped(), *after]))


def by_spaces(item: Passed, call: ast.Call, facts: Facts) -> Iterator[Edit]:
    r"""`delim_whitespace=True` is `sep=r"\s+"`."""
    source = item.source
    if is_true(item.value):
        changes = [item.renamed("sep"), item.valued(r'r"\s+"')]
        yield Edit(r'Write sep=r"\s+"', source.edited(changes))
    else:
        yield Edit("Drop delim_whitespace, off by default", source.edited([item.dropped()]))


def by_level(item: Passed, call: ast.Call, facts: Facts) -> Iterator[Edit]:
    """`mean(level=0)` groups by the level first."""
    source, function = item.source, call.func
    if isinstance(function, ast.Attribute):
        at = source.end(function.value)
        grouped = (at, at, f".groupby(level={source.of(item.value)})")
        yield Edit("Group by the level", source.edited([item.dropped(), grouped]))


def is_true(node: ast.expr) -> bool:
    """Whether an expression is not plainly false."""
    return not isinstance(node, ast.Constant) or bool(node.value)


Replace = Callable[[Passed, ast.Call, Facts], Iterator[Edit]]
REPLACED: dict[str, Replace] = {
    "squared": root_of_error,
    "method": filled,
    "error_bad_lines": bad_lines,
    "warn_bad_lines": bad_lines,
    "squeeze": squeezed,
    "delim_whitespace": by_spaces,
    "level": by_level,
}
METRIC = "from sklearn.metrics import mean_squared_error\n\nx = mean_squared_error(a, b{})\n"
REPAIR = Repair(
    name="replaced_setting",
    title="Ask for the same in today's words",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            refusal("mean_squared_error", "squared", 3),
            METRIC.format(", squared=False"),
            METRIC.replace("mean_", "root_mean_").format(""),
        ),
        Example(
            refusal("NDFrame.fillna", "method", 1),
            'x = rows["a"].fillna(method="ffill", limit=2)\n',
            'x = rows["a"].ffill(limit=2)\n',
        ),
        Example(
            refusal("read_csv", "error_bad_lines", 1),
            "x = pd.read_csv(file, error_bad_lines=False)\n",
            'x = pd.read_csv(file, on_bad_lines="skip")\n',
        ),
        Example(
            refusal("read_csv", "squeeze", 1),
            "x = pd.read_csv(file, squeeze=True).dropna()\n",
            'x = pd.read_csv(file).squeeze("columns").dropna()\n',
        ),
        Example(
            refusal("read_csv", "delim_whitespace", 1),
            "x = pd.read_csv(file, delim_whitespace=True)\n",
            'x = pd.read_csv(file, sep=r"\\s+")\n',
        ),
    ),
)
