"""IIML132: a file is read from a path that does not start at data_dir."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import last_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import FILE_READERS, keyword
from iiml_codegen.integration.rules.text_edits import is_at, spliced, start_of

ABSOLUTE = re.compile(r"^(?:/|~|[A-Za-z]:[\\/]|\w+://)")
FILE = re.compile(r"\.\w{2,8}$")
SAVED = (".pkl", ".pickle", ".joblib", ".npy", ".pt", ".pth")


def check(module: Checked) -> Iterator[Finding]:
    """Look at readers whose path is a literal, or joined from literals."""
    for call in module.calls(*FILE_READERS):
        given = path_argument(call)
        path = whole_path(module, given)
        if path is None or not FILE.search(path) or ABSOLUTE.match(path) or writes(call):
            continue
        if isinstance(call.func, ast.Attribute) and is_path_method(module, call):
            continue
        hint = f"read data_dir / {path.rpartition('/')[2]!r}"
        yield at(given or call, f"{path!r} is looked for where the pipeline runs", hint, (path,))


def path_argument(call: ast.Call) -> ast.expr | None:
    """The argument that is the path."""
    if call.args:
        return call.args[0]
    return keyword(call, "filepath_or_buffer") or keyword(call, "path") or keyword(call, "file")


def whole_path(module: Checked, node: ast.expr | None) -> str | None:
    """The path that is made of literals alone."""
    if isinstance(node, ast.Call) and last_name(node.func) in ("join", "Path"):
        parts = [module.string(item) for item in node.args]
        known = [part for part in parts if part is not None]
        return "/".join(known) if parts and len(known) == len(parts) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Div):
        left, right = whole_path(module, node.left), whole_path(module, node.right)
        sign = "/" if isinstance(node.op, ast.Div) else ""
        return None if left is None or right is None else f"{left}{sign}{right}"
    return module.string(node)


def writes(call: ast.Call) -> bool:
    """Whether `open` opens for writing, which IIML135 looks at."""
    mode = call.args[1] if len(call.args) > 1 else keyword(call, "mode")
    return isinstance(mode, ast.Constant) and any(sign in str(mode.value) for sign in "wax")


def is_path_method(module: Checked, call: ast.Call) -> bool:
    """`path.open("r")`: its argument is no path. Modules such as `gzip` do take one."""
    return last_name(call.func) == "open" and not module.full(call.func)


def fix(module: Checked, finding: Finding) -> str | None:
    """Join the literal with data_dir where the function has that parameter."""
    if "/" in finding.names[0]:
        return None
    for call in module.calls(*FILE_READERS):
        given, function = path_argument(call), module.owner(call)
        if not isinstance(given, ast.Constant | ast.Name) or function is None:
            continue
        if is_at(given, finding.line, finding.column, module):
            known = "data_dir" in module.parameters(function)
            start = start_of(given)
            return spliced(module, start, start, "data_dir / ") if known else None
    return None


RULE = StaticRule(
    code="IIML132",
    title="Path without data_dir",
    why="Pipelines run in folders of their own; the competition lies in data_dir alone.",
    severity="error",
    fixable="safe",
    fault="path",
    check=check,
    fix=fix,
    valid=(
        Example(
            "import pandas as pd\n\n\ndef prepare(data_dir):\n"
            "    return {'a': pd.read_csv(data_dir / 'train.csv')}\n"
        ),
        Example("import pandas as pd\n\n\ndef f(path):\n    return pd.read_csv(path)\n"),
        Example(
            "import pandas as pd\n\n\ndef f(data_dir):\n"
            "    return pd.read_csv(f'{data_dir}/train.csv')\n"
        ),
        Example("def f(path):\n    with path.open('rb') as file:\n        return file.read()\n"),
    ),
    invalid=(
        Example(
            "import pandas as pd\n\n\ndef prepare(data_dir):\n"
            "    return {'a': pd.read_csv('train.csv')}\n"
        ),
        Example(
            "import pandas as pd\n\n\ndef f():\n"
            "    return pd.read_csv('../input/titanic/train.csv')\n"
        ),
        Example(
            "import pandas as pd\n\nTRAIN = 'train.csv'\n\n\ndef prepare(data_dir):\n"
            "    return {'a': pd.read_csv(TRAIN)}\n"
        ),
        Example(
            "import os\n\nimport pandas as pd\n\n\ndef f():\n"
            "    return pd.read_csv(os.path.join('input', 'train.csv'))\n"
        ),
        Example("def f():\n    with open('words.txt') as file:\n        return file.read()\n"),
    ),
)
