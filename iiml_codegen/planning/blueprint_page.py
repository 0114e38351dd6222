"""`blueprint.md`: the plan as a page that a person reads from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iiml_codegen.domain.blueprint import Blueprint, Member, Part, Step
from iiml_codegen.domain.contract import Clause, Contract
from iiml_codegen.domain.contract_words import NOUNS, size_words, value_words
from iiml_codegen.domain.knowledge import Fact
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.domain.profile import DataProfile, Role
from iiml_codegen.domain.task import TaskKind, TaskSummary
from iiml_codegen.planning.knowledge_advice import known_section
from iiml_codegen.planning.plan_words import enumerated, listed
from iiml_codegen.planning.raster_plan import words_for
from iiml_codegen.planning.target_plan import distribution

KINDS: dict[TaskKind, str] = {
    "binary": "one of two labels",
    "multiclass": "one of {n} labels",
    "ordinal": "a grade out of {n}",
    "multilabel": "yes or no for each",
    "regression": "a number",
    "multi_regression": "a number each",
    "text": "a text",
}
ROLES: dict[Role, tuple[str, str]] = {
    "number": ("number", "numbers"),
    "ordinal_code": ("ordinal code", "ordinal codes"),
    "boolean": ("yes-or-no column", "yes-or-no columns"),
    "category": ("category", "categories"),
    "date": ("date", "dates"),
    "text": ("text", "texts"),
    "id": ("id", "ids"),
    "constant": ("constant", "constants"),
}
MEMBER_PARTS: tuple[Part, Part] = ("model", "train")
FROM_THE_DATA = ("CLASSES", "GRADES")
COMMON = "nothing infinite"
"""What every view promises, and the section's first paragraph says."""


