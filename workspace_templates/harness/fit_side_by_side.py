"""Fits go side by side: several small ones on a thread each end sooner than one on all threads."""

import argparse
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from threadpoolctl import threadpool_limits

from workspace_templates.harness.training import Member, fit_member, seeds_of


def fit_members(
    members: Mapping[str, Member], outputs: dict[str, Any], options: argparse.Namespace
) -> dict[str, list[Any]]:
    """Fit one model per member and seed, several at once, each on its share of the threads.

    Members that go alone follow, on all of them.
    """
    beside = [name for name, member in members.items() if not member.alone]
    fits = [(name, seed) for name in beside for seed in seeds_of(members[name], options)]
    share = max(1, options.threads // len(fits))

    def fit(place: tuple[str, int]) -> Any:
        name, seed = place
        settings = argparse.Namespace(**(vars(options) | {"seed": seed, "threads": share}))
        (model,) = fit_member(name, members[name], outputs, settings)
        return model

    models: dict[str, list[Any]] = {name: [] for name in members}
    with ThreadPoolExecutor(options.threads // share) as pool, threadpool_limits(share):
        for (name, _), model in zip(fits, pool.map(fit, fits), strict=True):
            models[name].append(model)
    for name, member in members.items():
        if member.alone:
            models[name] = fit_member(name, member, outputs, options)
    return models
