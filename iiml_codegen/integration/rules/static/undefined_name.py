"""IIML104: a name that nothing defines."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

from iiml_codegen.integration.rules.near_miss import nearest
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

MODULE_NAMES = {"__name__", "__file__", "__doc__", "__builtins__", "__spec__", "__package__"}
BUILTINS = frozenset(dir(builtins)) | MODULE_NAMES
USUAL = {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "Path": "from pathlib import Path",
}


def check(module: Checked) -> Iterator[Finding]:
    """Ask the compiler's symbol tables; star imports and globals() add unknown names, so end it."""
    top = module.symbols
    hidden = any(node.names[0].name == "*" for node in module.nodes(ast.ImportFrom))
    if top is None or hidden or module.calls("globals"):
        return
    scopes = list(tables(top))
    known = defined(top, scopes) | BUILTINS
    missing = {name for scope in scopes for name in unknown(scope, known)}
    told: set[str] = set()
    for node in module.nodes(ast.Name) if missing else []:
        if node.id not in missing - told or not isinstance(node.ctx, ast.Load):
            continue
        # Elsewhere it may be a parameter of another function.
        if not module.owner_binds(node, node.id) and not is_expected(module, node):
            told.add(node.id)
            yield finding(module, node, known)


def is_expected(module: Checked, node: ast.Name) -> bool:
    """Whether a handler for NameError is around: the module asks whether there is the name."""
    around = [item for item in module.index.ancestors(node) if isinstance(item, ast.Try)]
    handlers = [handler.type for item in around for handler in item.handlers]
    return any(kind is not None and "NameError" in ast.unparse(kind) for kind in handlers)


def finding(module: Checked, node: ast.Name, known: set[str]) -> Finding:
    """The first use of a name, with the one that is probably meant."""
    function = module.owner(node)
    local = set(module.parameters(function)) if function else set()
    if function:
        inside = module.inside(function, ast.Name)
        local |= {name.id for name in inside if isinstance(name.ctx, ast.Store)}
    meant = nearest(node.id, sorted(local)) or nearest(node.id, sorted(known))
    if node.id in USUAL:
        meant = ""
    hint = f"write {meant}" if meant else USUAL.get(node.id, "define or import it")
    names = (node.id, meant) if meant else (node.id,)
    return at(node, f"nothing defines {node.id}", hint, names)


def defined(top: symtable.SymbolTable, scopes: list[symtable.SymbolTable]) -> set[str]:
    """Names bound at module level, by functions that declare them global too."""
    names = {
        symbol.get_name()
        for symbol in top.get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    }
    for table in scopes:
        if isinstance(table, symtable.Function):
            shared = [name for name in table.get_globals() if name not in names]
            names |= {name for name in shared if is_declared_here(table.lookup(name))}
    return names


def is_declared_here(symbol: symtable.Symbol) -> bool:
    """Whether a function declares a name global and binds it."""
    bound = symbol.is_assigned() or symbol.is_imported()
    return symbol.is_declared_global() and bound


def tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """The table and all below it."""
    waiting = [table]
    while waiting:
        table = waiting.pop()
        yield table
        waiting += table.get_children()


def unknown(table: symtable.SymbolTable, known: set[str]) -> Iterator[str]:
    """Names that a scope reads from the module, which does not have them."""
    module_level = table.get_type() == "module"
    for name in table.get_identifiers():
        if name not in known:
            symbol = table.lookup(name)
            if symbol.is_referenced() and (symbol.is_global() or module_level):
                yield name


RULE = StaticRule(
    code="IIML104",
    title="Undefined name",
    why="The line fails when it is reached, which may be after an hour of training.",
    severity="error",
    fixable="no",
    fault="undefined_name",
    check=check,
    valid=(
        Example(
            "import numpy as np\n\ndef prepare(data_dir):\n    return {'x': np.zeros(len('a'))}\n"
        ),
        Example("def prepare(data_dir):\n    return later()\n\ndef later():\n    return {}\n"),
        Example("def f():\n    return [row for row in range(3)]\n"),
        Example("try:\n    shell = get_ipython()\nexcept NameError:\n    shell = None\n"),
        Example("def f():\n    global STATE\n    STATE = 1\n\ndef g():\n    return STATE\n"),
    ),
    invalid=(
        Example("def prepare(data_dir):\n    return pd.read_csv(data_dir)\n"),
        Example("x = y\n"),
        Example("class A:\n    z: int = missing\n"),
        Example("def fit(X, y):\n    classifier = 1\n    return clasifier\n", "model_a.py"),
    ),
)
