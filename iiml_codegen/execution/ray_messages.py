"""What solver and driver say to each other, one JSON object a line, and what a node is told.

The driver is the one process that speaks to Ray (`ray_driver.py`). The solver starts it, and the
end of its standard input is its end.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from iiml_codegen.domain.wire import Frozen


class Said(Frozen, tag_field="say", tag=True):
    """Base of all messages; in JSON the class name stands under `say`."""


class Begin(Said):
    """To the driver, first: which cluster to join, and what its nodes must have.

    `address` is "ray" (the cluster of this machine, started with `cores` if there is none),
    "ray://HOST:PORT" or "HOST:PORT". `tokens` are files with `token` in them: a node that reads
    all of them shares our file system. `engine` is the folder that iiML's packages lie in.
    """

    address: str
    cores: int
    engine: str
    version: str
    interpreter: str
    token: str
    tokens: tuple[str, ...]


class Start(Said):
    """To the driver: run what `spec.json` in a folder says; a run has one number per start."""

    number: int
    folder: str
    threads: int


class Stop(Said):
    """To the driver: end a run early."""

    number: int


class Joined(Said):
    """From the driver: it is in the cluster."""

    nodes: int


class Refused(Said):
    """From the driver: it cannot join."""

    message: str
    hint: str = ""


class Lanes(Said):
    """From the driver: how many runs of one thread the usable nodes take at once, from now on."""

    count: int
    nodes: int
    why: tuple[str, ...] = ()


class Ended(Said):
    """From the driver: a run is over; `lost` says why it left no result."""

    number: int
    lost: str = ""


ToDriver = Begin | Start | Stop
FromDriver = Joined | Refused | Lanes | Ended
TO_DRIVER: msgspec.json.Decoder[ToDriver] = msgspec.json.Decoder(ToDriver)
FROM_DRIVER: msgspec.json.Decoder[FromDriver] = msgspec.json.Decoder(FromDriver)
M = TypeVar("M")


class Question(Frozen):
    """To a node: does it serve?"""

    version: str
    interpreter: str
    token: str
    tokens: tuple[str, ...]


class Fitness(Frozen):
    """Of a node: whether it shares our files, and why it cannot be used at all."""

    shares: bool
    why_not: str = ""


class Order(Frozen):
    """To a node: run the spec of a folder, where it lies or from bundles (path and name).

    `share` is the part of the node's memory that the run may use; `package` is where iiML lies at
    home.
    """

    folder: str
    share: float
    spec: str = ""
    bundles: tuple[tuple[str, str], ...] = ()
    package: str = ""


def encode(message: object) -> bytes:
    """A message as one line."""
    return msgspec.json.encode(message) + b"\n"


def decode(line: bytes, kind: type[M]) -> M:
    """The message of a line, of a kind that is known."""
    return msgspec.json.decode(line, type=kind)


def to_driver(line: bytes) -> ToDriver:
    """What the solver said."""
    return TO_DRIVER.decode(line)


def from_driver(line: bytes) -> FromDriver:
    """What the driver said."""
    return FROM_DRIVER.decode(line)
