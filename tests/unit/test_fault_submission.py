"""Bad predictions and submissions, traced back to the line that made them so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from competitions.pipelines import DECIDE, MODEL, PREP, shop_task

from iiml_codegen.domain.fault import Fault, Place, Violation
from iiml_codegen.domain.run import RunResult
from iiml_codegen.integration.error_analyzer import (
    Evidence,
    submission_fault,
    violation_fault,
)
from iiml_codegen.integration.raw_facts import RawFacts, read_raw
from iiml_codegen.integration.source_map import SourceMap

DECISION = DECIDE.split('"""Yes from a threshold on."""', 1)[1].replace("import numpy as np", "")
FINE = RawFacts(shape=(20,), odd=0, low=0.1, high=0.9, levels=20, sums=None)


def broken(code: str) -> Violation:
    """What the check of a submission says."""
    return Violation(code=code, message="wrong", place=Place(file="submission.csv", line=3))


def fault_of(code: str, prep: str = PREP, model: str = MODEL, raw: RawFacts | None = FINE) -> Fault:
    """The fault behind a violation."""
    texts = {"prep.py": prep, "model_stumps.py": model}
    result = RunResult(id="r", status="ok", exit_code=0)
    evidence = Evidence(result, "", SourceMap(stretches=()), texts, task=shop_task())
    return submission_fault([broken(code)], evidence, raw)


def line_of(text: str, part: str) -> int:
    """The line that holds a text."""
    return next(n for n, line in enumerate(text.split("\n"), start=1) if part in line)


@pytest.mark.parametrize(
    ("code", "new"),
    [
        ("IIML607", "np.clip(chances, 0.001, 0.999) * 100"),
        ("IIML607", "-np.clip(chances, 0.001, 0.999)"),
        ("IIML604", "np.log(chances - 1)"),
        ("IIML609", "np.full(len(chances), 0.5)"),
        ("IIML404", "np.clip(chances, 0.001, 0.999).reshape(1, -1)"),
        ("IIML602", "np.clip(chances, 0.001, 0.999)[:-1]"),
        ("IIML603", "np.clip(chances, 0.001, 0.999)[::-1]"),
    ],
)
def test_what_predict_did_is_blamed_at_its_line(code: str, new: str) -> None:
    model = MODEL.replace("np.clip(chances, 0.001, 0.999)", new)
    fault = fault_of(code, model=model)
    assert fault.place is not None
    assert fault.component == "model"
    assert (fault.place.file, fault.place.line) == ("model_stumps.py", line_of(model, new))


def test_a_constant_that_miscounts_the_classes_is_blamed_for_the_shape() -> None:
    model = MODEL.replace("ROUNDS = 20", "CLASSES = 3\nROUNDS = 20")
    fault = fault_of("IIML404", model=model)
    assert fault.place is not None
    assert (fault.kind, fault.place.line) == ("shape", line_of(model, "CLASSES = 3"))


def test_an_output_that_is_missing_belongs_beside_its_other_half() -> None:
    lines = ["def prepare(data_dir):", "    return {"]
    lines += [f'        "{name}": data_dir,' for name in ("a_train", "a_test", "b_test", "target")]
    texts = {"prep.py": "\n".join([*lines, "    }", ""])}
    place = Place(file="prep.py", line=2)
    lost = Violation(code="IIML153", message="none", place=place, names=("b_train",))
    fault = violation_fault(lost, texts)
    assert fault.place is not None
    assert (fault.kind, fault.place.line) == ("contract_fulfilment", 5)


def test_where_raw_predictions_were_fine_the_decision_is_to_blame() -> None:
    model = MODEL + DECISION.replace('(raw >= threshold).astype("int64")', "raw + 1")
    fault = fault_of("IIML606", model=model)
    assert fault.place is not None
    assert fault.place.line == line_of(model, "return raw + 1")
    shown = {value.name: value.shown for value in fault.values}
    assert shown["raw predictions"] == "20, 0.1 to 0.9, 20 different values"
    assert "label" in shown["the task wants"]


def test_where_raw_predictions_were_all_the_same_the_model_is_to_blame() -> None:
    model = MODEL.replace("np.clip(chances", "0 * np.clip(chances") + DECISION
    same = RawFacts(shape=(20,), odd=0, low=0.0, high=0.0, levels=1, sums=None)
    fault = fault_of("IIML609", model=model, raw=same)
    assert fault.place is not None
    assert fault.place.line == line_of(model, "0 * np.clip")


def test_test_rows_that_prep_dropped_are_found_there() -> None:
    prep = PREP.replace("    # [P2]", "    test = test.drop_duplicates()\n    # [P2]")
    fault = fault_of("IIML602", prep=prep)
    assert fault.place is not None
    assert (fault.component, fault.place.line) == ("prep", line_of(prep, "drop_duplicates"))


def test_a_violation_of_a_submission_alone_is_placed_in_a_module_too() -> None:
    fault = violation_fault(broken("IIML607"), {"prep.py": PREP, "model_stumps.py": MODEL})
    assert fault.place is not None
    assert fault.place.file == "model_stumps.py"
    assert fault.related[0].place.file == "submission.csv"


def test_raw_predictions_are_read_without_numpy(tmp_path: Path) -> None:
    raw = np.array([[0.25, 0.75], [0.5, np.nan], [0.1, 0.9]])
    np.save(tmp_path / "raw.npy", raw)
    assert read_raw(tmp_path / "raw.npy") == RawFacts((3, 2), 1, 0.1, 0.9, 6, None)
    np.save(tmp_path / "raw.npy", raw[[0, 2]])
    assert read_raw(tmp_path / "raw.npy") == RawFacts((2, 2), 0, 0.1, 0.9, 4, (1.0, 1.0))
    np.save(tmp_path / "raw.npy", np.array(["a"]))
    assert read_raw(tmp_path / "raw.npy") is None
    assert read_raw(tmp_path / "none.npy") is None
