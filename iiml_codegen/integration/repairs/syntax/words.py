"""Misspelt keywords, forgotten colons and commas, signs of other languages."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator

from iiml_codegen.integration.repairs.alike import distance
from iiml_codegen.integration.repairs.syntax.attempt import Attempt, Broken, code_of, inserted

BLOCK = re.compile(
    r"^\s*(?:async\s+)?(?:def|class|if|elif|else|for|while|try|except|finally|with|match|case)\b"
)
SIGNS = {
    "&&": " and ",
    "||": " or ",
    "=>": ">=",
    "=<": "<=",
    "<>": "!=",
    "===": "==",
    "!==": "!=",
    ",,": ",",
    "++": " += 1",
    "--": " -= 1",
    "= =": "==",
    "==": "=",
    ";": ",",
    "..": ".",
    "::": ":",
    "->": ".",
    "**,": ",",
    "(,": "(",
    "[,": "[",
}
LETTERS = str.maketrans(
    {
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000", " "),
        **dict.fromkeys("–—−‐", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\x00", None),
        "（": "(",
        "）": ")",
        "，": ",",
        "：": ":",
        "；": ";",
        "［": "[",
        "］": "]",
        "×": "*",
        "÷": "/",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "…": "...",
        "＝": "=",
        "。": ".",
    }
)
OTHER = (
    (re.compile(r"\belse\s+if\b|\belseif\b|\belsif\b|\belif\s+if\b"), "elif"),
    (re.compile(r"^(\s*)(?:function|func|fn|sub|define)\s+(?=\w+\s*\()"), r"\1def "),
    (re.compile(r"^(\s*)print\s+(?!\()(.+)$"), r"\1print(\2)"),
    (re.compile(r"^(\s*except\s+[\w.]+),\s*(\w+)\s*:"), r"\1 as \2:"),
    (re.compile(r"^(\s*raise\s+[\w.]+),\s*(.+)$"), r"\1(\2)"),
    (re.compile(r"\b(\d+)[lL]\b"), r"\1"),
    (re.compile(r"(?<![\w.])0+(\d+)\b(?!\.)"), r"\1"),
    (re.compile(r"^(\s*)(?:var|let|const|int|float|auto)\s+(?=\w+\s*=)"), r"\1"),
    (re.compile(r"!(?=[\w(])"), "not "),
    (re.compile(r"^(\s*)\}\s*"), r"\1"),
    (re.compile(r"\s*\{\s*$"), ":"),
    (re.compile(r"^\s*[%!].*$"), ""),
)
"""Python 2, JavaScript and the like; a notebook's magic lines."""
KEYWORDS = (*keyword.kwlist, "match", "case", "print")


def attempts(broken: Broken) -> Iterator[Attempt]:
    """Slips of one word or sign, at the line of the error or the one above."""
    for far, line in enumerate(broken.suspects):
        for title, written, cost in [*spelled(broken, line), *punctuated(broken, line)]:
            if written != broken.at(line):
                yield Attempt(title, broken.with_line(line, written), cost + 0.2 * far)
    plain = broken.text.translate(LETTERS)
    if plain != broken.text:
        yield Attempt("Write plain quotes and signs", plain, 2.0)


def spelled(broken: Broken, line: int) -> Iterator[tuple[str, str, float]]:
    """Keywords that a letter is wrong in, and words of other languages."""
    text = broken.at(line)
    plain = text.translate(LETTERS)
    yield "Write plain quotes and signs", plain, 0.8
    for pattern, new in OTHER:
        yield "Write it as Python does", pattern.sub(new, text), 0.9
    for found in re.finditer(r"[^\W\d]\w*", code_of(text)):
        word = found[0]
        if keyword.iskeyword(word) or hasattr(builtins, word):
            continue
        begins = not text[: found.start()].strip()
        if not begins and len(re.findall(rf"\b{re.escape(word)}\b", broken.text)) > 2:
            continue
        for meant in KEYWORDS:
            steps = min(distance(word, meant), distance(word.lower(), meant.lower()) + 0.2)
            if 0 < steps <= (1 if len(meant) < 5 else 2):
                new = text[: found.start()] + meant + text[found.end() :]
                yield f"Write {meant} for {word}", new, 0.8 + 0.2 * steps + 0.1 * (not begins)
        for meant in KEYWORDS[:-1]:
            if word.startswith(meant) and len(word) > len(meant) and len(meant) > 1:
                new = inserted(text, found.start() + len(meant), " ")
                yield f"Part {meant} from {word[len(meant) :]}", new, 1.2


