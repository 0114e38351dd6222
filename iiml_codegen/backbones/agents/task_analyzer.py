"""Task analyzer on a backbone: what a description says that no table shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.digest import names
from iiml_codegen.domain.inventory import Inventory, TextInfo
from iiml_codegen.domain.metric import METRICS, normalise
from iiml_codegen.domain.task import Guess, TaskSummary
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import IimlError
from iiml_codegen.planning.metric_choice import LOG_METRICS
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer, find_description

LONGEST_DESCRIPTION = 8_000
MOST_POINTS, LONGEST_POINT = 6, 240
MOST_COLUMNS, MOST_TARGETS = 60, 8
ROUNDS = 1


class TaskReading(Frozen):
    """What a model read in the description of a competition."""

    domain: Annotated[str, Meta(description="the field, in a few words")]
    row: Annotated[str, Meta(description="what one row is")]
    matters: Annotated[
        tuple[str, ...], Meta(description="what should drive the target, most important first")
    ] = ()
    metric: Annotated[
        str, Meta(description="one of the metrics listed, or empty where the text tells none")
    ] = ""
    metric_words: Annotated[
        str, Meta(description="the words of the description that tell the metric, copied exactly")
    ] = ""
    constraints: Annotated[
        tuple[str, ...], Meta(description="rules that a solution must keep")
    ] = ()
    cautions: Annotated[tuple[str, ...], Meta(description="traps in data or scoring")] = ()

    def told(self) -> str:
        """The reading as lines for other prompts; the metric is left to the task."""
        lines = [f"domain: {self.domain}", f"a row is: {self.row}"]
        for name, points in (
            ("matters", self.matters),
            ("constraint", self.constraints),
            ("caution", self.cautions),
        ):
            lines += [f"{name}: {' '.join(point.split())}" for point in points]
        return "\n".join(lines)


@dataclass(frozen=True)
class BackboneTaskAnalyzer:
    """Reads the description as a person would; it never changes what the files say."""

    asker: Asker

    def read(self, description: str, columns: Iterable[str], task: TaskSummary) -> TaskReading:
        """What the description says. Raises `NoAnswerError`."""
        text = description[:LONGEST_DESCRIPTION]
        parts = {
            "description": text,
            "columns": names(sorted({*columns} - {*task.targets}), MOST_COLUMNS),
            "target": f"{names(task.targets, MOST_TARGETS)} ({task.kind})",
            "metrics": fitting_metrics(task),
        }
        reading = self.asker.ask(
            "task_analyzer",
            parts,
            TaskReading,
            check=lambda answer: wrong_metric(answer, task, text),
            rounds=ROUNDS,
        )
        return shortened(reading)


def fitting_metrics(task: TaskSummary) -> list[str]:
    """Names of the metrics that judge such a task."""
    return [name for name, metric in METRICS.items() if task.kind in metric.kinds]


def wrong_metric(reading: TaskReading, task: TaskSummary, text: str) -> str:
    """What is wrong with the metric that was read; "" where it may be believed."""
    if not reading.metric:
        return ""
    if reading.metric not in fitting_metrics(task):
        return f"metric {reading.metric[:60]!r} is none of those listed; leave it empty if unsure"
    words = normalise(reading.metric_words)
    if not words or words not in normalise(text):
        return "metric_words does not stand in the description; copy them, or leave metric empty"
    return ""


def shortened(reading: TaskReading) -> TaskReading:
    """The reading within bounds: other prompts hold it."""
    few = {
        name: tuple(point[:LONGEST_POINT] for point in getattr(reading, name)[:MOST_POINTS])
        for name in ("matters", "constraints", "cautions")
    }
    return replace(
        reading,
        domain=reading.domain[:LONGEST_POINT],
        row=reading.row[:LONGEST_POINT],
        metric_words=reading.metric_words[:LONGEST_POINT],
        **few,
    )


def guessed_metric(task: TaskSummary) -> bool:
    """Whether no file says by which metric answers are judged."""
    return any(guess.what == "metric" for guess in task.guesses)


def corrected(task: TaskSummary, reading: TaskReading, inventory: Inventory) -> TaskSummary:
    """The task with the metric that the model read, where the expert could only guess one.

    It stays as it is where the metric is known, unknown to us, or made for other kinds of tasks.
    """
    description = find_description(inventory)
    wrong = not reading.metric or wrong_metric(reading, task, words_of(description))
    if wrong or not guessed_metric(task) or not measurable(reading.metric, task, inventory):
        return task
    try:
        again = ExpertTaskAnalyzer().analyse(inventory, metric=reading.metric)
    except IimlError:
        return task
    if again.kind != task.kind:
        return task
    said = " ".join(reading.metric_words.split())
    why = f"a model read it in {task.description_file}: “{said}”"
    guess = Guess(what="metric", value=again.metric, why=why)
    kept = [one for one in task.guesses if one.what != "metric"]
    return replace(again, guesses=(*kept, guess))


def words_of(description: TextInfo | None) -> str:
    """The description's text, empty without one."""
    return description.text if description else ""


def measurable(metric: str, task: TaskSummary, inventory: Inventory) -> bool:
    """Whether the target's values allow a metric: logarithms want none below -1."""
    if metric not in LOG_METRICS:
        return True
    tables = [t for t in inventory.tables if t.file == task.train_file]
    columns = [c for t in tables for c in t.columns if c.name in task.targets]
    return all(c.minimum is None or c.minimum > -1 for c in columns)
