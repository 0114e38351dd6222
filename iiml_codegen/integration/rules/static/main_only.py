"""IIML122: functions use what only the `__main__` block defines."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.static.work_at_import import is_main


def check(module: Checked) -> Iterator[Finding]:
    """Compare names bound in the block with names that functions read from the module."""
    blocks = [node for node in module.tree.body if is_main(node)]
    if not blocks or module.symbols is None:
        return
    inside = {name for block in blocks for name in stored(module, block)}
    outside = {
        name
        for statement in module.tree.body
        if statement not in blocks
        for name in (*stored(module, statement), getattr(statement, "name", ""))
    }
    only = inside - outside - set(module.imports)
    for name in module.nodes(ast.Name) if only else ():
        function = module.owner(name)
        if name.id not in only or not isinstance(name.ctx, ast.Load) or function is None:
            continue
        if not module.owner_binds(name, name.id):
            only.discard(name.id)
            text = f"{name.id} is defined in the __main__ block only"
            yield at(name, text, "define it in the module, or pass it as an argument")


def stored(module: Checked, node: ast.AST) -> set[str]:
    """Names bound at or below a node."""
    names = module.inside(node, ast.Name)
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


RULE = StaticRule(
    code="IIML122",
    title="Defined in the __main__ block only",
    why="The pipeline leaves the __main__ block out, so the name is missing there.",
    severity="error",
    fixable="no",
    fault="undefined_name",
    check=check,
    valid=(
        Example(
            "LIMIT = 3\n\n\ndef f():\n    return LIMIT\n\n\nif __name__ == '__main__':\n"
            "    LIMIT = 4\n"
        ),
        Example(
            "def f(rows):\n    return rows\n\n\nif __name__ == '__main__':\n    rows = [1]\n"
            "    f(rows)\n"
        ),
        Example(
            "def f(*rows, **params):\n    try:\n        return dict(rows, **params)\n"
            "    except TypeError as error:\n        return str(error)\n\n\n"
            "if __name__ == '__main__':\n    rows, params, error = [], {}, None\n"
            "    f(*rows, **params)\n"
        ),
    ),
    invalid=(
        Example(
            "def f():\n    return LIMIT\n\n\nif __name__ == '__main__':\n    LIMIT = 4\n    f()\n"
        ),
        Example(
            "def prepare(data_dir):\n    return {'target': args.size}\n\n\n"
            "if __name__ == '__main__':\n    args = None\n    prepare('.')\n"
        ),
    ),
)
