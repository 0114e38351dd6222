"""IIML146: a graphics card is taken for granted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

DEVICE = re.compile(r"^cuda(?::\d+)?$|^gpu$|^gpu_hist$|^mps$", re.I)
ASKED = re.compile(r"is_available|device_count|get_gpu_device_count|list_physical_devices")
SETTINGS = ("device", "task_type", "tree_method", "device_type", "predictor")


def check(module: Checked) -> Iterator[Finding]:
    """Look for devices in modules that never ask whether there is one."""
    if ASKED.search(module.text):
        return
    hint = 'choose "cuda" if torch.cuda.is_available() else "cpu"'
    for call in module.calls("cuda"):
        if isinstance(call.func, ast.Attribute) and not module.full(call.func):
            yield at(call, f"{ast.unparse(call.func)}() needs a graphics card", hint)
    for node in module.nodes(ast.Constant):
        if isinstance(node.value, str) and DEVICE.match(node.value) and is_setting(module, node):
            yield at(node, f"{node.value!r} needs a graphics card", hint)


def is_setting(module: Checked, node: ast.Constant) -> bool:
    """Whether a text says where to compute: an argument, a value under such a key, or a name."""
    parent = module.index.parents[node]
    if isinstance(parent, ast.keyword):
        return parent.arg in SETTINGS
    if isinstance(parent, ast.Dict):
        keys = [
            k.value
            for k, v in zip(parent.keys, parent.values, strict=True)
            if v is node and isinstance(k, ast.Constant)
        ]
        return any(key in SETTINGS for key in keys)
    if isinstance(parent, ast.Assign):
        return any("device" in ast.unparse(target).lower() for target in parent.targets)
    return isinstance(parent, ast.Call) and ast.unparse(parent.func).endswith((".to", "device"))


RULE = StaticRule(
    code="IIML146",
    title="Graphics card taken for granted",
    why="The pipeline has to run where there is none, if slowly.",
    severity="warning",
    fixable="needs_review",
    fault="gpu",
    check=check,
    valid=(
        Example(
            "import torch\n\nDEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'\n",
            "model_a.py",
        ),
        Example("COLUMNS = ['gpu', 'cuda']\n"),
        Example("PARAMS = {'device': 'cpu'}\n", "model_a.py"),
    ),
    invalid=(
        Example("def f(net, rows):\n    return net.cuda()(rows)\n", "model_a.py"),
        Example("import torch\n\nDEVICE = torch.device('cuda')\n", "model_a.py"),
        Example("PARAMS = {'device': 'gpu'}\n", "model_a.py"),
        Example("def f(net):\n    return net.to('cuda:0')\n", "model_a.py"),
        Example("from boosting import Boost\n\nx = Boost(task_type='GPU')\n", "model_a.py"),
    ),
)
