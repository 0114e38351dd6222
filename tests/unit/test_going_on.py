"""Which runs go on from checkpoints: the same one that was cut off, and no other."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from processes import script, spec_for
from processes.told_search import room

from iiml_codegen.domain.run import RunResult
from iiml_codegen.execution.runner import Runner

STEP = """
    import os, pathlib, signal, sys
    state = pathlib.Path("checkpoints/fit.pt")
    state.parent.mkdir(exist_ok=True)
    done = len(state.read_text()) if state.exists() else 0
    state.write_text("x" * (done + 1))
    print("found", done, flush=True)
    if "--killed" in sys.argv and not done:
        os.kill(os.getpid(), signal.SIGKILL)
    sys.exit(1)
"""


class Folds:
    """One run that is cut off again and again."""

    def __init__(self, folder: Path) -> None:
        self.spec = spec_for(script(folder / "fold.py", STEP), folder / "runs")

    def found(self, *arguments: str, reuse: bool) -> RunResult:
        spec = msgspec.structs.replace(self.spec, arguments=arguments)
        return Runner(reuse=reuse).run(spec)


@pytest.fixture
def folds(tmp_path: Path) -> Folds:
    return Folds(tmp_path)


def test_a_resumed_run_goes_on_and_a_fresh_one_starts_anew(folds: Folds) -> None:
    told = [folds.found(reuse=reuse).log_tail for reuse in (False, True, True, False)]
    assert told == ["found 0\n", "found 1\n", "found 2\n", "found 0\n"]


def test_a_resumed_run_of_other_data_starts_anew(folds: Folds) -> None:
    first, other = ("--data-dir", "fold 0"), ("--data-dir", "another fold 0")
    assert folds.found(*first, reuse=True).log_tail == "found 0\n"
    assert folds.found(*other, reuse=True).log_tail == "found 0\n"


def test_a_run_that_is_lost_goes_on_in_its_second_start(folds: Folds) -> None:
    folds.found(reuse=False)
    assert folds.found("--killed", reuse=False).log_tail == "found 1\n"


def test_what_may_be_the_rest_of_a_fit_does_not_tell_how_long_a_refit_takes(
    tmp_path: Path,
) -> None:
    (attempt,) = room(tmp_path, {"net": [0.8] * 3}).attempts
    attempt.fit_seconds, attempt.card_bytes = {0: 2.0, 1: 40.0, 2: 44.0}, 2**30
    alone = attempt.refit_fit_seconds(1.0, 1)
    attempt.went_on = True
    assert (round(alone, 1), round(attempt.refit_fit_seconds(1.0, 1), 1)) == (2.2, 44.0)
