"""Logarithms of nothing, roots of less than nothing, divisions by zero: make them safe."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, name_of, source_at, text_of
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

SIGNS = (
    r"[Ii]nfinit|\binf\b|NaN|not numbers|[Dd]ivi(?:de|sion)|missing value|math domain|non-finite"
)
CERTAIN = r"[Ii]nfinit|\binf\b|[Dd]ivi|math domain|too large"
LOGS = ("log", "log2", "log10", "sqrt")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Logarithms first, then divisions by what may be 0; none where gaps were there before."""
    if not re.search(SIGNS, fault.message):
        return
    source = source_at(fault, text)
    for call in source.nearest(ast.Call):
        if method(call) in LOGS and len(call.args) == 1 and of_numpy(source, call):
            yield from safe_call(source, call)
    certain = re.search(CERTAIN, fault.message) is not None
    for node in [n for n in source.nearest(ast.BinOp) if may_be_zero(source, n)][:3]:
        sets = source.assigned(name_of(node.right)) if name_of(node.right) else []
        here = any(source.distance(one)[0] == 0 for one in (node, *sets))
        if certain or here or is_of(source, node, fault.names):
            yield from safe_division(source, node)
    yield from undone(source)


def safe_division(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    """A column divides by no zeros; a number, or what is calculated, by 1 where it is 0."""
    divisor = source.source(node.right)
    if isinstance(node.right, ast.Subscript | ast.Attribute):
        new = f"{divisor}.replace(0, np.nan)"
        yield Edit("Divide by no zeros", source.replaced((node.right, new)))
    if not isinstance(node.right, ast.Call):
        new = f"({divisor} + ({divisor} == 0))"
        yield Edit("Divide by 1 in place of 0", source.replaced((node.right, new)))


def undone(source: Source) -> Iterator[Edit]:
    """What is taken at the fault's line, not taken: the number itself."""
    for node in source.nearest(ast.expr):
        if source.distance(node)[0] or source.function(node) is None:
            continue
        if isinstance(node, ast.Call) and method(node) in (*LOGS, "log1p", "reciprocal", "arccosh"):
            if len(node.args) == 1 and of_numpy(source, node):
                new = source.replaced((node, source.source(node.args[0])))
                yield Edit(f"Take no {method(node)}", new)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            side = node.right if isinstance(node.left, ast.Constant) else node.left
            new = source.replaced((node, f"({source.source(side)})"))
            lost = "" if isinstance(node.left, ast.Constant) else "a quotient"
            yield Edit("Divide by nothing", new, loses=lost)


def of_numpy(source: Source, call: ast.Call) -> bool:
    """Whether a call is one of numpy's or of the module `math`."""
    return source.source(call.func).split(".")[0] in ("np", "numpy", "math")


def safe_call(source: Source, call: ast.Call) -> Iterator[Edit]:
    """A logarithm from 0 on, of numbers that are not below 0."""
    value = source.source(call.args[0])
    bare = re.search(r"\.(?:abs|clip)\(|np\.(?:abs|clip|maximum)", value)
    clipped = value if bare else f"np.clip({value}, 0, None)"
    if method(call) == "sqrt" and not bare:
        yield Edit("Take roots of 0 at least", source.replaced((call.args[0], clipped)))
    elif method(call) == "log":
        new = f"np.log1p({clipped})"
        yield Edit("Take logarithms from 0 on (log1p)", source.replaced((call, new)))


def may_be_zero(source: Source, node: ast.BinOp) -> bool:
    """Whether a division's divisor is a value that data decide, and is not guarded yet."""
    if not isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod) or not is_column(node.right):
        return False
    divisor = source.source(node.right)
    path = isinstance(node.left, ast.Name) and ("dir" in node.left.id or "folder" in node.left.id)
    named_file = isinstance(node.right, ast.Name) and node.right.id.isupper()
    guarded = re.search(r" or |replace|clip|maximum|where|\+ ?\d", divisor)
    return not (path or named_file or guarded)


def is_of(source: Source, node: ast.AST, names: tuple[str, ...]) -> bool:
    """Whether a calculation is set to one of these columns."""
    statement = source.statement(node)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return any(isinstance(t, ast.Subscript) and text_of(t.slice) in names for t in targets)


def is_column(node: ast.expr) -> bool:
    """Whether an expression looks like a column of a table rather than a number."""
    return isinstance(node, ast.Subscript | ast.Name | ast.Attribute)


def infinite(line: int = 1) -> Fault:
    """The fault of infinite values."""
    return Fault(
        kind="contract_fulfilment",
        message="`features_train` has infinite values: per_head",
        place=Place(file="prep.py", line=line),
        evidence="",
    )


REPAIR = Repair(
    name="safe_numbers",
    title="Make logarithms and divisions safe",
    kinds=("preprocessing", "contract_fulfilment", "dtype", "unknown"),
    propose=propose,
    examples=(
        Example(
            infinite(),
            't["f"] = np.log(t["Fare"])\n',
            't["f"] = np.log1p(np.clip(t["Fare"], 0, None))\n',
        ),
        Example(
            infinite(2),
            "def f(x):\n    size = x.std()\n    return x / size\n",
            "def f(x):\n    size = x.std()\n    return x / (size + (size == 0))\n",
        ),
        Example(
            infinite(2),
            "def f(x):\n    return 1 / x.fillna(0)\n",
            "def f(x):\n    return (x.fillna(0))\n",
        ),
        Example(
            infinite(),
            't["per_head"] = t["Fare"] / t["SibSp"]\n',
            't["per_head"] = t["Fare"] / t["SibSp"].replace(0, np.nan)\n',
        ),
    ),
)
