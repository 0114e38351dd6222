"""What should be a module is an answer with a module in it: the module taken out."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.syntax.attempt import problem_of
from iiml_codegen.integration.repairs.syntax.search import implausible, mended
from iiml_codegen.syntax import syntax_tree

FENCE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[^\n`]*\n(?P<code>.*?)(?:^[ \t]*(?P=fence)[ \t]*$|\Z)",
    re.M | re.S,
)
FENCE_LINE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[\w+-]*[ \t]*\r?$", re.M)
NUMBERED = (
    re.compile(r"^[ \t]*(?P<number>\d+)[ \t]*[|:](?P<gap>[ \t]*)(?P<code>.*)$"),
    re.compile(r"^[ \t]*(?P<number>\d+)[.)](?P<gap>[ \t]*)(?P<code>.*)$"),
    re.compile(r"^[ \t]*(?P<number>\d+)(?P<gap>[ \t]*)(?P<code>.*)$"),
)
PROMPT = re.compile(r"^(?:>>>|\.\.\.)(?: |$)")
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#\d+|#x[\da-f]+|nbsp);", re.I)
ROLE = re.compile(r"^\s*<\|?/?(?:\w+)\|?>\s*$|^\s*\[/?(?:INST|PYTHON|CODE)\]\s*$", re.M)
CODE = re.compile(r"^(?:import |from \w|def |class |@|\"\"\"|'''|#|[A-Za-z_]\w* *(?::.*)?= *\S)")
NEEDED = {"prep": ("prepare",), "model": ("fit", "predict")}
FIELDS = ("code", "python", "content", "source", "text", "answer", "module", "output", "solution")
MOST = 5


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Modules in the text, those with the functions that are needed first."""
    found: dict[str, str] = {}
    for title, code in parts(text):
        clean = code.strip("\n").rstrip() + "\n"
        if clean.strip() and clean != text and clean not in found:
            found[clean] = title
    wanted = NEEDED.get(facts.file.partition("_")[0].removesuffix(".py"), ())
    whole = {code: title for code, title in found.items() if not problem_of(code)}
    good = [code for code in whole if holds_code(code) and not lacking(code, wanted)]
    for code, title in found.items() if not good else ():
        if code not in whole and defines_something(code):
            for attempt in mended(code)[:1]:
                whole.setdefault(attempt.text, f"{title}; {attempt.title}")
    ranked = sorted(whole, key=lambda code: (lacking(code, wanted), implausible(code)))
    for code in ranked[:MOST]:
        if holds_code(code):
            yield Edit(whole[code], code)


def parts(text: str) -> Iterator[tuple[str, str]]:
    """What may be the module, the likeliest first."""
    yield from from_json(text)
    yield from from_literals(text)
    blocks = [found["code"] for found in FENCE.finditer(text)]
    yield from (("Take the code out of its fence", block) for block in blocks)
    if len(blocks) > 1:
        yield "Join the fenced blocks", "\n\n".join(block.strip("\n") for block in blocks)
    bare = ROLE.sub("", FENCE_LINE.sub("", text))
    if bare != text:
        yield "Take the fences away", bare
    yield from undressed(bare)
    yield from without_prose(bare)


def from_json(text: str) -> Iterator[tuple[str, str]]:
    """Code in a field of a JSON object, or a module that is one quoted text."""
    start, end = text.find("{"), text.rfind("}")
    for candidate in (text.strip(), text[start : end + 1] if 0 <= start < end else ""):
        try:
            value = json.loads(candidate, strict=False)
        except ValueError:
            continue
        fields = value if isinstance(value, dict) else {}
        texts = [value] if isinstance(value, str) else [fields.get(name) for name in FIELDS]
        texts += list(fields.values())
        for code in texts:
            if isinstance(code, list) and all(isinstance(line, str) for line in code):
                code = "\n".join(line.rstrip("\n") for line in code)
            if isinstance(code, str) and "\n" in code:
                yield "Take the code out of JSON", code
                yield from (("Take the code out of JSON", f["code"]) for f in FENCE.finditer(code))
        return
    if "\\n" in text and text.count("\n") <= 2:
        quoted = text.strip()
        inner = quoted[1:-1] if quoted[:3] not in ('"""', "'''") and quoted[:1] in "\"'" else quoted
        plain = inner.replace("\\n", "\n").replace('\\"', '"')
        yield "Read line ends as such", plain.replace("\\t", "\t").replace("\\'", "'")


def from_literals(text: str) -> Iterator[tuple[str, str]]:
    """Modules that stand as texts in a value that is Python."""
    try:
        tree = syntax_tree(text)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree) if len(tree.body) == 1 else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" in node.value:
            yield "Take the code out of its quotes", node.value
            yield from (
                ("Take the code out of its quotes", f["code"]) for f in FENCE.finditer(node.value)
            )


