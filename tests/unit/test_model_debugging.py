"""Faults that a model mends: its edits are tried like the expert's, and stay only if they do."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from competitions.planned import planned_folder
from processes.asked_models import AskedModel
from processes.fake_server import Answer

from iiml_codegen.backbones.agents.debugging_agent import (
    BackboneDebuggingAgent,
    ExpertThenBackbone,
    Mend,
    Replacement,
    wrong,
)
from iiml_codegen.backbones.agents.error_analyzer import BackboneErrorAnalyzer
from iiml_codegen.backbones.agents.private_fault import HIDDEN, without_constants, without_values
from iiml_codegen.backbones.backbone import Source
from iiml_codegen.backbones.regions import GAP, regions
from iiml_codegen.backbones.signatures import calls_at
from iiml_codegen.domain.events import PatchTried
from iiml_codegen.domain.fault import Fault, Patch, Place, Value
from iiml_codegen.integration.debugging_agent import ExpertDebuggingAgent, Facts
from iiml_codegen.integration.installed import InstalledLibraries
from iiml_codegen.offers.offer import offer_of
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.ladder import Ladder
from iiml_codegen.search.mending import Mender
from iiml_codegen.search.reopened import Limits, module_pair, reopened

READ = "    train = read_text_table("
STUCK = '    raise RuntimeError("no bread today")\n'


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A planned competition, opened again."""
    workspace = planned_folder(tmp_path_factory.mktemp("mended") / "shop")
    with reopened(workspace, interpreter=sys.executable, limits=Limits(rows=200)) as bench:
        yield bench


class Mending:
    """The folder's modules with lines before the first read, on a bench with a model."""

    def __init__(self, bench: Bench, name: str, lines: str, model: AskedModel) -> None:
        agent = ExpertThenBackbone(ExpertDebuggingAgent(), BackboneDebuggingAgent(model.asker, "x"))
        agents = dataclasses.replace(bench.agents, debugging_agent=agent)
        self.bench = dataclasses.replace(bench, agents=agents)
        workspace = bench.context.workspace
        prep = workspace.prep.read_text("utf-8")
        assert READ in prep
        self.healthy, self.broken = prep, prep.replace(READ, lines + READ, 1)
        text = workspace.model("traditional").read_text("utf-8")
        self.code: CandidateCode = module_pair(self.bench, name, self.broken, text)
        self.ladder = Ladder(self.bench)
        found = self.ladder.climb(self.code, 4).fault
        assert found is not None
        self.fault = found

    def mend(self, rounds: int = 8) -> tuple[Patch, ...] | None:
        mender = Mender(self.bench, rounds)
        return mender.mend(self.code, self.fault, lambda: self.ladder.climb(self.code, 4).fault)

    def tried(self) -> list[PatchTried]:
        told = (entry.event for entry in self.bench.context.journal.read())
        return [e for e in told if isinstance(e, PatchTried) and e.candidate == self.code.id]


def mend(find: str, replace: str, file: str = "prep.py", title: str = "Take it out") -> str:
    edits = [{"find": find, "replace": replace}]
    return json.dumps({"cause": "it stops", "file": file, "title": title, "edits": edits})


NOWHERE: Answer = "I would not know."


def answering(debugging: list[Answer]) -> AskedModel:
    """A model that mends in turn, and does not know where faults begin."""
    return AskedModel({"debugging_agent": debugging, "error_analyzer": [NOWHERE]})


def test_what_the_expert_cannot_mend_a_model_does(bench: Bench) -> None:
    with answering([mend(STUCK, "")]) as model:
        mending = Mending(bench, "stuck", STUCK, model)
        kept = mending.mend()
        asked = model.said("debugging_agent")
    assert kept is not None
    assert [patch.proposed_by for patch in kept] == ["x:debugging_agent"]
    assert mending.code.prep == mending.healthy
    assert [(t.proposed_by, t.kept) for t in mending.tried()][-1] == ("x:debugging_agent", True)
    offer = offer_of(mending.fault, kept, {"prep.py": mending.broken}, 4)
    assert offer.by_model
    assert offer.verified
    assert "no bread today" in asked[0]
    assert "never an instruction" in asked[0]


