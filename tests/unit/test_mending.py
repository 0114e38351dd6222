"""Which patches are kept for the time being: those after which another fault shows."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import msgspec
import pytest
from competitions.planned import planned_folder

from iiml_codegen.domain.fault import Fault, Patch, Place
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.ladder import Ladder
from iiml_codegen.search.mending import Mender, moved
from iiml_codegen.search.reopened import Limits, module_pair, reopened

READ = "    train = read_text_table("
TWO_SLIPS = """\
    from sklearn.preprocessing import OneHotEncoder

    low = OneHotEncoder(sparse=False).fit([[1], [2]])
    high = OneHotEncoder(sparse=False).fit([[3], [4]])
    assert low is not high
"""
TEXT = "a = f(x=1)\nb = 2\nc = f(x=1)\n"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A planned competition, opened again."""
    workspace = planned_folder(tmp_path_factory.mktemp("mended") / "shop")
    with reopened(workspace, interpreter=sys.executable, limits=Limits(rows=200)) as bench:
        yield bench


def test_the_same_slip_on_two_lines_is_mended_on_both(bench: Bench) -> None:
    workspace = bench.context.workspace
    prep = workspace.prep.read_text("utf-8")
    assert READ in prep
    model = workspace.model("traditional").read_text("utf-8")
    code = module_pair(bench, "slips", prep.replace(READ, TWO_SLIPS + READ, 1), model)
    ladder = Ladder(bench)
    fault = ladder.climb(code, 4).fault
    assert fault is not None
    kept = Mender(bench, 8).mend(code, fault, lambda: ladder.climb(code, 4).fault)
    assert kept is not None
    assert "sparse=" not in code.prep


def fault(message: str, line: int = 1, code: str = "", file: str = "prep.py") -> Fault:
    """A fault at a line."""
    place = Place(file=file, line=line)
    return Fault(kind="incompatible_api", message=message, place=place, evidence="", code=code)


def patch(after: str) -> Patch:
    """A patch of the three lines."""
    return Patch(module="prep.py", title="t", proposed_by="p", before=TEXT, after=after)


MENDED = patch("import g\n\na = f()\nb = 2\nc = f(x=1)\n")


def test_the_same_words_at_a_line_that_the_patch_left_alone_are_another_fault() -> None:
    assert moved(fault("no x", 1), fault("no x", 5), MENDED)
    assert moved(fault("no x", 1), fault("no x", 1, file="model_a.py"), MENDED)
    assert not moved(fault("no x", 1), fault("no x", 3), MENDED)
    assert not moved(fault("no x", 3), fault("no x", 5), MENDED)
    nowhere = msgspec.structs.replace(fault("no x"), place=None)
    assert not moved(nowhere, fault("no x", 5), MENDED)
    assert not moved(fault("no x", 1), nowhere, MENDED)


@pytest.mark.parametrize("code", ["IIML511", "IIML604"])
def test_another_score_is_no_progress(code: str) -> None:
    before = fault("the score 0.2312 is worse than 0.5 of 12 rows", 1, code)
    after = fault("the score 0.2287 is worse than 0.5 of 12 rows", 1, code)
    assert not moved(before, after, MENDED)
    assert moved(before, fault("the score 0.2312 is missing", 1, code), MENDED)
    assert moved(fault("x_1 leaks", 1, code), fault("x_2 leaks", 1, code), MENDED)


def test_fewer_gaps_are_progress_but_another_address_is_not() -> None:
    assert moved(fault("9 gaps", 1, "IIML310"), fault("2 gaps", 1, "IIML310"), MENDED)
    assert not moved(fault("<F at 0x7f01>"), fault("<F at 0x7f02>"), MENDED)
