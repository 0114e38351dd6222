"""Which parts of `workspace_templates` a pipeline ends with, fitted to what prep declares."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import libcst as cst
from msgspec import to_builtins

from iiml_codegen.domain.layout import TableForm
from iiml_codegen.implementation.recipes import excerpt
from iiml_codegen.implementation.rendering import flat_literal
from iiml_codegen.implementation.table_reads import PARTED, RECIPES, table_read, words
from iiml_codegen.integration.fits import go_side_by_side
from iiml_codegen.integration.module_reader import read_module
from iiml_codegen.integration.module_source import ModuleSource
from iiml_codegen.integration.pipeline_literals import facts, fitted
from iiml_codegen.integration.pipeline_plan import HarnessPlan, MemberModule, Module

TEMPLATES = Path(__file__).resolve().parents[2] / "workspace_templates"
FACTS = "facts"
RUN = "harness/run.py"
PLAIN = "options.data_dir"
SERIES = ("called_series", "cells_ahead", "last_steps")
FOR_ENCODE = (
    r'"encode", ',
    r' +parser\.add_argument\("--encoded".*\n',
    r' +if options\.only == "encode":\n.*\n',
    r" +clock\.append.*\n +add_encoded\(.*\n",
)
FOR_EXTRACT = (r'"extract", ', r' +"(extracted|rows)": .*\n')
FOR_FITS = (
    r" One that goes `alone` is fitted beside no other\.",
    r" +alone: bool = False\n",
)
FOR_TORCH = (r' +"card_bytes": .*\n',)
FOR_CHECKPOINT = (
    r' +"checkpoints": .*\n',
    r" +checkpoint: Path \| None = None\n",
    r" +jobs = \[replace\(job, checkpoint.*\n",
    r", replace(?=\nfrom pathlib)",
)
"""What stands in templates for `encode`, `extract`, several fits, networks, checkpoints."""


def template(label: str) -> Module:
    """A template by its path inside `workspace_templates`."""
    name = PurePosixPath(label).stem
    return Module(name=name, label=label, text=(TEMPLATES / label).read_text(encoding="utf-8"))


def facts_source(plan: HarnessPlan) -> ModuleSource:
    """The literals of the plan; two tables are spoken for, and written when names are final."""
    lines = facts(plan)
    decision = dict(plan.decision.fitted) if plan.decision else {}
    if plan.task.layout.masks:
        decision.pop("least", None)
    lines += fitted("DECISION", decision)
    lines += fitted("COMBINATION", plan.combination.parameters if plan.combination else {})
    source = read_module(Module(name=FACTS, label=FACTS, text="\n".join(lines)))
    for name in ("ENCODINGS", "MEMBERS"):
        source.spots.setdefault(name, set())
    return source


def harness_sources(
    prep: Mapping[str, Sequence[str]],
    plan: HarnessPlan,
    members: Sequence[MemberModule] = (),
    models: Sequence[ModuleSource] = (),
) -> list[ModuleSource]:
    """Submission writer and harness; `prep` maps functions of prep to their parameters."""
    encodes = any("encode" in model.parameters for model in models)
    goes_on = any("checkpoint" in model.parameters.get("fit", ()) for model in models)
    imported = {one.module.partition(".")[0] for model in models for one in model.imports}
    beside = go_side_by_side(members)
    needed = (
        ("extract" in prep, FOR_EXTRACT),
        (encodes, FOR_ENCODE),
        (beside, FOR_FITS),
        ("torch" in imported, FOR_TORCH),
        (goes_on, FOR_CHECKPOINT),
    )
    unneeded = [pattern for wanted, lines in needed if not wanted for pattern in lines]
    fitting = "prepare_with_extract" if "extract" in prep else "prepare_alone"
    labels = [
        "submissions/read_csv.py",
        f"submissions/{sample_reader(plan)}.py",
        f"submissions/{test_reader(plan)}.py",
        f"submissions/{answer_writer(plan)}.py",
        "harness/files.py",
        *table_writer(plan),
        "harness/options.py",
        f"harness/{fitting}.py",
        *(["harness/encoding.py"] if encodes else []),
        *(["harness/checkpoints.py"] if goes_on else []),
        "harness/training.py",
        f"harness/{'predict_texts' if plan.task.layout.source else 'predict_mean'}.py",
        f"harness/{'fit_side_by_side' if beside else 'fit_in_turn'}.py",
        *kept_parts(prep, plan),
        "harness/bundle.py",
        *(["harness/unpacked.py"] if plan.task.layout.archives else []),
        RUN,
    ]
    modules = [
        declared_only(told(without(template(label), unneeded), plan), prep) for label in labels
    ]
    return [without_sockets(read_module(m)) for m in [*reading_recipes(modules), *modules]]


def without_sockets(source: ModuleSource) -> ModuleSource:
    """The template without its imports from other templates: in one file they meet by name."""
    sockets = {i.bound for i in source.imports if i.module.startswith("workspace_templates.")}
    source.imports = [item for item in source.imports if item.bound not in sockets]
    for name in sockets:
        del source.spots[name]
    return source


def test_reader(plan: HarnessPlan) -> str:
    """The reader of the test rows: of files, of the sample's own, or of a table by its format."""
    if plan.task.layout.pixels:
        return "test_rows_pixels"
    if plan.task.layout.test_files:
        return "test_rows_files"
    if plan.task.layout.test_from_sample:
        return "test_rows_long_sample" if plan.task.submission.long else "test_rows_sample"
    is_text = plan.task.layout.test_form.format == "delimited"
    return "test_rows_csv" if is_text else "test_rows_table"


