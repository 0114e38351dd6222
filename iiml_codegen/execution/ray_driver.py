"""The driver: `boot.py iiml_codegen.execution.ray_driver`, the one process that speaks to Ray.

It takes `Begin`, then `Start` and `Stop` on standard input, and says on standard output how many
runs the cluster takes and which ended. Ray's threads, ports and sudden ends stay out of the solver:
when a cluster goes, this process goes, and the solver works on by itself.
"""

from __future__ import annotations

import importlib.util
import os
import queue
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iiml_codegen.domain.run import RunSpec
from iiml_codegen.domain.wire import from_json
from iiml_codegen.execution.ray_messages import (
    Begin,
    Ended,
    Fitness,
    Joined,
    Lanes,
    Order,
    Question,
    Refused,
    Start,
    Stop,
    ToDriver,
    decode,
    encode,
    to_driver,
)
from iiml_codegen.execution.shipping import brought_home, fingerprint, packed, travels

LOOK_SECONDS = 0.05
NODES_SECONDS = 1.0
KNOCK_SECONDS = 10.0
MEMORY_SHARE = 0.8
STORE_BYTES = 256 * 2**20
"""Object store of a cluster that we start: it holds messages only."""
LOCAL = "ray"
LOOPBACK = "127.0.0.2"
"""Ray takes 127.0.0.1 for a slip, and names a network address instead."""
CARDS_SEEN = {"RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
"""Leaves a node's graphics cards visible to tasks that reserve none: our runs share them."""


def on_node(engine: str, name: str, message: bytes, *bundles: bytes) -> Any:
    """Call a function of `ray_node` where the task runs.

    Ray sends this one as it stands, so it imports inside; messages are bytes, because what has a
    type of ours could only be read once our engine is on the path.
    """
    import importlib
    import os
    import sys

    if os.path.isdir(engine) and engine not in sys.path:
        sys.path.append(engine)
    node = importlib.import_module("iiml_codegen.execution.ray_node")
    return getattr(node, name)(message, *bundles)


def joined_address(address: str) -> str | None:
    """Where to join; None where a cluster of our own must be started.

    "ray" is what `RAY_ADDRESS` says or `ray start` left on this machine, if somebody listens there.
    """
    if address != LOCAL:
        knock(address)
        return address
    noted = Path(os.environ.get("RAY_TMPDIR", "/tmp")) / "ray" / "ray_current_cluster"
    known = os.environ.get("RAY_ADDRESS") or (noted.read_text("utf-8") if noted.is_file() else "")
    try:
        knock(known.strip())
    except (OSError, ValueError):
        return None
    return known.strip()


def join(begin: Begin) -> None:
    """Enter the cluster, or start one that only we have the token of; raises what Ray raises.

    Ray reads its variables when it is imported, which must not have happened before.
    """
    address = joined_address(begin.address)
    if address is None:
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        os.environ.pop("RAY_ADDRESS", None)
    import ray

    quiet = {"log_to_driver": False, "logging_level": "ERROR", "namespace": "iiml"}
    if address is not None:
        ray.init(address, **quiet)
        return
    ray.init(
        "local",
        num_cpus=begin.cores,
        include_dashboard=False,
        object_store_memory=STORE_BYTES,
        _node_ip_address=LOOPBACK,
        **quiet,
    )


def knock(address: str) -> None:
    """Raise `OSError` where nobody listens, at once; Ray itself tries for a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    socket.create_connection((host.strip("[]"), int(port)), KNOCK_SECONDS).close()


@dataclass
class Node:
    """A node of the cluster, and what it said of itself; `fitness` is None until it did."""

    id: str
    host: str
    cpus: int
    has_card: bool = False
    fitness: Fitness | None = None
    question: Any = None

    @property
    def usable(self) -> bool:
        """Whether runs may go there."""
        return self.fitness is not None and not self.fitness.why_not

    @property
    def shares(self) -> bool:
        """Whether it sees our files."""
        return self.fitness is not None and self.fitness.shares

    @property
    def complaint(self) -> str:
        """Why it does not serve, for a person; empty for one that does or has not answered."""
        return f"{self.host} {self.fitness.why_not}" if self.fitness and not self.usable else ""


@dataclass(frozen=True)
class Flight:
    """A run that was sent to a node."""

    message: Start
    node: Node


@dataclass
class Drive:
    """Runs under way, nodes, and bundles that the cluster holds already, by path."""

    begin: Begin
    tell: Callable[[bytes], None]
    nodes: dict[str, Node] = field(default_factory=dict)
    under_way: dict[Any, Flight] = field(default_factory=dict)
    bundles: dict[str, tuple[str, Any]] = field(default_factory=dict)
    lost_on: dict[str, str] = field(default_factory=dict)
    said: Lanes | None = None

    def look_at_nodes(self) -> None:
        """Ask new nodes whether they serve, forget those that are gone, and say what there is."""
        import ray

        alive = {one["NodeID"]: one for one in ray.nodes() if one["Alive"]}
        self.nodes = {name: node for name, node in self.nodes.items() if name in alive}
        for name, one in alive.items():
            cpus = int(one["Resources"].get("CPU", 0))
            if name not in self.nodes and cpus:
                host, card = str(one["NodeManagerHostname"]), bool(one["Resources"].get("GPU"))
                self.nodes[name] = Node(name, host, cpus, card)
                self.nodes[name].question = self.asked(self.nodes[name])
        for node in self.nodes.values():
            self.take_answer(node)
        usable = self.usable()
        why = sorted({node.complaint for node in self.nodes.values()} - {""})
        now = Lanes(sum(node.cpus for node in usable), len(usable), tuple(why))
        if now != self.said:
            self.said = now
            self.tell(encode(now))

    def usable(self) -> list[Node]:
        """The nodes that runs may go to."""
        return [node for node in self.nodes.values() if node.usable]

    def asked(self, node: Node) -> Any:
        """A question to a node, on its way."""
        begin = self.begin
        question = Question(begin.version, begin.interpreter, begin.token, begin.tokens)
        return self.task(node, 0).remote(begin.engine, "fitness", encode(question))

    def take_answer(self, node: Node) -> None:
        """What a node said of itself, if it did by now."""
        import ray

        if node.question is None or not ray.wait([node.question], timeout=0)[0]:
            return
        try:
            node.fitness = decode(ray.get(node.question), Fitness)
        except Exception as error:  # noqa: BLE001  (whatever a foreign node raises)
            node.fitness = Fitness(False, f"cannot run iiML: {last_line(error)}")
        node.question = None

    def task(self, node: Node, num_cpus: float) -> Any:
        """The remote function for one node: Ray would send a lost run to where it was lost."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        return ray.remote(on_node).options(
            num_cpus=num_cpus,
            max_retries=0,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node.id, soft=False),
            runtime_env={"env_vars": CARDS_SEEN} if node.has_card else {},
        )

    def start(self, message: Start) -> None:
        """Send a run to the node with most room, but not to where it was lost before."""
        usable = self.usable()
        others = [node for node in usable if node.id != self.lost_on.get(message.folder)]
        if not usable:
            self.tell(encode(Ended(message.number, lost="no node of the cluster serves")))
            return
        node = max(others or usable, key=self.room)
        cpus = min(message.threads, node.cpus)
        task, share = self.task(node, cpus), MEMORY_SHARE * cpus / node.cpus
        if all(node.shares for node in usable):
            order = Order(message.folder, share)
            reference = task.remote(self.begin.engine, "run_in_place", encode(order))
        else:
            order, bundles = self.shipped(message, share)
            reference = task.remote(self.begin.engine, "run_shipped", encode(order), *bundles)
        self.under_way[reference] = Flight(message, node)

    def room(self, node: Node) -> int:
        """How many more of our runs a node takes at once."""
        here = [one.message.threads for one in self.under_way.values() if one.node.id == node.id]
        return node.cpus - sum(here)

    def shipped(self, message: Start, share: float) -> tuple[Order, list[Any]]:
        """An order, and all files that its run needs; the cluster keeps each as it was last."""
        import ray

        text = Path(message.folder, "spec.json").read_bytes()
        package = Path(self.begin.engine, "iiml_codegen")
        paths = travels(from_json(text, RunSpec), package)
        named = tuple((path, fingerprint(Path(path))) for path in paths)
        for path, name in named:
            if self.bundles.get(path, ("", None))[0] != name:
                self.bundles[path] = (name, ray.put(packed(Path(path))))
        order = Order(message.folder, share, text.decode(), named, str(package))
        return order, [self.bundles[path][1] for path, _ in named]

    def collect(self) -> None:
        """Say which runs ended; bring home what they wrote."""
        import ray

        if not self.under_way:
            return
        done, _ = ray.wait(list(self.under_way), num_returns=1, timeout=LOOK_SECONDS)
        for reference in done:
            self.tell(encode(self.ended(reference, self.under_way.pop(reference))))

    def ended(self, reference: Any, flight: Flight) -> Ended:
        """How a run ended; one that Ray lost has a reason."""
        import ray

        message = flight.message
        try:
            answer = ray.get(reference)
            if answer is not None:
                files, places = answer
                brought_home(files, places, Path(message.folder))
        except Exception as error:  # noqa: BLE001  (whatever a foreign node raises, or its loss)
            self.lost_on[message.folder] = flight.node.id
            why = f"{flight.node.host}: {type(error).__name__}: {last_line(error)}"
            return Ended(message.number, lost=why)
        return Ended(message.number)

    def stop(self, number: int) -> None:
        """Interrupt a run; one that waits for a node does not start."""
        import ray

        for reference, flight in self.under_way.items():
            if flight.message.number == number:
                ray.cancel(reference)


