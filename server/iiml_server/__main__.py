"""Runs the language server on standard input and output: `python -I -m iiml_server`."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from iiml_codegen.cli_models import held_keys
from iiml_server.recent import keep_log
from iiml_server.stdio import claim_stdio

if TYPE_CHECKING:
    from iiml_server.protocol import IimlServer


def create_server(keys: Mapping[str, str] | None = None) -> IimlServer:
    """A server with all its handlers."""
    # The features are loaded here, where `main` keeps the search for garbage away from them.
    from iiml_server.features import register_all
    from iiml_server.protocol import IimlServer

    server = IimlServer(keys)
    register_all(server)
    return server


def main() -> int:
    """Serve until the client says `exit` or its pipe closes; the process then ends with its code.

    It ends without waiting for threads: what they look at or verify is of no use to anybody.
    """
    keys = held_keys()
    reader, writer = claim_stdio()
    keep_log(sys.stderr, keys)
    gc.disable()
    server = create_server(keys)
    gc.freeze()  # what lives as long as we do is never searched for garbage
    gc.enable()
    signal.signal(signal.SIGTERM, lambda *_: server.end_now("asked to end"))
    server.start_io(reader, writer)
    server.children.end_all()
    logging.shutdown()
    os._exit(0 if server.said_goodbye else 1)


if __name__ == "__main__":
    sys.exit(main())
