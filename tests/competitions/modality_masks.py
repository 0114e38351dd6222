"""Pictures with masks: bright regions on dark ground; the sample asks for run lengths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from iiml_codegen.worker.mask_cells import mask_from
from iiml_codegen.worker.plan import MaskRuns

from .modality import Made, written

TRAIN, TEST = 14, 6
TEXT = """# Find the lakes

Each picture shows land, and often a lake.

## Evaluation
The mean Dice coefficient of the masks. Pixels are one-indexed and numbered from top to bottom, then
left to right; leave `rle` empty where there is no lake.
"""


@dataclass(frozen=True)
class MadeMasks(Made):
    """Judged by what the masks of pictures lack of a Dice coefficient of one."""

    sizes: dict[str, tuple[int, int]]

    def error(self, submission: pd.DataFrame) -> float:
        """One less the mean Dice coefficient."""
        given = submission.set_index("id")["rle"].fillna("").astype(str)
        truth = self.answers.set_index("id")["rle"].fillna("").astype(str)
        return 1 - float(np.mean([self.dice(n, given[n], truth[n]) for n in truth.index]))

    def dice(self, name: str, given: str, truth: str) -> float:
        """Of one picture."""
        masks = [mask_from(cell, self.sizes[name], MaskRuns()) for cell in (given, truth)]
        assert masks[0] is not None and masks[1] is not None
        whole = masks[0].sum() + masks[1].sum()
        return 1.0 if whole == 0 else 2 * float((masks[0] & masks[1]).sum()) / whole


def run_lengths(mask: np.ndarray, first: int = 1) -> str:
    """Start and length of each run down the columns, pixel by pixel."""
    told: list[list[int]] = []
    before = False
    for place, inside in enumerate(mask.T.reshape(-1).tolist(), start=first):
        if inside and before:
            told[-1][1] += 1
        elif inside:
            told.append([place, 1])
        before = inside
    return " ".join(f"{start} {length}" for start, length in told)


def masks(folder: Path, seed: int) -> Made:
    """Pictures of two sizes in train with masks beside them; a third of them has no lake."""
    rng = np.random.default_rng(seed)
    ids, cells, sizes = [], [], {}
    for number in range(TRAIN + TEST):
        name, size = f"{number:03d}", ((20, 30), (24, 18))[number % 2]
        row, column = np.indices(size)
        middle = rng.uniform(0.3, 0.7, 2) * size
        mask = np.hypot(row - middle[0], column - middle[1]) < (0 if number % 3 == 2 else 6)
        shades = np.clip(0.3 + 0.35 * mask + rng.normal(0, 0.12, size), 0, 1)
        side = "train" if number < TRAIN else "test"
        shown = {f"{side}/images": shades * 255}
        if number < TRAIN:
            shown["train/masks"] = mask * 255
        for place, pixels in shown.items():
            (folder / place).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels.astype(np.uint8)).save(folder / place / f"{name}.png")
        ids.append(name)
        cells.append(run_lengths(mask))
        sizes[name] = size
    table = pd.DataFrame({"id": ids, "rle": cells})
    table[:TRAIN].to_csv(folder / "train.csv", index=False)
    made = written(folder, TEXT, table[TRAIN:], "1 1")
    return MadeMasks(made.folder, made.answers, made.plain, sizes)
