"""One training loop for every network: the same bytes each time on a CPU, careful on a card."""

import math
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

# One tensor, several tensors with a row each, or what makes a batch (one or several tensors) from
# the places of its rows. A network is called with the tensors of a batch, one by one.
Inputs = torch.Tensor | tuple[torch.Tensor, ...] | Callable[[torch.Tensor], Any]

# The mean error of a network's outputs, given the targets of the same rows.
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Training:
    """How a network is trained: how often over all rows, rows per step, and at which rate.

    `schedule` gives the share of the rate for the share of the way that lies behind; training
    stops after `patience` epochs without a better held-out error; gradients are cut at norm `clip`.
    Held-out errors are averaged over the last `smooth` epochs, as few rows make them noisy.
    """

    schedule: Callable[[float], float]
    epochs: int = 30
    batch: int = 128
    rate: float = 1e-3
    decay: float = 0.01
    patience: int | None = None
    clip: float | None = 1.0
    smooth: int = 1


@dataclass
class Progress:
    """What a training run has found so far; `done` and `best_epoch` count epochs."""

    done: int = 0
    errors: list[float] = field(default_factory=list)
    best_epoch: int = 0
    best_error: float = math.inf
    best_weights: dict[str, torch.Tensor] = field(default_factory=dict)


def compute_device() -> torch.device:
    """The graphics card if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def chosen_device(seed: int, threads: int) -> torch.device:
    """Where to compute, with chance and threads set for the network that is made next."""
    device = compute_device()
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(device.type == "cpu")
    return device


def train_network(
    network: nn.Module,
    inputs: Inputs,
    targets: torch.Tensor,
    loss: Loss,
    training: Training,
    *,
    valid: tuple[Inputs, torch.Tensor] | None = None,
    watch: Loss | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    rounds: int | None = None,
    seed: int = 0,
    time_limit: float | None = None,
    checkpoint: Path | None = None,
) -> int:
    """Train a network where it lies, and return the number of epochs that its weights stand for.

    With `valid`, the weights of the epoch with the least error there are kept, by `watch` or else
    the loss. The schedule ends with the epochs of `rounds`, or `time_limit` seconds, where either
    comes first. AdamW is the optimizer unless one is given. Each epoch is written to `checkpoint`;
    a run that finds this file goes on from there.
    """
    clock = Clock(time_limit)
    adam = torch.optim.AdamW(network.parameters(), lr=training.rate, weight_decay=training.decay)
    steps = Steps(network, inputs, targets, loss, optimizer or adam, training, clock)
    progress, order = Progress(), torch.Generator().manual_seed(seed)
    if checkpoint is not None and checkpoint.is_file():
        progress = load_checkpoint(checkpoint, steps, order)
    epochs = min(rounds or training.epochs, training.epochs)
    while progress.done < epochs and not out_of_patience(progress, training.patience):
        places = torch.randperm(len(targets), generator=order)
        steps.epoch(places, progress.done, epochs)
        progress.done += 1
        if valid is not None:
            outputs = network_outputs(network, valid[0], len(valid[1]))
            error = float((watch or loss)(outputs, valid[1].to(outputs.device)))
            note_error(progress, error, training.smooth, network)
        if checkpoint is not None:
            save_checkpoint(checkpoint, steps, order, progress)
        if clock.share() >= 1:
            break
    if progress.best_weights:
        network.load_state_dict(progress.best_weights)
    return progress.best_epoch or progress.done


class Clock:
    """How much of a limit in seconds is used up; without a limit, nothing ever is."""

    def __init__(self, limit: float | None) -> None:
        self.limit, self.began = limit, time.monotonic()

    def share(self) -> float:
        """The share of the limit that has passed; 1 and more when it is over."""
        if self.limit is None:
            return 0.0
        return (time.monotonic() - self.began) / max(self.limit, 1e-9)


class Steps:
    """Steps of the optimizer over batches, each in as many parts as a card's memory wants."""

    def __init__(
        self,
        network: nn.Module,
        inputs: Inputs,
        targets: torch.Tensor,
        loss: Loss,
        optimizer: torch.optim.Optimizer,
        training: Training,
        clock: Clock,
    ) -> None:
        self.network, self.inputs, self.targets, self.loss = network, inputs, targets, loss
        self.optimizer, self.training, self.clock, self.parts = optimizer, training, clock, 1
        self.rates = [float(group["lr"]) for group in optimizer.param_groups]
        self.device = next(network.parameters()).device
        half = half_precision(self.device)
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=half == torch.float16)

    def epoch(self, places: torch.Tensor, done: int, epochs: int) -> None:
        """Go over all rows once in this order, or as far as the clock allows, but one step."""
        batches = places.tensor_split(math.ceil(len(places) / self.training.batch))
        self.network.train()
        for number, batch in enumerate(batches):
            way = max((done + number / len(batches)) / epochs, self.clock.share())
            if way >= 1 and done + number:
                break
            self.step(batch, self.training.schedule(min(way, 1.0)))

    def step(self, places: torch.Tensor, share: float) -> None:
        """Learn from the rows at these places, at this share of the rates."""
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * share
        while not self.found_gradients(places):
            self.parts *= 2
            print(f"the card's memory is short: batches of {len(places)} in {self.parts} parts")
        if self.training.clip is not None:
            self.scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(self.network.parameters(), self.training.clip)
        self.scaler.step(self.optimizer)
        self.scaler.update()

    def found_gradients(self, places: torch.Tensor) -> bool:
        """Add up the gradients over all parts; False where a part does not fit the memory."""
        self.optimizer.zero_grad(set_to_none=True)
        try:
            for part in places.tensor_split(min(self.parts, len(places))):
                wanted = self.targets[part.to(self.targets.device)].to(self.device)
                error = self.loss(called(self.network, self.inputs, part).float(), wanted)
                share = error * (len(part) / len(places))
                torch.autograd.backward(self.scaler.scale(share))
        except torch.OutOfMemoryError:
            if self.parts >= len(places):
                raise
            torch.cuda.empty_cache()
            return False
        return True


