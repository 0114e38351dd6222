"""Deliberately bad or odd folders, each a small healthy competition with one oddity.

`ODD[name].make(folder, seed)` writes one; it ends in a valid submission or in a refusal, and what
is said must hold `words`.
"""

from __future__ import annotations

from . import odd_columns, odd_files, odd_samples, odd_targets, odd_writing
from .odd_case import Odd

__all__ = ["ODD", "Odd"]

ODD: dict[str, Odd] = {
    **odd_columns.CASES,
    **odd_files.CASES,
    **odd_writing.CASES,
    **odd_samples.CASES,
    **odd_targets.CASES,
}
