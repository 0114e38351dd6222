"""Which statement of prep let gaps, infinities, text or other rows into an output."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Place
from iiml_codegen.integration.module_code import (
    ModuleCode,
    assigned,
    called,
    end,
    names_in,
    own_nodes,
)
from iiml_codegen.integration.prep_flow import (
    Flow,
    changes,
    flow_of,
    functions_behind,
    head,
    statements_behind,
)
from iiml_codegen.integration.row_changes import row_change

FILLING = ("nan_to_num", "interpolate")
GUARDS = ("clip", "maximum", "max", "replace", "where", "sum", "len", "count", "std")
GAPS, ENDLESS, TEXT, ROWS = "IIML310", "IIML311", "IIML312", "IIML304"
OTHER_COLUMNS = ("IIML306", "IIML307", "IIML309")
LIKELY = 5
PATHS = re.compile(r"dir|path|folder|file", re.IGNORECASE)
Scored = tuple[int, ast.AST]


def origin_in_prep(
    prep: ModuleCode, code: str, output: str, names: tuple[str, ...]
) -> Place | None:
    """The statement to look at for a broken clause; None where nothing stands out."""
    flow = flow_of(prep, output)
    if flow is None:
        return None
    if code == ROWS:
        return row_change(flow)
    if code in OTHER_COLUMNS:
        return likeliest(prep, column_cuts(flow))
    if code == TEXT:
        return text_origin(prep, names)
    if code in (GAPS, ENDLESS):
        return likeliest(prep, gap_origins(flow, names))
    if isinstance(flow.given, ast.Name):
        return last_set(flow, flow.given.id)
    return None


def last_set(flow: Flow, name: str) -> Place | None:
    """The last statement that sets what is handed over under its own name."""
    setting = [s for s in flow.statements if name in assigned(s) or changes(s, name)]
    return flow.code.place(setting[-1]) if setting else None


def likeliest(code: ModuleCode, scored: Iterator[Scored]) -> Place | None:
    """The place with the highest score, the first of equals; None if all are low."""
    best: Scored | None = None
    for one in scored:
        if one[0] >= LIKELY and (best is None or one[0] > best[0]):
            best = one
    return code.place(best[1]) if best is not None else None


def gap_origins(flow: Flow, names: tuple[str, ...]) -> Iterator[Scored]:
    """What makes NaN or infinity, on the way of an output: it counts more in `prepare` itself.

    Recipes divide and take logarithms with care; what was added to `prepare` often does not.
    """
    for statement in flow.statements:
        if stored(statement) & set(names):
            yield 10, statement
        yield from ((score + 2, statement) for node in ast.walk(statement) if (score := odd(node)))
    for function in flow.functions:
        yield from ((odd(node) - 1, node) for node in own_nodes(function) if odd(node))
        if is_unfilled(function):
            stores = [n for n in own_nodes(function) if isinstance(n, ast.Assign)]
            yield 6, max(stores, key=lambda node: node.lineno) if stores else function


def column_cuts(flow: Flow) -> Iterator[Scored]:
    """What takes columns from one half of a view alone, or turns them round."""
    for node in [*ast.walk(flow.given), *flow.nodes()]:
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            columns = node.slice.elts[-1]
            cut = isinstance(columns, ast.Slice) and (columns.lower, columns.upper, columns.step)
            yield (7 if cut and any(cut) else 3), node
        elif isinstance(node, ast.Call) and called(node) in ("drop", "pop", "sample", "filter"):
            yield (6 if any(k.arg in ("columns", "axis") for k in node.keywords) else 3), node


def odd(node: ast.AST) -> int:
    """How likely an expression gives no finite number."""
    if isinstance(node, ast.Attribute) and node.attr.lower() in ("nan", "inf"):
        return 5
    if isinstance(node, ast.Call) and called(node) in ("log", "log10", "log2"):
        return 7
    if isinstance(node, ast.Constant) and node.value in ("float16", "half"):
        return 6
    if isinstance(node, ast.keyword):
        return 7 * renumbers(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        below = node.right
        if any(PATHS.search(name) for name in names_in(node)):
            return 0
        if isinstance(below, ast.Constant) or any(
            isinstance(n, ast.BoolOp) or (isinstance(n, ast.Call) and called(n) in GUARDS)
            for n in ast.walk(below)
        ):
            return 0
        return 0 if isinstance(below, ast.BinOp) and isinstance(below.op, ast.Add) else 4
    return 0


def renumbers(node: ast.keyword) -> bool:
    """Whether rows are numbered anew, so that tables beside each other no longer meet."""
    if node.arg == "ignore_index":
        return isinstance(node.value, ast.Constant) and not node.value.value
    return node.arg == "index" and isinstance(node.value, ast.Call | ast.BinOp)


def is_unfilled(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function says that it fills gaps, and does not."""
    said = f"{function.name} {ast.get_docstring(function) or ''}".lower()
    if "fill" not in said and "impute" not in said:
        return False
    names = {called(n).lower() for n in ast.walk(function) if isinstance(n, ast.Call)}
    return not any("fill" in name or "impute" in name or name in FILLING for name in names)


