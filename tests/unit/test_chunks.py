"""Big tables read in chunks hold what pandas finds in them as a whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from iiml_codegen.worker.column_facts import column_facts
from iiml_codegen.worker.plan import TableForm
from iiml_codegen.worker.tables import chunks, delimited

HALVES = {
    "whole numbers, then others": ("1", "2.5"),
    "gaps, then whole numbers": ("", "7"),
    "whole numbers, then gaps": ("7", ""),
    "numbers, then text": ("007", "x"),
    "gaps, then text": ("", "x"),
    "truths, then gaps": ("True", ""),
    "truths, then numbers": ("True", "1"),
    "only gaps": ("", ""),
    "huge numbers, then small ones": ("18446744073709551615", "3"),
    "text": ("a", "b"),
}


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CELLS_AT_ONCE", 1)
    monkeypatch.setattr(chunks, "FEWEST_ROWS", 7)
    monkeypatch.setattr(delimited, "CHUNKED_BYTES", 0)


@pytest.mark.usefixtures("small_chunks")
def test_columns_that_differ_between_chunks_are_typed_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    frame = pd.DataFrame({name: [a] * 20 + [b] * 20 for name, (a, b) in HALVES.items()})
    frame.insert(0, "row", np.arange(40))
    frame.to_csv(path, index=False)
    found = delimited.read(path, TableForm(), text=False)
    pd.testing.assert_frame_equal(found, pd.read_csv(path, low_memory=False))


@pytest.mark.usefixtures("small_chunks")
def test_texts_are_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("code,other\n" + "b7,x\n" * 20 + ",y\n" * 20 + "None,z\n" * 20)
    found = delimited.read_written(path, TableForm(), ["code"])
    assert found["code"].astype(object).where(found["code"].notna(), None).tolist() == [
        code for code in ("b7", None, "None") for _ in range(20)
    ]
    (column,) = column_facts(
        delimited.read(path, TableForm(), text=False)[["code"]],
        lambda names: delimited.read_written(path, TableForm(), names),
    )
    assert (column["values"], column["missing"]) == (["b7"], 40)
    assert column["gap_words"] == {"None": 20}
