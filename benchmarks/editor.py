"""How quickly the daemon answers an editor, beside jedi-language-server and `ruff server`.

    python benchmarks/editor.py [SOLVED_FOLDER] [--lines 1000 3000] [--times 40]

Prints Markdown; the exit code is 1 where iiML misses a limit. Without a folder, the bundled sample
is solved first. The module is the folder's own prep.py, repeated under other names up to the wanted
number of lines. All servers are real processes that answer over their pipes to the same client in
the same run, one after the other. jedi-language-server is left out where it is not installed.
Diagnostics count from the last change to their arrival, so a server's own pause is part of them;
the second figure is without that pause. Hovers while typing are asked at all moments around a
check: some before it, some while it is at work.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from language_client import PlainClient
from verify import repeated

from iiml_server.checking import PAUSE

SETTLING = 2.0
SETTLED = 0.3
BETWEEN = 0.05
"""Seconds between two requests: people do not ask a hundred things at once."""
TYPING = "hover while typing"
AFTER_A_KEY = (0.02, 0.13, 0.16, 0.2, 0.25)
"""Seconds from a keystroke to a hover, in turn: around the pause, after which the check begins."""
LIMITS = {
    "start": 0.6,
    "memory": 150.0,
    "hover": 0.030,
    TYPING: 0.030,
    "completion": 0.100,
    "diagnostics": 0.300,
}
"""Seconds, and for memory MiB; those of diagnostics are counted after the pause."""


@dataclass(frozen=True)
class Peer:
    """A language server; `asks` are the requests whose work is alike."""

    name: str
    command: tuple[str, ...]
    asks: tuple[str, ...]
    pause: float = 0.0


@dataclass
class Figures:
    """What was measured on one server: seconds by what was asked, and MiB of memory."""

    start: float = 0.0
    memory: float = 0.0
    seconds: dict[str, list[float]] = field(default_factory=dict)


def main() -> int:
    """Measure all servers on all lengths; 1 if iiML missed a limit."""
    given = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or solved_sample(Path(scratch))
        missed = []
        for lines in given.lines:
            text = repeated((folder / "iiml" / "prep.py").read_text("utf-8"), lines)
            path = folder / "iiml" / "prep.py"
            figures = {one.name: asyncio.run(measured(one, path, text, given)) for one in peers()}
            print(*table(text.count("\n"), figures), sep="\n", end="\n\n")
            missed += list(broken_limits(figures["iiML"]))
    for limit in missed:
        print(f"Missed: {limit}")
    return 1 if missed else 0


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="a solved competition")
    parser.add_argument("--lines", type=int, nargs="+", default=[1000, 3000])
    parser.add_argument("--times", type=int, default=40, help="requests of each kind")
    return parser.parse_args()


def solved_sample(folder: Path) -> Path:
    """The bundled sample, solved for as long as it takes to have modules."""
    sample, iiml = folder / "sample", [sys.executable, "-I", "-m", "iiml_codegen.cli"]
    for arguments in (["sample", str(sample)], ["solve", str(sample), "--budget", "40s"]):
        subprocess.run([*iiml, *arguments], check=True, stdout=subprocess.DEVNULL)
    return sample


def peers() -> list[Peer]:
    """The servers that are there; ours first."""
    python = sys.executable
    found = [
        Peer(
            "iiML",
            (python, "-I", "-m", "iiml_server"),
            ("hover", "completion", "diagnostics", TYPING),
            PAUSE,
        ),
        Peer("ruff server", (python, "-m", "ruff", "server"), ("diagnostics",)),
    ]
    beside = Path(python).with_name("jedi-language-server")
    jedi = str(beside) if beside.exists() else shutil.which(beside.name)
    if jedi:
        found.append(Peer("jedi-language-server", (jedi,), ("hover", "completion", TYPING)))
    return found


async def measured(peer: Peer, path: Path, text: str, given: argparse.Namespace) -> Figures:
    """Start one server and ask it everything."""
    client, figures = PlainClient(), Figures()
    began = time.perf_counter()
    await client.start(*peer.command)
    await client.ask("initialize", hello(path))
    client.tell("initialized", {})
    figures.start = time.perf_counter() - began
    uri = path.as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    client.tell("textDocument/didOpen", {"textDocument": item})
    await asyncio.sleep(SETTLING)
    figures.memory = memory(client.process.pid)
    for name in peer.asks:
        await asked(name, client, uri, text, 3)  # what is made once is made before it counts
        figures.seconds[name] = await asked(name, client, uri, text, given.times)
    await client.stop()
    return figures


def hello(path: Path) -> dict[str, Any]:
    """The greeting of an editor that has the folder open."""
    root = path.parents[1].as_uri()
    document = {
        "publishDiagnostics": {"versionSupport": True, "relatedInformation": True},
        "hover": {"contentFormat": ["markdown"]},
    }
    return {
        "processId": None,
        "rootUri": root,
        "workspaceFolders": [{"uri": root, "name": path.parents[1].name}],
        "capabilities": {"textDocument": document},
    }


def memory(process: int) -> float:
    """MiB that the server and its children hold."""
    parent = psutil.Process(process)
    family = [parent, *parent.children(recursive=True)]
    return float(sum(one.memory_info().rss for one in family)) / 2**20


async def asked(name: str, client: PlainClient, uri: str, text: str, times: int) -> list[float]:
    """Seconds of each answer of one kind."""
    if name == "diagnostics":
        return await changes(client, uri, text, times)
    if name == TYPING:
        return await hovers_while_typing(client, uri, text, times)
    took = []
    for place in places(text, times):
        began = time.perf_counter()
        await client.ask(f"textDocument/{name}", {"textDocument": {"uri": uri}, "position": place})
        took.append(time.perf_counter() - began)
        await asyncio.sleep(BETWEEN)
    return took


async def hovers_while_typing(client: PlainClient, uri: str, text: str, times: int) -> list[float]:
    """Seconds of hovers at moments after a keystroke, while the check of it may be at work."""
    took = []
    for number, place in enumerate(places(text, times)):
        type_mark(client, uri, text)
        await asyncio.sleep(AFTER_A_KEY[number % len(AFTER_A_KEY)])
        began = time.perf_counter()
        await client.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": place})
        took.append(time.perf_counter() - began)
        await asyncio.sleep(SETTLED)
    return took


def type_mark(client: PlainClient, uri: str, text: str) -> int:
    """Type one character at the end; the version of the text with it."""
    end = {"line": text.count("\n"), "character": 0}
    client.typed[uri] = client.typed.get(uri, 1) + 1
    change = {"range": {"start": end, "end": end}, "text": "#"}
    document = {"uri": uri, "version": client.typed[uri]}
    client.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
    return client.typed[uri]


async def changes(client: PlainClient, uri: str, text: str, times: int) -> list[float]:
    """Seconds from a keystroke to the diagnostics of the text with it."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        await client.shown(uri, type_mark(client, uri, text))
        took.append(time.perf_counter() - began)
    return took


