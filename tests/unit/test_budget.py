"""The budget counts down, and keeps what is reserved."""

from __future__ import annotations

import pytest

from iiml_codegen.budget import Budget


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_time_passes(clock: Clock) -> None:
    budget = Budget(100, clock)
    clock.now += 25
    assert (budget.used(), budget.left(), budget.fraction_used()) == (25, 75, 0.25)


def test_nothing_is_left_of_a_spent_budget(clock: Clock) -> None:
    budget = Budget(100, clock)
    clock.now += 150
    assert budget.left() == budget.available() == budget.limit(5) == 0
    assert budget.fraction_used() == 1.5


def test_what_is_reserved_is_not_available_to_others(clock: Clock) -> None:
    budget = Budget(100, clock)
    with budget.reserve(30):
        clock.now += 50
        assert budget.left() == 50
        assert budget.available() == 20
        assert budget.affords(20)
        assert not budget.affords(21)
        assert budget.limit(60) == 20
    assert budget.available() == 50


def test_a_reservation_ends_with_its_block_also_by_an_error(clock: Clock) -> None:
    budget = Budget(100, clock)
    with pytest.raises(KeyError), budget.reserve(60):
        raise KeyError
    assert budget.available() == 100
