"""IIML159: a name is read before it has a value."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass

from iiml_codegen.integration.rules.module_index import Function
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

LATE = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
BINDERS = {
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.alias),
    *(ast.ExceptHandler, ast.MatchAs, ast.MatchStar),
}
REPEATED = ast.For | ast.AsyncFor | ast.While | ast.Try | ast.TryStar | ast.With
REPEATED |= ast.AsyncWith | ast.Match


def check(module: Checked) -> Iterator[Finding]:
    """Look through the straight lines of the module, and of each function."""
    yield from early_reads(module, module.tree, set(dir(builtins)) | set(module.imports))
    for function in module.all_functions:
        outer = {name for node in module.inside(function, ast.Global) for name in node.names}
        outer |= {n for node in module.inside(function, ast.Nonlocal) for n in node.names}
        yield from early_reads(module, function, outer | arguments(function))


def arguments(function: Function) -> set[str]:
    """All parameters of a function, starred ones too."""
    given = function.args
    stars = [item for item in (given.vararg, given.kwarg) if item]
    return {i.arg for i in (*given.posonlyargs, *given.args, *given.kwonlyargs, *stars)}


@dataclass(frozen=True)
class Step:
    """One statement of a scope: what it may bind, however deep, and which names it reads."""

    statement: ast.stmt
    binds: set[str]
    reads: list[ast.Name]


def early_reads(
    module: Checked, scope: ast.Module | Function, known: set[str]
) -> Iterator[Finding]:
    """Names of one scope that a statement reads before any statement could have bound them."""
    steps = [step_of(module, statement) for statement in scope.body]
    own = {name for step in steps for name in step.binds}
    deleted: set[str] = set()
    told: set[str] = set()
    for step in steps:
        for name in step.reads if not isinstance(step.statement, REPEATED | ast.If) else ():
            missing = name.id in own and name.id not in known
            if (
                (missing or name.id in deleted)
                and name.id not in told
                and is_read(module, name, step)
            ):
                told.add(name.id)
                why = "was deleted before" if name.id in deleted else "has no value yet"
                yield at(name, f"{name.id} {why}", "assign it further up", (name.id,))
        targets = step.statement.targets if isinstance(step.statement, ast.Delete) else []
        gone = {item.id for item in targets if isinstance(item, ast.Name)}
        known, deleted = known | step.binds, (deleted | gone) - step.binds


def step_of(module: Checked, statement: ast.stmt) -> Step:
    """Go once through a statement; a definition binds its name and reads nothing yet."""
    if isinstance(statement, SCOPES):
        return Step(statement, {statement.name}, [])
    binds: set[str] = set()
    reads: list[ast.Name] = []
    # Annotations are not evaluated under the future import, and late in newer Pythons.
    told = statement.annotation if isinstance(statement, ast.AnnAssign) else None
    left_out = set(module.index.subtree(told)) if told else set()
    for node in module.index.subtree(statement):
        kind = type(node)
        if node in left_out:
            continue
        if kind is ast.Name:
            assert isinstance(node, ast.Name)
            if isinstance(node.ctx, ast.Store):
                binds.add(node.id)
            else:
                reads.append(node)
        elif kind in BINDERS:
            name = getattr(node, "asname", None) or getattr(node, "name", None)
            binds.add(str(name).split(".")[0])
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        reads.append(statement.target)
    return Step(statement, binds, reads)


def is_read(module: Checked, name: ast.Name, step: Step) -> bool:
    """Whether a name is read when the statement runs, and is none of a comprehension's own."""
    if name is getattr(step.statement, "target", None):
        return True
    inner = any(
        item.id == name.id
        and isinstance(item.ctx, ast.Store)
        and is_late(module, item, step.statement)
        for item in module.inside(step.statement, ast.Name)
    )
    late = is_late(module, name, step.statement) and not is_first_source(module, name)
    return isinstance(name.ctx, ast.Load) and not inner and not late


def is_late(module: Checked, node: ast.AST, statement: ast.stmt) -> bool:
    """Whether a node is inside of a lambda or a comprehension, which have names of their own."""
    for around in module.index.ancestors(node):
        if isinstance(around, LATE) or (
            isinstance(around, ast.NamedExpr) and node is around.target
        ):
            return True
        if around is statement:
            return False
    return False


def is_first_source(module: Checked, name: ast.Name) -> bool:
    """Whether a name is the first thing that a comprehension goes through."""
    parent = module.index.parents[name]
    if not isinstance(parent, ast.comprehension) or parent.iter is not name:
        return False
    around = module.index.parents[parent]
    return isinstance(around, LATE) and getattr(around, "generators", [None])[0] is parent


RULE = StaticRule(
    code="IIML159",
    title="Used before it is assigned",
    why="The line fails as soon as it runs: the value comes further down, or was deleted.",
    severity="error",
    fixable="no",
    fault="undefined_name",
    check=check,
    valid=(
        Example(
            "def f(rows):\n    for row in rows:\n        if row:\n            best = row\n"
            "    return best\n"
        ),
        Example("def f():\n    return [x for x in range(3)]\n"),
        Example("def f():\n    return g()\n\n\ndef g():\n    return 1\n"),
        Example("def f(x):\n    del x\n    x = 1\n    return x\n"),
        Example("LIMIT = 1\n\n\ndef f(a):\n    x = a\n    x += 1\n    return x\n"),
    ),
    invalid=(
        Example(
            "def prepare(data_dir):\n    features = join(train)\n    train = data_dir\n"
            "    return {'a': features}\n\n\ndef join(x):\n    return x\n"
        ),
        Example("LEVELS = count(3)\n\n\ndef count(n):\n    return n\n"),
        Example("def f(train):\n    del train\n    return train\n"),
        Example("def f(rows):\n    total += len(rows)\n    total = 0\n    return total\n"),
    ),
)
