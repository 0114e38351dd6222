"""IIML138: text is executed, or an unknown object is unpickled."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

UNPICKLING = (
    "pickle.load",
    "pickle.loads",
    "joblib.load",
    "dill.load",
    "cloudpickle.load",
    "pandas.read_pickle",
)
OURS = re.compile(r"cache|checkpoint|buffer|BytesIO", re.I)


def check(module: Checked) -> Iterator[Finding]:
    """Look for eval and exec, and for pickles that the module did not write itself."""
    for call in module.calls("eval", "exec", "__import__"):
        if isinstance(call.func, ast.Name) and call.func.id not in module.functions():
            hint = "write the code, or use ast.literal_eval for literals"
            yield at(call, f"{call.func.id} runs text as code", hint)
    for call in module.calls("load", "loads", "read_pickle"):
        name = module.full(call.func)
        if name not in UNPICKLING or OURS.search(" ".join(map(ast.unparse, call.args))):
            continue
        if not opened_from_cache(module, call):
            yield at(call, f"{name} runs whatever the file says", "read a table or an array")


def opened_from_cache(module: Checked, call: ast.Call) -> bool:
    """Whether the file that is unpickled was opened below the cache."""
    around = (n for n in module.index.ancestors(call) if isinstance(n, ast.With))
    return any(
        OURS.search(ast.unparse(item.context_expr)) for node in around for item in node.items
    )


RULE = StaticRule(
    code="IIML138",
    title="Text or pickle executed",
    why="What such lines do cannot be checked beforehand, and data can bring code along.",
    severity="warning",
    fixable="no",
    fault="forbidden_read",
    check=check,
    valid=(
        Example("import ast\n\nx = ast.literal_eval('[1]')\n"),
        Example("def f(df, net):\n    net.eval()\n    return df.eval('a + b')\n"),
        Example(
            "import pickle\n\n\ndef f(cache_dir):\n"
            "    with open(cache_dir / 'a.pkl', 'rb') as file:\n"
            "        return pickle.load(file)\n"
        ),
    ),
    invalid=(
        Example("def f(rows):\n    return rows['tags'].apply(lambda text: eval(text))\n"),
        Example("exec('x = 1')\n"),
        Example(
            "import joblib\n\n\ndef f(data_dir):\n"
            "    return joblib.load(data_dir / 'model.joblib')\n"
        ),
    ),
)
