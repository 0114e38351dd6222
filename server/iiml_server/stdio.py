"""The pipes of the protocol, kept away from everything else that prints."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO


def claim_stdio() -> tuple[BinaryIO, BinaryIO]:
    """Keep the real pipes for the protocol; whatever else prints goes to stderr.

    One stray byte on stdout desynchronises an editor's reader for good. The buffered writer matters
    too: with PYTHONUNBUFFERED, sys.stdout.buffer is a raw file that cuts messages over 64 KiB.
    """
    reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return reader, writer