def last_line(error: Exception) -> str:
    """What an error comes to: the cause that Ray wraps, in one line."""
    said = str(getattr(error, "cause", None) or error).strip().splitlines()
    return said[-1].strip() if said else type(error).__name__


def drive(
    begin: Begin, messages: queue.Queue[ToDriver | None], tell: Callable[[bytes], None]
) -> None:
    """Work until the solver is gone or says nothing more."""
    work = Drive(begin, tell)
    looked = 0.0
    while True:
        if time.monotonic() - looked > NODES_SECONDS:
            work.look_at_nodes()
            looked = time.monotonic()
        try:
            message = messages.get(timeout=0 if work.under_way else LOOK_SECONDS)
        except queue.Empty:
            work.collect()
            continue
        if message is None:
            return
        if isinstance(message, Start):
            work.start(message)
        elif isinstance(message, Stop):
            work.stop(message.number)


def listen(messages: queue.Queue[ToDriver | None]) -> None:
    """Pass on what the solver says; its end is None."""
    for line in sys.stdin.buffer:
        messages.put(to_driver(line))
    messages.put(None)


def main() -> int:
    """Join the cluster and drive it."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what Ray prints is no message

    def tell(line: bytes) -> None:
        answers.write(line)
        answers.flush()

    messages: queue.Queue[ToDriver | None] = queue.Queue()
    begin = decode(sys.stdin.buffer.readline(), Begin)
    if importlib.util.find_spec("ray") is None:
        hint = 'pip install "iiml[ray]", here and on every node'
        tell(encode(Refused("Ray is not installed", hint)))
        return 1
    try:
        join(begin)
    except Exception as error:  # noqa: BLE001  (Ray raises all sorts for what a user mistyped)
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        hint = "see docs/cluster.md; `ray status --address HOST:PORT` says whether one is there"
        tell(encode(Refused(f"cannot join the Ray cluster at {begin.address}: {said}", hint)))
        return 1
    import ray

    threading.Thread(target=listen, args=(messages,), daemon=True).start()
    tell(encode(Joined(len([one for one in ray.nodes() if one["Alive"]]))))
    try:
        drive(begin, messages, tell)
    finally:
        ray.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