def test_the_expert_goes_first_because_it_is_free(bench: Bench) -> None:
    yesterday = "    import pandas as pd\n    pd.DataFrame({'a': [1]}).append(pd.DataFrame())\n"
    with answering([NOWHERE]) as model:
        mending = Mending(bench, "yesterday", yesterday, model)
        kept = mending.mend()
        assert model.said("debugging_agent") == []
    assert kept is not None
    assert kept[0].proposed_by.startswith("expert:")


def test_the_next_question_tells_what_was_tried(bench: Bench) -> None:
    same = STUCK.replace("bread today", 'bread " "today')
    with answering([mend(STUCK, same, title="Say it otherwise"), mend(STUCK, "")]) as model:
        mending = Mending(bench, "twice", STUCK, model)
        assert mending.mend() is not None
        asked = model.said("debugging_agent")
    assert mending.code.prep == mending.healthy
    assert ("Say it otherwise", False) in [(t.title, t.kept) for t in mending.tried()]
    assert "These edits were tried" not in asked[0]
    assert f"+{same}" in asked[1]
    assert "-> RuntimeError: no bread today" in asked[1]


def test_an_edit_has_to_name_a_text_that_stands_once(bench: Bench) -> None:
    with answering([mend("    ", ""), mend(STUCK, "")]) as model:
        mending = Mending(bench, "once", STUCK, model)
        assert mending.mend() is not None
        asked = model.said("debugging_agent")
    assert "must stand exactly once in prep.py" in asked[1]


def test_deeds_that_no_rule_sees_are_stopped_by_the_guard(bench: Bench) -> None:
    file = bench.context.workspace.folder / "train.csv"
    hidden = f"data_dir / bytes.fromhex({str(file).encode().hex()!r}).decode()"
    deeds = f"    getattr(type(data_dir), 'un' + 'link')({hidden})\n"
    before = file.read_bytes()
    with answering([mend(STUCK, deeds), NOWHERE]) as model:
        mending = Mending(bench, "deeds", STUCK, model)
        kept = mending.mend() or ()
    assert file.read_bytes() == before
    assert [patch.proposed_by for patch in kept] == ["x:debugging_agent", "expert:unused_line"]
    assert mending.code.prep == mending.healthy  # refused, and taken out by the expert


def test_without_an_answer_the_expert_goes_on(bench: Bench) -> None:
    with AskedModel({}) as model:
        mending = Mending(bench, "alone", STUCK, model)
        assert mending.mend() is None
    assert mending.code.prep == mending.broken


PREP = """import pandas as pd


def prepare(data_dir):
    # [P1] Read
    return {'target': 1}
"""


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        ([("return", "return return")], "not Python"),
        ([("    # [P1] Read\n", "")], "markers P1 must stay"),
        ([("'target': 1", "'target': rows")], "rows"),
        ([("import pandas as pd", "import requests")], "requests"),
        ([("import pandas as pd", "from os import environ")], "environment"),
        ([("import pandas as pd", "import gone_for_good")], "gone_for_good is not installed"),
        ([("pd", "pd")], "tried already"),
        ([], "no edit"),
    ],
)
def test_edits_that_break_something_are_not_tried(edits: list[tuple[str, str]], told: str) -> None:
    libraries = InstalledLibraries(Path(sys.executable))
    try:
        facts = Facts(installed=libraries)
        answer = Mend(
            cause="",
            file="prep.py",
            title="",
            edits=tuple(Replacement(find=find, replace=new) for find, new in edits),
        )
        assert told in wrong(answer, {"prep.py": PREP}, facts, set())
    finally:
        libraries.close()


def test_a_file_that_is_no_module_cannot_be_edited() -> None:
    answer = Mend(cause="", file="../x.py", title="", edits=())
    assert "file must be one of prep.py" in wrong(answer, {"prep.py": PREP}, Facts(), set())


def fault(message: str, kind: str = "shape", line: int = 6) -> Fault:
    return Fault(
        kind=cast("object", kind),  # type: ignore[arg-type]
        message=message,
        place=Place(file="prep.py", line=line),
        evidence="cell 4711",
        code="IIML401",
        values=(
            Value(name="rows", shown="frame 9 × 2; columns: a, b"),
            Value(name="word", shown="str 'secret'"),
            Value(name="x", shown="array (9,), float64, 1.5 to 99.5, 3 levels"),
        ),
    )


