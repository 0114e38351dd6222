"""Networks for tables: how columns become tensors, and bags of towers after RealMLP."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

MOST_FLAGS = 9
LEVEL_WIDTH = 8
MOST_EMBEDDED = 500
WAVES = 16
MIXTURES = 3


class TableEncoder:
    """What training rows tell of each column: centre and scale of numbers, levels of categories.

    Numbers that never vary are left out. The scale is one over the range between the quartiles, or
    two over the whole range where these are equal (arXiv 2407.04491). A category of at most
    `MOST_FLAGS` levels becomes a flag per level, one of more levels becomes a code.
    """

    def __init__(self, X: pd.DataFrame) -> None:
        levels = {name: levels_of(X[name]) for name in X.select_dtypes(include="category").columns}
        table = X.drop(columns=list(levels)).astype("float64").replace([np.inf, -np.inf], np.nan)
        self.gapped = [name for name in table.columns if table[name].isna().any()]
        table = table.loc[:, table.nunique(dropna=True) > 1]
        inner = (table.quantile(0.75) - table.quantile(0.25)).to_numpy()
        whole = (table.max() - table.min()).to_numpy()
        self.numbers, self.centres = list(table.columns), table.median().to_numpy()
        self.scales = np.where(inner > 0, 1 / np.where(inner > 0, inner, 1), 2 / whole)
        self.flagged = {name: found for name, found in levels.items() if len(found) <= MOST_FLAGS}
        self.embedded = {name: found for name, found in levels.items() if len(found) > MOST_FLAGS}

    def tensors(self, X: pd.DataFrame, device: torch.device) -> tuple[torch.Tensor, ...]:
        """Numbers (scaled, bent towards ±3, gaps 0), flags of 0 and 1, and level codes."""
        raw = X[self.numbers].to_numpy("float64", na_value=np.nan)
        scaled = (np.where(np.isfinite(raw), raw, np.nan) - self.centres) * self.scales
        numbers = np.nan_to_num(scaled / np.hypot(1, scaled / 3))
        flags = [np.empty((len(X), 0)), *(X[name].isna().to_numpy() for name in self.gapped)]
        for name, levels in self.flagged.items():
            places = level_codes(X[name], levels)
            flags += [places == place for place in range(1, len(levels) + 1)]
        codes = [level_codes(X[name], levels) for name, levels in self.embedded.items()]
        return (
            torch.from_numpy(numbers.astype("float32")).to(device),
            torch.from_numpy(np.column_stack(flags).astype("float32")).to(device),
            torch.from_numpy(np.array(codes, "int64").reshape(len(codes), len(X)).T).to(device),
        )


def levels_of(column: pd.Series) -> list[Any]:
    """The levels that a category column really has, None for a gap."""
    found = sorted(column.dropna().unique().tolist(), key=str)
    return [*found, None] if column.isna().any() else found


def level_codes(column: pd.Series, levels: list[Any]) -> np.ndarray:
    """The place of each value among its levels, from 1; 0 for a level that was never seen."""
    places = {level: place for place, level in enumerate(levels, 1)}
    values = column.astype(object).where(column.notna(), None)
    return np.array([places.get(value, 0) for value in values], dtype="int64")


class TableNetwork(nn.Module):
    """A bag of equal towers on one embedding of the columns: (rows, members, outputs).

    After RealMLP (arXiv 2407.04491): periodic embeddings of numbers, a learned scale per input,
    weights of unit variance, activations whose strength is learned, dropout. `layer` makes the
    hidden ones from members, inputs and outputs; `beside` inputs come from elsewhere.
    """

    def __init__(
        self,
        encoder: TableEncoder,
        outputs: int,
        activation: Callable[[torch.Tensor], torch.Tensor],
        layer: Callable[[int, int, int], nn.Module],
        *,
        members: int,
        width: int,
        depth: int,
        dropout: float,
        beside: int = 0,
    ) -> None:
        super().__init__()
        n_numbers = len(encoder.numbers)
        n_flags = len(encoder.gapped) + sum(map(len, encoder.flagged.values()))
        has_waves = n_numbers <= MOST_EMBEDDED
        self.numbers = PeriodicNumbers(n_numbers) if has_waves else nn.Identity()
        self.levels = nn.ModuleList(
            nn.Embedding(len(levels) + 1, LEVEL_WIDTH, padding_idx=0)
            for levels in encoder.embedded.values()
        )
        inputs = n_numbers * (1 + MIXTURES if has_waves else 1) + n_flags
        inputs += LEVEL_WIDTH * len(self.levels)
        self.scale = nn.Parameter(torch.ones(members, 1, inputs))
        sizes = [inputs + beside, *[width] * depth]
        self.hidden = nn.ModuleList(
            nn.Sequential(
                layer(members, before, after),
                Blend(activation, members, after),
                nn.Dropout(dropout),
            )
            for before, after in pairwise(sizes)
        )
        self.last = BagLinear(members, width, outputs)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, *columns: torch.Tensor) -> torch.Tensor:
        """Answer rows of `TableEncoder.tensors`, each member by itself."""
        x = self.joined(*columns)
        for block in self.hidden:
            x = block(x)
        answers: torch.Tensor = self.last(x).transpose(0, 1)
        return answers

    def joined(
        self, numbers: torch.Tensor, flags: torch.Tensor, codes: torch.Tensor
    ) -> torch.Tensor:
        """All inputs of the towers side by side: (members, rows, inputs)."""
        embedded = [level(codes[:, place]) for place, level in enumerate(self.levels)]
        return torch.cat([self.numbers(numbers), flags, *embedded], dim=1) * self.scale


def start_on_rows(
    network: TableNetwork, inputs: tuple[torch.Tensor, ...], rows: int = 1024
) -> None:
    """Give each hidden unit of a bag a spread of 1 on some rows, and its kink at one of them.

    After the data-driven start of RealMLP (arXiv 2407.04491, section 3).
    """
    network.eval()
    places = torch.randperm(len(inputs[0]))[:rows].to(inputs[0].device)
    with torch.no_grad():
        x = network.joined(*(tensor[places] for tensor in inputs))
        for block in network.hidden:
            layer = next(part for part in block.children() if isinstance(part, BagLinear))
            layer.bias.zero_()
            spread = layer(x).std(dim=1, keepdim=True, correction=0)
            layer.weight.div_(spread.clamp(min=1e-3))
            kinks = torch.randint(x.shape[1], layer.bias.shape).to(x.device)
            layer.bias.copy_(-layer(x).gather(1, kinks))
            x = block(x)


class PeriodicNumbers(nn.Module):
    """Each number beside `MIXTURES` mixtures of `WAVES` waves of it (PBLD, arXiv 2407.04491)."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.frequency = nn.Parameter(0.1 * torch.randn(count, WAVES))
        self.phase = nn.Parameter(torch.pi * (2 * torch.rand(count, WAVES) - 1))
        self.mixture = nn.Parameter((2 * torch.rand(count, WAVES, MIXTURES) - 1) * WAVES**-0.5)
        self.offset = nn.Parameter((2 * torch.rand(count, MIXTURES) - 1) * WAVES**-0.5)

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        """(rows, numbers) become (rows, numbers times one more than `MIXTURES`)."""
        waves = torch.cos(2 * torch.pi * numbers[:, :, None] * self.frequency + self.phase)
        mixed = torch.einsum("rnw,nwk->rnk", waves, self.mixture) + self.offset
        return torch.cat([numbers[:, :, None], mixed], dim=2).flatten(1)


