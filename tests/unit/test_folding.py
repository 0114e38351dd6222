"""Lines that grew too long are folded the way the formatter folds them."""

from __future__ import annotations

import ast
import subprocess
import sys
from textwrap import indent

import pytest

from iiml_codegen.implementation.folding import folded, says_the_same

LONG = "a_name_of_about_thirty_letters"
LINES = [
    f"estimator.fit({LONG}(X), y, eval_set=watched, early_stopping_rounds={LONG.upper()}, x=1)",
    f"return {LONG}(labels, {LONG}, [one.best_iteration_ or one.n_estimators for one in models])",
    f"return chances[:, 1] if {LONG} == 2 else np.asarray(normalize({LONG}, norm='l1'))",
    f"wanted = rounds[column] if rounds else {LONG} if stops_early else {LONG} + {LONG}",
    f"{LONG} = as_categories(split_{LONG}, ['{LONG}_title'], fitted, min_count=5)",
    f"{LONG} = call({LONG}, ({LONG}, 2), '{LONG}, ({LONG}', {LONG}, {LONG}, {LONG})",
    f"{LONG} = [call({LONG}, one) for one in {LONG}[:words] if {LONG} is not None]",
]


@pytest.mark.parametrize("line", LINES)
def test_a_long_line_is_folded_as_the_formatter_does_and_means_the_same(line: str) -> None:
    line = line.replace("'", '"')
    lines = folded(line, indent=8)
    assert len(lines) > 1 and max(map(len, lines)) <= 92
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(line))
    source = "def f():\n    if x:\n" + indent("\n".join(lines), " " * 8) + "\n"
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    assert done.stdout == source


@pytest.mark.parametrize("line", ["x = 1", "y" * 120, ") " + "z" * 120, f"call({'z' * 120}"])
def test_a_line_that_fits_or_has_nothing_to_fold_at_stays(line: str) -> None:
    assert folded(line) == [line]


def test_a_long_comprehension_is_folded_without_a_comma_of_its_own() -> None:
    call = "smoothed_levels_word_language_model(ngrams_of_each_word(X[y == label], base)[0], base)"
    line = f"levels = [{call} for label in all_the_labels]"
    text = "\n".join(folded(line))
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(line))


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("x = f(a, b)", "x = f(\n    a, b\n)", True),
        ("def f(a: int) -> int:", "def f(\n    a: int\n) -> int:", True),
        ("f(a) for a in b", "f(\n    a\n) for a in b", True),
        ("f(a) for a in b", "f(\n    a\n) for a in b,", False),
        ("x = 1", "x = 2", False),
        ("not ( code", "not ( code", False),
    ],
)
def test_folded_code_is_compared_by_what_it_says(before: str, after: str, same: bool) -> None:
    assert says_the_same(before, after) is same
