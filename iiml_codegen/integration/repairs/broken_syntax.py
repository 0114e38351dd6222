"""A text that does not parse: the smallest edits after which it does."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.syntax.search import mended

MOST = 6


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The nearest texts that compile; nothing for a text that does."""
    for attempt in mended(text)[:MOST]:
        yield Edit(attempt.title, attempt.text, attempt.loses)


def slip(message: str, line: int) -> Fault:
    """The fault of a text that does not parse."""
    return failure("syntax", f"SyntaxError: {message}", line)


def example(message: str, line: int, before: str, after: str) -> Example:
    """A slip in a short text."""
    return Example(slip(message, line), before, after)


CALL = "rows = concat(\n    [train, test],\n    axis=0,\n)\nn = len(rows)\n"
BODY = "def fit(X, y):\n    n = len(X)\n    return n\n"
REPAIR = Repair(
    name="broken_syntax",
    title="Make it parse",
    kinds=("syntax", "unusable_output"),
    propose=propose,
    examples=(
        example("'(' was never closed", 1, CALL.replace(")\nn", "n"), CALL),
        example("'(' was never closed", 1, "x = len(str(1)\n", "x = len(str(1))\n"),
        example("unmatched ')'", 1, "x = len('a'))\n", "x = len('a')\n"),
        example("expected ':'", 1, BODY.replace("):", ")"), BODY),
        example("invalid syntax", 3, BODY.replace("return", "retrun"), BODY),
        example("invalid syntax", 1, BODY.replace("def", "dfe"), BODY),
        example("unexpected indent", 3, BODY.replace("    n =", "  n ="), BODY),
        example("expected an indented block", 2, BODY.replace("    n =", "n ="), BODY),
        example("invalid syntax", 1, "if x = 3:\n    x = 4\n", "if x == 3:\n    x = 4\n"),
        example("perhaps a comma", 1, "x = [1, 2 3]\n", "x = [1, 2, 3]\n"),
        example(
            "perhaps a comma",
            2,
            'x = {\n    "a": 1\n    "b": 2,\n}\n',
            'x = {\n    "a": 1,\n    "b": 2,\n}\n',
        ),
        example("invalid character", 1, "x = “a”\n", 'x = "a"\n'),
        example("unterminated string literal", 1, 'x = f("a)\n', 'x = f("a")\n'),
        example(
            "invalid syntax",
            1,
            "<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n",
            "x = 1\n",
        ),
    ),
)
