"""`iiml verify` on a prep.py that a person broke by hand: each way is named at the right line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from competitions.planned import planned_folder

from iiml_codegen.domain.fault import Place
from iiml_codegen.viewing.verify_folder import Verdict
from iiml_codegen.viewing.verifying import VerifyOrders, looked
from iiml_codegen.workspace import Workspace

WITHOUT_RUNNING = {
    "a bracket is not closed": (
        'WITH_GAPS = ["age", "city", "place"]',
        'WITH_GAPS = ["age", "city", "place"',
        "WITH_GAPS",
        "IIML0",
    ),
    "a notebook's command stayed in": (
        "import numpy as np",
        "!pip install rich\nimport numpy as np",
        "!pip",
        "IIML008",
    ),
    "a name was changed in one place": (
        "features = useful_columns(",
        "feature = useful_columns(",
        "design = design_view(features",
        "IIML104",
    ),
    "the function was renamed": ("def prepare(", "def preprocess(", "", "IIML101"),
    "the target is a feature": (
        'NUMBERS = ["age",',
        'NUMBERS = ["left", "age",',
        "NUMBERS = ",
        "IIML105",
    ),
    "a path of one's own machine": (
        "read_text_table(data_dir / TEST_FILE)",
        'read_text_table(Path("/home/me/shop/test.csv"))',
        "/home/me",
        "IIML106",
    ),
    "an output is left out": ('        "target": target,\n', "", "return {", "IIML153"),
    "rows are shuffled without a seed": (
        "rows = stack_rows(train, test)",
        "rows = stack_rows(train, test).sample(frac=1)",
        ".sample(",
        "IIML108",
    ),
}
WITH_RUNS = {
    "a column is misspelled": ('"income", "noise"]', '"incme", "noise"]', "incme", ""),
    "a file is misspelled": ('"train.csv"', '"trian.csv"', '"trian.csv"', ""),
    "rows are dropped from the target alone": (
        "target = class_codes(train[TARGET], CLASSES)",
        "target = class_codes(train[TARGET].iloc[1:], CLASSES)",
        "train[TARGET].iloc[1:]",
        "IIML304",
    ),
}


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A competition whose modules nobody has touched."""
    return planned_folder(tmp_path_factory.mktemp("planned") / "shop").folder


def broken(planned: Path, folder: Path, old: str, new: str, rung: int) -> Verdict:
    """What a look says after one edit of prep."""
    shutil.copytree(planned, folder)
    workspace = Workspace(folder)
    text = workspace.prep.read_text("utf-8")
    assert text.count(old) == 1
    workspace.prep.write_text(text.replace(old, new), "utf-8")
    return looked(workspace, VerifyOrders(rung=rung))


def places(verdict: Verdict) -> list[tuple[str, Place | None]]:
    """Codes and places of everything that was found."""
    found = [*verdict.violations, *verdict.faults]
    return [(one.code, one.place) for one in found]


def named(verdict: Verdict, part: str, code: str) -> bool:
    """Whether something of that code stands in prep, on the line with that part."""
    prep = verdict.path("prep.py").read_text("utf-8").split("\n")
    return any(
        place is not None
        and place.file == "prep.py"
        and found.startswith(code)
        and part in prep[place.line - 1]
        for found, place in places(verdict)
    )


def test_what_nobody_touched_has_no_error(planned: Path, tmp_path: Path) -> None:
    verdict = broken(planned, tmp_path / "shop", "import numpy as np", "import numpy as np", 4)
    assert not verdict.failed, places(verdict)


@pytest.mark.parametrize("way", sorted(WITHOUT_RUNNING))
def test_a_way_to_break_prep_is_named_without_running(
    planned: Path, tmp_path: Path, way: str
) -> None:
    old, new, part, code = WITHOUT_RUNNING[way]
    verdict = broken(planned, tmp_path / "shop", old, new, 2)
    assert named(verdict, part, code), places(verdict)


@pytest.mark.parametrize("way", sorted(WITH_RUNS))
def test_a_way_to_break_prep_is_named_by_running_it(
    planned: Path, tmp_path: Path, way: str
) -> None:
    old, new, part, code = WITH_RUNS[way]
    verdict = broken(planned, tmp_path / "shop", old, new, 3)
    assert verdict.failed
    assert named(verdict, part, code), places(verdict)