def called(network: nn.Module, inputs: Inputs, places: torch.Tensor) -> torch.Tensor:
    """A network's outputs for the rows at these places, in half precision on a card."""
    if isinstance(inputs, torch.Tensor | tuple):
        tensors = inputs if isinstance(inputs, tuple) else (inputs,)
        batch = tuple(tensor[places.to(tensor.device)] for tensor in tensors)
    else:
        made = inputs(places)
        batch = made if isinstance(made, tuple) else (made,)
    device = next(network.parameters()).device
    half = half_precision(device)
    with torch.autocast(device.type, dtype=half, enabled=half is not None):
        outputs: torch.Tensor = network(*(tensor.to(device) for tensor in batch))
    return outputs


def half_precision(device: torch.device) -> torch.dtype | None:
    """The half precision that a card computes best; None on a CPU, which keeps float32."""
    if device.type != "cuda":
        return None
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def network_outputs(
    network: nn.Module, inputs: Inputs, rows: int, batch: int = 1024
) -> torch.Tensor:
    """The outputs for all rows, computed batch by batch without learning."""
    network.eval()
    found: list[torch.Tensor] = []
    done = 0
    while done < rows:
        try:
            with torch.inference_mode():
                places = torch.arange(done, min(done + batch, rows))
                found.append(called(network, inputs, places).float())
        except torch.OutOfMemoryError:
            if batch == 1:
                raise
            batch //= 2
            torch.cuda.empty_cache()
            continue
        done += len(places)
    return torch.cat(found)


def network_predictions(network: nn.Module, inputs: Inputs, rows: int) -> np.ndarray:
    """The outputs for all rows as numbers in float64."""
    outputs = network_outputs(network, inputs, rows)
    return np.asarray(outputs.double().cpu().numpy())


def note_error(progress: Progress, error: float, smooth: int, network: nn.Module) -> None:
    """Keep the weights where the mean of the last errors is the least so far."""
    progress.errors.append(error)
    last = progress.errors[-smooth:]
    if sum(last) / len(last) < progress.best_error:
        progress.best_epoch, progress.best_error = progress.done, sum(last) / len(last)
        progress.best_weights = deepcopy(network.state_dict())


def out_of_patience(progress: Progress, patience: int | None) -> bool:
    """Whether the best epoch lies longer behind than `patience`."""
    behind = progress.done - progress.best_epoch
    return patience is not None and bool(progress.best_weights) and behind >= patience


def save_checkpoint(place: Path, steps: Steps, order: torch.Generator, progress: Progress) -> None:
    """Write all that training goes on from; the file is replaced in one go."""
    state = {
        "network": steps.network.state_dict(),
        "optimizer": steps.optimizer.state_dict(),
        "scaler": steps.scaler.state_dict(),
        "order": order.get_state(),
        "chance": torch.get_rng_state(),
        "progress": vars(progress),
    }
    partial_checkpoint = place.with_suffix(".partial")
    torch.save(state, partial_checkpoint)
    partial_checkpoint.replace(place)


def load_checkpoint(place: Path, steps: Steps, order: torch.Generator) -> Progress:
    """Go back to where a checkpoint was written."""
    state = torch.load(place, map_location="cpu", weights_only=True)
    steps.network.load_state_dict(state["network"])
    steps.optimizer.load_state_dict(state["optimizer"])
    steps.scaler.load_state_dict(state["scaler"])
    order.set_state(state["order"])
    torch.set_rng_state(state["chance"])
    print(f"training goes on after epoch {state['progress']['done']}")
    return Progress(**state["progress"])


def cosine(way: float) -> float:
    """Share of the rate: up over the first twentieth, then down to nothing like a cosine."""
    if way < WARM_UP:
        return (way + 0.01) / (WARM_UP + 0.01)
    return 0.5 * (1 + math.cos(math.pi * (way - WARM_UP) / (1 - WARM_UP)))


WARM_UP = 0.05


def coslog4(way: float) -> float:
    """Share of the rate: four waves, each twice as long as the one before (arXiv 2407.04491)."""
    return 0.5 * (1 - math.cos(2 * math.pi * math.log2(1 + 15 * way)))


def balanced_weights(codes: np.ndarray, classes: int) -> torch.Tensor:
    """A weight per class by which each class counts the same; for metrics that ask for it."""
    counts = np.bincount(codes, minlength=classes).astype("float32")
    return torch.from_numpy(len(codes) / (classes * counts.clip(1)))
