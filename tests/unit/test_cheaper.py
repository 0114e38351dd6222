"""Candidates whose folds would take too long get fewer rounds of larger steps before they run."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes.told_search import Room, room

from iiml_codegen.domain.events import PatchTried
from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.implementation.recipes import template_text
from iiml_codegen.integration.repairs import needless_size
from iiml_codegen.integration.repairs.repair import Facts
from iiml_codegen.search.cheaper import made_cheaper
from iiml_codegen.search.order import Order
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.time_left import TimeLeft


def cheaper(place: Room, seconds: float) -> bool:
    """Whether the first candidate was made cheaper, with folds of so many seconds."""
    attempt = place.attempts[0]
    attempt.estimate = seconds
    order = Order(place.bench, place.attempts)
    time = TimeLeft(place.bench, order, lambda _: 10.0, place.attempts)
    return made_cheaper(place.bench, time, Repairer(place.bench, 0), attempt)


@pytest.mark.parametrize(
    ("seconds", "rounds", "step"),
    [(5.0, 100, 0.05), (60.0, 50, 0.1), (100.0, 25, 0.2), (5000.0, 12, 0.3)],
)
def test_rounds_are_divided_by_what_the_folds_take_too_long(
    tmp_path: Path, seconds: float, rounds: int, step: float
) -> None:
    place = room(tmp_path, {"a": [0.8] * 3})
    attempt = place.attempts[0]
    attempt.code.model += "\nRATE = {'learning_rate': 0.05}\n"
    divided = rounds < 100
    assert cheaper(place, seconds) is divided
    assert f"ROUNDS = {rounds}" in attempt.code.model
    assert f"{{'learning_rate': {step:g}}}" in attempt.code.model
    assert (attempt.estimate < seconds) is divided
    told = place.events(PatchTried)
    assert [(one.candidate, one.kept) for one in told] == [("a", True)] * divided
    assert attempt.code.pipeline is None or f"ROUNDS = {rounds}" in attempt.code.pipeline.text


def test_what_knows_no_rounds_or_what_a_person_wrote_stays_as_it_is(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3})
    place.attempts[0].code.model = template_text("models", "kernel_classifier.py")
    assert not cheaper(place, 100.0)
    place = room(tmp_path / "yours", {"00-yours": [0.8] * 3})
    assert not cheaper(place, 100.0)


def test_a_budget_in_candidates_asks_no_clock(tmp_path: Path) -> None:
    assert not cheaper(room(tmp_path, {"a": [0.8] * 3}, candidates=1), 100.0)


def test_room_that_is_to_be_filled_takes_no_time() -> None:
    text = "def predict(model, X):\n    found = np.zeros((len(X), 2))\n    return found\n"
    for kind, count in (("timeout", 0), ("memory", 1)):
        place = Place(file="model_traditional.py", line=2)
        fault = Fault(kind=kind, message="", place=place, evidence="")  # type: ignore[arg-type]
        edits = [e for e in needless_size.propose(fault, text, Facts()) if "as it is" in e.title]
        assert len(edits) == count
