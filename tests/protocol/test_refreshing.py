"""Lenses and hints are asked for anew when what they tell has changed."""

from __future__ import annotations

from pathlib import Path

import msgspec
from processes import wait_until
from processes.daemon import Daemon
from processes.planned_folder import SCORED, planned_folder

from iiml_codegen.domain.events import CandidateUpdated, Note
from iiml_codegen.journal import Journal

LENSES, HINTS = "workspace/codeLens/refresh", "workspace/inlayHint/refresh"
ABLE = {"workspace": {"codeLens": {"refreshSupport": True}}}


def test_new_scores_and_settings_refresh_what_the_client_can_refresh(tmp_path: Path) -> None:
    workspace = planned_folder(tmp_path)
    journal = Journal(workspace.journal)

    def asked(method: str) -> int:
        return sum(one["method"] == method for one in daemon.heard)

    with Daemon() as daemon:
        daemon.start(tmp_path, capabilities=ABLE)
        wait_until(lambda: asked(LENSES) == 1, "the first scores")
        journal.append(Note(level="information", text="nothing that a lens tells"))
        wait_until(lambda: daemon.state(tmp_path).get("notes"), "the note")
        assert asked(LENSES) == 1
        other = msgspec.structs.replace(SCORED, id="02-other")
        journal.append(CandidateUpdated(candidate=other))
        wait_until(lambda: asked(LENSES) == 2, "the other score")
        daemon.tell("workspace/didChangeConfiguration", {"settings": {"iiml": {}}})
        wait_until(lambda: asked(LENSES) == 3, "the settings")
        assert asked(HINTS) == 0
        assert daemon.end() == 0
    journal.close()
