"""Today's signatures for prompts: models remember the libraries of the day they were trained."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator, Sequence

from iiml_codegen.integration.installed import InstalledLibraries, Signature
from iiml_codegen.syntax import syntax_tree

MOST_PARAMETERS = 26
MOST_CALLS = 4
MOST_NEAR = 8


def signature_lines(installed: InstalledLibraries, names: Iterable[str]) -> list[str]:
    """`lightgbm.LGBMClassifier.fit(X, y, …)` for what is installed of these names."""
    known = set(installed.top_level())
    there = [name for name in names if name.split(".")[0] in known]
    found = [(name, installed.signature_of(name)) for name in there]
    return [shown(name, signature) for name, signature in found if signature is not None]


def shown(name: str, signature: Signature) -> str:
    """A signature in a line."""
    given = [p.name for p in signature.parameters if not p.kind.startswith("VAR_")]
    more = ["…"] if len(given) > MOST_PARAMETERS else []
    rest = ["**"] if signature.takes_any else []
    return f"{name}({', '.join([*given[:MOST_PARAMETERS], *more, *rest])})"


def calls_at(text: str, lines: Sequence[int], installed: InstalledLibraries) -> list[str]:
    """What is called on these lines takes today; for what is gone, the names that are like it."""
    try:
        tree = syntax_tree(text)
    except (SyntaxError, ValueError):
        return []
    wanted = set(lines)
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.lineno in wanted]
    found = dict.fromkeys(
        line for node in nodes[:MOST_CALLS] for line in facts_of(node, text, installed)
    )
    return list(found)


def facts_of(node: ast.Call, text: str, installed: InstalledLibraries) -> Iterator[str]:
    """The signature of one call, or what the thing offers that it is asked of."""
    function = node.func
    line = function.end_lineno or function.lineno
    source = text.split("\n")[line - 1]
    end = characters(source, function.end_col_offset or 0)
    signature = installed.signature(text, line, end + 1)
    name = installed.full_name(text, line, end - 1)
    if signature is not None:
        yield shown(name or ast.unparse(function), signature) + versioned(name, installed)
    elif isinstance(function, ast.Attribute):
        members = installed.members_at(text, line, end - len(function.attr))
        near = difflib.get_close_matches(function.attr, members, MOST_NEAR, 0.5)
        if members and function.attr not in members:
            like = f"; like it: {', '.join(near)}" if near else ""
            yield f"{ast.unparse(function)} does not exist{like}"


def versioned(name: str, installed: InstalledLibraries) -> str:
    """The version behind a signature."""
    version = installed.version(name.split(".")[0]) if name else None
    return f"  # {name.split('.')[0]} {version}" if version else ""


def characters(line: str, offset: int) -> int:
    """How many characters so many bytes of a line are."""
    return len(line.encode()[:offset].decode("utf-8", "replace"))
