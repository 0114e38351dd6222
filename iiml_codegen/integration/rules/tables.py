"""How modules call their tables, and how they read them."""

from __future__ import annotations

import ast
import re

from iiml_codegen.integration.rules.checked import Checked
from iiml_codegen.integration.rules.module_index import last_name

READERS = (
    *("read_csv", "read_table", "read_parquet", "read_json", "read_excel", "read_feather"),
    *("read_pickle", "read_hdf", "read_fwf", "scan_csv", "read_text_table", "read_text_columns"),
    "read_large_table",
)
FILE_READERS = (*READERS, "open", "loadtxt", "genfromtxt", "imread", "loadmat")
TABLE = re.compile(
    r"^(?:df|x)?_?(?:train|test|all|full|rows|data|combined|total)_?(?:df|set|data|rows|table|x)?$|^df$",
    re.I,
)
TEST = re.compile(r"^(?:df|x)?_?test_?(?:df|set|data|rows|table|x|features|scaled)?$|_test$", re.I)
FEATURES = re.compile(r"^(?:x|features?|feats?|design)(?:_|$)|_(?:features|x)$", re.I)


def is_table(name: str) -> bool:
    """Whether a variable is called like the rows of train or test."""
    return bool(TABLE.match(name))


def is_test(name: str) -> bool:
    """Whether a variable is called like the test rows."""
    return bool(TEST.search(name))


def is_features(name: str) -> bool:
    """Whether a variable is called like a table of features."""
    return bool(FEATURES.search(name))


def read_tables(module: Checked) -> dict[str, ast.Call]:
    """Variables that are bound to what a reader of tables gives, with the call."""
    found: dict[str, ast.Call] = {}
    for node in module.nodes(ast.Assign):
        value = node.value
        if isinstance(value, ast.Call) and last_name(value.func) in READERS:
            found |= {item.id: value for item in node.targets if isinstance(item, ast.Name)}
    return found


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((item.value for item in call.keywords if item.arg == name), None)


def is_true(node: ast.expr | None) -> bool:
    """Whether a value is the literal True."""
    return isinstance(node, ast.Constant) and node.value is True


def number(node: ast.expr | None) -> float | None:
    """The value of a number literal, negative ones included."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = number(node.operand)
        return None if inner is None else -inner
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
