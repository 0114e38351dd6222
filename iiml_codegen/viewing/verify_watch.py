"""Follows saves of modules by asking again and again, which works on network disks too."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping

from iiml_codegen.workspace import Workspace

PAUSE = 0.5
"""Seconds between two looks. The files are few and small, so their bytes are compared."""
Seen = Mapping[str, str]
"""A hash of each module by its file name."""


def modules_seen(workspace: Workspace) -> Seen:
    """What the modules hold now; one that cannot be read just then counts as absent."""
    seen = {}
    for path in (workspace.prep, *sorted(workspace.home.glob("model_*.py"))):
        try:
            seen[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            continue
    return seen


def changes(before: Seen, after: Seen) -> list[str]:
    """Names of files that came, went or changed."""
    names = sorted({*before, *after})
    return [name for name in names if before.get(name) != after.get(name)]


def saves(
    workspace: Workspace, wait: Callable[[], None] = lambda: time.sleep(PAUSE)
) -> Iterator[list[str]]:
    """The names of changed modules, each time that some have changed; never ends by itself."""
    before = modules_seen(workspace)
    while True:
        wait()
        after = modules_seen(workspace)
        changed = changes(before, after)
        before = after
        if changed:
            yield changed
