"""A package that is not installed and only watches, speeds up or tells: the module without it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.imports import bound_by, imports_of, reads, without_parts
from iiml_codegen.integration.repairs.messages import missing_module
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import ANYWHERE, Change, Source, dotted

PREFIXED = re.compile(r"^(?:progress|parallel|p)_(?=apply|map|aggregate|transform|applymap)")
ASKING = re.compile(r"^(?:is|has)_\w+$")
COUNTED = ("trange", "prange")
HANDED_ON = re.compile(r"^(?:n?jit|device|track|profile|alive_it)$|tqdm|progress|^[pt]?bar$", re.I)
"""What gives back its first argument, or something that is used as that."""


class Uses:
    """What is left of a module when all that a package does is left out; `whole` if all can be."""

    def __init__(self, source: Source, package: str) -> None:
        self.source, self.package, self.whole = source, package, True
        self.changes: list[Change] = []
        for node in imports_of(source, package):
            parts = [a for a in node.names if isinstance(node, ast.ImportFrom) or mine(a, package)]
            self.changes += without_parts(source, node, parts)
            for alias in parts:
                self.whole &= self.leave_out(bound_by(node, alias))
        self.accessors()

    def leave_out(self, name: str) -> bool:
        """Take away every use of a name, if all can be."""
        read = [use for use in reads(self.source, name) if isinstance(use.ctx, ast.Load)]
        left = [use for use in read if not self.without(use)]
        return not left

    def without(self, read: ast.Name) -> bool:
        """Take away one use: a decorator, a statement, or what is wrapped around a value."""
        source, node = self.source, self.around(read)
        parent, last = source.parents.get(node), dotted(read_of(node)).rpartition(".")[2]
        if isinstance(parent, ast.FunctionDef | ast.ClassDef) and node in parent.decorator_list:
            start = source.starts[getattr(node, "lineno", 1) - 1]
            end = source.data.index(b"\n", source.end(node)) + 1
            return self.change(start, end, "")
        if isinstance(parent, ast.Expr):
            return self.without_statement(parent)
        if isinstance(parent, ast.withitem):
            return self.without_block(parent)
        if not isinstance(node, ast.Call):
            return False
        if ASKING.match(last) or last == "device_count":
            return self.change(*source.replaced(node, "0" if "count" in last else "False"))
        if last in COUNTED:
            return self.change(*source.replaced(node, "range" + self.given(node)))
        if isinstance(parent, ast.Assign) and not node.args:
            return self.without_variable(parent)
        if node.args and (iterated(parent, node) or HANDED_ON.search(last)):
            inner = node.args[0]
            self.change(source.start(node), source.start(inner), "")
            return self.change(source.end(inner), source.end(node), "")
        return False

    def around(self, node: ast.AST) -> ast.AST:
        """The chain of attributes and calls that begins with a name: `bar` of `bar(max=3)(x)`."""
        outer = self.source.parents.get(node)
        while (isinstance(outer, ast.Attribute) and outer.value is node) or (
            isinstance(outer, ast.Call) and outer.func is node
        ):
            node, outer = outer, self.source.parents.get(outer)
        return node

    def given(self, call: ast.Call) -> str:
        """The arguments of a call that have no name, in brackets."""
        return f"({', '.join(self.source.of(argument) for argument in call.args)})"

    def without_variable(self, statement: ast.Assign) -> bool:
        """Take away what is kept of the package, such as `bar = ProgressBar()`, and its uses."""
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            return False
        self.without_statement(statement)
        return self.leave_out(target.id)

    def without_statement(self, statement: ast.stmt) -> bool:
        """Take a statement away; `pass` for the only one of a block."""
        source = self.source
        block = getattr(source.parents.get(statement), "body", [])
        start, end = source.start(statement), source.end(statement)
        head = source.data.rfind(b"\n", 0, start) + 1
        tail = source.data.find(b"\n", end)
        alone = block == [statement] or source.data[head:start].strip() or tail < 0
        return self.change(start, end, "pass") if alone else self.change(head, tail + 1, "")

    def without_block(self, item: ast.withitem) -> bool:
        """Take `with bar():` away and move its body out."""
        source, block = self.source, self.source.parents.get(item)
        if not isinstance(block, ast.With) or len(block.items) != 1:
            return False
        if isinstance(item.optional_vars, ast.Name):
            self.whole &= self.leave_out(item.optional_vars.id)
        inner = block.body[0].col_offset - block.col_offset
        start = source.starts[block.lineno - 1]
        first, last = block.body[0].lineno, block.end_lineno or block.lineno
        self.change(start, source.starts[first - 1], "")
        for line in range(first, last + 1):
            at = source.starts[line - 1]
            gone = any(begin <= at < end for begin, end, _ in self.changes)
            if source.data[at : at + inner] == b" " * inner and not gone:
                self.change(at, at + inner, "")
        return True

    def accessors(self) -> None:
        """`x.swifter.apply` and `x.progress_apply` as `x.apply`."""
        for node in ast.walk(self.source.tree):
            if not isinstance(node, ast.Attribute):
                continue
            inner, end = node.value, self.source.end(node)
            if isinstance(inner, ast.Attribute) and inner.attr == self.package:
                self.change(self.source.end(inner.value), self.source.end(inner), "")
            found = PREFIXED.match(node.attr)
            if found:
                start = end - len(node.attr)
                self.change(start, start + found.end(), "")

    def change(self, start: int, end: int, new: str) -> bool:
        """Note a change."""
        self.changes.append((start, end, new))
        return True


def mine(alias: ast.alias, package: str) -> bool:
    """Whether a part of `import a, b.c` is of a package."""
    return alias.name.split(".")[0] == package


def read_of(node: ast.AST) -> ast.AST:
    """What is called in the end, or the node itself."""
    return node.func if isinstance(node, ast.Call) else node


def iterated(parent: ast.AST | None, node: ast.AST) -> bool:
    """Whether a node is what a loop runs over."""
    return isinstance(parent, ast.For | ast.comprehension) and parent.iter is node


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The module without the package, if everything that it does can be left out."""
    name = missing_module(fault.message) or (fault.names[0] if fault.names else "")
    package, source = name.split(".")[0], Source(text)
    if not package or not list(imports_of(source, package)):
        return
    uses = Uses(source, package)
    if uses.whole:
        yield Edit(f"Do without {package}", source.edited(uses.changes))


