"""Verb `check_contract`: the clauses of the interface contract, executed on live objects.

Reads a pickle that generated code wrote: run it as a process of its own in the sandbox, never in
the persistent worker. The checks are in `contract/`, a file for each family.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .contract.arrays import check_values
from .contract.column_relations import (
    check_copies,
    check_forbidden,
    check_same_categories,
    check_same_columns,
    check_width,
)
from .contract.configuration import check_settings
from .contract.delivery import Breach, Check, Clause, Delivery, deliver, load_outputs
from .contract.frames import check_frame
from .contract.loaders import check_loader
from .contract.presence import check_kind, check_missing_output, check_towers
from .contract.row_relations import check_alignment, check_order, check_rows, check_unique
from .contract.sizes import check_memory, check_sparse
from .contract.table_rows import Source, check_source
from .predictions import required

CHECKS: tuple[Check, ...] = (
    check_kind,
    check_towers,
    check_rows,
    check_order,
    check_alignment,
    check_unique,
    check_same_columns,
    check_same_categories,
    check_width,
    check_frame,
    check_values,
    check_forbidden,
    check_copies,
    check_sparse,
    check_memory,
    check_loader,
    check_settings,
    check_source,
)
BESIDE = ("same_columns_as", "same_categories_as", "aligned_with")
"""Fields that name another output; a tower stands beside the tower of the same name."""
WHOLE = ("width", "max_bytes", "towers", "columns")
"""Fields that speak of a dict of towers as a whole."""


def check_contract(params: dict[str, Any]) -> dict[str, Any]:
    """Observe every output and check every clause.

    Params: prepared (path of a pickled dict), contract (a plain Contract), rows {"train", "test"};
    folder and task (a plain TaskSummary) where outputs may be compared with the tables.
    Answers observations [plain Observation] and violations [plain Breach].
    """
    contract = required(params, "contract")
    outputs = load_outputs(str(required(params, "prepared")))
    target = contract.get("target_output", "target")
    known = params.get("folder") and params.get("task")
    source = Source(params["folder"], params["task"]) if known else None
    delivery = deliver(outputs, required(params, "rows"), target, source)
    return {
        "observations": [seen.plain() for seen in delivery.seen.values()],
        "violations": [v for clause in contract["clauses"] for v in violations(clause, delivery)],
    }


def violations(clause: Clause, delivery: Delivery) -> list[Breach]:
    """What is wrong by one clause; of a dict of towers, also what is wrong in each tower."""
    missing = list(check_missing_output(clause, delivery))
    if missing:
        return missing
    found = [one for check in CHECKS for one in check(clause, delivery)]
    for part in tower_clauses(clause, delivery):
        found += [one for check in CHECKS for one in check(part, delivery)]
    return found


def tower_clauses(clause: Clause, delivery: Delivery) -> Iterator[Clause]:
    """The clause once for each tower of its output."""
    seen = delivery.seen[clause["output"]]
    for name in seen.names if seen.kind == "towers" else ():
        part = {key: value for key, value in clause.items() if key not in WHOLE}
        others = {key: f"{part[key]}.{name}" for key in BESIDE if part.get(key)}
        yield {**part, **others, "output": f"{seen.output}.{name}", "kind": ()}
