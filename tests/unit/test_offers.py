"""Offers: patches that wait for the user, kept, merged into what is there now, and answered."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from iiml_codegen.cli import main
from iiml_codegen.domain.events import PatchTried
from iiml_codegen.domain.fault import Fault, Patch, Place, Violation
from iiml_codegen.domain.wire import from_json
from iiml_codegen.errors import CompetitionError
from iiml_codegen.offers import (
    Offer,
    accept,
    drop_outdated,
    fault_key,
    find,
    hunks,
    keep,
    offer_of,
    pending,
    rebased,
    reject,
    unified_diff,
)
from iiml_codegen.workspace import Workspace

PREP = """NUMBERS = ["agee", "income"]


def prepare(data_dir):
    rows = read(data_dir)
    return {"features_train": rows[NUMBERS]}
"""
MODEL = """ROUNDS = 100


def fit(X, y):
    return train(X, y)
"""
FAULT = Fault(
    kind="unknown_column",
    code="IIML401",
    message="KeyError: 'agee'",
    place=Place(file="prep.py", line=1, column=12),
    evidence="",
)


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path).create()
    workspace.prep.write_text(PREP, "utf-8")
    workspace.model("traditional").write_text(MODEL, "utf-8")
    return workspace


def patched(new: str, before: str = PREP, loses: str = "", by: str = "expert:columns") -> Patch:
    return Patch(
        module="prep.py",
        title=f"Write {new}",
        proposed_by=by,
        before=before,
        after=before.replace('"agee"', new),
        verified=True,
        loses=loses,
    )


def offered(*patches: Patch) -> Offer:
    before = {"prep.py": PREP, "model_traditional.py": MODEL}
    return offer_of(FAULT, patches, before, 3)


def test_an_offer_waits_until_it_is_accepted_with_its_alternatives(shop: Workspace) -> None:
    first, second = offered(patched('"age"')), offered(patched('"gae"', loses="age"))
    assert keep(shop, first, 0.0) and keep(shop, second, 0.0)
    assert [one.id for one in pending(shop)] == [first.id, second.id]
    assert find(shop, second.id) == second
    accept(shop, first.id)
    assert pending(shop) == []


def test_the_one_that_was_found_first_is_shown_first(shop: Workspace) -> None:
    early, late = offered(patched('"age"')), offered(patched('"gae"'))
    early, late = (
        msgspec.structs.replace(one, created=at) for one, at in ((early, 5.0), (late, 9.0))
    )
    keep(shop, late, 0.0)
    keep(shop, early, 0.0)
    assert pending(shop) == [early, late]


def test_what_was_refused_does_not_come_back_wherever_the_line_is_now(shop: Workspace) -> None:
    refused = offered(patched('"age"'))
    keep(shop, refused, 0.0)
    reject(shop, refused.id)
    assert pending(shop) == []
    assert not keep(shop, refused, time.time())
    moved = "# a remark\n" + PREP
    again = offer_of(FAULT, [patched('"age"', moved)], {"prep.py": moved}, 3)
    assert again.id != refused.id
    assert not keep(shop, again, time.time())
    assert keep(shop, offered(patched('"gae"')), time.time())


def test_what_was_accepted_and_undone_is_offered_again_by_a_later_look(shop: Workspace) -> None:
    began = time.time()
    offer = offered(patched('"age"'))
    keep(shop, offer, began)
    accept(shop, offer.id)
    assert not keep(shop, offer, began)
    assert keep(shop, offer, time.time())


def test_an_id_that_waits_nowhere_cannot_be_answered(shop: Workspace) -> None:
    for answer in (accept, reject):
        with pytest.raises(CompetitionError, match="no patch"):
            answer(shop, "../../../task")


def test_patches_in_a_row_make_one_offer_over_all_modules() -> None:
    mine = patched('"age"')
    better = Patch(
        module="prep.py",
        title="Count",
        proposed_by="model:gemini",
        before=mine.after,
        after=mine.after.replace("rows[", "count["),
        verified=True,
    )
    model = Patch(
        module="model_traditional.py",
        title="Fewer rounds",
        proposed_by="expert:rounds",
        before=MODEL,
        after=MODEL.replace("100", "50"),
        verified=True,
        loses="rounds",
    )
    offer = offered(mine, better, model)
    assert offer.modules == ("prep.py", "model_traditional.py")
    assert offer.edits[0].before == PREP and offer.edits[0].after == better.after
    assert offer.title == 'Write "age"; Count; Fewer rounds'
    assert (offer.by_model, offer.verified, offer.loses) == (True, True, "rounds")
    assert not offered(mine).by_model


def test_an_offer_joins_what_a_person_writes_meanwhile() -> None:
    offer = offered(patched('"age"'))
    mine = PREP.replace("read(data_dir)", "my_read(data_dir)")
    assert rebased(offer, {"prep.py": mine}) == {"prep.py": mine.replace("agee", "age")}
    windows = mine.replace("\n", "\r\n")
    assert rebased(offer, {"prep.py": windows}) == {"prep.py": windows.replace("agee", "age")}
    assert rebased(offer, {"prep.py": PREP.replace("agee", "aaage")}) is None
    assert rebased(offer, {}) is None
    done = PREP.replace("agee", "age")
    assert rebased(offer, {"prep.py": done}) == {"prep.py": done}


def test_only_what_fits_the_texts_is_pending(shop: Workspace) -> None:
    offer = offered(patched('"age"'))
    keep(shop, offer, 0.0)
    assert pending(shop, {"prep.py": PREP.replace("agee", "aaage")}) == []
    assert pending(shop, {"prep.py": offer.edits[0].after}) == []
    assert pending(shop, {"prep.py": PREP + "# mine\n"}) == [offer]


def test_a_look_takes_away_offers_whose_fault_is_gone(shop: Workspace) -> None:
    offer = offered(patched('"age"'))
    keep(shop, offer, 0.0)
    drop_outdated(shop, {offer.fault}, 3, time.time())
    drop_outdated(shop, set(), 2, time.time())  # it did not look that far
    drop_outdated(shop, set(), 3, offer.created - 1)  # it began before
    assert pending(shop) == [offer]
    drop_outdated(shop, set(), 3, time.time())
    assert find(shop, offer.id) is None


def test_a_file_that_is_no_offer_is_as_good_as_none(shop: Workspace) -> None:
    shop.write_bytes(shop.generated / "offers" / "0.json", b'{"id": "0"')
    shop.write_bytes(shop.generated / "offers" / "answers", b"\xff")
    keep(shop, offered(patched('"age"')), 0.0)
    assert len(pending(shop)) == 1


def test_a_fault_keeps_its_key_when_lines_move_and_shares_it_with_its_violation() -> None:
    lower = msgspec.structs.replace(FAULT, place=Place(file="prep.py", line=9))
    assert fault_key(lower) == fault_key(FAULT)
    told = Violation(code=FAULT.code, message=FAULT.message, place=Place(file="prep.py", line=9))
    assert fault_key(told) == fault_key(FAULT)
    elsewhere = msgspec.structs.replace(FAULT, place=Place(file="model_traditional.py"))
    assert fault_key(elsewhere) != fault_key(FAULT)


def test_the_time_in_a_message_does_not_make_it_another_fault() -> None:
    said = "[02:44:22] data.cc:522: Check failed at 0x7f00"
    later = "[02:45:01] data.cc:522: Check failed at 0x7f88"
    first, second = (msgspec.structs.replace(FAULT, message=one) for one in (said, later))
    assert fault_key(first) == fault_key(second)
    other = msgspec.structs.replace(FAULT, message=said.replace("522", "523"))
    assert fault_key(other) != fault_key(first)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", [(1, 2, ("b",), ("B",))]),
        ("a\nc\n", "a\nb\nc\n", [(1, 1, (), ("b",))]),
        ("a\r\nb\rc", "a\nc", [(1, 2, ("b",), ())]),
        ("a\n", "a", [(1, 2, ("",), ())]),
        ("a\x0cb\n", "a\x0cc\n", [(0, 1, ("a\x0cb",), ("a\x0cc",))]),
        ("a\nb\n", "a\r\nb\r\n", []),
    ],
)
def test_stretches_count_lines_as_editors_do(
    before: str, after: str, expected: list[tuple[int, int, tuple[str, ...], tuple[str, ...]]]
) -> None:
    found = hunks(before, after)
    assert [(h.start_line, h.end_line, h.replaced, h.proposed) for h in found] == expected


def test_a_diff_is_unified_and_cut_where_it_is_long() -> None:
    diff = unified_diff("prep.py", "a\nb\n", "a\nc\n")
    assert diff.startswith("--- prep.py\n+++ prep.py\n@@ ") and "\n-b\n+c\n" in diff
    long = unified_diff("prep.py", "", "x\n" * 500, 200)
    assert long.count("\n") == 201
    assert long.endswith("more lines\n")


def test_journals_of_before_have_patches_without_a_diff() -> None:
    old = from_json(b'{"event": "PatchTried", "title": "t", "kept": true}', PatchTried)
    assert (old.candidate, old.diff) == (None, "")


def test_accepting_from_the_command_line_merges_and_keeps_the_text_before(
    shop: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    offer = offered(patched('"age"'))
    keep(shop, offer, 0.0)
    mine = PREP + "# mine\n"
    shop.prep.write_text(mine, "utf-8")
    main(["verify", str(shop.folder), "--accept", offer.id, "--rung", "0"])
    assert 'mended prep.py: Write "age"' in capsys.readouterr().out
    assert shop.prep.read_text("utf-8") == mine.replace("agee", "age")
    assert (shop.generated / "undo" / "prep.py.1").read_text("utf-8") == mine
    assert pending(shop) == []


def test_what_fits_no_more_is_not_merged_and_waits_on(
    shop: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    offer = offered(patched('"age"'))
    keep(shop, offer, 0.0)
    other = PREP.replace("agee", "aaage")
    shop.prep.write_text(other, "utf-8")
    assert main(["verify", str(shop.folder), "--accept", offer.id]) == 3
    assert "fits the modules no more" in capsys.readouterr().err
    assert shop.prep.read_text("utf-8") == other
    assert find(shop, offer.id) == offer
