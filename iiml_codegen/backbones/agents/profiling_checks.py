"""What profiling code of a model may be, and what of its answer may be told."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass

from iiml_codegen.syntax import syntax_tree

IMPORTED = {
    *("numpy", "pandas", "scipy", "sklearn", "PIL", "soundfile", "__future__", "typing"),
    *("bisect", "calendar", "collections", "csv", "dataclasses", "datetime", "decimal", "difflib"),
    *("fractions", "functools", "hashlib", "heapq", "itertools", "json", "math", "operator"),
    *("pathlib", "random", "re", "statistics", "string", "time", "unicodedata", "warnings", "zlib"),
}
"""What measures, and does nothing else."""
NOT_CALLED = {
    *("eval", "exec", "compile", "__import__", "breakpoint", "input"),
    *("globals", "locals", "vars", "setattr", "delattr"),
}
LONGEST_CODE = 8_000
MOST_FACTS, MOST_CHARACTERS, LONGEST_WORD, DEEPEST = 40, 3_000, 80, 4


def wrong_code(code: str) -> str:
    """What speaks against running it; "" where nothing does."""
    if len(code) > LONGEST_CODE:
        return f"the code is longer than {LONGEST_CODE} characters"
    try:
        tree = syntax_tree(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"the code does not compile: {error}"
    found = next((said for node in ast.walk(tree) for said in forbidden(node)), "")
    if found:
        return found
    made = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "profile"]
    if not made or len(made[-1].args.args) != 1:
        return "there is no function profile(data_dir)"
    return ""


def forbidden(node: ast.AST) -> Iterator[str]:
    """What one node must not do. The guard refuses it, too; a refusal costs a run."""
    line = getattr(node, "lineno", 1)
    if isinstance(node, ast.Import | ast.ImportFrom):
        whole = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module]
        for name in whole:
            if (name or "").partition(".")[0] not in IMPORTED:
                yield f"line {line}: {name} must not be imported here"
    elif isinstance(node, ast.Name) and node.id in NOT_CALLED:
        yield f"line {line}: {node.id} must not be used here"
    elif isinstance(node, ast.Attribute) and node.attr.startswith("__"):
        yield f"line {line}: {node.attr} must not be used here"
    elif isinstance(node, ast.Constant) and type(node.value) is str and leads_out(node.value):
        yield f"line {line}: only files below data_dir may be read"


def leads_out(text: str) -> bool:
    """Whether a text may be a path or an address outside the folder that the code is given."""
    return (len(text) > 1 and text.startswith(("/", "~", "http:", "https:"))) or "../" in text


def words_in(code: str) -> frozenset[str]:
    """The texts that stand in code: names of facts that its model made up itself."""
    nodes = ast.walk(syntax_tree(code))
    return frozenset(
        node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is str
    )


@dataclass(frozen=True)
class Allowed:
    """Texts that may be told although values of cells may not: facts' names, columns' names."""

    names: frozenset[str]
    columns: frozenset[str]


def let_through(facts: object, allowed: Allowed | None, depth: int = 0) -> object:
    """The facts within bounds; with `allowed`, no other text than that, and None for the rest."""
    if isinstance(facts, bool | int) or facts is None:
        return facts
    if isinstance(facts, float):
        return round(facts, 6) if math.isfinite(facts) else None
    if isinstance(facts, str):
        return facts[:LONGEST_WORD] if allowed is None or facts in allowed.columns else None
    if depth >= DEEPEST:
        return None
    if isinstance(facts, list):
        return [let_through(one, allowed, depth + 1) for one in facts[:MOST_FACTS]]
    if isinstance(facts, dict):
        return {
            str(name)[:LONGEST_WORD]: let_through(one, allowed, depth + 1)
            for name, one in list(facts.items())[:MOST_FACTS]
            if allowed is None or name in allowed.names | allowed.columns
        }
    return None


def digest_of(facts: dict[str, object], allowed: Allowed | None) -> str:
    """As many whole facts as there is room for, as JSON."""
    kept: dict[str, object] = {}
    for name, fact in facts.items():
        through = let_through({name: fact}, allowed)
        more = kept | through if isinstance(through, dict) else kept
        if len(more) <= MOST_FACTS and len(json.dumps(more, ensure_ascii=False)) <= MOST_CHARACTERS:
            kept = more
    return json.dumps(kept, ensure_ascii=False) if kept else ""
