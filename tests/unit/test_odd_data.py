"""Bad and odd folders end in one clear message or a valid submission, and guesses are said.

Every folder goes the road as far as shadows with their proof. Of those that are odd in what models
read or write one member's pipeline answers; two are solved from beginning to end.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from competitions.answering import answered, wrong
from competitions.odd import ODD
from competitions.odd_road import Planned, Refused, walk
from processes import start_python

from iiml_codegen.domain.events import Note, SolveEnded
from iiml_codegen.journal import Journal
from iiml_codegen.search.submitting import CONSTANT
from iiml_codegen.worker.submission_check import check_submission
from iiml_codegen.worker.unpacking import unpack
from iiml_codegen.workspace import Workspace

SOLVER = """
import dataclasses, sys
from pathlib import Path
import msgspec
import iiml_codegen.solve as house
from iiml_codegen.agents import expert_agents
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution import solver

class Guide:
    def __init__(self, expert):
        self.expert = expert

    def plan(self, *asked):
        blueprint, contract = self.expert.plan(*asked)
        names = [member.name for member in blueprint.members]
        chosen = next((name for name in sys.argv[2:] if name in names), names[0])
        steps = [step for step in blueprint.steps if step.member in (None, chosen)]
        changes = {"members": (blueprint.member(chosen),), "steps": tuple(steps)}
        return msgspec.structs.replace(blueprint, **changes), contract

real = house.solve

def solve(context):
    expert = expert_agents(context.options, context.worker)
    return real(context, dataclasses.replace(expert, guideline_agent=Guide(expert.guideline_agent)))

house.solve = solve
options = SolveOptions(interpreter=sys.executable, budget=150.0, folds=2, tracks=("traditional",))
solver.read_orders = lambda: solver.Orders(options=options)
sys.exit(solver.main(Path(sys.argv[1])))
"""
ANSWERED = (
    "a_column_for_each_class",
    "a_decimal_comma",
    "a_target_missing_in_a_third",
    "columns_without_names",
    "ids_by_a_rule_of_numbers",
    "ids_with_commas_and_quotes",
    "labels_with_trailing_spaces",
    "line_ends_within_quotes",
    "names_of_our_own_variables",
    "names_with_quotes_and_line_ends",
    "names_with_spaces_and_other_letters",
    "targets_in_another_order",
    "twelve_rows",
    "utf16_without_a_mark",
    "a_class_called_none",
)
SOLVED = ("a_zip_with_everything", "folds_of_one_class")


def test_there_are_sixty_odd_folders_of_both_ends() -> None:
    ends = [odd.ends for odd in ODD.values()]
    assert len(ODD) >= 60
    assert ends.count("refused") >= 20 and ends.count("solved") >= 40
    assert all(odd.words for odd in ODD.values() if odd.ends == "refused")


def test_an_odd_folder_is_made_alike_from_the_same_seed(tmp_path: Path) -> None:
    for copy in ("one", "two"):
        ODD["labels_in_several_cases"].make(tmp_path / copy, 5)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "two").iterdir())
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("name", [name for name, odd in ODD.items() if odd.ends == "refused"])
def test_bad_data_end_in_one_message_with_the_way_out(name: str, tmp_path: Path) -> None:
    odd = ODD[name]
    odd.make(tmp_path / "odd", 0)
    ended = walk(tmp_path / "odd", tmp_path / "work")
    assert isinstance(ended, Refused), ended.said
    assert ended.code == odd.code and ended.hint
    said = f"{ended.message} {ended.hint}"
    assert [word for word in odd.words if word not in said] == [], said


@pytest.mark.parametrize("name", [name for name, odd in ODD.items() if odd.ends == "solved"])
def test_odd_data_lead_to_modules_and_shadows_and_guesses_are_said(
    name: str, tmp_path: Path
) -> None:
    odd = ODD[name]
    odd.make(tmp_path / "odd", 0)
    ended = walk(tmp_path / "odd", tmp_path / "work")
    assert isinstance(ended, Planned), ended
    said = "\n".join(ended.said)
    assert [word for word in odd.words if word not in said] == [], said
    assert ended.changed == ()
    for number, text in enumerate(ended.modules):
        compile(text, f"module {number}", "exec")


@pytest.mark.parametrize("name", ANSWERED)
def test_an_odd_folder_is_answered_by_a_linear_model_and_by_trees(
    name: str, tmp_path: Path
) -> None:
    ODD[name].make(tmp_path / "odd", 1)
    ended = walk(tmp_path / "odd", tmp_path / "work")
    assert isinstance(ended, Planned), ended
    member = "lightgbm" if ANSWERED.index(name) % 2 else "linear"
    given = answered(ended.blueprint, ended.task, tmp_path / "odd", tmp_path / "run", (member,))
    assert wrong(ended.task, ended.folder, given) == []


@pytest.mark.parametrize("name", SOLVED)
def test_an_odd_folder_is_solved_with_a_valid_submission(name: str, tmp_path: Path) -> None:
    ODD[name].make(tmp_path / "odd", 1)
    workspace = Workspace(tmp_path / "odd").create()
    solver = start_python(SOLVER, workspace.folder, "linear")
    assert solver.wait() == 0, notes(workspace)
    journal = Journal(workspace.journal)
    entries = journal.read(0)
    (ended,) = [entry.event for entry in entries if isinstance(entry.event, SolveEnded)]
    assert ended.status == "solved"
    # Where nothing could be learned one answer for all rows is handed in, and this is said.
    alike = [text for text in notes(workspace) if "learned nothing" in text]
    assert [code for code in check(workspace) if code != CONSTANT or not alike] == []


def notes(workspace: Workspace) -> list[str]:
    """What a solve remarked, and how it ended."""
    events = [entry.event for entry in Journal(workspace.journal).read(0)]
    said = [event.text for event in events if isinstance(event, Note)]
    return said + [event.message for event in events if isinstance(event, SolveEnded)]


def check(workspace: Workspace) -> list[str]:
    """Codes of the violations of the submission that stands."""
    asked = {"folder": str(workspace.folder), "cache": str(workspace.cache_dir())}
    params = {
        "folder": unpack(asked)["folder"],
        "task": json.loads(workspace.task.read_text("utf-8")),
        "submission": str(workspace.submission),
    }
    return [str(one["code"]) for one in check_submission(params)["violations"]]
