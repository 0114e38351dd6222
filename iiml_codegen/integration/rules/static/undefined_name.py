"""IIML104: a name that nothing defines."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

MODULE_NAMES = {"__name__", "__file__", "__doc__", "__builtins__", "__spec__", "__package__"}


def check(module: Checked) -> Iterator[Finding]:
    """Ask the compiler's symbol tables; a star import hides everything, so it ends the check."""
    if any(
        isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
        for node in ast.walk(module.tree)
    ):
        return
    top = symtable.symtable(module.text, module.file, "exec")
    known = defined(top) | set(dir(builtins)) | MODULE_NAMES
    reads = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]
    told: set[str] = set()
    for table in tables(top):
        for name in sorted(unknown(table, known) - told):
            told.add(name)
            places = [n for n in reads if n.id == name and n.lineno >= table.get_lineno()]
            if places:
                first = min(places, key=lambda node: (node.lineno, node.col_offset))
                yield at(first, f"nothing defines {name}", "define or import it")


def defined(top: symtable.SymbolTable) -> set[str]:
    """Names bound at module level, by functions that declare them global too."""
    names = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    names |= {s.get_name() for s in top.get_symbols() if s.is_namespace()}
    for table in tables(top):
        names |= {
            s.get_name()
            for s in table.get_symbols()
            if s.is_declared_global() and (s.is_assigned() or s.is_imported())
        }
    return names


def tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """The table and all below it."""
    yield table
    for child in table.get_children():
        yield from tables(child)


def unknown(table: symtable.SymbolTable, known: set[str]) -> set[str]:
    """Names that a scope reads from the module, which does not have them."""
    module_level = table.get_type() == "module"
    return {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced()
        and (symbol.is_global() or module_level)
        and symbol.get_name() not in known
    }


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
        Example("def f():\n    global STATE\n    STATE = 1\n\ndef g():\n    return STATE\n"),
    ),
    invalid=(
        Example("def prepare(data_dir):\n    return pd.read_csv(data_dir)\n"),
        Example("x = y\n"),
        Example("class A:\n    z: int = missing\n"),
    ),
)
