"""What a plan says, as the literals of a pipeline: facts, fitted parameters, members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.rendering import WIDTH, assignment, flat_literal
from iiml_codegen.integration.pipeline_plan import Bindings, HarnessPlan, MemberModule
from iiml_codegen.integration.roles import ROLES, Role, role_of, signature
from iiml_codegen.syntax import literal_value

OPTIONAL: tuple[Role, ...] = ("valid", "rounds", "time_limit", "checkpoint")
"""What a job may have none of."""


def facts(plan: HarnessPlan) -> list[str]:
    """File names, columns and labels of the competition, and the threads of the run."""
    task, form = plan.task, plan.task.submission
    values: dict[str, object] = {
        "TRAIN_FILE": task.train_file,
        "TEST_FILE": task.test_file,
        "SAMPLE_FILE": form.file,
        "COLUMNS": form.columns,
        "ID_COLUMN": form.id_column,
        "ROW_COLUMNS": row_columns(task),
        "ANSWER_COLUMNS": answer_columns(task),
    }
    if form.answer in ("label", "ranked_labels") and task.classes:
        values["LABELS"] = task.classes
    if form.answer == "ranked_labels":
        values["MOST_LABELS"] = form.most_labels
    cell = task.layout.label_cell
    if cell and form.answer == "label_list":
        values["LABELS"] = cell.labels
        values["LABEL_MARK"] = cell.separator
    if form.long or form.id_column != task.id_column:
        values["TEST_ID_COLUMN"] = task.id_column
    files = task.layout.test_files
    if files:
        values["FILE_ID_COLUMN"] = files.id_column
        values["TEST_SUFFIXES"] = files.suffixes
        values["ID_FROM"] = files.id_from
    pixels = task.layout.pixels
    if pixels:
        values["TEST_SUFFIXES"] = pixels.suffixes
        values["FIRST_PIXEL"] = pixels.first
    masks = task.layout.masks
    if masks:
        values["FIRST_PIXEL"] = masks.first
        values["RUNS_DOWN"] = masks.down
        values["NO_MASK"] = masks.none
        values["LEAST_PIXELS"] = least_pixels(plan)
    parts = [name for name in task.layout.train_parts.values() if name != task.train_file]
    if pixels or task.layout.related or task.layout.train_files or parts:
        related = [one.file for one in task.layout.related]
        values["KEPT_FILES"] = tuple(dict.fromkeys([*parts, *related]))
    wide = task.layout.wide
    if wide and wide.blocks:
        values["STEPS"], values["LAST_STEPS"] = wide.called, wide.last or None
        values["KEY"], values["KEY_SUFFIX"] = wide.key, wide.suffix
        values["FIRST_STEPS"], values["DAYS_APART"] = wide.blocks, wide.apart
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


def least_pixels(plan: HarnessPlan) -> int:
    """How many pixels the decision wants of a mask: the writer knows which are one picture's."""
    fitted_so = plan.decision.fitted if plan.decision else {}
    return int(fitted_so.get("least", [0.0])[0])


def row_columns(task: TaskSummary) -> tuple[str, ...]:
    """Columns of test table and sample that a submission takes over or finds rows by."""
    answers = answer_columns(task)
    named = [name for name in task.submission.columns if name not in answers]
    return tuple(dict.fromkeys(name for name in (*named, task.id_column) if name))


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


@dataclass(frozen=True)
class Row:
    """A member with the final names of its functions and their parameters; "" for no `encode`."""

    member: MemberModule
    fit: str
    predict: str
    encode: str
    parameters: Mapping[str, Sequence[str]]
    alone: bool

    @property
    def encoding(self) -> tuple[str, str]:
        """What is encoded, and by which function."""
        return self.encode, self.member.bound().train.removesuffix("_train")


def members_literal(rows: Sequence[Row]) -> list[str]:
    """The members table, above it that of what their `encode` functions read, if there are any.

    Members that encode the same by the same function share what comes of it.
    """
    encoded: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.encode:
            encoded.setdefault(row.encoding, row.member.name)
    lines = ["ENCODINGS = {"] if encoded else []
    for (encode, view), name in encoded.items():
        call = next(encode_call(row) for row in rows if row.encoding == (encode, view))
        arguments = [f"encode={call}", f"view={flat_literal(view)}"]
        flat = f"    {flat_literal(name)}: Encoding({', '.join(arguments)}),"
        folded = [
            f"    {flat_literal(name)}: Encoding(",
            *(f"        {a}," for a in arguments),
            "    ),",
        ]
        lines += [flat] if len(flat) <= WIDTH else folded
    lines += ["}", "MEMBERS = {"] if encoded else ["MEMBERS = {"]
    told: dict[tuple[str, ...], str] = {}
    for row in rows:
        said = tuple(evidence(row.member))
        first = told.setdefault(said, row.member.name)
        why = said if first == row.member.name else (f"fed like {first}",)
        lines += member_entry(row, encoded.get(row.encoding, ""), why)
    return [*lines, "}"]