def missing(name: str) -> Fault:
    """The fault of a package that is not there."""
    message = f"ModuleNotFoundError: No module named '{name}'"
    return failure("missing_dependency", message, ANYWHERE + 1, name)


REPAIR = Repair(
    name="without_package",
    title="Do without a package that only watches",
    kinds=("missing_dependency",),
    propose=propose,
    examples=(
        Example(
            missing("tqdm"),
            "import os\nfrom tqdm.auto import tqdm\n\ntqdm.pandas()\n"
            "for x in tqdm(os.sep, desc='a'):\n    y = t.progress_apply(x)\n",
            "import os\n\nfor x in os.sep:\n    y = t.apply(x)\n",
        ),
        Example(
            missing("numba"),
            "from numba import njit, prange\n\n\n@njit(cache=True)\ndef f(x):\n"
            "    return [i for i in prange(x)]\n",
            "\n\ndef f(x):\n    return [i for i in range(x)]\n",
        ),
        Example(
            missing("progressbar"),
            "import progressbar\n\nbar = progressbar.ProgressBar(max_value=3)\n"
            "for i in bar([1, 2]):\n    bar.update(i)\n    f(i)\n",
            "\nfor i in [1, 2]:\n    f(i)\n",
        ),
        Example(
            missing("swifter"),
            "import swifter\n\nx = t.swifter.apply(f)\n",
            "\nx = t.apply(f)\n",
        ),
        Example(
            missing("loguru"),
            "from loguru import logger\n\n\ndef f(x):\n    logger.info('x {}', x)\n    return x\n",
            "\n\ndef f(x):\n    return x\n",
        ),
        Example(
            missing("codetiming"),
            "from codetiming import Timer\n\n\ndef f(x):\n    with Timer(text='x') as t:\n"
            "        y = x\n\n        y += 1\n    return y\n",
            "\n\ndef f(x):\n    y = x\n\n    y += 1\n    return y\n",
        ),
        Example(
            missing("torch"),
            "import torch\n\nD = 'gpu' if torch.cuda.is_available() else 'cpu'\n",
            "\nD = 'gpu' if False else 'cpu'\n",
        ),
    ),
)
