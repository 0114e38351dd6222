"""Runs the language server on standard input and output: `python -I -m iiml_server`."""

from __future__ import annotations

import logging
import sys

from iiml_server.features import register_all
from iiml_server.protocol import IimlServer
from iiml_server.stdio import claim_stdio


def create_server() -> IimlServer:
    """A server with all its handlers."""
    server = IimlServer()
    register_all(server)
    return server


def main() -> int:
    """Serve until the client says `exit` or its pipe closes; returns the exit code."""
    reader, writer = claim_stdio()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    # pygls logs every message with its text at this level: code and settings do not belong there.
    logging.getLogger("pygls").setLevel(logging.WARNING)
    create_server().start_io(reader, writer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