def stored(statement: ast.stmt) -> set[str]:
    """Columns that a statement sets: `x["a"] = ...`, `x.assign(a=...)`."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    keys = {n.value for t in targets for n in ast.walk(t) if isinstance(n, ast.Constant)}
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and called(node) == "assign":
            keys |= {keyword.arg for keyword in node.keywords}
    return {str(key) for key in keys}


def text_origin(prep: ModuleCode, names: tuple[str, ...]) -> Place | None:
    """What put text columns in: the statement that sets one, else what was to encode them."""
    source = prep.functions.get("prepare")
    if source is None or not names:
        return None
    wanted = set(names)
    statements = sorted(
        (n for n in own_nodes(source) if isinstance(n, ast.stmt)), key=lambda n: n.lineno
    )
    for statement in statements:
        if stored(statement) & wanted:
            return prep.place(statement)
    shares = [(len(mentioned(prep, s) & wanted), -s.lineno, s) for s in statements]
    best = max(shares, key=lambda one: one[:2], default=None)
    if best is None or not best[0]:
        return None
    behind = functions_behind(prep, [n for n in ast.walk(best[2]) if isinstance(n, ast.Call)])
    for function in behind:
        stores = [n for n in ast.walk(function) if isinstance(n, ast.Assign) and is_store(n)]
        if stores and function.name in {called(n) for n in ast.walk(best[2])}:
            return prep.place(max(stores, key=end))
    return prep.place(best[2])


def word_filled(prep: ModuleCode) -> Place | None:
    """The only place where gaps are filled with a word that is written out."""
    found = [
        node
        for node in ast.walk(prep.tree)
        if isinstance(node, ast.Call)
        and called(node) == "fillna"
        and any(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in node.args)
    ]
    return prep.place(found[0]) if len(found) == 1 else None


def text_cast(model: ModuleCode) -> Place | None:
    """Where a model turns something into text."""
    for node in ast.walk(model.tree):
        if isinstance(node, ast.Call) and called(node) in (
            "astype",
            "to_numpy",
            "asarray",
            "array",
        ):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            names = {n.id for n in given if isinstance(n, ast.Name)}
            texts = {str(n.value) for n in given if isinstance(n, ast.Constant)}
            if {"str", "object", "U", "O"} & (names | texts):
                return model.place(node)
    return None


def mentioned(code: ModuleCode, statement: ast.stmt) -> set[str]:
    """Texts in a statement, and in the constants that it names."""
    nodes = [statement, *(code.constants[n] for n in names_in(statement) if n in code.constants)]
    return {str(n.value) for node in nodes for n in ast.walk(node) if isinstance(n, ast.Constant)}


def is_store(node: ast.Assign) -> bool:
    """Whether an assignment sets an item of something."""
    return any(isinstance(t, ast.Subscript) and head(t) for t in node.targets)


def renaming(prep: ModuleCode, line: int, name: str) -> Place | None:
    """The last statement above a line that renamed or dropped columns of what the line reads."""
    function, here = prep.function_at(line), prep.statement_at(line)
    if function is None or here is None:
        return None
    for statement in reversed(statements_behind(function, names_in(here), here.lineno)):
        if any(loses_columns(node, name) for node in ast.walk(statement)):
            return prep.place(statement)
    return None


def loses_columns(node: ast.AST, name: str) -> bool:
    """Whether an expression renames columns, or drops the one with that name."""
    if isinstance(node, ast.Attribute) and node.attr == "columns":
        return isinstance(node.ctx, ast.Store)
    if not isinstance(node, ast.Call):
        return False
    if called(node) in ("rename", "add_prefix", "add_suffix", "set_axis", "select_dtypes"):
        return True
    texts = {str(n.value) for n in ast.walk(node) if isinstance(n, ast.Constant)}
    if called(node) in ("drop", "pop", "set_index", "filter"):
        return name in texts
    return any(keyword.arg in ("usecols", "header", "names") for keyword in node.keywords)


def wrong_classes(code: ModuleCode, classes: tuple[str, ...]) -> Place | None:
    """A constant that counts or lists the classes, and has others than the task."""
    for name, statement in code.constants.items():
        value = getattr(statement, "value", None)
        if not name.upper().endswith("CLASSES"):
            continue
        if isinstance(value, ast.Constant) and type(value.value) is int:
            if value.value != len(classes):
                return code.place(statement)
        elif isinstance(value, ast.List | ast.Tuple):
            listed = {str(e.value).strip() for e in value.elts if isinstance(e, ast.Constant)}
            if len(listed) == len(value.elts) and listed != {name.strip() for name in classes}:
                return code.place(statement)
    return None