class BagLinear(nn.Module):
    """A linear layer per member, with weights of unit variance whatever the width."""

    def __init__(self, members: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(members, inputs, outputs))
        self.bias = nn.Parameter(torch.randn(members, 1, outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(members, rows, inputs) become (members, rows, outputs)."""
        return torch.baddbmm(self.bias, x, self.weight, alpha=max(1, self.weight.shape[1]) ** -0.5)


class SharedLinear(nn.Module):
    """One linear layer for all members, which scale its inputs and outputs, each in its own way.

    After BatchEnsemble (arXiv 2002.06715) and TabM (arXiv 2410.24210).
    """

    def __init__(self, members: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs))
        self.before = nn.Parameter(torch.ones(members, 1, inputs))
        self.after = nn.Parameter(torch.ones(members, 1, outputs))
        self.bias = nn.Parameter(torch.randn(members, 1, outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(members, rows, inputs) become (members, rows, outputs)."""
        shared = torch.matmul(x * self.before, self.weight * self.weight.shape[0] ** -0.5)
        return torch.addcmul(self.bias, shared, self.after)


def start_apart(network: TableNetwork) -> None:
    """Give each member of a network random signs for its inputs, so that members differ."""
    signs = torch.randint(0, 2, network.scale.shape, dtype=torch.float32) * 2 - 1
    network.scale.data.copy_(signs)


class Blend(nn.Module):
    """An activation whose strength is learned for each unit; none at all is the identity."""

    def __init__(
        self, activation: Callable[[torch.Tensor], torch.Tensor], members: int, width: int
    ) -> None:
        super().__init__()
        self.activation = activation
        self.strength = nn.Parameter(torch.ones(members, 1, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Move each unit from its input towards its activation."""
        return x + (self.activation(x) - x) * self.strength


def table_optimizer(network: nn.Module, rate: float, decay: float) -> torch.optim.Optimizer:
    """AdamW with a rate per sort of parameter, all but biases decaying (arXiv 2407.04491, A.1)."""
    factors = {"scale": 6.0, "bias": 0.1, "strength": 0.1, "before": 0.5, "after": 0.5}
    factors |= dict.fromkeys(("frequency", "phase", "mixture", "offset"), 0.1)
    groups = []
    for name, parameter in network.named_parameters():
        sort = name.rpartition(".")[2]
        held = 0.0 if sort == "bias" else decay
        own = rate * factors.get(sort, 1.0)
        groups.append({"params": [parameter], "lr": own, "weight_decay": held})
    return torch.optim.AdamW(groups, betas=(0.9, 0.95), fused=True)
