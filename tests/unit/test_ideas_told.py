"""How ideas and the worth of steps are told: as a tree, as lines, in a hover."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes.planned_folder import CANDIDATE, planned_folder

from iiml_codegen.backbones.agents.improvement_coder import (
    Coding,
    Edit,
    EditedModule,
    EditError,
    edited,
    module_shown,
)
from iiml_codegen.domain.events import Entry, IdeaOutcome, IdeaTried, StepWorth
from iiml_codegen.insight.hovering import hover
from iiml_codegen.insight.said import plain
from iiml_codegen.insight.site import Insight
from iiml_codegen.journal import Journal
from iiml_codegen.report_ideas import idea_tree, worths_of
from iiml_codegen.viewing.plain import line
from iiml_codegen.viewing.solve_view import SolveView

WORTH = StepWorth(
    step="P4",
    candidate=CANDIDATE,
    difference=0.0125,
    standard_error=0.004,
    p_better=0.99,
    rows=1712,
)


def idea(name: str, parent: str, outcome: IdeaOutcome = "kept") -> IdeaTried:
    """An idea that was measured."""
    return IdeaTried(
        idea=name,
        parent=parent,
        step="P9",
        title="Ratio of two sizes",
        why="w",
        outcome=outcome,
        candidate=name,
        difference=0.01,
        standard_error=0.002,
        p_better=0.9,
    )


def test_ideas_stand_below_what_they_change_and_the_last_word_counts() -> None:
    tried = [
        idea("L1-P9", "01-a"),
        idea("L2-P9", "02-b", "dropped"),
        idea("L3-M1", "L1-P9", "dropped"),
        idea("L4-P9", "01-a", "dropped"),
        idea("L3-M1", "L1-P9", "failed"),
    ]
    tree = [(one.root, one.depth, one.tried.idea, one.tried.outcome) for one in idea_tree(tried)]
    assert tree == [
        ("01-a", 0, "L1-P9", "kept"),
        ("01-a", 1, "L3-M1", "failed"),
        ("01-a", 0, "L4-P9", "dropped"),
        ("02-b", 0, "L2-P9", "dropped"),
    ]
    assert len(idea_tree([idea("L1-P9", "L1-P9")])) <= 1


def test_worths_of_the_candidate_that_was_measured_last_come_first() -> None:
    others = [
        StepWorth("P1", "01-a", 0.1, 0.1, 0.8, 10),
        StepWorth("P2", "01-a", 0.3, 0.1, 0.9, 10),
        StepWorth("P1", "01-a", 0.2, 0.1, 0.8, 10),
    ]
    found = [(one.candidate, one.step, one.difference) for one in worths_of([*others, WORTH])]
    assert found == [(CANDIDATE, "P4", 0.0125), ("01-a", "P2", 0.3), ("01-a", "P1", 0.2)]


def test_lines_say_what_an_idea_gained_and_what_a_step_is_worth() -> None:
    said = line(idea("L1-P9", "01-a"))
    assert said.startswith("Idea L1-P9 kept: [P9] Ratio of two sizes, on 01-a: gain +0.01000")
    assert "probability 0.90" in said
    assert line(WORTH) == f"Step P4 of {CANDIDATE} is worth +0.01250 ± 0.00400"


def test_a_step_that_was_changed_has_no_known_worth() -> None:
    view = SolveView()
    for seq, event in enumerate((WORTH, StepWorth("P9", CANDIDATE, 0.1, 0.1, 0.8, 10)), 1):
        view.apply(Entry(seq=seq, at=0.0, event=event))
    assert set(view.worths) == {"P4", "P9"}
    view.apply(Entry(seq=3, at=0.0, event=idea("L1-P9", CANDIDATE)))
    assert set(view.worths) == {"P4"}


def test_a_hover_says_what_a_step_is_worth(tmp_path: Path) -> None:
    workspace = planned_folder(tmp_path / "late")
    journal = Journal(workspace.journal)
    journal.append(WORTH)
    journal.close()
    insight = Insight(lambda path: None)
    site = insight.site(workspace.prep)
    assert site is not None
    number = next(n for n, said in enumerate(site.reading.lines, 1) if "[P4]" in said)
    found = hover(insight, site, number + 1, 6)
    assert found is not None
    said = plain(found.paragraphs)
    assert "Worth +0.0125 ± 0.004 Accuracy on 1,712 withheld rows" in said
    assert CANDIDATE in said


MODULE = '''
import pandas as pd

LEVELS = ["yes", "no"]


def helper(rows: pd.DataFrame) -> pd.DataFrame:
    """Do a thing."""
    return rows.fillna(0)


def prepare(data_dir):
    # [P1] Read
    rows = helper(pd.read_csv(data_dir / "train.csv"))
    # [P2] Give
    return {"x": rows}
'''


def coding(step: str = "P3") -> Coding:
    """A change of the module."""
    return Coding("prep.py", MODULE, step, "Flag gaps", "…", {})


def test_an_edit_is_made_where_its_lines_stand_whatever_their_indentation() -> None:
    edit = Edit(
        old='# [P2] Give\nreturn {"x": rows}',
        new='# [P3] Flag gaps\nrows = flagged(rows)\n# [P2] Give\nreturn {"x": rows}',
    )
    text = edited(coding(), EditedModule((edit,), "def flagged(rows):\n    return rows\n"))
    assert "    # [P3] Flag gaps\n    rows = flagged(rows)\n    # [P2] Give\n    return" in text
    assert text.index("def flagged") < text.index("def prepare")
    compile(text, "prep.py", "exec")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("no such line", "x", "does not stand"),
        ("rows", "x", "more than once"),
        ("", "x", "empty"),
        ("    # [P2] Give", "    # [P2] Give", "nothing"),
        ("    # [P2] Give", "    rows = 1", "marker `# [P3]"),
        ("    # [P2] Give", "    # [P3] Flag gaps", "step P2 is gone"),
        ("    # [P2] Give", "    # [P2] Give\n    # [P3] F\n    # [P4] G", "only P3 may change"),
    ],
)
def test_an_edit_that_does_not_fit_says_why(old: str, new: str, why: str) -> None:
    with pytest.raises(EditError, match=why.replace("[", r"\[")):
        edited(coding(), EditedModule((Edit(old, new),)))


def test_what_is_shown_of_a_module_holds_no_values_where_they_are_private() -> None:
    shared = module_shown("prep.py", MODULE, share_values=True)
    private = module_shown("prep.py", MODULE, share_values=False)
    assert '"yes"' in shared and '"yes"' not in private and "LEVELS = …" in private
    for shown in (shared, private):
        assert "fillna" not in shown and "def helper(rows: pd.DataFrame)" in shown
        assert "# [P1] Read" in shown
