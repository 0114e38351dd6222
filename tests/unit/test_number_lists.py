"""Lists of numbers in cells: told from lists of codes, and read as columns and sums."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from unit.test_sequences import measured, module, plan, steps_of

from workspace_templates.recipes.number_lists import numbers_of_lists

ROWS, ASKED = 150, 30


def write(folder: Path) -> Path:
    """A competition whose answers follow from lists of numbers, of one length and of several."""
    rng = np.random.default_rng(0)
    rows = ROWS + ASKED
    even = rng.normal(0, 1, (rows, 3)).round(3)
    uneven = [rng.normal(size=rng.integers(2, 9)).round(3) for _ in range(rows)]
    frame = pd.DataFrame(
        {
            "id": np.arange(rows),
            "spot": [f"[{', '.join(map(str, row))}]" for row in even],
            "trace": [" ".join(map(str, row)) for row in uneven],
            "tags": [
                f"[{', '.join(map(str, rng.permutation(9)[: 1 + n % 4]))}]" for n in range(rows)
            ],
            "y": (even[:, 1] + [row.max() for row in uneven]).round(3),
        }
    )
    folder.mkdir(parents=True)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns="y").to_csv(folder / "test.csv", index=False)
    frame.loc[ROWS:, ["id"]].assign(y=0).to_csv(folder / "sample_submission.csv", index=False)
    (folder / "description.md").write_text("# Traces\n\nPredict `y`.\n\n## Metric\nRMSE.\n")
    return folder


def test_lists_are_summed_up_and_taken_apart() -> None:
    cells = pd.Series(["[1, 2.5, null]", "(4 0 2)", None, "[]"], name="x")
    told = numbers_of_lists(cells, 2)
    gap = pytest.approx(np.nan, nan_ok=True)
    wanted = {
        "x mean": [1.75, 2, gap, gap],
        "x spread": [0.75, pytest.approx(8**0.5 / 3**0.5), gap, gap],
        "x least": [1, 0, gap, gap],
        "x greatest": [2.5, 4, gap, gap],
        "x first": [1, 4, gap, gap],
        "x last": [2.5, 2, gap, gap],
        "x count": [3, 3, 0, 0],
        "x 1": [1, 4, gap, gap],
        "x 2": [2.5, 0, gap, gap],
    }
    assert {name: told[name].tolist() for name in told} == wanted


def test_amounts_in_lists_become_numbers_and_codes_stay_tags(tmp_path: Path) -> None:
    task, data = measured(write(tmp_path / "made"))
    found = {column.name: column.number_list for column in data.columns}
    spot, trace = found["spot"], found["trace"]
    assert spot is not None and (spot.shortest, spot.longest) == (3, 3)
    assert trace is not None and (trace.shortest, trace.longest) == (2, 8)
    assert found["tags"] is None
    blueprint = plan(task, data)
    numbers = [step for step in blueprint.part("prep") if step.key == "number_lists"]
    assert {step.values["column"]: step.values["places"] for step in numbers} == {
        "spot": 3,
        "trace": 0,
    }
    assert steps_of(blueprint)["list_items"].values["column"] == "tags"
    assert "clean_text" not in steps_of(blueprint)
    features = module(blueprint).prepare(tmp_path / "made")["features_train"]
    target = pd.read_csv(tmp_path / "made" / "train.csv")["y"].to_numpy()
    named = [name for name in features if name.replace("_", " ") in ("spot 2", "trace greatest")]
    assert np.allclose(features[named].sum(axis=1), target, atol=1e-5)
