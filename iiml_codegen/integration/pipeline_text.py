"""The lines of a pipeline: header, imports, and each part with its new names."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from pathlib import PurePosixPath
from textwrap import wrap

from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.folding import folded, says_the_same
from iiml_codegen.implementation.rendering import WIDTH, import_block
from iiml_codegen.integration.module_source import ImportedName, ModuleSource
from iiml_codegen.integration.naming import PREP_MODULES, Part
from iiml_codegen.integration.pipeline_plan import HarnessPlan, Module

Line = tuple[str, tuple[str, int] | None]
"""A line of the pipeline and where it came from."""

HEADER = '''"""{title}

{origin}
    python PIPELINE --data-dir DIR --out submission.csv [--save DIR | --load DIR]
"""
'''


def header(plan: HarnessPlan, modules: Sequence[Module], parts: Sequence[Part]) -> list[Line]:
    """Docstring, thread settings, which must precede numpy, and all imports."""
    title = plan.title.replace("\\", " ").replace('"', "'").strip() or "A pipeline"
    title = re.sub(r"([?!.]):", r"\1", title)
    names = list(dict.fromkeys(PurePosixPath(module.label).name for module in modules))
    files = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
    if len(names) < len(modules):
        files += f" of {', '.join(module.name for module in modules[1:])}"
    future = sorted(set().union(*(part.source.future for part in parts)))
    origin = "\n".join(wrap(f"Assembled from {files}; runs alone:", WIDTH))
    lines = HEADER.format(title="\n".join(wrap(title, WIDTH - 3)), origin=origin).split("\n")
    if future:
        lines += [f"from __future__ import {', '.join(future)}", ""]
    lines += [
        "import os",
        "",
        'os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")',
        f'os.environ.setdefault("OMP_NUM_THREADS", "{plan.threads}")',
        "",
    ]
    statements = {s for part in parts for s in import_statements(part)} - {"import os"}
    lines += import_block(sorted(statements)).split("\n")
    return [(line, None) for line in lines]


def import_statements(part: Part) -> list[str]:
    """The imports that a part still needs, under the names that it has now."""
    statements = []
    for item in part.source.imports:
        if is_inside(part, item) or not is_needed(part, item.bound):
            continue
        bound = part.renames.get(item.bound, item.bound)
        if item.attribute is None:
            renamed = item.alias is not None or bound != item.bound
            statements.append(f"import {item.module}" + (f" as {bound}" if renamed else ""))
        else:
            alias = f" as {bound}" if bound != item.attribute else ""
            statements.append(f"from {item.module} import {item.attribute}{alias}")
    return statements


def is_inside(part: Part, item: ImportedName) -> bool:
    """Whether an import is from another part of the same pipeline."""
    if item.module in PREP_MODULES and item.attribute:
        return True
    if item.module.startswith(".") or item.module in PREP_MODULES:
        raise GenerationError(
            f"{part.source.module.label}: `import {item.module}` has no place in one file",
            hint="a model may write `from prep import NAME`, and nothing else of ours",
        )
    return False


def is_needed(part: Part, name: str) -> bool:
    """Whether anything that travels refers to the name; an import that nobody uses is kept."""
    spots, gone = part.source.spots.get(name, set()), left_out(part)
    return not spots or any(spot.line not in gone for spot in spots)


def left_out(part: Part) -> set[int]:
    """Lines that do not travel, those of shared definitions and their comments included."""
    gone = set(part.source.dropped)
    for name in part.shared:
        item = part.source.definitions[name]
        gone.update(range(with_comment(part.source, item.first), item.last + 1))
    return gone | headings(part.source.lines, gone)


def headings(lines: Sequence[str], gone: Container[int]) -> set[int]:
    """Comments by themselves above what does not travel; markers of steps stay."""
    found: set[int] = set()
    block: list[int] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        goes_on = bool(block) and block[-1] == number - 1
        if block and not goes_on and number in gone and not lines[block[0] - 1].startswith("# ["):
            found.update(block)
        block = [*(block if goes_on else []), number] if line.startswith("#") else []
    return found


def with_comment(source: ModuleSource, first: int) -> int:
    """Where the comment right above a line begins; the line itself where there is none."""
    while first > 1 and source.lines[first - 2].startswith("#"):
        first -= 1
    return first


def part_lines(part: Part, title: str) -> list[Line]:
    """A part as it stands in the pipeline, below its title and what it says of itself.

    Where lines were left out, no blank lines pile up.
    """
    gone, label = left_out(part), part.source.module.label
    texts = renamed_lines(part)
    lines: list[Line] = []
    blanks_left_out = True
    for number, text in enumerate(texts, start=1):
        if number in gone:
            blanks_left_out = not lines or not lines[-1][0].strip()
        elif text.strip() or not blanks_left_out:
            blanks_left_out = False
            origin = None if label == "facts" else (label, number)
            fits = len(text) <= WIDTH or text == part.source.lines[number - 1]
            lines += [(line, origin) for line in ([text] if fits else shorter(text))]
    while lines and not lines[-1][0].strip():
        lines.pop()
    return [*title_lines(part.source, title), *lines] if title and lines else lines


def title_lines(source: ModuleSource, title: str) -> list[Line]:
    """The docstring of a module as a comment above its part."""
    label = source.module.label
    if source.docstring is None:
        return [(f"# {title}", None)]
    first, text = source.docstring
    texts = text.strip().split("\n")
    texts[0] = f"{title}: {texts[0]}"
    return [
        (f"# {line}".rstrip(), (label, first + number))
        for number, written in enumerate(texts)
        for line in wrap(written, WIDTH - 2) or [""]
    ]


def shorter(text: str) -> list[str]:
    """A line that grew too long with its new names, folded where that leaves the code the same."""
    indent = " " * (len(text) - len(text.lstrip()))
    statement, comma = text.strip().removesuffix(","), text.rstrip().endswith(",")
    found = re.match(r"(def \w+\()(.*)(\) -> .*:)$", statement)
    parts = (
        [found[1], f"    {found[2]}", found[3]] if found else folded(statement, len(indent) + comma)
    )
    if not says_the_same(statement, "\n".join(parts)):
        return [text]
    return [f"{indent}{part}" for part in parts[:-1]] + [f"{indent}{parts[-1]}{',' * comma}"]


def renamed_lines(part: Part) -> list[str]:
    """The module's lines with its new names, nothing else changed."""
    lines = list(part.source.lines)
    edits = sorted(
        (spot, new)
        for name, new in part.renames.items()
        for spot in part.source.spots.get(name, set())
    )
    for spot, new in reversed(edits):
        line = lines[spot.line - 1]
        lines[spot.line - 1] = line[: spot.start] + new + line[spot.end :]
    return lines