def sample_reader(plan: HarnessPlan) -> str:
    """The reader of the sample submission, by its file name."""
    is_text = plan.task.submission.form.format == "delimited"
    return "sample_rows_csv" if is_text else "sample_rows_table"


def table_writer(plan: HarnessPlan) -> tuple[str, ...]:
    """The writer of the whole table, and what puts rows into the sample's order."""
    task, form = plan.task, plan.task.submission
    if task.layout.pixels:
        return (f"submissions/{'mask' if task.layout.masks else 'pixel'}_table.py",)
    if form.long:
        return ("submissions/long_table.py",)
    if task.layout.wide and task.layout.wide.blocks:
        return ("submissions/step_table.py",)
    renamed = form.id_column is not None and form.id_column != task.id_column and form.file
    order = "sample_order_renamed" if renamed else "sample_order"
    return (f"submissions/{order}.py", "submissions/table.py")


def answer_writer(plan: HarnessPlan) -> str:
    """The writer of the answers' cells."""
    answer = plan.task.submission.answer
    if answer == "label":
        return "labels" if plan.task.classes else "codes"
    return {"value": "values", "mask": "run_lengths", "text": "texts"}.get(answer, answer)


def kept_parts(prep: Mapping[str, Sequence[str]], plan: HarnessPlan) -> list[str]:
    """What a saved pipeline keeps: the training table, tables that rows look up, or those alone."""
    layout = plan.task.layout
    folders = ["harness/kept_folders.py"] if keeps_folders(plan) else []
    if layout.train_files or layout.pixels:
        return [*folders, "harness/kept_related.py"]
    tables = "kept_tables" if layout.related or layout.train_parts else "kept_one"
    return [f"harness/{kept_table(prep, plan)}.py", *folders, f"harness/{tables}.py"]


def keeps_folders(plan: HarnessPlan) -> bool:
    """Whether a table that rows look up is a folder of files."""
    return any(related.form.partitions for related in plan.task.layout.related)


def kept_table(prep: Mapping[str, Sequence[str]], plan: HarnessPlan) -> str:
    """The columns will do where all of prep remembers."""
    remembers = all(
        {"fitted", "**"} & set(prep[name]) for name in ("prepare", "extract") if name in prep
    )
    form = plan.task.layout.train_form
    if not remembers or plan.task.layout.wide or plan.task.layout.steps:
        return "keep_table"
    wide = form.encoding.startswith("utf-16")
    return {
        "delimited": "keep_header_text" if wide else "keep_header",
        "ragged": "keep_header",
        "fixed_width": "keep_header_text" if wide else "keep_header",
        "json": "keep_records",
        "json_lines": "keep_lines",
        "sqlite": "keep_database",
    }.get(form.format, "keep_columns")