def places(text: str, times: int) -> list[dict[str, int]]:
    """Positions in words of lines that are spread over the text."""
    lines = [(n, line) for n, line in enumerate(text.split("\n")) if line.strip().isascii()]
    filled = [(n, line) for n, line in lines if len(line.strip()) > 8]
    step = max(1, len(filled) // times)
    return [
        {"line": n, "character": len(line) - len(line.lstrip()) + 2}
        for n, line in filled[::step][:times]
    ]


def table(lines: int, figures: dict[str, Figures]) -> Iterator[str]:
    """One row per server."""
    names = ("start", "memory", "hover", TYPING, "completion", "diagnostics", "after the pause")
    yield f"| {lines} lines | {' | '.join(names)} |"
    yield "| --- " * (len(names) + 1) + "|"
    for peer in peers():
        one = figures[peer.name]
        late = one.seconds.get("diagnostics")
        cells = [
            f"{one.start * 1000:.0f} ms",
            f"{one.memory:.0f} MiB",
            *(milliseconds(one.seconds.get(name)) for name in ("hover", TYPING, "completion")),
            milliseconds(late),
            milliseconds([took - peer.pause for took in late] if late else None),
        ]
        yield f"| {peer.name} | {' | '.join(cells)} |"


def milliseconds(seconds: Sequence[float] | None) -> str:
    """The median and the 95th percentile."""
    if not seconds:
        return ""
    return f"{statistics.median(seconds) * 1000:.0f} (p95 {p95(seconds) * 1000:.0f}) ms"


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile; the largest of a few."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def broken_limits(figures: Figures) -> Iterator[str]:
    """What is slower or larger than it may be."""
    found = {"start": figures.start, "memory": figures.memory}
    found |= {name: p95(seconds) for name, seconds in figures.seconds.items()}
    found["diagnostics"] -= PAUSE
    for name, value in found.items():
        if value > LIMITS[name]:
            yield f"{name}: {value:.3g}, may be {LIMITS[name]:g}"


if __name__ == "__main__":
    sys.exit(main())
