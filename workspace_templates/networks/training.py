"""The training loop: the same bytes each time on a CPU, careful on a card."""

import math
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

# One tensor, several tensors with a row each, or what makes a batch of them from rows' places.
Inputs = torch.Tensor | tuple[torch.Tensor, ...] | Callable[[torch.Tensor], Any]

# The mean error of a network's outputs, given the targets of the same rows.
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

WARM_UP = 0.05
# Held-out rows that are judged together, in batches of those learned from: no gradients are kept.
AT_ONCE = 2


def train_network(
    network: nn.Module,
    inputs: Inputs,
    targets: torch.Tensor,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    *,
    schedule: Callable[[float], float],
    epochs: int,
    batch: int,
    clip: float | None = None,
    smooth: int | None = None,
    valid: tuple[Inputs, torch.Tensor] | None = None,
    watch: Loss | None = None,
    rounds: int | None = None,
    seed: int = 0,
    time_limit: float | None = None,
    checkpoint: Path | None = None,
) -> int:
    """Train a network where it lies, and return the number of epochs that its weights stand for.

    `schedule` gives the share of the rate for the share of the way that lies behind; the way ends
    with the last of `epochs`, or sooner of `rounds`, or after `time_limit` seconds: an epoch that
    these cut counts as one. Without `rounds`, the weights of the epoch with the least error on
    `valid` are kept. That error is the loss, or what `watch` gives. It is a mean over the last
    `smooth` epochs, as few rows make it noisy. Gradients are cut at norm `clip`. Each epoch is
    written to `checkpoint`; a run that finds this file goes on from there.
    """

    def error_of(places: torch.Tensor) -> torch.Tensor:
        outputs = forward_rows(network, inputs, places).float()
        return loss(outputs, targets[places.to(targets.device)].to(outputs.device))

    judge = watch or loss
    rates = [float(group["lr"]) for group in optimizer.param_groups]
    progress, order = Progress(), torch.Generator().manual_seed(seed)
    if checkpoint is not None and checkpoint.is_file():
        progress = load_checkpoint(checkpoint, (network, optimizer), order)
    epochs = min(rounds or epochs, epochs)
    pieces = 1  # of a batch; more where a card's memory is short
    began, limit = time.monotonic(), math.inf if time_limit is None else max(time_limit, 1e-9)
    while progress.done < epochs:
        network.train()
        shuffled = torch.randperm(len(targets), generator=order)
        batches = shuffled.tensor_split(math.ceil(len(shuffled) / batch))
        for number, places in enumerate(batches):
            way = (progress.done + number / len(batches)) / epochs
            way = max(way, (time.monotonic() - began) / limit)
            if way >= 1 and progress.done + number:
                break
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * schedule(min(way, 1.0))
            pieces = find_gradients(network, error_of, places, pieces)
            if clip is not None:
                nn.utils.clip_grad_norm_(network.parameters(), clip)
            optimizer.step()
        progress.done += 1
        if valid is not None and rounds is None:
            outputs = network_outputs(network, valid[0], len(valid[1]), AT_ONCE * batch)
            error = float(judge(outputs, valid[1].to(outputs.device)))
            progress.errors.append(error)
            if smooth is not None:
                error = sum(progress.errors[-smooth:]) / len(progress.errors[-smooth:])
            if error < progress.best_error:
                progress.best_epoch, progress.best_error = progress.done, error
                progress.best_weights = deepcopy(network.state_dict())
        if checkpoint is not None:
            save_checkpoint(checkpoint, (network, optimizer), order, progress)
        if time.monotonic() - began >= limit:
            break
    if progress.best_weights:
        network.load_state_dict(progress.best_weights)
    return progress.best_epoch or progress.done


@dataclass
class Progress:
    """What a training run has found so far; `done` and `best_epoch` count epochs."""

    done: int = 0
    errors: list[float] = field(default_factory=list)
    best_epoch: int = 0
    best_error: float = math.inf
    best_weights: dict[str, torch.Tensor] = field(default_factory=dict)


