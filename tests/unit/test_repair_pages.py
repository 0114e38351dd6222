"""The pages of the repairs are written from the repairs, and from nothing else."""

from __future__ import annotations

from pathlib import Path

from iiml_codegen.integration.repairs import REPAIRS
from iiml_codegen.integration.repairs.page import edited, page, pages

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "repairs"


def test_every_page_is_written_from_its_repair() -> None:
    written = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(), "run python -m iiml_codegen.integration.repairs.page docs/repairs"


def test_a_page_shows_what_was_said_and_the_edit_of_every_example() -> None:
    for repair in REPAIRS:
        text = page(repair)
        assert text.count("diff\n") == len(repair.examples) > 0
        assert f"expert:{repair.name}" in text


def test_an_edit_shows_each_line_once_with_its_sign() -> None:
    assert list(edited("a\nb\nc\n", "a\nB\nc\n")) == ["  a", "- b", "+ B", "  c"]
