"""The command `run FOLDER`: tracks scored as their modules stand, one short solve each."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from iiml_codegen.affected import affected
from iiml_codegen.domain.blueprint import Track
from iiml_codegen.viewing.console import print_json
from iiml_codegen.viewing.follow import Outcome
from iiml_codegen.viewing.solving import FOR_PROGRAMS, Look, show_solve, track_orders
from iiml_codegen.workspace import Workspace


def run_tracks(
    workspace: Workspace,
    tracks: Sequence[Track] | None,
    budget: float | None,
    interpreter: str | None,
    look: Look,
) -> int:
    """Run these tracks, or those whose inputs changed; the first exit code that is not 0.

    A track that fails does not keep the others from running; Ctrl-C does.
    """
    code = 0
    for track in _changed(workspace, look) if tracks is None else tracks:
        orders = track_orders(workspace, track, budget, interpreter)
        shown = show_solve(workspace, orders, look)
        code = code or shown.code
        if shown.outcome in (Outcome.INTERRUPTED, Outcome.DETACHED):
            break
    return code


def _changed(workspace: Workspace, look: Look) -> list[Track]:
    """The affected tracks; each of the others is said to be as it was."""
    found = affected(workspace)
    lines = [f"{one.track}: {one.why or 'nothing changed since it was scored'}" for one in found]
    for line in lines or [f"no track has modules in {workspace.home}"]:
        print(line, file=sys.stderr if look in FOR_PROGRAMS else sys.stdout, flush=True)
    changed = [one.track for one in found if one.affected]
    if look in FOR_PROGRAMS and not changed:
        print_json({"status": "unchanged", "tracks": found}, one_line=look == "json-lines")
    return changed
