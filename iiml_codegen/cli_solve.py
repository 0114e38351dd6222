"""Flags of `iiml solve` that say how: budget, tracks, folds, what may be left out."""

from __future__ import annotations

import argparse
from typing import get_args

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.options import Ablation, Aggregation

SOLVE_FLAGS = (
    "budget",
    "candidates",
    "tracks",
    "folds",
    "seed",
    "repair_rounds",
    "without",
    "use_suspected_leaks",
    "aggregation",
    "tune",
    "learn",
    "metric",
    "interpreter",
    "executor",
    "allow_install",
    "fetch_weights",
)


def add_solve_flags(solve: argparse.ArgumentParser) -> None:
    """The flags that say how a competition is solved."""
    _add_limits(solve)
    _add_choices(solve)
    solve.add_argument("--interpreter", metavar="PATH", help="the Python that computes")
    where = "where runs go: local (default), ray, ray://HOST:PORT or HOST:PORT of a Ray cluster"
    solve.add_argument("--executor", metavar="WHERE", help=where)
    add_consent(solve)
    fetch = "fetch well-known pretrained weights from the hub where none are on this machine"
    solve.add_argument("--fetch-weights", action="store_true", default=None, help=fetch)


def add_consent(command: argparse.ArgumentParser) -> None:
    """The flag that lets packages be installed."""
    install = "let missing packages be installed, if they are on the list of known ones"
    command.add_argument("--allow-install", action="store_true", default=None, help=install)


def solve_flags(given: argparse.Namespace) -> dict[str, object]:
    """The flags of `add_solve_flags` as `orders_for` takes them; None was not given."""
    return {name: getattr(given, name) for name in SOLVE_FLAGS}


def _add_limits(solve: argparse.ArgumentParser) -> None:
    solve.add_argument("--budget", metavar="TIME", help="90s, 10m, 1h30m (default 10m)")
    counted = "end after so many candidates, whatever time they take (default budget then 24h)"
    solve.add_argument("--candidates", type=int, metavar="N", help=counted)
    tracks, ablations = ", ".join(get_args(Track)), ", ".join(get_args(Ablation))
    solve.add_argument("--tracks", type=_names, metavar="A,B", help=f"of {tracks}; default: all")
    solve.add_argument("--folds", type=_folds, metavar="N", help="number of folds, or auto")
    seed = "the seed of folds and models (default 0)"
    solve.add_argument("--seed", type=int, metavar="N", help=seed)
    rounds = "how often a failing step may be mended and tried again (default 10)"
    solve.add_argument("--repair-rounds", type=int, metavar="N", help=rounds)
    solve.add_argument("--without", type=_names, metavar="A,B", help=f"ablations, of {ablations}")


def _add_choices(solve: argparse.ArgumentParser) -> None:
    leaks = "keep columns that decide the target almost alone"
    solve.add_argument("--use-suspected-leaks", action="store_true", default=None, help=leaks)
    ways = "how candidates are combined; auto: whatever wins out of fold"
    solve.add_argument("--aggregation", choices=get_args(Aggregation), help=ways)
    tried = "end when the plan's candidates are tried; vary no constants in the time that is left"
    solve.add_argument("--no-tuning", dest="tune", action="store_false", default=None, help=tried)
    kept = "keep nothing of what this solve teaches for later ones"
    solve.add_argument("--no-learn", dest="learn", action="store_false", default=None, help=kept)
    solve.add_argument("--metric", metavar="NAME", help="where the description does not say it")


def _names(text: str) -> list[str]:
    return [name.strip().replace("-", "_") for name in text.split(",") if name.strip()]


def _folds(text: str) -> int | str:
    return text if text == "auto" else int(text)
