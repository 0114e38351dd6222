"""Values in words: what an output was, what a column holds, what a model scored."""

from __future__ import annotations

import math
from collections.abc import Iterator

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.contract import Observation
from iiml_codegen.domain.contract_words import NOUNS
from iiml_codegen.domain.events import StepWorth
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.domain.profile import ColumnProfile, Role
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.insight.said import Line, Part, code, shortened, strong

MOST_EXAMPLES = 3
LONGEST_EXAMPLE = 60
ROLES: dict[Role, str] = {
    "number": "number",
    "ordinal_code": "ordinal code",
    "boolean": "yes or no",
    "category": "category",
    "date": "date",
    "text": "text",
    "id": "id",
    "constant": "constant",
}


def size_of(seen: Observation) -> str:
    """Kind and size: `a frame of 569 × 24`."""
    noun = NOUNS.get(seen.type, seen.type)
    if seen.columns and seen.type not in ("series", "towers"):
        return f"{noun} of {seen.rows} × {seen.columns}"
    return f"{noun} of {seen.rows}" if seen.rows else noun


def output_line(seen: Observation, current: bool) -> Line:
    """What an output was when prep ran last."""
    when = "when prep ran last" if current else "when prep ran before the last edit"
    facts = [size_of(seen), *output_facts(seen)]
    line: list[Part] = [code(seen.output), Part(f" was {', '.join(facts)} {when}")]
    return tuple(line)


def output_facts(seen: Observation) -> Iterator[str]:
    """Types, gaps and range of an output."""
    if seen.dtype:
        yield shortened(seen.dtype.replace(" x ", " × "))
    if seen.type not in ("config", "loader", "towers"):
        yield f"{seen.missing} missing" if seen.missing else "nothing missing"
    if seen.minimum is not None and seen.maximum is not None:
        yield f"from {number(seen.minimum)} to {number(seen.maximum)}"


def example_line(seen: Observation) -> Line | None:
    """The first values of an output, of a table those of its first columns."""
    if not seen.examples:
        return None
    if not seen.column_names:
        return (Part("Such as "), code(shortened(seen.examples[0], LONGEST_EXAMPLE)))
    parts: list[Part] = [Part("Such as ")]
    for place, (name, values) in enumerate(zip(seen.column_names, seen.examples, strict=False)):
        if place == MOST_EXAMPLES:
            break
        parts += [Part("; ")] if place else []
        parts += [code(name), Part(": "), code(shortened(values, LONGEST_EXAMPLE))]
    return tuple(parts)


def feature_line(seen: Observation, column: str) -> Line | None:
    """What a column of an output was."""
    if column not in seen.column_names:
        return None
    place = seen.column_names.index(column)
    dtype = seen.column_dtypes[place] if place < len(seen.column_dtypes) else ""
    gaps = ", with gaps" if column in seen.missing_columns else ""
    parts = [code(column), Part(" is a column of "), code(seen.output)]
    parts.append(Part(f": {dtype}{gaps}" if dtype else gaps))
    if place < len(seen.examples):
        values = shortened(seen.examples[place], LONGEST_EXAMPLE)
        parts += [Part(", such as "), code(values)]
    return tuple(parts)


def column_lines(column: ColumnProfile) -> list[Line]:
    """What was measured of a column of the competition's tables."""
    gaps = [
        f"{share:.0%} missing in {table}" if share >= 0.005 else f"a few missing in {table}"
        for share, table in ((column.missing_train, "train"), (column.missing_test, "test"))
        if share
    ]
    there = {(True, False): "only in train", (False, True): "only in test"}
    where = there.get((column.in_train, column.in_test))
    facts = [f"{ROLES[column.role]} ({column.dtype})", f"{column.distinct} distinct"]
    facts += gaps or ["nothing missing"]
    if column.minimum is not None and column.maximum is not None:
        facts.append(f"from {number(column.minimum)} to {number(column.maximum)}")
    facts += [where] if where else []
    lines: list[Line] = [(strong("Column "), code(column.name), Part(": " + ", ".join(facts)))]
    shown = column.examples[:MOST_EXAMPLES]
    parts = [
        part
        for place, value in enumerate(shown)
        for part in (Part(", " if place else "Such as "), code(shortened(value, LONGEST_EXAMPLE)))
    ]
    return [*lines, tuple(parts)] if parts else lines


def score_line(candidate: Candidate, task: TaskSummary | None, best: bool) -> Line:
    """What a candidate scored, on rows that it did not see."""
    head = (strong("Score"), Part(" of "), code(candidate.id), Part(": "))
    score = candidate.score
    if score is None or not math.isfinite(score.value):
        return (*head, Part(f"none yet ({candidate.status})"))
    metric = METRICS.get(task.metric) if task and task.metric else None
    told = f"{metric.title} " if metric else ""
    folds = f"over {len(score.folds)} folds" if len(score.folds) != 1 else "over one fold"
    rest = [f"{told}{scored(candidate)}", folds]
    rest += ["its answers are in submission.csv"] if best else []
    rest += [] if candidate.status == "scored" else [candidate.status]
    return (*head, Part(", ".join(rest)))


def worth_line(worth: StepWorth, task: TaskSummary | None) -> Line:
    """What a step is worth: how much worse its candidate is scored without it."""
    metric = METRICS.get(task.metric) if task and task.metric else None
    told = f" {metric.title}" if metric else ""
    gain = f"{worth.difference:+.4g} ± {worth.standard_error:.2g}{told}"
    said = f" {gain} on {worth.rows:,} withheld rows, by leaving it out of "
    return strong("Worth"), Part(said), code(worth.candidate)


def scored(candidate: Candidate) -> str:
    """`0.8272 ± 0.0142`; nothing where there is no score."""
    score = candidate.score
    if score is None or not math.isfinite(score.value):
        return ""
    error = f" ± {score.standard_error:.2g}" if math.isfinite(score.standard_error) else ""
    return f"{score.value:.4g}{error}"


def number(value: float) -> str:
    """A number as people write it."""
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
