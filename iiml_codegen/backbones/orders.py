"""Orders for a solver, with whom it may ask: what a command line and an editor's daemon share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from iiml_codegen.backbones.configuration import (
    asking_for,
    read_configuration,
    resumed_options,
    solve_options_of,
)
from iiml_codegen.domain.blueprint import Track
from iiml_codegen.execution.solver import Orders


def orders_for(
    folder: Path,
    flags: Mapping[str, object],
    keys: Mapping[str, str],
    *,
    resumed: bool = False,
    track: Track | None = None,
) -> Orders:
    """Orders for a solve; of `flags`, None was not given, and of `keys` it takes what it needs.

    Flags are the fields of `SolveOptions`, and `model`, `base_url`, `command`, `prices`,
    `search_provider` and `search_endpoint`. Raises `SettingsError`.
    """
    configuration = read_configuration()
    options = solve_options_of(folder, flags, configuration)
    asking = None if track else asking_for(options, configuration, flags, keys)
    return Orders(
        options=options,
        resumed=resumed,
        track=track,
        asking=asking,
        checkpoint_folders=configuration.checkpoint_folders(),
    )


def asking_again(orders: Orders, flags: Mapping[str, object], keys: Mapping[str, str]) -> Orders:
    """Orders that go on with a solve, with the backbones that its options name, or flags do.

    Raises `SettingsError` where a backbone is not set up any more.
    """
    if orders.track is not None:
        return orders
    options = resumed_options(orders.options, flags)
    configuration = read_configuration()
    asking = asking_for(options, configuration, flags, keys)
    folders = configuration.checkpoint_folders()
    return msgspec.structs.replace(
        orders, options=options, asking=asking, checkpoint_folders=folders
    )