def undressed(text: str) -> Iterator[tuple[str, str]]:
    """The text without what was put before each line, or in place of signs."""
    lines = text.split("\n")
    said = [line for line in lines if line.strip()]
    if plain := unnumbered(lines):
        yield "Take the line numbers away", plain
    if any(line.startswith(">>>") for line in lines):
        prompted = [PROMPT.sub("", line) for line in lines if PROMPT.match(line)]
        yield "Take the prompts away", "\n".join(prompted)
    if said and any(line.startswith(("+", "@@")) for line in said):
        kept = [line[1:] if line[:1] in "+ " else line for line in lines if is_new(line)]
        yield "Take the new side of the difference", "\n".join(kept)
    if said and all(line.startswith(">") for line in said):
        yield "Take the marks of a quotation away", re.sub(r"^> ?", "", text, flags=re.M)
    broken = problem_of(text)  # `x &lt; 1` is Python, too
    if ENTITY.search(broken.at(broken.line) if broken else text):
        yield "Read HTML entities as signs", html.unescape(text).replace("\u00a0", " ")
    if re.search(r"</?(?:pre|code|br|p|div|span)\b[^>]*>", text):
        plain = re.sub(r"</?(?:pre|code|br|p|div|span)\b[^>]*>", "", text)
        yield "Take the HTML away", html.unescape(plain)


def unnumbered(lines: list[str]) -> str:
    """The lines without the numbers that they begin with; empty where they do not count up."""
    said = [line for line in lines if line.strip()]
    for form in NUMBERED:
        read = [match for line in said if (match := form.match(line))]
        numbers = [int(match["number"]) for match in read]
        if len(read) == len(said) > 2 and numbers == sorted(set(numbers)):
            gap = min((len(match["gap"]) for match in read if match["code"]), default=0)
            return "\n".join((match["gap"][gap:] + match["code"]).rstrip() for match in read) + "\n"
    return ""


def is_new(line: str) -> bool:
    """Whether a line of a difference is one of the new text."""
    return not line.startswith(("-", "@@", "+++", "diff ", "index ", "\\"))


def without_prose(text: str) -> Iterator[tuple[str, str]]:
    """The text from its first line of code on, to its last that leaves it whole."""
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if CODE.match(line)][:8]
    for start in starts:
        end = longest(lines[start:])
        beside = [*lines[:start], *lines[start + end :]]
        if end and not any(is_code(line) for line in beside):
            title = "Take what is no code away"
            yield title, "\n".join(lines[start : start + end])


def is_code(line: str) -> bool:
    """Whether a line seems to be part of a module: what is left out must not."""
    return bool(CODE.match(line)) or line[:4] == "    "


def longest(lines: list[str]) -> int:
    """How many lines from the first on make a module: all of them, or up to where it breaks."""
    end = len(lines)
    for _ in range(12):
        broken = problem_of("\n".join(lines[:end]) + "\n")
        if broken is None:
            return end
        end = min(end - 1, broken.line - 1)
        if end <= 0:
            return 0
    return 0


def lacking(code: str, wanted: tuple[str, ...]) -> int:
    """How many of the functions that are wanted a module lacks."""
    names = {node.name for node in syntax_tree(code).body if isinstance(node, ast.FunctionDef)}
    return len(set(wanted) - names)


def defines_something(code: str) -> bool:
    """Whether a text has a function, though it does not parse."""
    return bool(re.search(r"^\s*def \w+\(", code, re.M))


def holds_code(code: str) -> bool:
    """Whether a module does more than say something."""
    return any(not isinstance(node, ast.Expr) for node in syntax_tree(code).body)


MODULE = (
    "import os\n\n\ndef fit(X, y):\n    return 1\n\n\ndef predict(model, X):\n    return X < 1\n"
)
MODEL = Facts(file="model_a.py")


def example(before: str) -> Example:
    """An answer that holds the module."""
    return Example(failure("unusable_output", "no Python", 1), before, MODULE, MODEL)


REPAIR = Repair(
    name="unusable_output",
    title="Take the module out of the answer",
    kinds=("unusable_output", "syntax"),
    propose=propose,
    examples=(
        example(f"Here is the module:\n\n```python\n{MODULE}```\n\nIt fits and predicts.\n"),
        example(f"```python\nx = 1\n```\nand\n```python\n{MODULE}```\n"),
        example(f"```python\n{MODULE}"),
        example(json.dumps({"thought": "easy", "code": MODULE})),
        example("\n".join(f"{n:3} | {line}" for n, line in enumerate(MODULE.split("\n"), 1))),
        example("--- a\n+++ b\n@@ -0,0 +1 @@\n" + "".join(f"+{x}\n" for x in MODULE.split("\n"))),
        example("".join(f"{'>>>' if x[:1] > ' ' else '...'} {x}\n" for x in MODULE.split("\n"))),
        example(html.escape(MODULE)),
        example(f"Sure! This is it.\n\n{MODULE}\nI hope that this helps you.\n"),
        example(json.dumps(MODULE)),
        example(repr({"code": MODULE, "note": "done"})),
        example(f'CODE = """{MODULE}"""\n'),
    ),
)
