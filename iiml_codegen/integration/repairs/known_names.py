"""Names that a column or an output may have: real columns, those that code makes, those seen."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.column_messages import missing_columns, quoted_names
from iiml_codegen.integration.repairs.flow import Source, text_of
from iiml_codegen.integration.repairs.repair import Facts

MOST_TEMPLATES = 40
ALIKE = 0.6
MISSING = (
    re.compile(r"[Cc]olumns? (?P<many>'[^']+'(?:, '[^']+')*) (?:does not|do not|not)"),
    re.compile(r"'(?:DataFrame|Series)' object has no attribute (?P<many>'[^']+')"),
)


def missing_names(fault: Fault) -> list[str]:
    """The names that something was asked for in vain, as fault and message tell."""
    kind, _, message = fault.message.partition(": ")
    found = [*fault.names, *missing_columns(kind, message)]
    for pattern in MISSING:
        if match := pattern.search(fault.message):
            found += quoted_names(match["many"])
            break
    return list(dict.fromkeys(found))


def known_names(fault: Fault, source: Source, facts: Facts) -> list[str]:
    """Names that exist: at hand where it failed, then real, made by the code, and seen."""
    at_hand = [name for value in fault.values for name in listed(value.name, value.shown)]
    seen = [name for item in facts.observations for name in item.column_names]
    made = list(made_names(source, facts.columns))
    task = facts.task
    asked = [*task.targets, *task.train_only_columns, task.id_column or ""] if task else []
    return list(dict.fromkeys([*at_hand, *facts.columns, *asked, *made, *seen]))


def listed(name: str, shown: str) -> list[str]:
    """Names that a value lists, where it is one of columns or keys."""
    if shown.startswith("dict of "):
        return [part.partition(":")[0].strip() for part in shown[8:].split(";")]
    _, columns, names = shown.partition("columns: ")
    if not columns and re.search(r"columns|keys", name):
        names = shown.strip("[]() ")
    return [part.strip(" '\"") for part in names.split(",") if part.strip(" '\"…")]


def made_names(source: Source, columns: Iterable[str]) -> Iterator[str]:
    """Names that code makes: keys of dicts, and columns with something before or behind them."""
    names = list(columns)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Dict):
            yield from (text_of(key) for key in node.keys if text_of(key))
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            yield from [text_of(node.slice)] if text_of(node.slice) else []
        elif isinstance(node, ast.keyword) and node.arg:
            parent = source.parents.get(node)
            if isinstance(parent, ast.Call) and source.source(parent.func).endswith(".assign"):
                yield node.arg
    for before, behind in list(templates(source))[:MOST_TEMPLATES]:
        yield from (f"{before}{column}{behind}" for column in names)


def templates(source: Source) -> Iterator[tuple[str, str]]:
    """What f-strings, `add_prefix` and `add_suffix` put before and behind a name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.JoinedStr):
            holes = [i for i, part in enumerate(node.values) if not isinstance(part, ast.Constant)]
            if len(holes) == 1:
                yield (
                    "".join(text_of(part) for part in node.values[: holes[0]]),
                    "".join(text_of(part) for part in node.values[holes[0] + 1 :]),
                )
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            added = text_of(node.args[0])
            if added and node.func.attr == "add_suffix":
                yield "", added
            elif added and node.func.attr == "add_prefix":
                yield added, ""


def nearest_names(name: str, known: Iterable[str], most: int = 2) -> list[str]:
    """The names with the same letters, then those spelled most alike; earlier ones win ties."""
    wanted, scored = plain(name), []
    for rank, other in enumerate(dict.fromkeys(known)):
        if other != name and plain(other):
            ratio = difflib.SequenceMatcher(None, wanted, plain(other)).ratio()
            shorter, longer = sorted((wanted, plain(other)), key=len)
            within = len(shorter) > 3 and shorter in longer and len(longer) < 3 * len(shorter)
            if ratio >= ALIKE or within:
                scored.append((-ratio, rank, other))
    return [other for _, _, other in sorted(scored)[:most]]


def plain(name: str) -> str:
    """Letters and digits only, in lower case."""
    return re.sub(r"[\W_]+", "", name).lower()
