"""The ladder climbed with real modules, and broken ones mended on it; real runs on a sample."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from competitions.planned import planned_folder
from processes import wait_until

from iiml_codegen.domain.events import CandidateUpdated, Note, PatchTried
from iiml_codegen.errors import CompetitionError
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.hand_edits import hand_edited
from iiml_codegen.search.ladder import Climb, Ladder
from iiml_codegen.search.mending import Mender
from iiml_codegen.search.reopened import Limits, module_pair, reopened
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.yours import holds, why_not, your_attempt
from iiml_codegen.workspace import Workspace


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A planned competition, opened again."""
    workspace = planned_folder(tmp_path_factory.mktemp("ladder") / "shop")
    with reopened(workspace, interpreter=sys.executable, limits=Limits(rows=200)) as bench:
        yield bench


def pair(bench: Bench, name: str, old: str = "", new: str = "", module: str = "prep") -> Climber:
    """The folder's modules as a candidate, one of them edited."""
    workspace = bench.context.workspace
    texts = {"prep": workspace.prep, "model": workspace.model("traditional")}
    read = {name: path.read_text("utf-8") for name, path in texts.items()}
    assert old in read[module]
    read[module] = read[module].replace(old, new, 1)
    return Climber(bench, module_pair(bench, name, read["prep"], read["model"]))


class Climber:
    """A pair of modules and the ladder that it climbs."""

    def __init__(self, bench: Bench, code: CandidateCode) -> None:
        self.bench, self.code = bench, code
        self.ladder = Ladder(bench)

    def climb(self, upto: int = 6) -> Climb:
        return self.ladder.climb(self.code, upto)

    def mended(self, rounds: int = 10) -> list[str] | None:
        """Titles of the patches after which it holds; None where it never does."""
        fault = self.climb().fault
        assert fault is not None
        mender = Mender(self.bench, rounds)
        kept = mender.mend(self.code, fault, lambda: self.climb().fault)
        if kept is None:
            return None
        assert all(patch.verified for patch in kept)
        return [patch.title for patch in kept]


def test_what_the_expert_wrote_comes_up_the_whole_ladder(bench: Bench) -> None:
    climb = pair(bench, "whole").climb()
    assert (climb.rung, climb.fault) == (6, None)
    assert climb.score is not None and climb.score.rows > 20
    assert not [one for one in climb.violations if one.severity == "error"]


def test_a_climb_stops_at_the_rung_that_was_asked_for(bench: Bench) -> None:
    climber = pair(bench, "low")
    assert (climber.climb(1).rung, climber.climb(1).runs) == (1, [])
    middle = climber.climb(3)
    assert (middle.rung, [run.ok for run in middle.runs], middle.raw) == (3, [True], None)
    assert {seen.output for seen in climber.code.observations} >= {"target", "features_train"}


@pytest.mark.parametrize(
    ("old", "new", "rung", "kind"),
    [
        ("train = read", "train = = read", -1, "syntax"),
        ("target = class_codes(", "target = 1 + class_codes(", 1, "contract_fulfilment"),
        ("    train = read", "    bytearray(10**14)\n    train = read", 1, "memory"),
    ],
    ids=["text", "clause", "run"],
)
def test_a_climb_ends_at_the_first_rung_that_does_not_hold(
    bench: Bench, old: str, new: str, rung: int, kind: str
) -> None:
    climb = pair(bench, f"broken-{kind}", old, new).climb()
    assert climb.fault is not None
    assert (climb.rung, climb.fault.kind) == (rung, kind)
    assert climb.fault.place is not None and climb.fault.place.file == "prep.py"


def test_a_broken_module_is_mended_until_it_comes_up(bench: Bench) -> None:
    climber = pair(bench, "mended", 'TRAIN_FILE = "train.csv"', 'TRAIN_FILE = "tarin.csv"')
    assert len(climber.mended() or []) == 1
    assert 'TRAIN_FILE = "train.csv"' in climber.code.prep
    assert climber.climb().fault is None


def test_what_cannot_be_mended_stays_as_it_was_written(bench: Bench) -> None:
    climber = pair(bench, "lost", "    train = read", "    raise RuntimeError(1)\n    train = read")
    text = climber.code.prep
    assert climber.mended() is None
    assert climber.code.prep == text


def test_without_rounds_nothing_is_tried(bench: Bench) -> None:
    climber = pair(bench, "none", 'TRAIN_FILE = "train.csv"', 'TRAIN_FILE = "trian.csv"')
    before = len([e for e in bench.context.journal.read() if isinstance(e.event, PatchTried)])
    assert climber.mended(rounds=0) is None
    after = len([e for e in bench.context.journal.read() if isinstance(e.event, PatchTried)])
    assert before == after


def test_a_folder_that_was_never_solved_cannot_be_opened(tmp_path: Path) -> None:
    with (
        pytest.raises(CompetitionError, match=r"task\.json is missing"),
        reopened(Workspace(tmp_path), interpreter=sys.executable),
    ):
        raise AssertionError("opened")


def test_your_own_edit_is_a_candidate_that_leaves_your_file_alone(bench: Bench) -> None:
    workspace = bench.context.workspace
    text = workspace.prep.read_text("utf-8")
    assert hand_edited(workspace) == {}
    yours = text.replace('TRAIN_FILE = "train.csv"', 'TRAIN_FILE = "train.cvs"')
    workspace.prep.write_text(yours, "utf-8")
    try:
        attempt = your_attempt(bench, "traditional", hand_edited(workspace))
        assert attempt is not None and attempt.code.prep == yours
        assert holds(bench, attempt, None, Repairer(bench, 10))
        assert attempt.code.prep == text
        assert workspace.prep.read_text("utf-8") == yours
    finally:
        workspace.prep.write_text(text, "utf-8")
    notes = [e.event.text for e in bench.context.journal.read() if isinstance(e.event, Note)]
    assert "you edited prep.py: that is a candidate of its own, 00-yours" in notes


def test_your_own_edit_that_does_not_hold_is_given_up_with_its_reason(bench: Bench) -> None:
    workspace = bench.context.workspace
    text = workspace.prep.read_text("utf-8")
    broken = text.replace("    train = read", "    raise RuntimeError('mine')\n    train = read")
    attempt = your_attempt(bench, "traditional", {"prep.py": broken})
    assert attempt is not None
    assert not holds(bench, attempt, None, Repairer(bench, 10))
    updates = [e.event for e in bench.context.journal.read()]
    last = [u.candidate for u in updates if isinstance(u, CandidateUpdated)][-1]
    assert (last.id, last.status) == ("00-yours", "failed")
    assert "RuntimeError: mine" in last.note


def test_a_climb_ends_when_its_candidate_is_told_to_stop(bench: Bench) -> None:
    read = "    train = read"
    code = pair(bench, "slow", read, f"    import time; time.sleep(900)\n{read}").code
    repairer, runner = Repairer(bench, 10), bench.context.runner
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(why_not, bench, code, None, repairer)
        log = bench.context.workspace.runs
        wait_until(lambda: list(log.glob("slow-prepare-*/script.json")), "its prep is at work")
        assert any(run.startswith("slow-") for run in runner.active())
        repairer.stop(code)
        assert future.result() == "stopped before it was checked"
    tried = [e.event for e in bench.context.journal.read() if isinstance(e.event, PatchTried)]
    assert "slow" not in [patch.candidate for patch in tried]
