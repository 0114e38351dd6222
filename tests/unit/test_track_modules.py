"""The best candidate of every track that has a score is promoted, hand edits merged."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace
from processes.told_search import PREP, Room, room, score

from iiml_codegen.affected import affected
from iiml_codegen.domain.wire import to_json
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.standing import Standing
from iiml_codegen.search.submitting import Submitter
from iiml_codegen.search.track_modules import promote_tracks
from iiml_codegen.search.yours import edited_tracks

TRACKS = {
    "trees": "traditional",
    "small": "custom_nn",
    "large": "custom_nn",
    "sampled": "pretrained",
    "failed": "pretrained",
    "foreign": "pretrained",
}


@pytest.fixture
def place(tmp_path: Path) -> Room:
    """Candidates of three tracks, of which a traditional one was handed in."""
    made = room(tmp_path, {name: [0.9] * 3 for name in TRACKS})
    for attempt in made.attempts:
        track: Any = TRACKS[attempt.id]
        attempt.code.member = replace(attempt.member, track=track)
        attempt.code.model = f"# {attempt.id}\n{attempt.code.model}"
        attempt.code.write()
    return made


def handed_in(made: Room) -> Submitter:
    """A submitter whose first candidate stands."""
    workspace, bench = made.bench.context.workspace, made.bench
    workspace.write_bytes(workspace.blueprint, to_json(bench.blueprint))
    workspace.write_bytes(workspace.contract, to_json(bench.contract))
    workspace.promote("prep.py", PREP)
    submitter = Submitter(bench)
    first = made.attempts[0]
    submitter.standing = Standing(submission="", ground="", candidate=first.as_candidate(), seeds=1)
    return submitter


def test_each_track_gets_its_best_module_and_what_another_prep_serves_stays_out(
    place: Room,
) -> None:
    trees, small, large, sampled, failed, foreign = place.attempts
    for attempt, value in ((trees, 0.9), (small, 0.7), (large, 0.8), (foreign, 0.99)):
        attempt.score, attempt.raws = score(value, value), {0: Path(), 1: Path()}
    sampled.sampled, failed.sampled, failed.status = score(0.6), score(0.9), "failed"
    foreign.code.prep = f"{PREP}\n"
    workspace = place.bench.context.workspace
    submitter = handed_in(place)
    promote_tracks(place.bench, submitter, place.attempts)
    assert workspace.model("custom_nn").read_text("utf-8").startswith("# large")
    assert workspace.model("pretrained").read_text("utf-8").startswith("# sampled")
    assert not workspace.model("traditional").exists()
    assert "large" in workspace.pipeline("custom_nn").read_text("utf-8")
    found = {one.track: (one.affected, one.score) for one in affected(workspace)}
    assert found == {"custom_nn": (False, 0.8), "pretrained": (False, None)}


def test_an_edit_of_a_tracks_module_is_merged(place: Room) -> None:
    small = place.attempts[1]
    small.score, small.raws = score(0.7), {0: Path()}
    workspace = place.bench.context.workspace
    submitter = handed_in(place)
    promote_tracks(place.bench, submitter, place.attempts)
    module = workspace.model("custom_nn")
    module.write_text(f"{module.read_text('utf-8')}\n\nMINE = 1\n", "utf-8")
    small.code.model = small.code.model.replace("# small", "# smaller")
    promote_tracks(place.bench, submitter, cast(list[Attempt], place.attempts))
    text = module.read_text("utf-8")
    assert text.startswith("# smaller") and text.endswith("MINE = 1\n")


def test_nothing_is_promoted_where_nothing_stands(place: Room) -> None:
    submitter = handed_in(place)
    submitter.standing = None
    place.attempts[1].score = score(0.7)
    promote_tracks(place.bench, submitter, place.attempts)
    assert not place.bench.context.workspace.model("custom_nn").exists()


def test_an_edited_model_is_tried_in_its_own_track(place: Room) -> None:
    workspace = place.bench.context.workspace
    edited = {"prep.py": "", "model_custom_nn.py": ""}
    assert edited_tracks(workspace, edited, ("traditional",)) == ["custom_nn"]
