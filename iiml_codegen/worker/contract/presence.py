"""Is the output there, is it of the kind asked for, and does it have its towers?"""

from __future__ import annotations

from collections.abc import Iterator

from .delivery import Breach, Clause, Delivery, breach, named


def check_missing_output(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """The output that a clause speaks of."""
    output = clause["output"]
    if output in delivery.seen:
        return
    have = sorted(delivery.seen)
    listed = ", ".join(have) or "nothing"
    message = f"prepare returned no `{output}` (it returned {listed})"
    yield breach("IIML301", clause, message, [output], f"returned: {listed}")


def check_kind(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """The output is one of the kinds that its consumers take."""
    seen, kinds = delivery.seen[clause["output"]], clause["kind"]
    if not kinds or seen.kind in kinds or dense_by_mistake(clause, seen.kind):
        return
    message = f"`{seen.output}` is of kind {seen.kind}, not {' or '.join(kinds)}"
    yield breach("IIML303", clause, message, [seen.output], f"it is {seen.summary()}")


def dense_by_mistake(clause: Clause, kind: str) -> bool:
    """A table that should have stayed sparse; `sparsity` says so in better words."""
    return bool(clause.get("stays_sparse")) and kind in ("frame", "array", "series", "tensor")


def check_towers(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """A dict of towers has each tower that a model will ask for."""
    seen = delivery.seen[clause["output"]]
    lacking = [name for name in clause.get("towers", ()) if name not in seen.names]
    if lacking and seen.kind == "towers":
        evidence = f"it has {', '.join(seen.names)}"
        message = f"`{seen.output}` lacks towers{named(lacking)}"
        yield breach("IIML325", clause, message, lacking, evidence)
