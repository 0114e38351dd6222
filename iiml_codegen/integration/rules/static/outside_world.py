"""IIML107: network, shell, or deletion of files."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.names import imported_modules
from iiml_codegen.integration.rules.rule import (
    Checked,
    Example,
    Finding,
    StaticRule,
    at,
)

MODULES = {
    **dict.fromkeys(("requests", "httpx", "aiohttp", "socket", "ftplib", "smtplib"), "network"),
    **dict.fromkeys(("urllib.request", "http.client", "paramiko", "boto3", "wget"), "network"),
    **dict.fromkeys(("subprocess", "pty", "sh", "pexpect"), "the shell"),
}
CALLS = {
    **dict.fromkeys(("os.system", "os.popen", "os.execv", "os.spawnv"), "the shell"),
    **dict.fromkeys(("os.remove", "os.unlink", "os.rmdir", "os.removedirs"), "deletion of files"),
    **dict.fromkeys(("shutil.rmtree", "shutil.move"), "deletion of files"),
    "urllib.request.urlopen": "network",
}
METHODS = {"unlink": "deletion of files", "rmdir": "deletion of files"}


def check(module: Checked) -> Iterator[Finding]:
    """Look at imports and calls."""
    for statement, name in imported_modules(
        [*module.nodes(ast.Import), *module.nodes(ast.ImportFrom)]
    ):
        for listed, what in MODULES.items():
            if name == listed or name.startswith(f"{listed}."):
                yield at(statement, f"{name}: modules do not use {what}")
    for node in module.calls(*{name.rpartition(".")[2] for name in CALLS}, *METHODS):
        called = module.full(node.func)
        refused = CALLS.get(called)
        if refused is None and isinstance(node.func, ast.Attribute) and not called:
            refused = METHODS.get(node.func.attr)
        if refused:
            yield at(node, f"{called or ast.unparse(node.func)}: modules do not use {refused}")


RULE = StaticRule(
    code="IIML107",
    title="Network, shell or deletion of files",
    why="Modules read the competition and answer; whatever else they do cannot be reproduced.",
    severity="error",
    fixable="no",
    fault="forbidden_read",
    check=check,
    valid=(
        Example("import os\n\nx = os.path.join('a', 'b')\n"),
        Example("import shutil\n\nshutil.copy('a', 'b')\n"),
        Example("from urllib.parse import urlparse\n"),
    ),
    invalid=(
        Example("import requests\n"),
        Example("from urllib.request import urlopen\n"),
        Example("import os\n\nos.system('ls')\n"),
        Example("from shutil import rmtree\n\nrmtree('a')\n"),
        Example("from pathlib import Path\n\nPath('a').unlink()\n"),
    ),
)
