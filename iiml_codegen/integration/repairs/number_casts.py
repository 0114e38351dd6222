"""Whole numbers that cannot be: gaps, infinities, or text such as "3.0"."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import method, receiver, source_at
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

SIGNS = (
    r"convert non-finite|NaN to integer|NA to integer|infinity to integer|IntCasting"
    r"|cannot safely cast|invalid literal for int|convert float NaN|Cannot convert NA"
    r"|too large for dtype|Integer column has NA|out of bounds for|Python integer"
)
WHOLE = r"^'?(?:np\.)?u?[iI]nt\d*'?$"
SMALL = r"^'?(?:np\.)?float(?:16|32)'?$"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First numbers with room for gaps, then whole numbers with the gaps filled."""
    if not re.search(SIGNS, fault.message):
        return
    source = source_at(fault, text)
    wanted = SMALL if "too large" in fault.message else WHOLE
    casts = [
        call
        for call in source.nearest(ast.Call)
        if method(call) == "astype" and call.args and is_type(call.args[0], wanted)
    ]
    for call in casts[:2]:
        value = source.source(receiver(call) or call)
        wide = source.replaced((call.args[0], '"float64"'))
        yield Edit("Keep numbers that may be missing: float64", wide)
        if wanted == WHOLE:
            filled = source.replaced((receiver(call) or call, f"{value}.fillna(0)"))
            yield Edit("Fill gaps with 0 before taking whole numbers", filled)


def is_type(node: ast.expr, pattern: str) -> bool:
    """Whether an argument names a type that matches."""
    return re.search(pattern, ast.unparse(node)) is not None


def cast(message: str) -> Fault:
    """The fault of a cast."""
    return Fault(kind="dtype", message=message, place=Place(file="prep.py", line=1), evidence="")


REPAIR = Repair(
    name="number_casts",
    title="Make room for missing numbers",
    kinds=("dtype", "preprocessing", "unknown"),
    propose=propose,
    examples=(
        Example(
            cast("IntCastingNaNError: Cannot convert non-finite values (NA or inf) to integer"),
            'x = t["Age"].astype(int)  # years\n',
            'x = t["Age"].astype("float64")  # years\n',
        ),
        Example(
            cast("ValueError: invalid literal for int() with base 10: '3.0'"),
            "x = t[c].astype('int64')\n",
            'x = t[c].astype("float64")\n',
        ),
        Example(
            cast(
                "ValueError: Input X contains infinity or a value too large for dtype('float32')."
            ),
            "x = t.astype(np.float32)\n",
            'x = t.astype("float64")\n',
        ),
    ),
)
