"""Writes the module that combines members: one way of a template, and only what it uses."""

from __future__ import annotations

from collections.abc import Collection

from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.recipes import Definition, read_definitions, template_text
from iiml_codegen.syntax import syntax_tree

BY = "combine_by_"
COMBINE = "combine"


def combining_text(method: str, parameters: Collection[str]) -> str:
    """`workspace_templates/ensembles/blend_<method>.py` with just one `combine`.

    That is the first `combine_by_<parameter>` whose parameter was fitted, under this name. Raises
    GenerationError where there is none.
    """
    text = template_text("ensembles", f"blend_{method}.py")
    known = {one.name: one for one in read_definitions("", text)}
    able = [name for name in known if name == COMBINE or name.removeprefix(BY) in parameters]
    if not able:
        raise GenerationError(f"blend_{method}.py combines by none of {sorted(parameters)}")
    kept = needed(able[0], known)
    wanted = [one for name, one in known.items() if name in kept]
    head = text[: text.index(first_definition(known).text)].rstrip()
    constants = [one.text for one in wanted if one.is_constant]
    functions = [one.text for one in wanted if not one.is_constant]
    module = "\n\n".join([head, *constants])
    named = "\n\n\n".join([module, *functions]).replace(f"def {able[0]}(", f"def {COMBINE}(")
    return shortened(named) + "\n"


def first_definition(known: dict[str, Definition]) -> Definition:
    """The definition that stands first."""
    return min(known.values(), key=lambda one: one.line)


def needed(name: str, known: dict[str, Definition]) -> set[str]:
    """A definition and all that it uses."""
    found, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += sorted(known[one].uses & known.keys())
    return found


def shortened(text: str) -> str:
    """The module as the formatter leaves it: a signature that fits on one line again."""
    lines = text.split("\n")
    node = next(n for n in syntax_tree(text).body if getattr(n, "name", "") == COMBINE)
    first, last = node.lineno, node.body[0].lineno - 1  # type: ignore[attr-defined]
    parts = [line.strip() for line in lines[first - 1 : last]]
    flat = "".join(parts[:1]) + " ".join(parts[1:-1]).rstrip(",") + "".join(parts[-1:])
    if len(parts) > 1 and len(flat) <= 100 and not parts[-2].endswith(","):
        lines[first - 1 : last] = [flat]
    return "\n".join(lines)
