"""A line that fails, or may not run, and whose result nothing uses: take it out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, line_of, method, names_in, source_at
from iiml_codegen.integration.repairs.in_place import changes_in_place
from iiml_codegen.integration.repairs.lines import is_used, taken_out
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

OUTSIDE = (
    r"^(?:requests|urllib|socket|subprocess|shutil|http|webbrowser|ftplib|smtplib)\b|os\.(?:system"
    r"|popen|remove|unlink|rmdir|makedirs|mkdir|environ|chdir)|time\.sleep|\.sleep$|^sleep$"
)
WRITES = (
    *("to_csv", "to_parquet", "to_pickle", "to_feather", "to_json", "to_excel", "to_hdf", "dump"),
    *("save", "savez", "savetxt", "save_model", "savefig", "write_text", "write_bytes", "mkdir"),
    *("makedirs", "unlink", "rmtree", "system", "urlretrieve", "touch", "export"),
)
WRITING = ("disk", "forbidden_read", "path", "timeout", "memory", "unknown", "leak")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The line of the fault if it is a whole statement of no use; then writes and outside calls."""
    source = source_at(fault, text)
    for statement in source.nearest(ast.stmt):
        if source.distance(statement)[0] == 0 and expendable(source, statement):
            shorter = taken_out(source, statement)
            if shorter:
                yield Edit("Take out a line whose result nothing uses", shorter)
    if fault.kind in WRITING:
        yield from outside(source)
        shorter = without_imports(text)
        if shorter != text:
            yield Edit("Import nothing for the outside world that nothing uses", shorter)
    if fault.kind in ("disk", "forbidden_read", "path"):
        yield from into_cache(source)


def expendable(source: Source, statement: ast.stmt) -> bool:
    """Whether a statement stands on a line of a function and nothing after it needs it."""
    if isinstance(statement, ast.For | ast.While):
        return source.line >= statement.lineno and is_idle(source, statement)
    simple = isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign)
    if not simple or source.function(statement) is None or is_used(source, statement):
        return False
    if changes_in_place(source, statement):
        return False
    if isinstance(statement, ast.Expr):
        return True
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]  # type: ignore[attr-defined]
    return all(isinstance(target, ast.Name) for target in targets)


def is_idle(source: Source, loop: ast.For | ast.While) -> bool:
    """Whether a loop sets nothing that is read after it."""
    stored = {
        n.id for n in ast.walk(loop) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    changes = any(
        isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store) for n in ast.walk(loop)
    )
    gives = any(isinstance(n, ast.Return | ast.Yield) for n in ast.walk(loop))
    end, function = loop.end_lineno or loop.lineno, source.function(loop)
    later = {
        n.id
        for n in ast.walk(function or source.tree)
        if isinstance(n, ast.Name) and line_of(n) > end
    }
    return not (changes or gives or changes_in_place(source, loop) or stored & later)


def outside(source: Source) -> Iterator[Edit]:
    """Statements that write files, wait, or speak with the world, all of them at once."""
    text, taken = source.text, 0
    found = [n for n in ast.walk(source.tree) if isinstance(n, ast.Expr) and reaches_out(source, n)]
    for statement in sorted(found, key=line_of, reverse=True):
        now = Source(text)
        shorter = taken_out(now, matching(now, statement))
        text, taken = (shorter, taken + 1) if shorter else (text, taken)
    if taken:
        yield Edit("Write, wait for and call nothing outside", without_imports(text))


def without_imports(text: str) -> str:
    """The text without imports for the outside world that nothing uses any more."""
    source = Source(text)
    used = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    for node in source.nearest(ast.stmt):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        module = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
        if not names & used and re.search(OUTSIDE, module):
            return taken_out(source, node) or text
    return text


def matching(source: Source, statement: ast.stmt) -> ast.stmt:
    """The statement of another parse that stands at the same place."""
    return next(
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.stmt)
        and (node.lineno, node.col_offset, type(node))
        == (statement.lineno, statement.col_offset, type(statement))
    )


def reaches_out(source: Source, statement: ast.Expr) -> bool:
    """Whether an expression is only there for what it does outside."""
    called = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
    if any(re.search(OUTSIDE, source.source(node.func)) for node in called):
        return True
    value = statement.value
    return method(value) in WRITES and not names_in(statement) & {"cache_dir", "checkpoint_dir"}


def into_cache(source: Source) -> Iterator[Edit]:
    """Files that are written elsewhere: into the folder that the function was given for them."""
    for call in source.nearest(ast.Call):
        function = source.function(call)
        names = (
            [item.arg for item in (*function.args.args, *function.args.kwonlyargs)]
            if function
            else []
        )
        folder = next((name for name in names if name in ("cache_dir", "checkpoint_dir")), None)
        paths = [
            arg for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if folder and method(call) in (*WRITES, "open") and paths:
            file = str(paths[0].value).replace("\\", "/").rpartition("/")[2]
            yield Edit(f"Write into {folder}", source.replaced((paths[0], f'{folder} / "{file}"')))


def useless(kind: str, message: str, line: int) -> Fault:
    """The fault of a line without use."""
    return Fault(
        kind="memory" if kind == "memory" else "disk",
        message=message,
        place=Place(file="prep.py", line=line),
        evidence="",
    )


REPAIR = Repair(
    name="unused_line",
    title="Take out lines without use",
    kinds=(
        *("memory", "timeout", "disk", "forbidden_read", "path", "leak", "gpu", "dtype", "shape"),
        *("preprocessing", "unknown_column", "incompatible_api", "missing_dependency", "unknown"),
    ),
    propose=propose,
    examples=(
        Example(
            useless("memory", "MemoryError: Unable to allocate", 2),
            "def prepare(d):\n    far = np.zeros((9, 9))\n    return d\n",
            "def prepare(d):\n    return d\n",
        ),
        Example(
            useless("disk", "OSError: [Errno 28] No space left on device", 2),
            'def prepare(d):\n    d.to_csv("/out/d.csv")  # keep\n    return d\n',
            "def prepare(d):\n    return d\n",
        ),
        Example(
            useless("disk", "PermissionError: '/out/x'", 2),
            'def extract(d, cache_dir):\n    return np.save("/out/x.npy", d)\n',
            'def extract(d, cache_dir):\n    return np.save(cache_dir / "x.npy", d)\n',
        ),
    ),
)
