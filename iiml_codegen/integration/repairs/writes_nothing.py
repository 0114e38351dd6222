"""Files that are written outside of the run's folder: not written, or below a temporary folder."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, name_of, source_at, text_of
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import with_import

WRITERS = re.compile(
    r"^(?:to_(?:csv|parquet|pickle|feather|json|excel|hdf|sql|file)|tofile|dumps?|save\w*|export"
    r"|write\w*|mkdir|makedirs|touch|unlink|rmtree|copy2|copyfile|move|symlink_to|rename|flush"
    r"|close|basicConfig)$"
)
ALLOWED = re.compile(r"cache|checkpoint|tmp|temp|Bytes|StringIO|scratch", re.I)
OUTSIDE = re.compile(
    r"^(?:/|~|[A-Za-z]:[\\/]|\.\.)|^\.?/?[\w-]+(?:/[\w.-]+)*\.\w{2,8}$|^\.?/?\w+/$"
)


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Without writing, where nothing reads it again; else somewhere that is free to use."""
    source = source_at(fault, text)
    gone = [s for s in ast.walk(source.tree) if isinstance(s, ast.stmt) and only_writes(source, s)]
    if not gone:
        return
    if read_again(source, gone):
        yield from elsewhere(source, gone)
        return
    shorter = idle_out(source, without(source, gone))
    yield Edit("Write no file that nothing reads", shorter)


def only_writes(source: Source, node: ast.stmt) -> bool:
    """Whether a statement, or all that a `with` block holds, only writes outside the cache."""
    if isinstance(node, ast.Expr):
        return writes(source, node.value) and not spared(source, node)
    if not isinstance(node, ast.With):
        return False
    opened = [item.context_expr for item in node.items]
    handles = {name_of(item.optional_vars) for item in node.items}
    body = [writes(source, s.value, handles) for s in node.body if isinstance(s, ast.Expr)]
    whole = len(body) == len(node.body) and all(body)
    return whole and all(opens(item) for item in opened) and not spared(source, node)


def opens(node: ast.expr) -> bool:
    """Whether an expression opens a file to be written."""
    if not isinstance(node, ast.Call) or method(node) not in ("open", "ZipFile", "memmap", "File"):
        return False
    modes = [*node.args, *(keyword.value for keyword in node.keywords)]
    return any(re.fullmatch(r"[wax]b?\+?t?b?|r\+b?", text_of(mode)) for mode in modes)


def writes(source: Source, node: ast.expr, handles: set[str] | None = None) -> bool:
    """Whether an expression writes a file, or into one of these."""
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    into = bool(names & (handles or set())) and isinstance(node, ast.Call)
    if into and method(node) not in ("load", "read", "append", "update"):
        return True
    return bool(WRITERS.match(method(node))) and names_file(source, node)


def names_file(source: Source, node: ast.AST) -> bool:
    """Whether a place outside is written in an expression, or in what its names stand for."""
    return any(OUTSIDE.match(text) for text in places_of(source, node))


def places_of(source: Source, node: ast.AST, depth: int = 3) -> set[str]:
    """Texts in an expression and in what its names were set to."""
    found = {text_of(inner) for inner in ast.walk(node)} - {""}
    for name in [n.id for n in ast.walk(node) if isinstance(n, ast.Name)] if depth else []:
        for assigned in source.assigned(name):
            value = assigned.value
            path = text_of(value) or isinstance(value, ast.BinOp | ast.JoinedStr)
            if path or method(value) in ("Path", "join", "open", "expanduser", "str", "File"):
                found |= places_of(source, value, depth - 1)
    return found


def spared(source: Source, node: ast.stmt) -> bool:
    """Whether a statement speaks of the cache, which may be written."""
    return bool(ALLOWED.search(source.source(node)))


def read_again(source: Source, gone: list[ast.stmt]) -> bool:
    """Whether a place that is written is read by another statement."""
    written = {text for node in gone for text in places_of(source, node) if OUTSIDE.match(text)}
    mine = {id(inner) for node in gone for inner in ast.walk(node)}
    reading = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and id(node) not in mine
        if re.match(r"read|load|open|exists|is_file|glob|fromfile", method(node))
        if not opens(node)
    ]
    return any(written & places_of(source, node) for node in reading)