def find_gradients(
    network: nn.Module,
    error_of: Callable[[torch.Tensor], torch.Tensor],
    batch: torch.Tensor,
    pieces: int,
) -> int:
    """Add up the gradients of a batch in so many pieces; returns how many a card's memory wants.

    Pieces count by their rows, also where a loss weighs rows by their class.
    """
    while True:
        network.zero_grad(set_to_none=True)
        try:
            for places in batch.tensor_split(min(pieces, len(batch))):
                torch.autograd.backward(error_of(places) * (len(places) / len(batch)))
            return pieces
        except torch.OutOfMemoryError:
            if pieces >= len(batch):
                raise
            torch.cuda.empty_cache()
            pieces *= 2
            print(f"the card's memory is short: batches of {len(batch)} in {pieces} parts")


def forward_rows(network: nn.Module, inputs: Inputs, places: torch.Tensor) -> torch.Tensor:
    """A network's outputs for the rows at these places.

    It learns in half precision on cards made for it; what it says is not rounded to that.
    """
    if isinstance(inputs, torch.Tensor | tuple):
        tensors = inputs if isinstance(inputs, tuple) else (inputs,)
        batch = tuple(tensor[places.to(tensor.device)] for tensor in tensors)
    else:
        made = inputs(places)
        batch = made if isinstance(made, tuple) else (made,)
    device = next(network.parameters()).device
    able = device.type == "cuda" and torch.cuda.get_device_capability(device)[0] >= 8
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=able and network.training):
        outputs: torch.Tensor = network(*(tensor.to(device) for tensor in batch))
    return outputs


def network_outputs(
    network: nn.Module, inputs: Inputs, rows: int, batch: int = 1024
) -> torch.Tensor:
    """The outputs for all rows, batch by batch without learning; small ones if memory is short."""
    network.eval()
    found: list[torch.Tensor] = []
    done = 0
    while done < rows:
        try:
            with torch.inference_mode():
                places = torch.arange(done, min(done + batch, rows))
                found.append(forward_rows(network, inputs, places).float())
            done += len(places)
        except torch.OutOfMemoryError:
            if batch == 1:
                raise
            batch //= 2
            torch.cuda.empty_cache()
    return torch.cat(found)


def network_predictions(
    network: nn.Module, inputs: Inputs, rows: int, batch: int = 1024
) -> np.ndarray:
    """The outputs for all rows in float64; the network goes where it computes fastest."""
    outputs = network_outputs(network.to(compute_device()), inputs, rows, batch)
    return np.asarray(outputs.double().cpu().numpy())


def cosine(way: float) -> float:
    """Share of the rate: up over the first twentieth, then down to nothing like a cosine."""
    if way < WARM_UP:
        return (way + 0.01) / (WARM_UP + 0.01)
    return 0.5 * (1 + math.cos(math.pi * (way - WARM_UP) / (1 - WARM_UP)))


def coslog4(way: float) -> float:
    """Share of the rate: four waves, each twice as long as the one before (arXiv 2407.04491)."""
    return 0.5 * (1 - math.cos(2 * math.pi * math.log2(1 + 15 * way)))


def balanced_weights(codes: np.ndarray, classes: int) -> torch.Tensor:
    """A weight per class by which each class counts the same; for metrics that ask for it."""
    counts = np.bincount(codes, minlength=classes).astype("float32")
    return torch.from_numpy(len(codes) / (classes * counts.clip(1)))


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


def save_checkpoint(
    place: Path, trained: Sequence[Any], order: torch.Generator, progress: Progress
) -> None:
    """Write all that training goes on from; the file is replaced in one go."""
    states = [one.state_dict() for one in trained]
    chance = [order.get_state(), torch.get_rng_state()]
    partial_checkpoint = place.with_suffix(".partial")
    torch.save((states, chance, vars(progress)), partial_checkpoint)
    partial_checkpoint.replace(place)


def load_checkpoint(place: Path, trained: Sequence[Any], order: torch.Generator) -> Progress:
    """Go back to where a checkpoint was written."""
    states, chance, progress = torch.load(place, map_location="cpu", weights_only=True)
    for one, state in zip(trained, states, strict=True):
        one.load_state_dict(state)
    order.set_state(chance[0])
    torch.set_rng_state(chance[1])
    print(f"training goes on after epoch {progress['done']}")
    return Progress(**progress)