def punctuated(broken: Broken, line: int) -> Iterator[tuple[str, str, float]]:
    """Colons, commas and operators."""
    text = broken.at(line)
    code = code_of(text)
    block = bool(BLOCK.match(text))
    if not code.endswith(":"):
        likely = block or "expected ':'" in broken.message
        yield "Add the colon", inserted(text, len(code), ":"), 0.7 if likely else 1.9
        wrong = code.rstrip(";.,=")
        if block and wrong != code:
            yield "Add the colon", wrong + ":" + text[len(code) :], 0.75
    else:
        yield "Take the colon away", code[:-1] + text[len(code) :], 0.95 if not block else 2.5
    comma = 0.9 if "comma" in broken.message else 1.3
    if not code.endswith(","):
        yield "Add a comma", inserted(text, len(code), ","), comma
    for found in re.finditer(r"(?<=[\w\"')\]}])(\s+)(?=[\w\"'(\[{])", code):
        yield "Add a comma", inserted(text, found.start(), ","), comma + 0.1
        yield "Add =", inserted(text, found.start(), " ="), 1.5
        yield "Add a dot", text[: found.start()] + "." + text[found.end() :], 1.9
    for found in re.finditer(r"(?<=[\w\"')\]}])(?=[\"'(\[{])|(?<=[\"')\]}])(?=\w)", code):
        yield "Add a comma", inserted(text, found.start(), ", "), comma + 0.3
        yield "Add a dot", inserted(text, found.start(), "."), 1.8
    yield from operators(broken, text, code)


def operators(broken: Broken, text: str, code: str) -> Iterator[tuple[str, str, float]]:
    """Operators of other languages, a lone `=`, a sign too much at the end."""
    condition = bool(re.match(r"^\s*(?:if|elif|while|assert|return)\b", text))
    for found in re.finditer(r"(?<![=!<>:+\-*/%&|^@])=(?!=)", code):
        new = text[: found.start()] + "==" + text[found.end() :]
        yield "Compare by ==", new, 0.8 if condition else 1.4
        yield (
            "Name it by a colon",
            text[: found.start()].rstrip() + ": " + text[found.end() :].lstrip(),
            1.5,
        )
    yield from assigned(broken, text, code)
    for sign, new in SIGNS.items():
        for found in re.finditer(re.escape(sign), code):
            written = text[: found.start()] + new + text[found.end() :]
            yield f"Write {new.strip()} for {sign}", re.sub(r"(?<=\S) {2,}", " ", written), 1.1
    for found in re.finditer(r"(?<=[\w\"'])\s*:\s*(?=[\w\"'\[({-])", code):
        yield "Give it by =", text[: found.start()] + "=" + text[found.end() :], 1.6
    shorter = code.rstrip("+-*/%=&|,.;\\ ")
    if shorter != code and shorter.strip():
        yield "End the line earlier", shorter + text[len(code) :], 1.4
    at = broken.column - 1
    if text == broken.at(broken.line) and 0 <= at < len(code):
        yield f"Take {text[at]} away", text[:at] + text[at + 1 :], 1.9
        word = re.compile(r"\S+").match(text, at)
        if word and word.end() - at > 1:
            yield f"Take {word[0]} away", text[:at] + text[word.end() :], 2.3


def assigned(broken: Broken, text: str, code: str) -> Iterator[tuple[str, str, float]]:
    """A line without its `=`: behind the name, or where two words that exist alone meet."""
    if BLOCK.match(code):
        return
    target = re.match(r"\s*[\w.]+(?:\[[^\]]*\])?(?=\s*[\w\"'(\[{-])", code)
    if target:
        new = f"{text[: target.end()]} = {text[target.end() :].lstrip()}"
        yield "Assign by =", new, 1.35
    word = re.match(r"\s*(\w+)", code)
    for place in range(word.start(1) + 1, word.end(1)) if word else ():
        left, right = code[:place].strip(), re.match(r"\w+", code[place:])
        if broken.words[left] and right and (broken.words[right[0]] or right[0].isdigit()):
            yield "Assign by =", f"{text[:place]} = {text[place:]}", 1.0
