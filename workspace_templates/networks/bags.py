"""Errors of bags, whose outputs are (rows, members, answers).

Each member learns by itself; their mean answers, and is what held-out rows judge.
"""

import torch
from torch.nn import functional


def member_log_loss(
    outputs: torch.Tensor,
    codes: torch.Tensor,
    *,
    smoothing: float,
    weights: torch.Tensor | None = None,
) -> torch.Tensor:
    """The log loss of the classes, over rows and members.

    `weights` has one number per class.
    """
    each = codes[:, None].expand(outputs.shape[:2])
    rows = outputs.transpose(1, 2)
    return functional.cross_entropy(rows, each, label_smoothing=smoothing, weight=weights)


def mean_probabilities(outputs: torch.Tensor) -> torch.Tensor:
    """The members' mean probability of each class: (rows, classes)."""
    return outputs.softmax(dim=2).mean(dim=1)


def mean_log_loss(outputs: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
    """The log loss of the members' mean probabilities."""
    return functional.nll_loss(mean_probabilities(outputs).clamp(min=1e-7).log(), codes)


def member_label_loss(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The log loss of labels that are 0 or 1, over rows, members and labels."""
    each = labels[:, None].expand_as(outputs)
    return functional.binary_cross_entropy_with_logits(outputs, each)


def mean_label_loss(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The log loss of labels by the members' mean probabilities."""
    return functional.binary_cross_entropy(outputs.sigmoid().mean(dim=1), labels)


def member_square_error(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean squared error over rows, members and targets."""
    return functional.mse_loss(outputs, targets[:, None].expand_as(outputs))


def mean_square_error(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean squared error of the members' mean."""
    return functional.mse_loss(outputs.mean(dim=1), targets)