def blueprint_page(
    blueprint: Blueprint,
    contract: Contract,
    task: TaskSummary,
    profile: DataProfile,
    advice: Sequence[Fact] = (),
) -> str:
    """Markdown: what is asked, what to mind, the steps with their reasons, the contract, advice."""
    parts = [
        f"# {blueprint.title}",
        facts_table(task, profile),
        mind_section(blueprint),
        "## Preparation\n\n" + steps_list(blueprint.part("prep")),
        models_section(blueprint),
        "## Evaluation and answer\n\n" + steps_list(blueprint.part("eval")),
        contract_section(contract, blueprint.members),
        known_section(advice),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def facts_table(task: TaskSummary, profile: DataProfile) -> str:
    """What is asked and what was measured, one fact a row."""
    targets = [f"`{name}`" for name in task.targets]
    direction = "higher" if task.greater_is_better else "lower"
    answer = "columns as they stand in the test table" if not task.submission.id_column else ""
    rows = {
        "Predict": f"{enumerated(targets)}: {KINDS[task.kind].format(n=len(task.classes))}",
        "In train": distribution(profile.targets),
        "Scored by": f"{METRICS[task.metric].title}, {direction} is better",
        "Rows": f"{profile.train_rows:,} to learn from in `{task.train_file}`,"
        f" {profile.test_rows:,} to answer in `{task.test_file}`",
        "Columns": columns_by_role(profile, task),
        "Test and train": alike(profile),
        "Answer": f"like `{task.submission.file}`" + (f", {answer}" if answer else ""),
    }
    lines = [f"| {name} | {cell(text)} |" for name, text in rows.items() if text]
    return "\n".join(["| | |", "| --- | --- |", *lines])


def cell(text: str) -> str:
    """Text that is safe inside a table."""
    return " ".join(text.split()).replace("|", "\\|")


def columns_by_role(profile: DataProfile, task: TaskSummary) -> str:
    """How many columns there are of each role, those that only train has left out; pictures."""
    pixels = profile.in_pictures()
    counts = {
        role: sum(column.name not in pixels for column in profile.with_role(role)) for role in ROLES
    }
    told = [f"{n} {ROLES[role][n > 1]}" for role, n in counts.items() if n]
    return ", ".join([*told, *map(words_for, profile.rasters)])


def alike(profile: DataProfile) -> str:
    """Whether a model can tell the two tables apart."""
    auc = profile.adversarial_auc
    if auc is None:
        return ""
    verdict = "alike" if auc < 0.6 else "somewhat different" if auc < 0.75 else "different"
    return f"{verdict}: a model tells their rows apart with AUC {auc:.2f} (0.5 is guessing)"


def mind_section(blueprint: Blueprint) -> str:
    """Leaks, guesses and warnings."""
    nothing = "Nothing had to be guessed, and no leak is suspected."
    return "## Mind this\n\n" + (bullets(blueprint.notes) if blueprint.notes else nothing)


def steps_list(steps: Iterable[Step]) -> str:
    """Steps, each with its reason."""
    return "\n".join(f"- **{step.id}** {step.title}  \n  {step.why}" for step in steps)


def models_section(blueprint: Blueprint) -> str:
    """Members in the order of trial: model, training, settings; a reason for all is said once."""
    trains = blueprint.part("train")
    shared = {step.why for step in trains}
    lead = f"All are {next(iter(shared))}." if len(shared) == 1 else ""
    rows = [member_rows(blueprint, member, said=bool(lead)) for member in blueprint.members]
    parts = ["## Models, in the order of trial", lead, "\n".join(rows)]
    return "\n\n".join(part for part in parts if part)


def member_rows(blueprint: Blueprint, member: Member, *, said: bool) -> str:
    """One member: its model step, its train step, its view and its settings."""
    model, train = (
        next(s for s in blueprint.steps_of(member.name) if s.part == part) for part in MEMBER_PARTS
    )
    why = "" if said else f" ({train.why})"
    read = listed([f"`{view}`" for view in member.views])
    lines = [
        f"- **{model.id}** {model.title}",
        model.why,
        f"**{train.id}** {train.title}{why}",
        f"`{member.name}` reads {read}{settings(member)}",
    ]
    return "  \n  ".join(lines)


def settings(member: Member) -> str:
    """Constants that the plan sets and that are no facts of the data."""
    chosen: dict[str, object] = {}
    for name, value in member.constants.items():
        if isinstance(value, dict):
            chosen.update(value)
        elif name not in FROM_THE_DATA:
            chosen[name.lower()] = value
    if not chosen:
        return " with its usual settings" if member.template else ""
    return " with " + ", ".join(
        name if value is True else f"{name} {value}" for name, value in chosen.items()
    )


def contract_section(contract: Contract, members: Sequence[Member] = ()) -> str:
    """What prep promises to the models: a view's two clauses on one line, what all share once."""
    rows = []
    for view in contract.views:
        outputs = (f"{view.name}_train", f"{view.name}_test")
        row = view_row(view.says, [c for c in contract.clauses if c.output in outputs])
        readers = [f"`{member.name}`" for member in members if view.name in member.views]
        rows.append(f"{row}; read by {enumerated(readers)}" if readers else row)
    told = {f"{view.name}_{side}" for view in contract.views for side in ("train", "test")}
    rows += [f"**{c.id}** {c.says}" for c in contract.clauses if c.output not in told]
    forbidden = dict.fromkeys(n for c in contract.clauses for n in c.forbidden_columns)
    never = ", ".join(f"`{name}`" for name in forbidden)
    lead = (
        "What `prep.py` promises to the models, checked on what it returns. Each view has a row for"
        " each row of its table in the table's order, the same columns and categories for train and"
        " test, nothing infinite, and no copy of the target"
        + (f"; it never holds {never}." if never else ".")
    )
    return f"## Interface contract\n\n{lead}\n\n{bullets(rows)}"


def view_row(says: str, clauses: Sequence[Clause]) -> str:
    """The clauses of one view: what it is for, and what it promises beyond what all do."""
    ids = ", ".join(f"**{clause.id}**" for clause in clauses)
    outputs = enumerated([f"`{clause.output}`" for clause in clauses])
    nouns = {NOUNS[kind] for clause in clauses for kind in clause.kind}
    promises = dict.fromkeys(
        words
        for clause in clauses
        for words in (*value_words(clause), *size_words(clause))
        if words != COMMON
    )
    kind = f", each {' or '.join(sorted(nouns))}" if nouns else ""
    told = f"; {'; '.join(promises)}" if promises else ""
    return f"{ids} {outputs}{kind}: {says}{told}"


def bullets(items: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {item}" for item in items)
