"""The ablation `--without modules`: prep and model as one monolithic script, without a contract."""

from __future__ import annotations

import ast
import re

from iiml_codegen.implementation.recipes import defined_name, imported_names
from iiml_codegen.implementation.rendering import replace_imports
from iiml_codegen.syntax import syntax_tree


def write_script(prep: str, model: str) -> str:
    """One script from the texts of both parts; the model's colliding names get a prefix."""
    taken = top_level_names(prep) & top_level_names(model)
    for name in sorted(taken):
        renamed = f"MODEL_{name}" if name.isupper() else f"model_{name}"
        model = re.sub(rf"(?<![\w.\"']){re.escape(name)}(?![\w\"'])", renamed, model)
    body = after_imports(model)
    imports = [*imported_names(prep).values(), *imported_names(model).values()]
    return f"{replace_imports(prep, imports).rstrip()}\n\n\n{body.strip()}\n"


def top_level_names(text: str) -> set[str]:
    """Names that a module defines."""
    return {name for node in syntax_tree(text).body if (name := defined_name(node))}


def after_imports(text: str) -> str:
    """A module's text below its docstring and imports."""
    last = 0
    for number, node in enumerate(syntax_tree(text).body):
        docstring = number == 0 and isinstance(node, ast.Expr)
        if docstring or isinstance(node, ast.Import | ast.ImportFrom):
            last = node.end_lineno or last
    return "\n".join(text.splitlines()[last:])
