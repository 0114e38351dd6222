"""One solved folder for all tests of the protocol, however many processes run them."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes.small_solve import copy_of_solved


@pytest.fixture
def solved_folder(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A copy of the small solved folder, to be edited."""
    return copy_of_solved(tmp_path_factory, tmp_path / "sample é")
