"""What is known about prep's outputs when models are bound: seen, promised, and which is which."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iiml_codegen.domain.contract import Clause, Contract, ObjectKind, Observation
from iiml_codegen.integration.parameter_use import kinds_of

TRAIN, TEST = "_train", "_test"
NOT_NUMERIC = ("object", "category", "str", "string", "datetime")


@dataclass(frozen=True)
class Rows:
    """How many rows the tables have that prep read; known where a shadow was prepared."""

    train: int
    test: int


@dataclass(frozen=True)
class Given:
    """What prep gave when it ran last, beside what the contract says about it."""

    contract: Contract
    seen: dict[str, Observation]
    rows: Rows | None = None

    @property
    def views(self) -> tuple[str, ...]:
        """Names with an output for the training rows and one for the test rows."""
        names = [name.removesuffix(TRAIN) for name in self.seen if name.endswith(TRAIN)]
        return tuple(sorted(name for name in names if name + TEST in self.seen))

    @property
    def promised_views(self) -> tuple[str, ...]:
        """Views that the contract lists, by name or by a clause about their training half."""
        halves = [c.output for c in self.contract.clauses if c.shape == "features"]
        named = [half.removesuffix(TRAIN) for half in halves if half.endswith(TRAIN)]
        return tuple(sorted({*named, *(view.name for view in self.contract.views)}))

    def promised_kind(self, view: str) -> ObjectKind | None:
        """The kind that the contract lists for a view."""
        found = next((one for one in self.contract.views if one.name == view), None)
        return found.kind if found else None

    def kind(self, output: str) -> ObjectKind | None:
        """What an output was when it was observed."""
        return next(iter(kinds_of(self.seen[output].type)), None)

    def clause_says(self, output: str) -> str:
        """The clause that names an output, as evidence; empty if none does."""
        clauses = self.contract.clauses_for(output)
        return f"named by clause {clauses[0].id} of the contract" if clauses else ""

    def promised(self, output: str) -> bool:
        """Whether the contract knows an output: then it serves for something already."""
        return bool(self.contract.clauses_for(output)) or output == self.contract.target_output

    def fits(self, output: str, like: str) -> bool:
        """Whether an output, as observed, could be what the contract says of `like`."""
        return all(meets(self.seen[output], clause) for clause in self.contract.clauses_for(like))

    def likely(self, wanted: str, names: Iterable[str]) -> tuple[str, ...]:
        """Names in the order of likelihood for a wanted one: unexplained ones first, then near."""
        names = list(names)
        near = difflib.get_close_matches(wanted, names, n=max(len(names), 1), cutoff=0.5)
        order = {name: place for place, name in enumerate(near)}
        return tuple(sorted(names, key=lambda n: (self._explained(n), order.get(n, len(order)), n)))

    def aligned(self, rows: int) -> tuple[str, ...]:
        """Outputs beside views and target that have one entry for each training row."""
        halves = {view + half for view in self.views for half in (TRAIN, TEST)}
        return tuple(
            sorted(
                name
                for name, seen in self.seen.items()
                if name not in halves and name != self.contract.target_output and seen.rows == rows
            )
        )

    def _explained(self, name: str) -> bool:
        return self.promised(name) or self.promised(name + TRAIN) or self.promised(name + TEST)


def meets(seen: Observation, clause: Clause) -> bool:
    """Whether an observation is what a clause speaks of, as far as an observation can tell."""
    kind = next(iter(kinds_of(seen.type)), None)
    tests = [
        not clause.kind or kind in clause.kind,
        clause.width is None or clause.width == max(seen.columns, 1),
        not clause.no_missing or seen.missing == 0,
        not clause.numeric or not any(word in seen.dtype for word in NOT_NUMERIC),
    ]
    ends = [float(end) for end in (seen.minimum, seen.maximum) if end is not None]
    if clause.bounds:
        low, high = clause.bounds
        tests += [low is None or low <= end for end in ends]
        tests += [high is None or end <= high for end in ends]
    if clause.labels is not None:
        codes = [end.is_integer() and 0 <= end < clause.labels for end in ends]
        tests.append(bool(codes) and all(codes))
    return all(tests)


def listed(names: Sequence[str]) -> str:
    """Names for a message: `a`, `b` or `c`."""
    marked = [f"`{name}`" for name in names]
    return " or ".join(filter(None, [", ".join(marked[:-1]), *marked[-1:]]))
