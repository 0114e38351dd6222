"""Verifying by runs: what held is not run again, and predictions are counted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from competitions.planned import planned_folder

from iiml_codegen.domain.run import RunSpec
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.ladder import Ladder
from iiml_codegen.viewing.verify_folder import Verdict
from iiml_codegen.viewing.verify_running import Orders, looks_by_running
from iiml_codegen.workspace import Workspace

DECIDE = "\n\ndef decide(raw: np.ndarray) -> np.ndarray:\n    return raw\n"


class Prepared(AssertionError):
    """Prep is run."""


def no_prep(self: Ladder, code: CandidateCode) -> RunSpec:
    raise Prepared


def look(workspace: Workspace) -> Verdict:
    (only,) = looks_by_running(workspace, Orders(rung=4, interpreter=sys.executable))
    return only


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def test_after_an_edit_of_a_model_prep_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(planned_folder(tmp_path / "shop").folder)
    assert not look(workspace).failed
    monkeypatch.setattr(Ladder, "prepare_spec", no_prep)
    replace(workspace.model("traditional"), "\ndef predict(", "\nMINE = 1\n\n\ndef predict(")
    assert not look(workspace).failed
    replace(workspace.prep, '"income", "noise"]', '"income"]')
    with pytest.raises(Prepared):
        look(workspace)


def test_predictions_for_fewer_rows_are_traced_to_what_predicts(tmp_path: Path) -> None:
    workspace = Workspace(planned_folder(tmp_path / "shop").folder)
    model = workspace.model("traditional")
    lines = model.read_text("utf-8").split("\n")
    returned = max(n for n, line in enumerate(lines) if line.startswith("    return "))
    lines[returned] = lines[returned].replace("return ", "return (") + ")[:-1]"
    model.write_text("\n".join(lines) + DECIDE, "utf-8")
    found = look(workspace)
    (fault,) = found.faults
    assert fault.message.startswith("predictions are given for ")
    assert fault.place is not None and fault.place.file == model.name
    assert fault.place.line == returned + 1
