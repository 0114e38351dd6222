"""The training loop: it stops, restores, resumes, repeats, and splits batches for small memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn

from workspace_templates.networks.training import (  # noqa: E402
    balanced_weights,
    chosen_device,
    cosine,
    coslog4,
    network_outputs,
    train_network,
)

ROWS = 96


def data(rows: int = ROWS) -> tuple[Any, Any]:
    """Inputs, and targets that are a weighed sum of them."""
    chance = torch.Generator().manual_seed(0)
    inputs = torch.randn(rows, 4, generator=chance)
    return inputs, inputs @ torch.tensor([[1.0], [-2.0], [0.5], [0.0]])


def network(seed: int = 0) -> Any:
    """A small network with dropout."""
    chosen_device(seed, 1)
    return nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 1)).cpu()


def weights(net: Any) -> bytes:
    """All weights as bytes."""
    return b"".join(value.detach().numpy().tobytes() for value in net.state_dict().values())


HOW = {"schedule": cosine, "epochs": 12, "batch": 16, "clip": 1.0}


def trained(net: Any, *data: Any, loss: Any = None, rate: float = 0.02, **how: Any) -> int:
    """Train a network on inputs and targets, as `HOW` says where nothing else is asked."""
    adam = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
    return train_network(net, *data, loss or nn.MSELoss(), adam, **{**HOW, **how})


def error(net: Any) -> float:
    """The mean squared error on the data."""
    inputs, targets = data()
    return float(nn.functional.mse_loss(network_outputs(net, inputs, ROWS), targets))


def test_it_learns_and_repeats_bit_for_bit() -> None:
    nets = [network() for _ in range(2)]
    nets[1].load_state_dict(nets[0].state_dict())
    before = error(nets[0])
    for net in nets:
        torch.manual_seed(5)
        assert trained(net, *data(), seed=3) == 12
    assert weights(nets[0]) == weights(nets[1])
    assert error(nets[0]) < 0.3 * before


def test_the_epoch_that_is_best_on_held_out_rows_is_restored() -> None:
    net, seen = network(), []

    def watch(outputs: Any, targets: Any) -> Any:
        seen.append(weights(net))
        return torch.tensor([5.0, 3.0, 4.0, 4.5, 2.0][len(seen) - 1 : len(seen)]).mean()

    assert trained(net, *data(), epochs=5, valid=data(8), watch=watch) == 5
    assert weights(net) == seen[4]
    assert trained(net, *data(), epochs=2, valid=data(8), watch=None, rounds=1) == 1


def test_held_out_rows_are_judged_in_batches_near_those_learned_from() -> None:
    seen = []
    net = network()
    net.register_forward_pre_hook(lambda _, batch: seen.append(len(batch[0])))
    trained(net, *data(), valid=data(500), epochs=1, batch=16)
    assert sum(seen) == ROWS + 500
    assert max(seen) <= 32


def test_smoothed_errors_do_not_follow_one_lucky_epoch() -> None:
    errors = iter([9.0, 1.0, 9.0, 3.0, 3.0, 3.0])

    def watch(outputs: Any, targets: Any) -> Any:
        return torch.tensor(next(errors))

    how = {"epochs": 6, "batch": 32, "smooth": 3}
    assert trained(network(), *data(), valid=data(8), watch=watch, **how) == 6


def test_given_rounds_run_the_schedule_to_its_end() -> None:
    once, again = network(), network()
    again.load_state_dict(once.state_dict())
    for net, epochs, rounds in ((once, 12, 4), (again, 4, None)):
        torch.manual_seed(1)
        assert trained(net, *data(), epochs=epochs, rounds=rounds, seed=2) == 4
    assert weights(once) == weights(again)


def test_the_clock_brings_the_rate_down_and_ends_training_within_an_epoch() -> None:
    net, shares = network(), []

    def schedule(way: float) -> float:
        shares.append(way)
        return 1.0

    how = {"schedule": schedule, "epochs": 10_000_000}
    assert trained(net, *data(), time_limit=0.2, **how) >= 1
    assert shares == sorted(shares) and 0.5 < shares[-1] <= 1.0
    shares.clear()
    assert trained(net, *data(), time_limit=0.0, **how) == 1
    assert shares == [1.0]


class Cut(Exception):
    """What ends a run in the middle."""


def test_a_run_that_was_cut_off_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    whole, cut, fresh = network(), network(), network(seed=9)
    cut.load_state_dict(whole.state_dict())
    place, steps = tmp_path / "net.pt", []

    def breaking(outputs: Any, targets: Any) -> Any:
        steps.append(len(outputs))
        if len(steps) > 40:
            raise Cut
        return nn.functional.mse_loss(outputs, targets)

    torch.manual_seed(7)
    trained(whole, *data(), valid=data(8), seed=4)
    torch.manual_seed(7)
    given = {"valid": data(8), "watch": nn.MSELoss(), "seed": 4, "checkpoint": place}
    with pytest.raises(Cut):
        trained(cut, *data(), loss=breaking, **given)
    trained(fresh, *data(), **given)
    assert weights(fresh) == weights(whole)
    assert [path.name for path in tmp_path.iterdir()] == ["net.pt"]


class Hungry(nn.Module):
    """A network that has memory for a few rows at a time only."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.line = most, nn.Linear(4, 1)

    def forward(self, rows: Any) -> Any:
        """Refuse more rows than fit."""
        if len(rows) > self.most:
            raise torch.OutOfMemoryError("full")
        return self.line(rows)


def test_batches_that_do_not_fit_are_computed_in_parts(capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(0)
    net, small = Hungry(ROWS), Hungry(5)
    small.load_state_dict(net.state_dict())
    for each in (net, small):
        trained(each, *data(), rounds=2, seed=1)
    assert "in 4 parts" in capsys.readouterr().out
    wanted = network_outputs(net, data()[0], ROWS)
    assert torch.allclose(network_outputs(small, data()[0], ROWS), wanted, atol=1e-5)
    with pytest.raises(torch.OutOfMemoryError):
        trained(Hungry(0), *data(), rounds=1)


def test_batches_may_be_made_from_places_and_be_several_tensors() -> None:
    inputs, targets = data()
    join = nn.Bilinear(2, 2, 1)
    asked: list[int] = []

    def made(places: Any) -> Any:
        asked.append(len(places))
        return inputs[places, :2], inputs[places, 2:]

    before = float(nn.functional.mse_loss(network_outputs(join, made, ROWS), targets))
    trained(join, made, targets, rounds=6)
    assert max(asked[1:]) <= 16
    both = (inputs[:, :2], inputs[:, 2:])
    assert torch.equal(network_outputs(join, both, ROWS), network_outputs(join, made, ROWS))
    assert float(nn.functional.mse_loss(network_outputs(join, both, ROWS), targets)) < before


def test_schedules_end_at_nothing_and_waves_get_longer() -> None:
    assert cosine(0.0) < 0.3 and cosine(0.05) == pytest.approx(1) and cosine(1.0) < 1e-9
    assert [coslog4(end) for end in (0, 1 / 15, 3 / 15, 7 / 15, 1)] == pytest.approx([0] * 5)
    assert coslog4(0.7) > 0.9


def test_balanced_weights_make_every_class_count_the_same() -> None:
    codes = np.array([0] * 6 + [1] * 2)
    found = balanced_weights(codes, 2).numpy()
    assert found * [6, 2] == pytest.approx([4, 4])
