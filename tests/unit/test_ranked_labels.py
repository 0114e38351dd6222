"""Answers that rank labels: read off description or sample, written, checked and scored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from competitions.answering import answered, wrong
from competitions.odd_road import Planned, Refused, walk
from competitions.ranked import fertilizers, precision

from iiml_codegen.domain.wire import to_plain
from iiml_codegen.worker.submission_check import check_submission
from workspace_templates.submissions import ranked_labels


def planned(folder: Path, work: Path) -> Planned:
    """What a solve would plan."""
    found = walk(folder, work)
    assert isinstance(found, Planned), found
    return found


@pytest.mark.parametrize("described", [True, False])
@pytest.mark.parametrize("places", [3, 5])
def test_the_metric_tells_how_many_labels_a_cell_may_hold(
    tmp_path: Path, places: int, described: bool
) -> None:
    made = fertilizers(tmp_path / "made", 0, places, described)
    task = planned(made.folder, tmp_path / "work").task
    assert (task.metric, task.submission.answer) == (f"map_at_{places}", "ranked_labels")
    assert task.submission.most_labels == places


def test_a_pipeline_names_the_likeliest_labels_and_beats_the_constant(tmp_path: Path) -> None:
    made = fertilizers(tmp_path / "made", 0)
    found = planned(made.folder, tmp_path / "work")
    assert found.changed == ()
    given = answered(found.blueprint, found.task, made.folder, tmp_path / "run", ("linear",))
    assert wrong(found.task, found.folder, given) == []
    submission = pd.read_csv(given)
    assert submission["Fertilizer"].str.split().str.len().eq(3).all()
    assert precision(made, submission) > 0.75 > 0.6 > precision(made, made.plain)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("DAP Urea 20-20", ""),
        ("DAP", ""),
        ("DAP Compost", "unknown label 'Compost'"),
        ("DAP Urea DAP", "a label twice"),
        ("DAP Urea 20-20 28-28", "4 labels"),
    ],
)
def test_cells_hold_a_few_known_labels_none_twice(tmp_path: Path, cell: str, said: str) -> None:
    made = fertilizers(tmp_path / "made", 0)
    task = to_plain(planned(made.folder, tmp_path / "work").task)
    given = made.answers.copy()
    given.loc[5, "Fertilizer"] = cell
    given.to_csv(tmp_path / "mine.csv", index=False)
    request = {"folder": str(made.folder), "task": task, "submission": str(tmp_path / "mine.csv")}
    found = check_submission(request)["violations"]
    assert [one["code"] for one in found] == (["IIML606"] if said else [])
    assert not said or (said in found[0]["message"] and found[0]["line"] == 7)


def test_numbers_as_labels_are_no_boxes(tmp_path: Path) -> None:
    made = fertilizers(tmp_path / "made", 0, places=5)
    numbers = {"DAP": 0, "Urea": 17, "14-35-14": 2, "10-26-26": 93, "20-20": 4, "28-28": 5}
    train = pd.read_csv(made.folder / "train.csv")
    train["Fertilizer"] = train["Fertilizer"].map(numbers)
    train.to_csv(made.folder / "train.csv", index=False)
    sample = pd.read_csv(made.folder / "sample_submission.csv")
    sample.assign(Fertilizer="0 17 2 93 4").to_csv(
        made.folder / "sample_submission.csv", index=False
    )
    task = planned(made.folder, tmp_path / "work").task
    assert task.submission.answer == "ranked_labels"
    assert task.classes == ("0", "2", "4", "5", "17", "93")


def test_labels_with_spaces_are_refused(tmp_path: Path) -> None:
    made = fertilizers(tmp_path / "made", 0)
    text = (made.folder / "train.csv").read_text().replace("Urea", "Urea and lime")
    (made.folder / "train.csv").write_text(text)
    found = walk(made.folder, tmp_path / "work")
    assert isinstance(found, Refused)
    assert found.code == "IIML902"
    assert "'Urea and lime'" in found.message
    assert "underscore" in found.hint


def test_ties_go_to_the_label_that_comes_first_as_the_metric_counts_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ranked_labels, "LABELS", ("a", "b", "c"))
    monkeypatch.setattr(ranked_labels, "MOST_LABELS", 2)
    scores = np.array([[0.2, 0.4, 0.4], [0.5, 0.0, 0.5]])
    assert ranked_labels.answer_cells(scores) == {"target": ["b c", "a c"]}
    assert ranked_labels.answer_cells(np.array([0.9]))["target"] == ["b a"]
