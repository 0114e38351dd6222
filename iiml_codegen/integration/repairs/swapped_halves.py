"""Train and test confused: exchange the halves, cut at the right place, read the right table."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, name_of, source_at, text_of
from iiml_codegen.integration.repairs.named_outputs import mirrored
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.views import outputs_given, pattern_of

SIGNS = (
    r"\brows\b|inconsistent numbers|Length|length|answers for|mismatch|has no column|KeyError"
    r"|not in index|samples|differ|aligned|labels outside"
)


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Files in the other's place, then outputs, then lengths and cuts."""
    if not re.search(SIGNS, fault.message):
        return
    source = source_at(fault, text)
    yield from right_files(source, facts)
    yield from same_twice(source)
    yield from exchanged(source, fault)
    yield from lengths(source)
    yield from cuts(source)


def right_files(source: Source, facts: Facts) -> Iterator[Edit]:
    """Constants named after one table that name the file of the other, or of the sample."""
    if facts.task is None or facts.task.train_file == facts.task.test_file:
        return
    files = {"train": facts.task.train_file, "test": facts.task.test_file}
    real = {*files.values(), facts.task.submission.file}
    for name, value in source.constants.items():
        for half, file in files.items():
            if half in name.lower() and text_of(value) in real - {file}:
                yield Edit(f"Read {file} as {name}", source.replaced((value, f'"{file}"')))


def exchanged(source: Source, fault: Fault) -> Iterator[Edit]:
    """The two outputs of a view, each in the other's place."""
    halves: dict[str, dict[str, ast.expr]] = {}
    for item in outputs_given(source):
        if item.half:
            halves.setdefault(item.view, {})[item.half] = item.value
    for view, found in halves.items():
        if len(found) == 2 and (view in fault.message or len(halves) == 1):
            train, test = found["train"], found["test"]
            new = source.replaced((train, source.source(test)), (test, source.source(train)))
            yield Edit(f"Exchange {view}_train and {view}_test", new)


def same_twice(source: Source) -> Iterator[Edit]:
    """Both halves made of the same rows: the test half is the rest of them."""
    for node in source.nearest(ast.Dict):
        values = {pattern_of(key): value for key, value in zip(node.keys, node.values, strict=True)}
        for name, train in values.items():
            test = values.get(f"{name.removesuffix('_train')}_test")
            if not name.endswith("_train") or test is None:
                continue
            written = source.source(test)
            if written == source.source(train) and mirrored(written, "test") != written:
                new = source.replaced((test, mirrored(written, "test")))
                yield Edit("Give test the rows after the training rows", new)


def lengths(source: Source) -> Iterator[Edit]:
    """`len(test)` where the training rows end: `len(train)`."""
    calls = [call for call in source.nearest(ast.Call) if method(call) == "len" and call.args]
    wrong = [call.args[0] for call in calls if re.fullmatch(r"\w*test\w*", name_of(call.args[0]))]
    known = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    edits: list[tuple[ast.AST, str]] = []
    for node in wrong:
        other = name_of(node).replace("test", "train")
        if other in known:
            edits.append((node, other))
            yield Edit("Cut after the training rows", source.replaced((node, other)))
    if len(edits) > 1:
        yield Edit("Cut after the training rows everywhere", source.replaced(*edits))


def cuts(source: Source) -> Iterator[Edit]:
    """Cuts that are one row off: `[: len(train) - 1]`, `[len(train) + 1 :]`."""
    for node in source.nearest(ast.Slice):
        for bound in (node.lower, node.upper):
            if not isinstance(bound, ast.BinOp) or not isinstance(bound.right, ast.Constant):
                continue
            if re.search(r"len\(|n_|train", source.source(bound.left)):
                new = source.replaced((bound, source.source(bound.left)))
                yield Edit("Cut exactly after the training rows", new)


def rows(message: str) -> Fault:
    """The fault of halves with the wrong rows."""
    place = Place(file="prep.py", line=2)
    return Fault(kind="contract_fulfilment", message=message, place=place, evidence="")


FAULT = rows("`f_train` has 418 rows, the train table has 891")
REPAIR = Repair(
    name="swapped_halves",
    title="Put train and test in their places",
    kinds=("contract_fulfilment", "shape", "unknown_column", "submission_format", "preprocessing"),
    propose=propose,
    examples=(
        Example(
            rows("`f_test` has 891 rows, the test table has 418"),
            'def cut(v, x, n):\n    return {f"{v}_train": x.iloc[:n], f"{v}_test": x.iloc[:n]}\n',
            'def cut(v, x, n):\n    return {f"{v}_train": x.iloc[:n], f"{v}_test": x.iloc[n :]}\n',
        ),
        Example(
            FAULT,
            'def prepare(d):\n    return {"f_train": test[N], "f_test": train[N]}\n',
            'def prepare(d):\n    return {"f_train": train[N], "f_test": test[N]}\n',
        ),
        Example(
            FAULT,
            "def prepare(d):\n    return cut(rows, len(train), rows, len(test))\n",
            "def prepare(d):\n    return cut(rows, len(train), rows, len(train))\n",
        ),
        Example(
            FAULT,
            "def prepare(d):\n    return rows[: len(train) - 1]\n",
            "def prepare(d):\n    return rows[: len(train)]\n",
        ),
    ),
)
