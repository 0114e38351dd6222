"""What must be alike in a solve and in a person's own run, so that both give the same digits."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from iiml_codegen.execution.environment import clean_environment
from workspace_templates.harness import prepare_with_extract


def threads(*_: Any, **__: Any) -> dict[str, Any]:
    """How many threads each numerical library may use now."""
    return {"threads": sorted({pool["num_threads"] for pool in threadpool_info()})}


def test_extract_has_one_thread_however_many_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare_with_extract, "extract", threads)
    options = argparse.Namespace(extracted=None, save=None, rows=None)
    with threadpool_limits(2):
        assert np.ones(2) @ np.ones(2) == 2 and threads() == {"threads": [2]}
        assert prepare_with_extract.extract_rows(options, tmp_path, {}) == {"threads": [1]}
        assert threads() == {"threads": [2]}


def test_scripts_see_which_kernels_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    seen = clean_environment(threads=1)
    assert seen["OPENBLAS_CORETYPE"] == "Nehalem" and "OPENAI_API_KEY" not in seen
