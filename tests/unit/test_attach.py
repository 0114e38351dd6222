"""`iiml attach` follows a solver, and never starts one."""

from __future__ import annotations

from pathlib import Path

import pytest

from iiml_codegen.cli import main


def test_attach_starts_nothing_where_no_solver_is_at_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["attach", str(tmp_path)]) == 0
    assert "No solver is at work" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
