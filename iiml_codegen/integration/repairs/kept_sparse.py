"""Tables of the wrong kind or too large: sparse ones stay sparse, frames stay frames."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, method, receiver, source_at
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import with_import
from iiml_codegen.integration.repairs.views import changed_view, wanted_view

SIGNS = (
    r"sparse|dense|allocate|memory|kind|over the limit|MemoryError|zeros|too large|dimensions"
    r"|takes .*B|attribute|killed|limit"
)
DENSE = ("toarray", "todense")
PLAIN = ("to_numpy", "values", "toarray", "todense", "to_dict", "to_records")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Without what makes tables dense; joined sparse; then as the kind that the contract says."""
    if not re.search(SIGNS, fault.message):
        return
    source = source_at(fault, text)
    wants_frame = re.search(r"not frame|not array or series", fault.message)
    for node in undone(source, PLAIN[:2] if wants_frame else DENSE)[:3]:
        value = source.source(receiver(node) or node) if isinstance(node, ast.Call) else ""
        value = value or source.source(getattr(node, "value", node))
        yield Edit("Keep the table as it is", source.replaced((node, value)))
    yield from sparse_encoders(source)
    if not wants_frame:
        yield from joined(source)
    if "prepare" in source.functions and re.search(r"kind|sparse", fault.message):
        yield from as_kind(source, fault, facts)


def undone(source: Source, names: tuple[str, ...]) -> list[ast.expr]:
    """Calls and attributes that change a table's kind, nearest first; those of `prepare` before."""
    found: list[ast.expr] = []
    for node in source.nearest(ast.Attribute):
        parent = source.parents.get(node)
        if node.attr in names:
            called = isinstance(parent, ast.Call) and parent.func is node
            found.append(parent if called and isinstance(parent, ast.Call) else node)
    return [node for node in found if not (isinstance(node, ast.Call) and node.args)]


def sparse_encoders(source: Source) -> Iterator[Edit]:
    """Encoders that are told to give dense tables."""
    for call in source.nearest(ast.Call):
        for keyword in call.keywords:
            dense = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            if keyword.arg in ("sparse_output", "sparse") and dense:
                new = source.replaced((keyword.value, "True"))
                yield Edit("Let the encoder give a sparse table", new)


def joined(source: Source) -> Iterator[Edit]:
    """`np.hstack` of sparse tables as `scipy.sparse.hstack`."""
    for call in source.nearest(ast.Call):
        of_numpy = source.source(call.func).split(".")[0] in ("np", "numpy")
        if of_numpy and method(call) in ("hstack", "vstack", "concatenate") and call.args:
            name = "vstack" if method(call) == "vstack" else "hstack"
            new = f"sparse.{name}({source.source(call.args[0])}).tocsr()"
            changed = with_import(source.replaced((call, new)), "from scipy import sparse")
            yield Edit("Join sparse tables as sparse ones", changed)


def as_kind(source: Source, fault: Fault, facts: Facts) -> Iterator[Edit]:
    """The view as a sparse table, or as a frame, where the contract says so."""
    view = wanted_view(fault, facts)
    if re.search(r"not sparse|stay sparse", fault.message):
        changed = changed_view(source, view, "csr_matrix({x})")
        statement = "from scipy.sparse import csr_matrix"
        yield Edit("Give a sparse table", with_import(changed, statement))
    elif re.search(r"not frame", fault.message):
        changed = changed_view(source, view, "pd.DataFrame({x})")
        yield Edit("Give a frame", with_import(changed, "import pandas as pd"))


def dense(message: str) -> Fault:
    """The fault of a table that is too large."""
    place = Place(file="prep.py", line=1)
    return Fault(kind="memory", message=message, place=place, evidence="")


REPAIR = Repair(
    name="kept_sparse",
    title="Keep sparse tables sparse",
    kinds=("memory", "contract_fulfilment", "contract_usage", "shape", "incompatible_api"),
    propose=propose,
    examples=(
        Example(
            dense("MemoryError: Unable to allocate 9 GiB for an array"),
            "x = vectorizer.fit_transform(texts).toarray()  # words\n",
            "x = vectorizer.fit_transform(texts)  # words\n",
        ),
        Example(
            dense("ValueError: zero-dimensional arrays cannot be concatenated: dimensions"),
            "import numpy as np\nx = np.hstack([words, chars])\n",
            "import numpy as np\nfrom scipy import sparse\n"
            "x = sparse.hstack([words, chars]).tocsr()\n",
        ),
        Example(
            dense("`f_train` must stay sparse and is a dense array"),
            "e = OneHotEncoder(sparse_output=False)\n",
            "e = OneHotEncoder(sparse_output=True)\n",
        ),
    ),
)