def without(source: Source, gone: Sequence[ast.stmt]) -> str:
    """The text without these statements; `pass` for a block that holds nothing else."""
    lines = source.text.splitlines(keepends=True)
    inner = {id(x) for node in gone for x in ast.walk(node) if x is not node}
    for node in sorted((n for n in gone if id(n) not in inner), key=lambda n: -n.lineno):
        first, last = node.lineno - 1, node.end_lineno or node.lineno
        parent = source.parents.get(node)
        blocks = [getattr(parent, name, None) for name in ("body", "orelse", "finalbody")]
        block = next((b for b in blocks if isinstance(b, list) and node in b), [])
        empty = block[0] is node and all(other in gone for other in block) if block else False
        lines[first:last] = [f"{lines[first][: node.col_offset]}pass\n"] if empty else []
    return "".join(lines)


def idle_out(source: Source, text: str) -> str:
    """The text without paths and handles that only the writing needed."""
    was = reads_of(source)
    for _ in range(4):
        now = Source(text)
        idle = [
            node
            for node in ast.walk(now.tree)
            if isinstance(node, ast.Assign) and name_of(node.targets[0]) in was - reads_of(now)
            if opens(node.value) or names_file(now, node.value)
        ]
        if not idle:
            return text
        text = without(now, idle)
    return text


def reads_of(source: Source) -> set[str]:
    """Names that a text reads."""
    named = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name)]
    return {node.id for node in named if isinstance(node.ctx, ast.Load)}


def elsewhere(source: Source, gone: list[ast.stmt]) -> Iterator[Edit]:
    """The same file below the cache where the function is given one, else a temporary folder."""
    written = {text for node in gone for text in places_of(source, node) if OUTSIDE.match(text)}
    edits, temporary = [], False
    for node in ast.walk(source.tree):
        if text_of(node) not in written:
            continue
        function = source.function(node)
        names = (
            [arg.arg for arg in ast.walk(function.args) if isinstance(arg, ast.arg)]
            if (function)
            else []
        )
        cache = next((name for name in names if name in ("cache_dir", "checkpoint_dir")), "")
        temporary |= not cache
        folder = f"str({cache})" if cache else "tempfile.gettempdir()"
        file = text_of(node).replace("\\", "/").rstrip("/").rpartition("/")[2]
        edits.append((node, f'{folder} + "/{file}"'))
    new = source.replaced(*edits)
    yield Edit(
        "Write where every run may", with_import(new, "import tempfile") if temporary else new
    )


def denied(line: int = 2) -> Fault:
    """The fault of a file that may not be written."""
    message = "PermissionError: [Errno 13] Permission denied: '/models/a'"
    place = Place(file="model_a.py", line=line)
    return Fault(kind="disk", message=message, place=place, evidence="")


HEAD, END = "def fit(X, y):\n    model = g(X, y)\n", "    return model\n"
REPAIR = Repair(
    name="writes_nothing",
    title="Write no file outside",
    kinds=("disk", "forbidden_read", "path", "leak", "unknown"),
    propose=propose,
    examples=(
        Example(
            denied(),
            f'{HEAD}    with open("/models/a", "wb") as file:\n'
            f"        pickle.dump(model, file)\n{END}",
            f"{HEAD}{END}",
        ),
        Example(
            denied(),
            f'{HEAD}    folder = Path("/models")\n    folder.mkdir(exist_ok=True)\n'
            f'    joblib.dump(model, folder / "a.pkl")\n{END}',
            f"{HEAD}{END}",
        ),
        Example(
            denied(),
            f'{HEAD}    if y is not None:\n        X.to_csv("/out/x.csv")\n{END}',
            f"{HEAD}    if y is not None:\n        pass\n{END}",
        ),
        Example(
            denied(),
            f'import os\n{HEAD}    np.save("/out/x.npy", X)\n    X = np.load("/out/x.npy")\n{END}',
            f"import os\nimport tempfile\n{HEAD}"
            f'    np.save(tempfile.gettempdir() + "/x.npy", X)\n'
            f'    X = np.load(tempfile.gettempdir() + "/x.npy")\n{END}',
        ),
    ),
)