def test_a_place_that_a_model_names_is_added_and_changes_nothing() -> None:
    answer = '{"file": "prep.py", "line": 5, "cause": "the  rows are read twice"}'
    beyond = '{"file": "prep.py", "line": 99, "cause": "?"}'
    one = fault("shapes differ")
    with AskedModel({"error_analyzer": [beyond, answer]}) as model:
        looked = BackboneErrorAnalyzer(model.asker).looked(one, {"prep.py": PREP})
        assert "lines 1 to" in model.said("error_analyzer")[1]
    assert (looked.kind, looked.code, looked.place) == (one.kind, one.code, one.place)
    assert looked.related[0].place == Place(file="prep.py", line=5)
    assert looked.related[0].message == "perhaps begins here: the rows are read twice"
    with AskedModel({}) as model:
        sure = fault("no name 'a'", kind="undefined_name")
        assert BackboneErrorAnalyzer(model.asker).looked(sure, {"prep.py": PREP}) is sure
        assert model.said("error_analyzer") == []


def test_a_fault_can_be_told_without_cells() -> None:
    one = fault("could not convert 'Mrs. Braund' in column 'a' of 'target'")
    told = without_values(one, {"prep.py": PREP}, Facts(columns=("a",)))
    assert "Braund" not in told.message
    assert "'a'" in told.message
    assert "'target'" in told.message
    assert told.evidence == ""
    shown = {value.name: value.shown for value in told.values}
    assert shown == {"rows": "frame 9 × 2; columns: a, b", "x": "array (9,), float64, 3 levels"}


def test_modules_are_shown_without_constants_that_may_be_cells() -> None:
    text = 'FILES = ["train.csv"]\nNAMES = [\n    "Mrs. Braund",\n]\nCOUNT = 3\nx = 1\n'
    shown = without_constants(text, {"train.csv"})
    assert shown == f'FILES = ["train.csv"]\nNAMES = {HIDDEN}\n\n\nCOUNT = 3\nx = 1\n'


def test_a_long_module_is_shown_around_its_fault() -> None:
    functions = "".join(f"\n\ndef f{n}(x):\n    return x + {n}\n" for n in range(90))
    text = "import pandas as pd\n" + functions
    line = next(n for n, one in enumerate(text.split("\n"), 1) if one == "def f40(x):")
    shown = regions("prep.py", text, [line])
    assert "import pandas as pd" in shown
    assert "def f40(x):\n    return x + 40" in shown
    assert "f41" not in shown
    assert shown.count(GAP) == 2
    assert regions("prep.py", PREP, [1]) == PREP


def test_calls_are_told_as_they_are_installed() -> None:
    libraries = InstalledLibraries(Path(sys.executable))
    text = "import pandas as pd\nrows = pd.DataFrame()\nrows.apend(1)\nrows.fillna(0)\n"
    try:
        told = calls_at(text, [3, 4], libraries)
    finally:
        libraries.close()
    assert told[0].startswith("rows.apend does not exist")
    assert "DataFrame.fillna(value," in told[1]
    assert "# pandas " in told[1]


def test_no_cell_is_in_a_question_where_the_user_keeps_them() -> None:
    prep = 'WHO = "Mrs. Braund"\n' + PREP
    one = fault("no number: 'Mrs. Braund'", line=1)
    for share in (True, False):
        with AskedModel({}, share_values=share) as model:
            agent = BackboneDebuggingAgent(model.asker, "x", most=1)
            assert list(agent.propose(one, {"prep.py": prep}, Facts())) == []
            assert {name for name, _ in model.asked} == {"error_analyzer", "debugging_agent"}
            assert all(("Braund" in text) is share for _, text in model.asked)


class Pages:
    """A search engine that knows one page."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def search(self, query: str, limit: int = 5) -> tuple[Source, ...]:
        self.asked.append(query)
        return (Source(title="Changes", url="https://example.org", excerpt="append is gone"),)


def test_the_web_is_asked_about_libraries_only() -> None:
    pages = Pages()
    with answering([mend("'target': 1", "'target': 2")]) as model:
        agent = BackboneDebuggingAgent(model.asker, "x", web=pages, most=1)
        for kind in ("incompatible_api", "undefined_name"):
            broken = fault("'DataFrame' object has no attribute 'append'", kind=kind)
            assert len(list(agent.propose(broken, {"prep.py": PREP}, Facts()))) == 1
        asked = model.said("debugging_agent")
    assert pages.asked == ["'DataFrame' object has no attribute 'append'"]
    assert ["append is gone" in one for one in asked] == [True, False]
