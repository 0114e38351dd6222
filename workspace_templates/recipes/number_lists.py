"""Cells that hold lists of numbers, such as "[0.1, 0.4]": number by number, and summed up."""

import numpy as np
import pandas as pd

from workspace_templates.recipes.cell_steps import numbers_in_cell


def numbers_of_lists(values: pd.Series, places: int = 0, counted: bool = True) -> pd.DataFrame:
    """Sum up each list: its mean, spread, least, greatest, first and last number.

    The first `places` numbers get a column each; `counted` tells how many there are.
    """
    lists = [np.array(numbers_in_cell(cell), dtype="float64") for cell in values]
    sums = ["mean", "spread", "least", "greatest", "first", "last"]
    told = pd.DataFrame([summed_up(numbers) for numbers in lists], values.index, sums)
    if counted:
        told["count"] = [float(len(numbers)) for numbers in lists]
    if places:
        even = np.full((len(lists), places), np.nan)
        for row, numbers in enumerate(lists):
            even[row, : len(numbers)] = numbers[:places]
        names = [str(place + 1) for place in range(places)]
        told = told.join(pd.DataFrame(even, values.index, names))
    return told.add_prefix(f"{values.name} ").astype("float32")


def summed_up(numbers: np.ndarray) -> list[float]:
    """Mean, spread, least, greatest, first and last number of a list; gaps do not count."""
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return [np.nan] * 6
    ends = known[0], known[-1]
    return [known.mean(), known.std(), known.min(), known.max(), *ends]
