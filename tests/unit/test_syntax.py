"""Syntax trees made in several threads at once."""

from __future__ import annotations

import ast
import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from iiml_codegen.syntax import expression_tree, literal_value, syntax_tree

TEXT = Path(__file__).read_text("utf-8")


@pytest.fixture
def _switching() -> Iterator[None]:
    """Each collection gives other threads their turn, as finalizers that wait do."""

    def wait(phase: str, info: dict[str, int]) -> None:
        time.sleep(0.0005)

    threshold = gc.get_threshold()
    gc.set_threshold(50)
    gc.callbacks.append(wait)
    yield
    gc.callbacks.remove(wait)
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("_switching")
def test_threads_may_parse_at_the_same_time() -> None:
    with ThreadPoolExecutor(4) as pool:
        dumped = list(pool.map(lambda text: ast.dump(syntax_tree(text)), [TEXT] * 12))
    assert set(dumped) == {ast.dump(ast.parse(TEXT))}


def test_expressions_and_literals_are_read_by_their_text() -> None:
    assert isinstance(expression_tree("a + b"), ast.BinOp)
    assert literal_value("{'a': [1, 2.5, None]}") == {"a": [1, 2.5, None]}
    with pytest.raises(ValueError, match="malformed"):
        literal_value("open('x')")