def without(module: Module, patterns: Sequence[str]) -> Module:
    """The template of the harness without the lines that no model of this pipeline needs."""
    text = module.text
    for pattern in patterns if module.label.startswith("harness/") else ():
        text = re.sub(pattern, "", text)
    return Module(name=module.name, label=module.label, text=text)


def told(module: Module, plan: HarnessPlan) -> Module:
    """The template with its tables read as this competition writes them."""
    layout, text = plan.task.layout, module.text
    for name, form in (
        ("TRAIN_FILE", layout.train_form),
        ("TEST_FILE", layout.test_form),
        ("SAMPLE_FILE", plan.task.submission.form),
    ):
        place = f"data_dir / {name}"
        line, _ = table_read("table", place, to_builtins(form))
        text = text.replace(f"read_text_table({place})", line.removeprefix("table = "))
        text = text.replace(
            f"read_csv_rows({place})", f"read_csv_rows({place}{words(to_builtins(form))})"
        )
    if keeps_folders(plan) and module.name in ("kept_related", "kept_tables"):
        text = text.replace("in KEPT_FILES", "in kept_names(data_dir)")
    if module.label.startswith("harness/keep_"):
        text = kept_as(text, layout.train_form)
    if module.label.endswith("sample_rows_csv.py"):
        text = styled(text, plan.task.submission.form)
    if module.label == RUN and not layout.archives:
        text = text.replace('unpacked(options.data_dir, Path(folder) / "unpacked")', PLAIN)
    return Module(name=module.name, label=module.label, text=text)


def kept_as(text: str, form: TableForm) -> str:
    """What writes the columns of the training table, in its format."""
    parquet = "table.to_parquet(file, index=False)"
    if form.format == "feather":
        return text.replace(parquet, "table.to_feather(file)")
    if form.format == "excel":
        sheet = f"table.to_excel(file, sheet_name={flat_literal(form.part)}, index=False)"
        return text.replace(parquet, sheet)
    return text.replace('encoding: str = "utf-8"', f"encoding: str = {flat_literal(form.encoding)}")


def styled(text: str, form: TableForm) -> str:
    """The usual separator and encoding of a submission, as the sample has them."""
    encoding = form.encoding.removesuffix("-sig")
    text = text.replace('separator: str = ","', f"separator: str = {flat_literal(form.separator)}")
    return text.replace('encoding: str = "utf-8"', f"encoding: str = {flat_literal(encoding)}")


def reading_recipes(modules: Sequence[Module]) -> list[Module]:
    """The recipes that the harness reads tables with; shared with prep where it has them too."""
    text = "\n".join(module.text for module in modules)
    known = {*RECIPES.values(), PARTED, "list_files", "rows_of_long_sample", *SERIES}
    called = [recipe for recipe in sorted(known) if re.search(rf"\b{recipe}\(", text)]
    if not called:
        return []
    taken = excerpt(called)
    parts = [*taken.imports, *taken.constants, *taken.definitions]
    return [Module(name="reading", label="recipes/reading", text="\n\n".join(parts) + "\n")]


def declared_only(module: Module, prep: Mapping[str, Sequence[str]]) -> Module:
    """The template, its calls of prep's functions cut down to what they declare."""
    if "sockets import" not in module.text or "prepare" not in module.label:
        return module
    tree = cst.parse_module(module.text).visit(DeclaredArguments(prep))
    return Module(name=module.name, label=module.label, text=tree.code)


class DeclaredArguments(cst.CSTTransformer):
    """Drops keyword arguments that a function does not declare."""

    def __init__(self, signatures: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.signatures = signatures

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """Cut one call down, and the comma that would dangle."""
        function = updated_node.func
        if not isinstance(function, cst.Name) or function.value not in self.signatures:
            return updated_node
        declared = self.signatures[function.value]
        kept = [
            argument
            for argument in updated_node.args
            if argument.keyword is None or {argument.keyword.value, "**"} & set(declared)
        ]
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return updated_node.with_changes(args=kept)
