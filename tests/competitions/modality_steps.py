"""Competitions with a sequence in each row, whose steps stand in cells and are asked for singly."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from .modality import Made, written

TRAINED, ASKED = 60, 20
SCORED, LENGTH, LONGER = 20, 28, 34
BASES = "ACGU"


def numbers_in_cells(folder: Path, seed: int) -> Made:
    """Chains in lines of JSON: two texts, and lists of numbers for the first steps of each.

    Some chains of the test are longer, and all of their steps are asked for. One answer misses.
    """
    rng = np.random.default_rng(seed)
    records, answers = [], []
    for number in range(TRAINED + ASKED):
        length = LENGTH if number < TRAINED + ASKED // 2 else LONGER
        bases = rng.integers(0, 4, length)
        loose = rng.random(length) < 0.5
        after = np.append(bases[1:], 0)
        decay = loose * (0.5 + 0.2 * bases) + 0.3 * (after == 2) + rng.normal(0, 0.05, length)
        heat = 0.4 * loose + 0.1 * bases + rng.normal(0, 0.05, length)
        told = {"decay": decay.round(3), "heat": heat.round(3)}
        record = {
            "index": int(number),
            "name": f"c_{rng.integers(1 << 40):x}",
            "bases": "".join(BASES[base] for base in bases),
            "shape": "".join("." if free else "(" for free in loose),
        }
        if number < TRAINED:
            cells = {name: values[:SCORED].tolist() for name, values in told.items()}
            cells["decay"][3] = None if number == 0 else cells["decay"][3]
            records.append({**record, **cells, "decay_error": [0.05] * SCORED})
        else:
            records.append(record)
            ids = [f"{record['name']}_{place}" for place in range(length)]
            answers.append(pd.DataFrame({"name_place": ids, **told}))
    folder.mkdir(parents=True)
    for file, rows in (("train", records[:TRAINED]), ("test", records[TRAINED:])):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{file}.json").write_text(lines, "utf-8")
    text = "# Chains\n\nPredict `decay` and `heat` at each place.\n\n## Evaluation\nMCRMSE, mean "
    text += "columnwise root mean squared error.\n"
    return written(folder, text, pd.concat(answers, ignore_index=True), 0)


def classes_in_cells(folder: Path, seed: int) -> Made:
    """Chains in a CSV: a text, a list of numbers, and as answer a text of one class for each step.

    Places are counted from 1.
    """
    rng = np.random.default_rng(seed)
    rows, answers = [], []
    for number in range(TRAINED + ASKED):
        length = int(rng.integers(15, 30))
        residues = rng.integers(0, 4, length)
        charge = rng.normal(0, 1, length).round(2)
        fold = np.where(charge > 0.5, "H", np.where(residues == 1, "E", "C"))
        record = {
            "protein": f"P{number:03d}",
            "weight": round(float(rng.normal(50, 5)), 2),
            "residues": "".join(BASES[one] for one in residues),
            "charge": " ".join(map(str, charge)),
            "fold": "".join(fold),
        }
        rows.append(record)
        if number >= TRAINED:
            ids = [f"{record['protein']}-{place + 1}" for place in range(length)]
            answers.append(pd.DataFrame({"id": ids, "fold": fold}))
    folder.mkdir(parents=True)
    frame = pd.DataFrame(rows)
    frame[:TRAINED].to_csv(folder / "train.csv", index=False)
    frame[TRAINED:].drop(columns="fold").to_csv(folder / "test.csv", index=False)
    text = "# Folds\n\nTell the `fold` of each residue: H, E or C.\n\n## Evaluation\nAccuracy.\n"
    return written(folder, text, pd.concat(answers, ignore_index=True), "C")