def encode_call(row: Row) -> str:
    """`encode` as a function of rows alone."""
    declared = row.parameters["encode"]
    if {"threads", "**"} & set(declared):
        return f"lambda X: {row.encode}(X, threads=1)"
    return row.encode


def member_entry(row: Row, encoded: str, why: Sequence[str]) -> list[str]:
    """One member: evidence, the exact call, then its settings; `encoded` is whose rows it takes."""
    member, fit, predict, parameters = row.member, row.fit, row.predict, row.parameters["fit"]
    bound = member.bound()
    watches = "**" in parameters or any(role_of(name) == "valid" for name in parameters)
    others = taken(bound, parameters)
    settings: dict[str, object] = {
        "train": f"encoded_{encoded}_train" if encoded else bound.train,
        "test": f"encoded_{encoded}_test" if encoded else bound.test,
        "target": bound.target,
        "seeds": member.seeds,
        "rounds": member.rounds,
        "watches_valid": watches,
        "others": tuple(bound.others[name] for name in others),
        "watched": tuple(bound.others[n] for n in others if n in bound.views) if watches else (),
        "asked": asked(bound, row.parameters["predict"]),
        "alone": row.alone,
    }
    usual: dict[str, object] = {"rounds": None, "watches_valid": False}
    usual |= {"others": (), "watched": (), "asked": {}, "alone": False}
    shown = {k: v for k, v in settings.items() if k not in usual or v != usual[k]}
    return [
        f"    {flat_literal(member.name)}: Member(",
        *(f"        # {line}" for text in why for line in wrap(text, WIDTH - 10)),
        *fit_call(fit, parameters, bound, defaults_of(member.module.text)),
        f"        predict={predict},",
        *(f"        {name}={flat_literal(value)}," for name, value in shown.items()),
        "    ),",
    ]


def taken(bound: Bindings, parameters: Sequence[str]) -> tuple[str, ...]:
    """The parameters of `fit` that outputs feed beside rows and target, in their order."""
    named = bound.others if "**" in parameters else parameters
    return tuple(name for name in named if name in bound.others)


def asked(bound: Bindings, parameters: Sequence[str]) -> dict[str, str]:
    """The further parameters of `predict` with the outputs that feed them."""
    return {
        name: output
        for name, output in bound.asked.items()
        if name in parameters or "**" in parameters
    }


def evidence(member: MemberModule) -> list[str]:
    """Why each parameter is fed by what feeds it."""
    bound = member.bound()
    if bound.evidence:
        return [f"{b.parameter} <- {b.output}: {b.evidence}" for b in bound.evidence]
    by_name = f'the view "{member.view}" by its name'
    rows = [f"X <- {bound.train}, {bound.test}: {by_name}", f"y <- {bound.target}: by its name"]
    return rows + [f"{name} <- {output}: by its name" for name, output in bound.others.items()]


def defaults_of(text: str) -> dict[str, str]:
    """What the parameters of a module's `fit` are where nothing is given, as it is written."""
    return {one.name: one.default for one in signature(text, "fit") or () if not one.required}


def of_job(name: str, role: Role, default: str) -> str | None:
    """An argument from the job; where that has none, a default other than None stands.

    None for a default that is no literal: names of the module may be others in the pipeline.
    """
    if role not in OPTIONAL or default in ("", "None"):
        return f"{name}=job.{role}"
    try:
        literal_value(default)
    except ValueError:
        return None
    return f"{name}=job.{role} or {default}"


def fit_call(
    fit: str, parameters: Sequence[str], bound: Bindings, defaults: Mapping[str, str]
) -> list[str]:
    """The call of `fit` with just the parameters that it declares."""
    usual = [role for role in ROLES if role != "checkpoint"]
    named = [*usual, *bound.others] if "**" in parameters else parameters[2:]
    arguments = ["job.X", "job.y"]
    for name in named:
        role = role_of(name)
        if name in bound.others:
            arguments.append(f"{name}=job.others[{flat_literal(bound.others[name])}]")
        elif role is not None and (argument := of_job(name, role, defaults.get(name, ""))):
            arguments.append(argument)
    flat = f"        fit=lambda job: {fit}({', '.join(arguments)}),"
    if len(flat) <= WIDTH:
        return [flat]
    inner = f"            {', '.join(arguments)}"
    body = [inner] if len(inner) <= WIDTH else [f"            {item}," for item in arguments]
    return [f"        fit=lambda job: {fit}(", *body, "        ),"]
