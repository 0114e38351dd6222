"""Digests: what prompts say of task, data and plan; short, in a fixed order, and without cells.

With `share_values` off nothing here holds the value of a cell, a class label, a level or a text:
only names of files and columns, types, counts, shares and scores. Sentences that were written for
people (`why`, `evidence`, warnings) cite values, so they are left out then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from iiml_codegen.domain.blueprint import Blueprint, Step
from iiml_codegen.domain.contract import Clause, Contract
from iiml_codegen.domain.contract_words import statement
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.knowledge import Knowledge
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.domain.profile import ColumnProfile, DataProfile, Relation, TargetProfile
from iiml_codegen.domain.task import TaskSummary

WRITTEN = "written"
"""The key of steps that a model planned: no recipe implements them, their code gets written."""
MOST_COLUMNS, MOST_NAMES, MOST_FACTS, MOST_TABLES, MOST_CLASSES = 40, 120, 12, 12, 20
EXAMPLES, LONGEST, LONGEST_SENTENCE = 2, 40, 240


@dataclass(frozen=True)
class Digest:
    """Writes what prompts say; `share_values` as the user wants it."""

    share_values: bool = True

    def task(self, task: TaskSummary) -> str:
        """What is asked, in a few lines."""
        metric, form = METRICS[task.metric], task.submission
        better = "greater" if task.greater_is_better else "smaller"
        lines = [
            f"kind: {task.kind}; targets: {names(task.targets)}; id: {task.id_column or 'none'}",
            f"metric: {task.metric} ({metric.title}, {better} is better, wants {metric.wants})",
            f"files: {task.train_file}, {task.test_file}; layout: {task.layout.kind}",
            f"submission: {form.rows} rows, each cell a {form.answer}",
        ]
        if task.classes:
            lines.append(f"classes: {len(task.classes)}{self._classes(task.classes)}")
        if task.train_only_columns:
            lines.append(f"only in train, so no features: {names(task.train_only_columns)}")
        for table in task.layout.train_only:
            lines.append(f"knows training rows only, so no features: {oneline(table.file)}")
        for media in task.layout.media:
            lines.append(f"files of rows: {media.kind}, named by column {oneline(media.column)}")
        for related in task.layout.related:
            files = " and, of test rows, ".join(related.files)
            lines.append(f"related table: {files} ({related.role}) by {names(related.keys)}")
        return "\n".join(lines)

    def _classes(self, classes: Sequence[str]) -> str:
        return f" ({names(classes, MOST_CLASSES)})" if self.share_values else ""

    def profile(self, profile: DataProfile, task: TaskSummary, most: int = MOST_COLUMNS) -> str:
        """What was measured: the whole, the targets, then a line per column."""
        lines = [f"rows: {profile.train_rows} train, {profile.test_rows} test"]
        if profile.duplicate_train_rows or profile.shared_rows:
            lines[0] += f"; {profile.duplicate_train_rows} repeated, {profile.shared_rows} in both"
        if profile.adversarial_auc is not None:
            lines.append(f"test told from train by all columns: AUC {profile.adversarial_auc:.2f}")
        lines += [self._target(target) for target in profile.targets[:MOST_CLASSES]]
        lines += [
            f"leak suspected, left out: {oneline(leak.column)} by {leak.by}"
            for leak in profile.leaks
        ]
        lines += [self._relation(relation) for relation in profile.relations]
        lines += [oneline(w) for w in profile.warnings if self.share_values]
        lines.append(
            "columns: name | role | dtype | distinct | missing train/test | drift AUC | signal 0..1"
        )
        return "\n".join([*lines, *self._columns(profile, task, most)])

    def _columns(self, profile: DataProfile, task: TaskSummary, most: int) -> Iterator[str]:
        """The columns with most signal in file order, the rest in groups of one kind."""
        others = [c for c in profile.columns if c.name not in task.targets]
        telling = sorted(others, key=lambda c: (not (c.in_train and c.in_test), -c.signal, c.name))
        kept = {c.name for c in telling[:most]}
        yield from (self._column(c) for c in others if c.name in kept)
        groups: dict[tuple[str, str], list[str]] = {}
        for column in others:
            if column.name not in kept:
                groups.setdefault((column.role, column.dtype), []).append(column.name)
        for (role, dtype), members in sorted(groups.items()):
            yield f"{len(members)} more of role {role}, {dtype}: {names(members, MOST_NAMES // 4)}"

    def _column(self, column: ColumnProfile) -> str:
        gaps = f"{share(column.missing_train)}/{share(column.missing_test)}"
        told = [
            oneline(column.name),
            column.role,
            column.dtype,
            str(column.distinct),
            gaps,
            f"{column.drift:.2f}",
            f"{column.signal:.2f}",
            *self._traits(column),
        ]
        return " | ".join(told)

    def _traits(self, column: ColumnProfile) -> Iterator[str]:
        if not column.in_test:
            yield "only in train"
        elif not column.in_train:
            yield "only in test"
        if column.unseen_share > 0:
            yield f"{share(column.unseen_share)} of test values new"
        if column.minimum is not None and column.maximum is not None:
            yield self._span(column.minimum, column.maximum)
        if column.skewness is not None and abs(column.skewness) > 1:
            yield f"skewness {column.skewness:.1f}"
        if column.date_format:
            yield f"dates as {column.date_format}"
        if column.text is not None:
            yield f"{column.text.mean_words:.0f} words each"
        for pattern in column.patterns:
            yield f"pattern {pattern.kind} in {share(pattern.share)}"
        if self.share_values and column.examples:
            yield "e.g. " + "; ".join(oneline(one, LONGEST) for one in column.examples[:EXAMPLES])

    def _span(self, low: float, high: float) -> str:
        """A range; without values only its size and sign, as ends are values of cells."""
        if self.share_values:
            return f"{low:.4g} to {high:.4g}"
        size = max(abs(low), abs(high))
        digits = math.floor(math.log10(size)) if 0 < size < math.inf else 0
        return f"about 10^{digits}, {'some' if low < 0 else 'none'} negative"

    def _target(self, target: TargetProfile) -> str:
        said = f"target {oneline(target.name)}: {target.distinct} distinct"
        if target.shares:
            ranked = sorted(target.shares.items(), key=lambda one: (-one[1], one[0]))[:MOST_CLASSES]
            told = [f"{oneline(n, LONGEST)} {share(s)}" for n, s in ranked]
            bare = [share(s) for _, s in ranked]
            said += f"; shares {', '.join(told if self.share_values else bare)}"
        if target.minimum is not None and target.maximum is not None:
            said += f"; {self._span(target.minimum, target.maximum)}"
        if target.mean is not None and self.share_values:
            said += f"; mean {target.mean:.4g}"
        return said if target.skewness is None else f"{said}; skewness {target.skewness:.1f}"

    def _relation(self, told: Relation) -> str:
        said = f"{told.kind} column {oneline(told.column)}: test is {told.test_is}"
        return f"{said} ({oneline(told.evidence)})" if self.share_values else said

    def inventory(self, inventory: Inventory, task: TaskSummary) -> str:
        """What lies in the folder: tables with their columns, groups of files."""
        lines = []
        for table in sorted(inventory.tables, key=lambda t: t.file)[:MOST_TABLES]:
            columns = f": {names(table.names(), MOST_NAMES // 4)}"
            if table.file == task.submission.file and not self.share_values:
                columns = ""
            said = f"{table.rows} rows, {len(table.columns)} columns"
            lines.append(f"{oneline(table.file)}: {said}{columns}")
        for group in sorted(inventory.groups, key=lambda g: g.path)[:MOST_TABLES]:
            where = oneline(group.folder or ".") if self.share_values else "a folder"
            lines.append(f"{group.files} files of kind {group.kind} in {where}")
        return "\n".join(lines)

    def knowledge(self, knowledge: Knowledge, most: int = MOST_FACTS) -> str:
        """Advice and facts, each with its source."""
        return "\n".join(
            f"- {fact.topic}: {oneline(fact.says, LONGEST_SENTENCE)} [{oneline(fact.source, 120)}]"
            for fact in (*knowledge.advice, *knowledge.facts)[:most]
        )

    def blueprint(self, blueprint: Blueprint) -> str:
        """The steps, each with its reason where that cites no value."""
        return "\n".join(self.step(step) for step in blueprint.steps)

    def step(self, step: Step) -> str:
        """One step on one line."""
        said = f"{step.id} {oneline(step.title)}"
        if step.member:
            said += f" [{step.member}]"
        told = self.share_values or step.key == WRITTEN
        return f"{said}: {oneline(step.why, LONGEST_SENTENCE)}" if told and step.why else said

    def contract(self, contract: Contract) -> str:
        """The clauses as sentences; without values, bounds and label sets are left out."""
        return "\n".join(f"{clause.id} {self._clause(clause)}" for clause in contract.clauses)

    def _clause(self, clause: Clause) -> str:
        if self.share_values:
            return clause.says
        bare: dict[str, object] = {"ranges": {}, "label_set": (), "settings": {}}
        if clause.shape == "target":
            bare["bounds"] = None
        return statement(replaced(clause, bare))


def replaced(clause: Clause, changes: dict[str, object]) -> Clause:
    """The clause with some fields emptied."""
    return msgspec.structs.replace(clause, **changes)


def share(part: float) -> str:
    """A share of rows in percent, with a digit where it is small."""
    return f"{100 * part:.0f}%" if part in (0.0, 1.0) or part >= 0.1 else f"{100 * part:.1f}%"


def names(items: Iterable[str], most: int = MOST_NAMES) -> str:
    """Names on one line, the first few where there are many."""
    listed = [oneline(item, LONGEST * 2) for item in items]
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")


def oneline(text: str, longest: int = LONGEST_SENTENCE) -> str:
    """Any text on one line, cut where it is very long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else f"{flat[:longest]}…"
