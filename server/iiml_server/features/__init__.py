"""What the server can do, one module each; `register` of each adds its handlers."""

from __future__ import annotations

from iiml_server.features import (
    about,
    actions,
    commands,
    completion,
    definition,
    documents,
    hints,
    hover,
    lenses,
    links,
    models,
    patches,
    planned,
    rename,
    requests,
    runs,
    settings,
    solving,
    symbols,
    texts,
    workspace,
)
from iiml_server.protocol import IimlServer

FEATURES = (
    settings,
    documents,
    hover,
    links,
    rename,
    symbols,
    lenses,
    hints,
    definition,
    completion,
    actions,
    commands,
    patches,
    runs,
    workspace,
    requests,
    planned,
    texts,
    solving,
    models,
    about,
)


def register_all(server: IimlServer) -> None:
    """Add all handlers to a server."""
    for feature in FEATURES:
        feature.register(server)
