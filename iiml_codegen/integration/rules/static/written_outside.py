"""IIML135: a file is written elsewhere than in the cache."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import last_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import keyword

WRITERS = ("to_csv", "to_parquet", "to_pickle", "to_feather", "to_json", "to_excel", "to_hdf")
SAVERS = (
    "save",
    "savez",
    "savez_compressed",
    "savetxt",
    "save_npz",
    "dump",
    "save_model",
    "savefig",
)
TEXTS = ("write_text", "write_bytes")
ALLOWED = re.compile(r"cache|checkpoint|tmp|temp|buffer|BytesIO|StringIO|work_dir|out_dir", re.I)
BY_MODULE = ("numpy", "joblib", "pickle", "torch", "scipy", "json", "matplotlib")


def check(module: Checked) -> Iterator[Finding]:
    """Look at calls that write, and whether their path speaks of a place for it."""
    for call in module.calls("open", *WRITERS, *SAVERS, *TEXTS):
        if is_writing(module, call) and not allowed(module, call):
            hint = "write below cache_dir, or give it back as an output"
            yield at(call, f"{ast.unparse(call.func)} writes outside of the cache", hint)


def is_writing(module: Checked, call: ast.Call) -> bool:
    """Whether a call writes a file; `to_csv()` without a path gives a text."""
    func, name = call.func, last_name(call.func)
    if name == "open":
        mode = module.string(call.args[1] if len(call.args) > 1 else keyword(call, "mode"))
        return mode is not None and any(sign in mode for sign in "wax")
    if name in SAVERS:
        full = module.full(func)
        return full.startswith(BY_MODULE) or (name.startswith("save") and not full)
    if name in WRITERS:
        return bool(call.args) or keyword(call, "path_or_buf") is not None
    return isinstance(func, ast.Attribute)


def allowed(module: Checked, call: ast.Call) -> bool:
    """Whether the path, or what it is bound to, speaks of a cache, or comes from outside."""
    paths = written_paths(call)
    if any(ALLOWED.search(ast.unparse(path)) for path in paths):
        return True
    names = {name.id for path in paths for name in module.inside(path, ast.Name)}
    function = module.owner(call)
    given = set(module.parameters(function)) - {"data_dir"} if function else set()
    if function is None or names & given:
        return function is not None
    bindings: list[tuple[ast.expr | None, ast.expr]] = [
        (target, node.value)
        for node in module.inside(function, ast.Assign)
        for target in node.targets
    ]
    opened = module.inside(function, ast.withitem)
    bindings += [(item.optional_vars, item.context_expr) for item in opened]
    values = [v for t, v in bindings if isinstance(t, ast.Name) and t.id in names]
    return any(
        ALLOWED.search(ast.unparse(value))
        or given & {name.id for name in module.inside(value, ast.Name)}
        for value in values
    )


def written_paths(call: ast.Call) -> list[ast.expr]:
    """The arguments that say where to write, as far as the name of the call tells."""
    name = last_name(call.func)
    if name in TEXTS:
        return [call.func.value] if isinstance(call.func, ast.Attribute) else []
    named = [item.value for item in call.keywords if item.arg in ("path_or_buf", "path", "file")]
    first = slice(1, 2) if name == "dump" or ast.unparse(call.func) == "torch.save" else slice(0, 1)
    return [*call.args[first], *named]


RULE = StaticRule(
    code="IIML135",
    title="Written outside of the cache",
    why="Runs stand side by side; files in the data folder or beside the code collide and leak.",
    severity="warning",
    fixable="needs_review",
    fault="disk",
    check=check,
    valid=(
        Example(
            "def extract(data_dir, cache_dir):\n    data_dir.to_csv(cache_dir / 'a.csv')\n"
            "    return {}\n"
        ),
        Example("def f(table):\n    return table.to_csv(index=False)\n"),
        Example(
            "import numpy as np\n\n\ndef f(cache_dir, x):\n    path = cache_dir / 'x.npy'\n"
            "    np.save(path, x)\n    return path\n"
        ),
        Example("def f(path):\n    with open(path) as file:\n        return file.read()\n"),
        Example(
            "import torch\n\n\ndef keep(place, state):\n    part = place.with_suffix('.part')\n"
            "    torch.save(state, part)\n    part.replace(place)\n"
        ),
    ),
    invalid=(
        Example("def f(answers):\n    answers.to_csv('submission.csv', index=False)\n"),
        Example(
            "import pickle\n\n\ndef f(model):\n    with open('model.pkl', 'wb') as file:\n"
            "        pickle.dump(model, file)\n"
        ),
        Example("import numpy as np\n\n\ndef f(x):\n    np.save('features.npy', x)\n"),
        Example(
            "from pathlib import Path\n\n\ndef f(text):\n    Path('log.txt').write_text(text)\n"
        ),
    ),
)
