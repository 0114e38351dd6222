"""A rule of the text that knows a sure mend: take it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from iiml_codegen.domain.fault import Fault, Place, Violation
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

STATIC = ("IIML0", "IIML1")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The rule's own fix at the fault's place."""
    from iiml_codegen.integration.verifier import fixed

    if fault.place is None or not fault.code.startswith(STATIC):
        return
    file = facts.file or PurePath(fault.place.file).name
    broken = Violation(code=fault.code, message=fault.message, place=fault.place)
    mended = fixed(file, text, broken)
    if mended is not None:
        yield Edit(f"Mend it as the rule {fault.code} says", mended)


IN_PLACE = Fault(
    kind="preprocessing",
    message="inplace=True gives nothing back, and that is what is used here",
    place=Place(file="prep.py", line=2, column=10),
    evidence="",
    code="IIML124",
)
REPAIR = Repair(
    name="fix_of_rule",
    title="Mend it as the rule says",
    kinds=(
        *("preprocessing", "path", "shape", "contract_usage", "contract_fulfilment", "leak"),
        *("forbidden_read", "incompatible_api", "undefined_name", "timeout", "unknown"),
    ),
    propose=propose,
    examples=(
        Example(
            IN_PLACE,
            "def f(df):\n    df = df.drop(columns=['a'], inplace=True)\n    return df\n",
            "def f(df):\n    df = df.drop(columns=['a'])\n    return df\n",
        ),
    ),
)
