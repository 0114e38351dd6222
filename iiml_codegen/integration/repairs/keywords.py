"""Where a keyword is passed, and what the function that refuses it takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from iiml_codegen.integration.installed import Parameter, Signature
from iiml_codegen.integration.repairs.repair import Facts
from iiml_codegen.integration.repairs.source import (
    ANYWHERE,
    Change,
    Source,
    bound_modules,
    dotted,
    imported_modules,
)
from iiml_codegen.syntax import syntax_tree

DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Passed:
    """A keyword where it is written: in a call, or in a dict that a call unpacks."""

    source: Source
    name: str
    value: ast.expr
    call: ast.Call | None
    keyword: ast.keyword | None = None
    table: ast.Dict | None = None

    def renamed(self, new: str) -> Change:
        """The change to another name."""
        if self.keyword is not None:
            start = self.source.start(self.keyword)
            return start, start + len(self.name.encode()), new
        key = self.key()
        return self.source.replaced(key, self.source.of(key).replace(self.name, new))

    def valued(self, new: str) -> Change:
        """The change to another value."""
        return self.source.replaced(self.value, new)

    def dropped(self) -> Change:
        """The change that takes it out."""
        if self.keyword is not None and self.call is not None:
            return self.source.without(self.call, self.keyword)
        assert self.table is not None
        source, pairs = self.source, list(zip(self.table.keys, self.table.values, strict=True))
        at = next(n for n, (_, value) in enumerate(pairs) if value is self.value)
        starts = [source.start(key or value) for key, value in pairs]
        if at + 1 < len(pairs):
            return starts[at], starts[at + 1], ""
        if at:
            return source.end(pairs[at - 1][1]), source.end(self.value), ""
        return starts[at], source.end(self.value), ""

    def key(self) -> ast.expr:
        """The key of a dict that names it."""
        assert self.table is not None
        pairs = zip(self.table.keys, self.table.values, strict=True)
        return next(key for key, value in pairs if value is self.value and key is not None)

    def given(self) -> set[str]:
        """What is passed beside it under a name."""
        names = {k.arg for k in self.call.keywords if k.arg} if self.call else set()
        if self.table is not None:
            names |= {str(k.value) for k in self.table.keys if isinstance(k, ast.Constant)}
        return names


def passed(source: Source, line: int, name: str, callee: str) -> list[Passed]:
    """Where a keyword is passed: at the line if it is there, else wherever it is."""
    for place in dict.fromkeys((line, ANYWHERE)):
        found = list(in_calls(source, place, name))
        called = [p for p in found if p.call is not None and fits(p.call, callee)]
        found = (called or found)[-1:] if place else (called or found)
        found = found or list(in_tables(source, place, name))
        if found:
            return found
    return []


def fits(call: ast.Call, callee: str) -> bool:
    """Whether a call may be one of this function: `OneHotEncoder.__init__`, `DataFrame.drop`."""
    function = call.func
    last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    parts = callee.split(".")
    return bool(last) and last == (parts[-2] if parts[-1] == "__init__" else parts[-1])


def in_calls(source: Source, line: int, name: str) -> Iterator[Passed]:
    """Calls that pass it by name."""
    for call in source.calls(line):
        for keyword in call.keywords:
            if keyword.arg == name:
                yield Passed(source, name, keyword.value, call, keyword)


def in_tables(source: Source, line: int, name: str) -> Iterator[Passed]:
    """Dicts with it as a key, where calls at the line unpack one."""
    unpacking = [c for c in source.calls(line) if any(k.arg is None for k in c.keywords)]
    if not unpacking:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == name:
                    yield Passed(source, name, value, unpacking[-1], table=node)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "dict":
            for keyword in node.keywords:
                if keyword.arg == name:
                    yield Passed(source, name, keyword.value, node, keyword)


def signature_for(item: Passed, callee: str, facts: Facts) -> Signature | None:
    """What the function takes: our own by its text, a library's as it is installed."""
    return signature_of_call(item.source, item.call, callee, facts, item.name)


def signature_of_call(
    source: Source, call: ast.Call | None, callee: str, facts: Facts, refused: str = ""
) -> Signature | None:
    """The signature of a call; an answer that takes what was refused is not believed."""
    own = own_signature(callee or name_of(call), source, facts)
    installed = facts.installed
    if own is not None or installed is None:
        return own
    found, modules = None, imported_modules(source.text)
    if "." in callee:  # the running library knows its classes at once; jedi takes seconds
        found = installed.signature_of(callee.removesuffix(".__init__"), modules)
        if found is not None and refused not in found.keywords:
            return found
    full = imported_name(source, call)
    if full and (found := installed.signature_of(full)) and refused not in found.keywords:
        return found
    if call is not None and name_of(call) != "dict":
        found = installed.signature(source.text, *source.column_inside(call))
    if found is None or refused in found.keywords or found.takes_any:
        asked = (
            installed.signature_of(callee.removesuffix(".__init__"), modules) if callee else None
        )
        return asked or found
    return found


def imported_name(source: Source, call: ast.Call | None) -> str:
    """The full name of what a call calls, where an import binds its first part; else empty."""
    head, dot, rest = dotted(call.func).partition(".") if call is not None else ("", "", "")
    names = bound_modules(source.tree)
    return f"{names[head]}{dot}{rest}" if head in names else ""


def name_of(call: ast.Call | None) -> str:
    """The name that a call calls, without what it belongs to; empty for others."""
    return getattr(call.func, "id", "") if call is not None else ""


def own_signature(name: str, source: Source, facts: Facts) -> Signature | None:
    """The signature of a function that one of the modules defines."""
    trees = [source.tree, *other_trees(source.text, facts)]
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return written_signature(node)
    return None


def other_trees(text: str, facts: Facts) -> Iterator[ast.Module]:
    """The other modules that parse."""
    for other in facts.modules.values():
        if other != text:
            try:
                yield syntax_tree(other)
            except SyntaxError:
                continue


def written_signature(node: ast.FunctionDef) -> Signature:
    """The parameters as a definition lists them."""
    arguments = node.args
    listed = [Parameter(a.arg, "POSITIONAL_OR_KEYWORD") for a in arguments.posonlyargs]
    listed += [Parameter(a.arg, "POSITIONAL_OR_KEYWORD") for a in arguments.args]
    listed += [Parameter(a.arg, "KEYWORD_ONLY") for a in arguments.kwonlyargs]
    return Signature(tuple(listed), arguments.kwarg is not None)
