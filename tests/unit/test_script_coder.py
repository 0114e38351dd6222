"""The script of `--without modules` holds both parts, and no name stands for two things."""

from __future__ import annotations

import ast

from iiml_codegen.implementation.script_coder import write_script

PREP = '''"""Prep."""

from pathlib import Path

CLASSES = ["a", "b"]


def prepare(data_dir: Path) -> dict[str, object]:
    """Give the classes."""
    return {"target": CLASSES, "mean": mean([1.0])}


def mean(values: list[float]) -> float:
    """Average."""
    return sum(values) / len(values)
'''
MODEL = '''"""Model."""

from math import fsum

CLASSES = 2


def fit(X: object, y: object) -> float:
    """Fit."""
    return mean([CLASSES, 4.0])


def mean(values: list[float]) -> float:
    """Average exactly."""
    return fsum(values) / len(values)
'''


def test_colliding_names_of_the_model_are_renamed_where_they_are_used() -> None:
    scope: dict[str, object] = {}
    exec(write_script(PREP, MODEL), scope)
    assert scope["CLASSES"] == ["a", "b"] and scope["MODEL_CLASSES"] == 2
    assert scope["fit"](None, None) == 3.0  # type: ignore[operator]


def test_the_script_has_one_import_block() -> None:
    body = ast.parse(write_script(PREP, MODEL)).body
    kinds = [isinstance(node, ast.Import | ast.ImportFrom) for node in body]
    assert kinds[1:3] == [True, True] and sum(kinds) == 2
