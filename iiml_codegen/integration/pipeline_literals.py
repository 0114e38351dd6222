"""What a plan says, as the literals of a pipeline: facts, fitted parameters, members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.rendering import WIDTH, assignment, flat_literal
from iiml_codegen.integration.pipeline_plan import Bindings, HarnessPlan, MemberModule
from iiml_codegen.integration.roles import ROLES, role_of


def facts(plan: HarnessPlan) -> list[str]:
    """File names, columns and labels of the competition, and the threads of the run."""
    task, form = plan.task, plan.task.submission
    values: dict[str, object] = {
        "TRAIN_FILE": task.train_file,
        "TEST_FILE": task.test_file,
        "SAMPLE_FILE": form.file,
        "COLUMNS": form.columns,
        "ID_COLUMN": form.id_column,
        "ANSWER_COLUMNS": answer_columns(task),
    }
    if form.answer == "label" and task.classes:
        values["LABELS"] = task.classes
    if form.long or form.id_column != task.id_column:
        values["TEST_ID_COLUMN"] = task.id_column
    files = task.layout.test_files
    if files:
        values["FILE_ID_COLUMN"] = files.id_column
        values["TEST_SUFFIXES"] = files.suffixes
        values["ID_FROM"] = files.id_from
    if task.layout.related or task.layout.train_files:
        values["KEPT_FILES"] = tuple(related.file for related in task.layout.related)
    if form.long:
        values["ID_TEMPLATE"] = form.long.template
        values["ID_FACTOR"] = form.long.factor
        values["BY_TARGET"] = form.long.by_target
    if form.long and task.layout.test_from_sample:
        values["SAMPLE_NAMES"] = form.long.names
    if task.layout.train_form.format in ("json", "sqlite"):
        values["TRAIN_PART"] = task.layout.train_form.part
    if task.layout.archives:
        values["ARCHIVES"] = task.layout.archives
    values["THREADS"] = plan.threads
    return [line for name, value in values.items() for line in assignment(name, value).split("\n")]


def answer_columns(task: TaskSummary) -> tuple[str, ...]:
    """Columns of the answers in the order of raw predictions."""
    form = task.submission
    if form.long and not form.class_columns:
        return form.long.names
    if form.answer == "class_probabilities":
        return tuple(form.class_columns[label] for label in task.classes)
    return form.answer_columns


def fitted(name: str, parameters: Mapping[str, Sequence[float]]) -> list[str]:
    """Fitted parameters as keyword arguments: plural names hold lists, others one number."""
    entries: list[str] = []
    for key, values in parameters.items():
        if key.endswith("s"):
            entries += number_list(f'    "{key}": ', list(values))
        elif len(values) == 1:
            entries.append(f'    "{key}": {values[0]!r},')
        else:
            raise GenerationError(
                f"fitted parameter {key!r} has {len(values)} values",
                hint='a name that ends in "s" is passed as a list',
            )
    head = f"{name}: dict[str, Any] = "
    flat = head + "{" + " ".join(entry.strip() for entry in entries).rstrip(",") + "}"
    if len(flat) <= WIDTH:
        return [flat]
    return ["# fmt: off", head + "{", *entries, "}", "# fmt: on"]


def number_list(head: str, values: Sequence[float]) -> list[str]:
    """One entry with a list of numbers, as many on a line as fit."""
    flat = f"{head}{flat_literal(list(values))},"
    if len(flat) <= WIDTH:
        return [flat]
    lines, line = [head + "["], " " * 8
    for value in values:
        piece = f"{value!r}, "
        if len(line) + len(piece) > WIDTH + 1:
            lines.append(line.rstrip())
            line = " " * 8
        line += piece
    return [*lines, line.rstrip(), "    ],"]


def members_literal(
    members: Sequence[tuple[MemberModule, str, str, Sequence[str]]],
) -> list[str]:
    """The members table: each with the final names of fit and predict, and fit's parameters."""
    lines = ["MEMBERS = {"]
    for member, fit, predict, parameters in members:
        lines += member_entry(member, fit, predict, parameters)
    return [*lines, "}"]


def member_entry(
    member: MemberModule, fit: str, predict: str, parameters: Sequence[str]
) -> list[str]:
    """One member: evidence, the exact call, then its settings."""
    bound = member.bound()
    watches = "**" in parameters or any(role_of(name) == "valid" for name in parameters)
    settings: dict[str, object] = {
        "train": bound.train,
        "test": bound.test,
        "target": bound.target,
        "seeds": member.seeds,
        "rounds": member.rounds,
        "watches_valid": watches,
        "others": tuple(bound.others.values()),
    }
    usual: dict[str, object] = {"rounds": None, "watches_valid": False, "others": ()}
    shown = {k: v for k, v in settings.items() if k not in usual or v != usual[k]}
    return [
        f"    {flat_literal(member.name)}: Member(",
        *(f"        # {line}" for text in evidence(member) for line in wrap(text, WIDTH - 10)),
        *fit_call(fit, parameters, bound),
        f"        predict={predict},",
        *(f"        {name}={flat_literal(value)}," for name, value in shown.items()),
        "    ),",
    ]


def evidence(member: MemberModule) -> list[str]:
    """Why each parameter is fed by what feeds it."""
    bound = member.bound()
    if bound.evidence:
        return [f"{b.parameter} <- {b.output}: {b.evidence}" for b in bound.evidence]
    by_name = f'the view "{member.view}" by its name'
    return [f"X <- {bound.train}, {bound.test}: {by_name}", f"y <- {bound.target}: by its name"]


def fit_call(fit: str, parameters: Sequence[str], bound: Bindings) -> list[str]:
    """The call of `fit` with just the parameters that it declares."""
    named = [*ROLES, *bound.others] if "**" in parameters else parameters[2:]
    arguments = ["job.X", "job.y"]
    for name in named:
        role = role_of(name)
        if name in bound.others:
            arguments.append(f"{name}=job.others[{flat_literal(bound.others[name])}]")
        elif role is not None:
            arguments.append(f"{name}=job.{role}")
    flat = f"        fit=lambda job: {fit}({', '.join(arguments)}),"
    if len(flat) <= WIDTH:
        return [flat]
    inner = f"            {', '.join(arguments)}"
    body = [inner] if len(inner) <= WIDTH else [f"            {item}," for item in arguments]
    return [f"        fit=lambda job: {fit}(", *body, "        ),"]
