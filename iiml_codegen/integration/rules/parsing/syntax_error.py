"""IIML001: the text is not Python."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Place, Related
from iiml_codegen.integration.rules.near_miss import nearest
from iiml_codegen.integration.rules.parsing.scan import Opened, scan
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

BLOCK = re.compile(
    r"^\s*(?:async\s+)?(def|class|if|elif|else|for|while|try|except|finally|with)\b[^#]*$"
)
WORD = re.compile(r"[A-Za-z_]\w*")
INDENT = 4
BEGINNERS = {"def", "class", "return", "import", "from", "for", "while", "if", "elif", "else"} | {
    "with",
    "try",
    "except",
    "finally",
    "raise",
    "pass",
    "break",
    "continue",
    "global",
    "lambda",
    "yield",
    "assert",
    "del",
}


def check(module: Checked) -> Iterator[Finding]:
    """Say where the mistake is, which is often before the place where the parser stopped."""
    if module.error is None:
        yield from misplaced(module)
        return
    for guess in (unclosed, unopened, shifted, swallowed, misspelt, colon_missing):
        found = guess(module, module.error)
        if found:
            yield found
            return
    line, column = place(module, module.error)
    yield Finding(f"syntax error: {module.error.msg or module.error}", line, column)


def place(module: Checked, error: SyntaxError) -> tuple[int, int]:
    """Where the parser stopped, but never outside of the text."""
    line = min(max(error.lineno or 1, 1), len(module.lines))
    last = max((n for n, text in enumerate(module.lines, 1) if text.strip()), default=1)
    if line > last:
        return last, len(module.lines[last - 1]) + 1
    return line, max(error.offset or 1, 1)


def unclosed(module: Checked, error: SyntaxError) -> Finding | None:
    """A bracket that is open where the next statement begins, at the end, or at another one."""
    stopped, read = error.lineno or 0, scan(module.text)
    if "unterminated string" in (error.msg or ""):
        return None
    if read.mismatch and read.mismatch[1] > read.mismatch[0].line and not read.broken_off:
        other, line = read.mismatch
        text = f"{other.sign} is opened here and not closed before line {line}"
        if module.lines[other.line - 1][other.column :].split("#")[0].strip():
            return Finding(text, other.line, other.column, "close it")
        stop, column = place(module, error)
        text = f"what is closed here is not {other.sign} of line {other.line}"
        return Finding(text, stop, column, "open it, or take it away")
    opened, before = read.broken_off, read.broken_at
    left = read.brackets and not read.open_string and not read.mismatch
    if opened is None and left and "never closed" in (error.msg or ""):
        opened, before = read.brackets[-1], len(module.lines) + 1
    if opened is None or stopped < opened.line:
        return None
    astray = read.astray
    if astray is not None and astray.line >= opened.line:
        text = f"{astray.sign} is opened here and not closed in its line"
        return Finding(text, astray.line, astray.column, "close it")
    return never_closed(module, opened, before)


def never_closed(module: Checked, opened: Opened, before: int) -> Finding:
    """At the bracket; where it ends its line, at the end of what was to stand inside."""
    text = f"{opened.sign} of line {opened.line} is never closed"
    after = module.lines[opened.line - 1][opened.column :].split("#")[0].strip()
    last = max(n for n in range(opened.line, before) if module.lines[n - 1].strip())
    if after or last == opened.line:
        return Finding(text, opened.line, opened.column, "close it")
    place = Place(file=module.file, line=opened.line, column=opened.column)
    related = (Related(place=place, message="opened here"),)
    column = len(module.lines[last - 1].rstrip()) + 1
    return Finding(text, last, column, "close it here", related=related)


def unopened(module: Checked, error: SyntaxError) -> Finding | None:
    """A bracket that closes what was never opened, first in its line: its statement began above."""
    line, column = place(module, error)
    closing = module.lines[line - 1]
    if "unmatched" not in (error.msg or ""):
        return None
    early = scan(module.text).early
    if early is not None and early.line <= line:
        text = f"{early.sign} closes what was to go on to line {line}"
        return Finding(text, early.line, early.column, "open it, or take it away")
    if closing[: column - 1].strip():
        return None
    indent = len(closing) - len(closing.lstrip())
    for number in range(line - 1, 0, -1):
        above = module.lines[number - 1].rstrip()
        if above.strip() and len(above) - len(above.lstrip()) <= indent:
            if above.endswith(("(", "[", "{")):
                return None
            text = f"{closing[column - 1]} of line {line} closes nothing that is opened here"
            return Finding(text, number, len(above) + 1, "open it, or take it away")
    return None


def shifted(module: Checked, error: SyntaxError) -> Finding | None:
    """A line that is deeper than the one before, which itself is not as deep as it should be."""
    line, _ = place(module, error)
    if "unexpected indent" not in (error.msg or ""):
        return None
    texts = {last: opened.line for opened, last in scan(module.text).texts}
    above = next((n for n in range(line - 1, 0, -1) if module.lines[n - 1].strip()), 0)
    first = texts.get(above, above)
    depth = len(module.lines[first - 1]) - len(module.lines[first - 1].lstrip()) if first else 0
    if not depth % INDENT or not first:
        return None
    text = f"this line is {depth} deep, the next one is deeper"
    return Finding(text, first, depth + 1, "indent both alike")


def swallowed(module: Checked, error: SyntaxError) -> Finding | None:
    """A text in triple quotes that lost its end and runs on to where the next one begins."""
    read = scan(module.text)
    if read.ran_on and (error.lineno or 0) >= read.ran_on[1]:
        opened, last = read.ran_on
        text = f"the text that begins here runs on to line {last}"
        return Finding(text, opened.line, opened.column, f"end it with {opened.sign}")
    if read.open_string is not None and "triple-quoted" in (error.msg or ""):
        opened = read.open_string
        hint = f"end it with {opened.sign}"
        return Finding("the text that begins here never ends", opened.line, opened.column, hint)
    return None


def misspelt(module: Checked, error: SyntaxError) -> Finding | None:
    """A word that is nearly a keyword, first in its line or where the parser stopped."""
    line, column = place(module, error)
    if "invalid" not in (error.msg or "") and "expected" not in (error.msg or ""):
        return None
    text = module.lines[line - 1]
    words = [found for found in WORD.finditer(text) if not keyword.iskeyword(found.group())]
    first = [w for w in words[:1] if not text[: w.start()].strip()]
    close = [w for w in words if abs(w.start() + 1 - column) <= len(w.group()) + 2]
    for word, wanted in [
        *((w, BEGINNERS) for w in first),
        *((w, {"in", "as", "and", "import", "not"}) for w in close),
    ]:
        meant = nearest(word.group(), sorted(wanted))
        if meant and text[word.end() : word.end() + 1] not in ("=", ".", "("):
            message = f"syntax error: {word.group()} is no keyword"
            names = (word.group(), meant)
            return Finding(message, line, word.start() + 1, f"write {meant}", names=names)
    return None


def colon_missing(module: Checked, error: SyntaxError) -> Finding | None:
    """A line that opens a block without its colon."""
    line, _ = place(module, error)
    text = module.lines[line - 1].split("  #")[0].rstrip()
    opens = BLOCK.match(text)
    if (
        opens
        and not text.endswith((":", ",", "(", "[", "{"))
        and ":" not in text.split('"')[0][-1:]
    ):
        stopped = "expected ':'" in (error.msg or "") or "invalid syntax" in (error.msg or "")
        if stopped and not re.search(r":\s*\S", text):
            hint = "write : at the end of the line"
            return Finding(f"{opens.group(1)} lacks its colon", line, len(text) + 1, hint)
    return None


def misplaced(module: Checked) -> Iterator[Finding]:
    """Statements that parse but have no meaning where they stand."""
    for kind in (ast.Return, ast.Yield, ast.YieldFrom, ast.Await):
        for node in module.nodes(kind):
            around = module.index.ancestors(node)
            if not any(
                isinstance(a, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) for a in around
            ):
                yield at(node, f"syntax error: {kind.__name__.lower()} outside of a function")
    for loose in (ast.Break, ast.Continue):
        for node in module.nodes(loose):
            if not in_loop(module, node):
                yield at(node, f"syntax error: {loose.__name__.lower()} outside of a loop")


def in_loop(module: Checked, node: ast.AST) -> bool:
    """Whether a loop of the same function is around a node, which is not in its `else`."""
    below = node
    for around in module.index.ancestors(node):
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return False
        if isinstance(around, ast.For | ast.AsyncFor | ast.While) and below not in around.orelse:
            return True
        below = around
    return False


RULE = StaticRule(
    code="IIML001",
    title="Syntax error",
    why="Nothing of a file that does not parse can run or be checked further.",
    severity="error",
    fixable="no",
    fault="syntax",
    check=check,
    valid=(
        Example("x = [\n    1,\n    2,\n]\n"),
        Example("for i in range(3):\n    if i:\n        break\n"),
    ),
    invalid=(
        Example("import numpy as np\n\nx = np.concatenate([a, b], axis=1\ny = np.zeros(3)\n"),
        Example("def prepare(data_dir)\n    return {}\n"),
        Example("def prepare(data_dir):\n    retrun {}\n"),
        Example("improt pandas as pd\n"),
        Example("for row ni rows:\n    pass\n"),
        Example('NAME = "Age\nOTHER = 1\n'),
        Example(
            'def f():\n    """Take the mean.\n    return 1\n\n\ndef g():\n    """Count rows."""\n'
        ),
        Example("def f():\nreturn 1\n"),
        Example("x = (1, 2]\n"),
        Example("return 1\n"),
        Example("if True:\n    break\n"),
        Example("def f(a, a):\n    return a\n"),
    ),
)
