"""What is handed in where nothing better is ready in time: a sampled candidate, or a constant."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from iiml_codegen.domain.blueprint import Member
from iiml_codegen.domain.candidate import Ensemble, Score
from iiml_codegen.domain.events import CandidateUpdated, Note
from iiml_codegen.errors import IimlError
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench, constant_answer
from iiml_codegen.search.code import ScriptCode
from iiml_codegen.search.refit_plan import RefitPlan, scale_of, starting_seconds
from iiml_codegen.search.repeated_source import repeating_script
from iiml_codegen.search.submitting import CONSTANT_ID, Submitter

SHARE_BEFORE = 0.6
"""Of the budget: a submission stands by then, whatever became of the plan."""
SCRIPT = '''"""The same answer for every row: the best constant, as no model was ready in time."""

from pathlib import Path
from typing import Any

import numpy as np

ANSWER = {answer}
ROWS = {rows}


def prepare(data_dir: Path) -> dict[str, Any]:
    """Count the rows that want an answer; nothing is read."""
    return {{
        "features_train": np.zeros((1, 1)),
        "features_test": np.zeros((ROWS, 1)),
        "target": np.zeros(1),
    }}


def fit(X: np.ndarray, y: np.ndarray) -> list[float]:
    """Know the answer beforehand."""
    return ANSWER


def predict(model: list[float], X: np.ndarray) -> np.ndarray:
    """Give every row the same answer."""
    answers = np.tile(model, (len(X), 1))
    return answers[:, 0] if len(model) == 1 else answers
'''


@contextmanager
def constant_in_time(bench: Bench, submitter: Submitter) -> Iterator[None]:
    """Within the block a constant answer is handed in at its time, if nothing stands by then."""
    over = threading.Event()

    def wait() -> None:
        budget = bench.context.budget
        if not over.wait(max(0.0, SHARE_BEFORE * budget.total - budget.used())):
            hand_in_constant(bench, submitter)

    thread = threading.Thread(target=wait, name="constant answer", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def rescue(bench: Bench, submitter: Submitter, attempts: Sequence[Attempt]) -> None:
    """Where nothing stands, hand in the best candidate that was scored on a sample, or a constant.

    Its refit must fit into the time that is left.
    """
    if bench.context.stop.is_set() or not (submitter.standing is None or submitter.is_constant):
        return
    able = [a for a in attempts if a.sampled and not a.score and a.status != "failed"]
    able = [a for a in able if a.sampled and bench.better(a.sampled.value, bench.constant)]
    sign = -1 if bench.task.greater_is_better else 1
    for attempt in sorted(able, key=lambda a: sign * (a.sampled.value if a.sampled else 0.0)):
        fit = attempt.refit_seconds(scale_of(bench), bench.slots)
        if starting_seconds(bench, attempt) + attempt.encoding + fit < bench.seconds_left:
            submit = submitter.submission_of(single(attempt, attempt.sampled))
            if submit is not None and submit():
                return
    hand_in_constant(bench, submitter)


def single(attempt: Attempt, score: Score | None) -> RefitPlan:
    """The plan for one candidate with a score that is not of all folds."""
    assert score is not None
    return RefitPlan(
        (attempt,), Ensemble(method="single", members=(attempt.id,), parameters={}, score=score)
    )


def hand_in_constant(bench: Bench, submitter: Submitter) -> None:
    """Let the best constant stand where nothing does; trouble is said, and changes nothing."""
    if submitter.standing is not None or bench.context.stop.is_set():
        return
    journal = bench.context.journal
    try:
        score = constant_answer(bench)
        attempt = constant_attempt(bench, score)
        submit = submitter.submission_of(single(attempt, score))
    except (IimlError, OSError) as error:
        journal.append(Note(level="warning", text=f"no constant answer was handed in: {error}"))
        return
    if submit is not None and submit():
        journal.append(CandidateUpdated(candidate=attempt.as_candidate()))
        said = "every row has the best constant answer"
        if bench.task.layout.source is not None:
            said = "every row repeats the text that its answer is made from"
        said = f"nothing better was ready in time: {said} for now"
        journal.append(Note(level="warning", text=said))


def constant_attempt(bench: Bench, score: Score) -> Attempt:
    """A candidate that needs no rows; raises GenerationError."""
    asked = 0 if bench.task.layout.answers_by_cell else bench.task.submission.rows
    rows = asked or bench.shadows.test_rows
    source = bench.task.layout.source
    if source is not None:
        text = repeating_script(bench.task, source.column)
    else:
        answer = [float(f"{v:.12g}") for v in score.fitted["constant"]]
        text = SCRIPT.format(answer=answer, rows=rows)
    member = Member(name="constant", track="traditional", template="", view="features", cost=1.0)
    folder = bench.context.workspace.candidate(CONSTANT_ID)
    code = ScriptCode(CONSTANT_ID, member, folder, text, text, bench.task)
    code.write()
    return Attempt(code, estimate=1.0, score=score, status="scored", text=code.text)
