"""Assembles prep, members and harness into one standalone file; the same input, the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from iiml_codegen.errors import GenerationError
from iiml_codegen.integration.fits import go_side_by_side, goes_alone
from iiml_codegen.integration.harness_parts import RUN, facts_source, harness_sources, template
from iiml_codegen.integration.module_reader import read_module
from iiml_codegen.integration.module_source import ModuleSource
from iiml_codegen.integration.naming import Part, name_parts
from iiml_codegen.integration.pipeline_literals import Row, members_literal
from iiml_codegen.integration.pipeline_plan import HarnessPlan, MemberModule, Module, Pipeline
from iiml_codegen.integration.pipeline_text import Line, header, part_lines, with_comment
from iiml_codegen.integration.source_map import source_map


def assemble(prep: Module, members: Sequence[MemberModule], plan: HarnessPlan) -> Pipeline:
    """Put a pipeline together; raises GenerationError where modules cannot share a file."""
    first = Part(read_module(prep), "prep", keeps=frozenset({"prepare", "extract"}))
    models = [Part(read_module(member.module), member.name) for member in members]
    require(first.source, "prepare")
    between = [*decision_part(plan, models), *combination_part(plan, members)]
    sources = [model.source for model in models]
    tail = [facts_source(plan), *harness_sources(first.source.parameters, plan, members, sources)]
    fixed = [Part(source, "harness", fixed=True) for source in tail]
    parts = [first, *between, *models, *fixed]
    name_parts(parts)
    beside = go_side_by_side(members)
    table = members_literal(
        [
            member_row(member, part if part.source.module.text else first, beside)
            for member, part in zip(members, models, strict=True)
        ]
    )
    facts, *harness = fixed
    lines = header(plan, [prep, *(member.module for member in members)], parts)
    lines += [("", None), *part_lines(facts, "")]
    for part in [first, *between, *models, *harness]:
        if part.source.module.label == RUN:
            lines += [("", None), ("", None), *((line, None) for line in table)]
        lines += section(part_lines(part, "" if part.fixed else title(part, models)))
    lines += section([('if __name__ == "__main__":', None), ("    main()", None)])
    text = "\n".join(line for line, _ in lines) + "\n"
    return Pipeline(text=text, source_map=source_map([origin for _, origin in lines]))


def assemble_script(script: Module, member: MemberModule, plan: HarnessPlan) -> Pipeline:
    """A pipeline from one script that holds prepare, fit and predict; the member names the rest."""
    nothing = Module(name=member.name, label=script.label, text="")
    return assemble(script, [replaced(member, nothing)], plan)


def replaced(member: MemberModule, module: Module) -> MemberModule:
    """The member with another module."""
    return MemberModule(
        name=member.name,
        module=module,
        view=member.view,
        rounds=member.rounds,
        seeds=member.seeds,
        bindings=member.bindings,
        others=member.others,
    )


def title(part: Part, models: Sequence[Part]) -> str:
    """The file that a part is from, behind the model's name where several files are called so."""
    file = PurePosixPath(part.source.module.label).name
    called = [m.owner for m in models if PurePosixPath(m.source.module.label).name == file]
    return f"{part.owner}, {file}" if part.owner in called and called[1:] else file


def section(lines: list[Line]) -> list[Line]:
    """A part of the file, two blank lines after the one before."""
    return [("", None), ("", None), *lines] if lines else []


def require(source: ModuleSource, *names: str) -> None:
    """Raise GenerationError for a function that a module has to define."""
    for name in names:
        if name not in source.parameters:
            raise GenerationError(
                f"{source.module.label} defines no function {name}",
                hint=f"add {name} with the signature of the module interface",
            )


def member_row(member: MemberModule, part: Part, beside: bool) -> Row:
    """A member with the final names of its functions; `beside`: fits go side by side."""
    require(part.source, "fit", "predict")
    fit, predict, encode = (part.renames.get(n, n) for n in ("fit", "predict", "encode"))
    has = "encode" in part.source.parameters and part.owner != "prep"
    alone = beside and goes_alone(member.module.text)
    return Row(member, fit, predict, encode if has else "", part.source.parameters, alone)


def decision_part(plan: HarnessPlan, models: Sequence[Part]) -> list[Part]:
    """The module that decides: the plan's, else the only member's own, else none is needed."""
    keeps = frozenset({"decide"})
    if plan.decision is None and len(models) == 1 and "decide" in models[0].source.parameters:
        models[0].keeps = keeps
        return []
    for model in models:
        leave_out(model.source, "decide")
    module = plan.decision.module if plan.decision else template("harness/decide_raw.py")
    part = Part(read_module(module), "decision", keeps=keeps)
    require(part.source, "decide")
    return [part]


def combination_part(plan: HarnessPlan, members: Sequence[MemberModule]) -> list[Part]:
    """The module that combines; raises GenerationError for several members without one."""
    if plan.combination is None and len(members) != 1:
        raise GenerationError(
            f"{len(members)} members and no combination", hint="give the plan an ensemble"
        )
    module = plan.combination.module if plan.combination else template("harness/combine_one.py")
    part = Part(read_module(module), "combination", keeps=frozenset({"combine"}))
    require(part.source, "combine")
    return [part]


def leave_out(source: ModuleSource, name: str) -> None:
    """Leave a definition and the comment above it out, as nobody calls it in the pipeline."""
    item = source.definitions.pop(name, None)
    if item is not None:
        source.dropped.update(range(with_comment(source, item.first), item.last + 1))
        source.spots.pop(name)
