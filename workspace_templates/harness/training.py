"""Members of a pipeline: fitted once per seed, averaged over seeds."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from workspace_templates.harness.checkpoints import checkpoint_of
from workspace_templates.harness.files import take


@dataclass(frozen=True)
class Job:
    """One fit: its rows, the rows it may watch to stop early, and its settings."""

    X: Any
    y: np.ndarray
    valid: tuple[Any, ...] | None
    others: dict[str, Any]
    rounds: Any
    seed: int
    threads: int
    time_limit: float | None
    checkpoint: Path | None = None


@dataclass(frozen=True)
class Member:
    """A model of this pipeline: its functions, what feeds it, and how it is refitted.

    `others` feed `fit` beside rows and target; `watched` are those of them that `valid` has, too;
    `asked` feed further parameters of `predict`. One that goes `alone` is fitted beside no other.
    """

    fit: Callable[[Job], Any]
    predict: Callable[..., np.ndarray]
    train: str
    test: str
    target: str
    seeds: tuple[int, ...]
    rounds: Any = None
    watches_valid: bool = False
    others: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    asked: dict[str, str] = field(default_factory=dict)
    alone: bool = False


def seeds_of(member: Member, options: argparse.Namespace) -> tuple[int, ...]:
    """Name the seed of each of its models."""
    return member.seeds if options.seed is None else (options.seed,)


def fit_member(
    name: str, member: Member, outputs: dict[str, Any], options: argparse.Namespace
) -> list[Any]:
    """Fit one model per seed: on all rows, or without those that --valid keeps aside to watch."""
    names = (member.train, member.target, *member.others)
    rows, valid = {name: outputs[name] for name in names}, None
    if options.valid and member.watches_valid:
        aside = np.load(options.valid)
        kept = np.setdiff1d(np.arange(len(rows[member.target])), aside)
        watched = (member.train, member.target, *member.watched)
        valid = tuple(take(rows[name], aside) for name in watched)
        rows = {name: take(values, kept) for name, values in rows.items()}
    rounds = member.rounds if valid is None else None
    seeds = seeds_of(member, options)
    limit, X, y = options.time_limit, rows[member.train], rows[member.target]
    limit = limit / len(seeds) if limit else None
    jobs = [Job(X, y, valid, rows, rounds, seed, options.threads, limit) for seed in seeds]
    jobs = [replace(job, checkpoint=checkpoint_of(options, name, job.seed)) for job in jobs]
    return [member.fit(job) for job in jobs]
