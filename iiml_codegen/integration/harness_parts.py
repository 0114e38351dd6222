"""Which parts of `workspace_templates` a pipeline ends with, fitted to what prep declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import libcst as cst

from iiml_codegen.integration.module_reader import read_module
from iiml_codegen.integration.module_source import ModuleSource
from iiml_codegen.integration.pipeline_literals import facts, fitted
from iiml_codegen.integration.pipeline_plan import HarnessPlan, Module

TEMPLATES = Path(__file__).resolve().parents[2] / "workspace_templates"
FACTS = "facts"
RUN = "harness/run.py"


def template(label: str) -> Module:
    """A template by its path inside `workspace_templates`."""
    name = PurePosixPath(label).stem
    return Module(name=name, label=label, text=(TEMPLATES / label).read_text(encoding="utf-8"))


def facts_source(plan: HarnessPlan) -> ModuleSource:
    """The literals of the plan; `MEMBERS` is spoken for, and written when names are final."""
    lines = facts(plan)
    lines += fitted("DECISION", plan.decision.fitted if plan.decision else {})
    lines += fitted("COMBINATION", plan.combination.parameters if plan.combination else {})
    source = read_module(Module(name=FACTS, label=FACTS, text="\n".join(lines)))
    source.spots.setdefault("MEMBERS", set())
    return source


def harness_sources(prep: Mapping[str, Sequence[str]], plan: HarnessPlan) -> list[ModuleSource]:
    """Submission writer and harness; `prep` maps functions of prep to their parameters."""
    fitting = "prepare_with_extract" if "extract" in prep else "prepare_alone"
    labels = [
        "submissions/read_csv.py",
        f"submissions/{test_reader(plan)}.py",
        f"submissions/{answer_writer(plan)}.py",
        "harness/files.py",
        "submissions/table.py",
        "harness/options.py",
        f"harness/{fitting}.py",
        "harness/training.py",
        f"harness/{kept_table(prep, plan)}.py",
        "harness/bundle.py",
        RUN,
    ]
    modules = [declared_only(template(label), prep) for label in labels]
    return [without_sockets(read_module(module)) for module in modules]


def without_sockets(source: ModuleSource) -> ModuleSource:
    """The template without its imports from other templates: in one file they meet by name."""
    sockets = {i.bound for i in source.imports if i.module.startswith("workspace_templates.")}
    source.imports = [item for item in source.imports if item.bound not in sockets]
    for name in sockets:
        del source.spots[name]
    return source


def test_reader(plan: HarnessPlan) -> str:
    """The reader of the test table, by its file name."""
    suffix = PurePosixPath(plan.task.test_file).suffix.lower()
    return "test_rows_json" if suffix in (".json", ".jsonl", ".ndjson") else "test_rows_csv"


def answer_writer(plan: HarnessPlan) -> str:
    """The writer of the answers' cells."""
    answer = plan.task.submission.answer
    if answer == "label":
        return "labels" if plan.task.classes else "codes"
    return "values" if answer == "value" else answer


def kept_table(prep: Mapping[str, Sequence[str]], plan: HarnessPlan) -> str:
    """A header will do where all of prep remembers, and where a header is a table."""
    remembers = all(
        {"fitted", "**"} & set(prep[name]) for name in ("prepare", "extract") if name in prep
    )
    delimited = plan.task.train_file.lower().endswith((".csv", ".tsv", ".txt"))
    return "keep_header" if remembers and delimited else "keep_table"


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
