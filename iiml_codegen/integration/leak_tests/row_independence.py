"""IIML502 and IIML510: what a row's prediction owes to the test rows around it.

The order of test rows must never matter. What rows are there may matter where the blueprint says
that steps learn from test rows too, and only through columns of those steps. Predictions may hold
though features move, as trees mind no scale: that is reported and refuses nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.fault import Value
from iiml_codegen.domain.leak import LeakOutcome, LeakVerdict
from iiml_codegen.integration.leak_tests.answers import Moved, RowsCompared
from iiml_codegen.integration.leak_tests.learning_lines import Learning, learning_lines
from iiml_codegen.integration.leak_tests.placing import undeclared

CODE, FUTURE = "IIML502", "IIML510"
WORDS = {
    "removed": "other test rows are removed",
    "early": "later test rows are removed",
    "repeated": "other test rows are repeated",
    "shuffled": "test rows are shuffled",
}
MOST_NAMED = 6


@dataclass(frozen=True)
class Compared:
    """What changed when test rows were varied in one way; `why_not` where that was not run.

    `noisy`: features differ in their last bits at least, as sums in another order do.
    """

    how: str
    predictions: RowsCompared | None = None
    moved: tuple[Moved, ...] = ()
    noisy: bool = False
    why_not: str = ""


@dataclass(frozen=True)
class Learned:
    """What is learned from test rows outside of the declared steps: moved columns, and lines.

    `names` are the strange columns, or all moved ones of a plan that declares nothing.
    """

    names: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    lines: tuple[Learning, ...] = ()

    @classmethod
    def of(cls, one: Compared, prep: str, written: str, steps: Sequence[str]) -> Learned:
        """Nothing where prep is what the plan wrote, unless that declares nothing."""
        columns = tuple(dict.fromkeys(m.column or m.output for m in one.moved))
        if not columns or prep == written:
            return cls(names=columns)
        made = tuple(dict.fromkeys(m.column for m in one.moved if not m.stays_elsewhere))
        strange = undeclared(prep, made, steps) if steps else columns
        return cls(strange, strange, tuple(learning_lines(prep, written, steps)))

    @property
    def found(self) -> bool:
        """Whether there is anything."""
        return bool(self.strange or self.lines)

    @property
    def line(self) -> int | None:
        """The first line."""
        return self.lines[0].line if self.lines else None

    def says(self) -> str:
        """Columns and the line at the end of a sentence."""
        return listed(self.names) + (self.lines[0].says() if self.lines else "")


def judge(
    compared: Sequence[Compared], prep: str, blueprint: Blueprint, written: str
) -> list[LeakOutcome]:
    """One verdict for each way; `written` is the prep that the blueprint's steps become."""
    return [verdict(one, prep, blueprint, written) for one in compared]


def verdict(one: Compared, prep: str, blueprint: Blueprint, written: str) -> LeakOutcome:
    """The verdict for one way in which test rows were varied."""
    code = FUTURE if one.how == "early" and blueprint.folds.strategy == "forward" else CODE
    seen, when = one.predictions, WORDS[one.how]
    if seen is None:
        return LeakOutcome(code=code, verdict="skipped", says=f"{when}: {one.why_not}")
    columns = tuple(dict.fromkeys(m.column or m.output for m in one.moved))
    learned = Learned.of(one, prep, written, blueprint.transductive)
    stay = not seen.changed and one.how != "shuffled"
    if stay and learned.found:
        says = f"features move when {when}, and no step is declared to learn from test rows"
        says += f"{learned.says()}; predictions stay, so that it earns nothing here"
        return outcome(code, "reported", says, learned.names, seen, line=learned.line)
    if stay or not (seen.changed or columns):
        says = f"{seen.rows} predictions stay when {when}"
        return LeakOutcome(code=code, verdict="passed", says=says, evidence=evidence(seen))
    changed = f"{seen.changed} of {seen.rows} predictions change when {when}"
    if one.noisy and not columns:
        says = (
            f"{changed}: sums in another order differ in their last bits, and the fit magnifies it"
        )
        return outcome(code, "reported", says, (), seen)
    if one.how == "shuffled":
        says = f"{changed}: the order of test rows must not matter{listed(columns)}"
        return outcome(code, "violated", says, columns, seen)
    steps = blueprint.transductive
    if not columns:
        says = f"{changed}, though what prep gives stays: the model looks at other test rows"
        return outcome(code, "violated", says, (), seen)
    if not steps or learned.strange:
        says = f"{changed}, and no step is declared to learn from them{learned.says()}"
        return outcome(code, "violated", says, learned.names, seen, line=learned.line)
    if learned.lines:
        says = f"{changed}: {', '.join(steps)} learn from test rows by design{learned.says()}"
        return outcome(code, "reported", says, learned.names, seen, line=learned.line)
    says = f"{changed}: {', '.join(steps)} learn from test rows by design"
    return outcome(code, "declared", says, columns, seen, steps)


def outcome(
    code: str,
    verdict: LeakVerdict,
    says: str,
    names: tuple[str, ...],
    seen: RowsCompared,
    steps: tuple[str, ...] = (),
    line: int | None = None,
) -> LeakOutcome:
    """A verdict with its numbers."""
    return LeakOutcome(
        code=code,
        verdict=verdict,
        says=says,
        names=names,
        steps=steps,
        evidence=evidence(seen),
        line=line,
    )


def evidence(seen: RowsCompared) -> tuple[Value, ...]:
    """Share of the rows, and the largest change beside the spread of all predictions."""
    return (
        Value(name="changed", shown=f"{seen.share:.1%} of {seen.rows} rows"),
        Value(name="largest change", shown=f"{seen.largest:.3g}"),
        Value(name="spread", shown=f"{seen.spread:.3g}"),
    )


def listed(columns: Sequence[str]) -> str:
    """Columns at the end of a sentence."""
    if not columns:
        return ""
    more = f" and {len(columns) - MOST_NAMED} more" if len(columns) > MOST_NAMED else ""
    return f" ({', '.join(columns[:MOST_NAMED])}{more})"
