"""Leak tests run: of the plan and the folder once, and of every distinct candidate's code.

What they measure and how it is judged is in `worker/leak_*.py` and `integration/leak_tests/`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from iiml_codegen.domain.fault import Violation
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.integration.leak_tests import (
    duplicates,
    fold_plan,
    forbidden_reads,
    id_feature,
    lone_feature,
    own_label,
    row_independence,
    shadow_proof,
)
from iiml_codegen.integration.leak_tests.answers import (
    Duplicates,
    Examined,
    FoldsCompared,
    Proof,
    Variant,
)
from iiml_codegen.integration.leak_tests.placing import as_violation
from iiml_codegen.integration.leak_tests.row_independence import Compared
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.leak_runs import BASE, LeakRuns
from iiml_codegen.search.sample_run import BUILD_SECONDS
from iiml_codegen.search.shadows import Shadow, ShadowSet
from iiml_codegen.search.worker_run import Question, ask

REFUSING = frozenset({"IIML502", "IIML504", "IIML508", "IIML510"})
"""Codes whose violation takes a candidate out of the ranking."""
LEAK_ROWS = 1_000
"""Of train and of test: enough for every test here, and cheap enough for many runs."""
LEAST_SECONDS = 2.0
MOST_ROWS = 2_000_000
"""Rows of both sides from which plan and folder are not tested: each test reads all of them."""
SHARE_OF_COMPARISON = 0.3
FEWER = "fewer"
WAYS = ("shuffled", FEWER, "ids", "labels", "repeated")
"""What is changed in turn; the first ones are what a short time is spent on."""
NOTHING = Examined()


def leak_violations(
    bench: Bench, code: CandidateCode, shadow: Shadow | None = None, seconds: float = 120.0
) -> list[Violation]:
    """Rung 5 of one candidate, its plan and its folder; what passed or was left out is not listed.

    `code.write()` must have been called. Raises IimlError where the sample cannot be built.
    """
    outcomes = [
        *plan_outcomes(bench, seconds / 2),
        *candidate_outcomes(bench, code, shadow or leak_shadow(bench), seconds),
    ]
    told = [one for one in outcomes if one.verdict not in ("passed", "skipped")]
    return [as_violation(one, code.prep) for one in told]


def leak_shadow(bench: Bench) -> Shadow:
    """A small shadow; of all rows where there are few."""
    params = {
        "folder": bench.folder,
        "task": to_plain(bench.task),
        "plan": to_plain(bench.blueprint.folds),
        "out": str(bench.cache / "sample"),
        "max_rows": LEAK_ROWS,
    }
    worker = bench.context.worker
    return worker.call_typed("shadows", params, ShadowSet, timeout=BUILD_SECONDS).folds[0]


def refusal(outcomes: list[LeakOutcome]) -> LeakOutcome | None:
    """The verdict that takes a candidate out of the ranking, if there is one."""
    broken = (one for one in outcomes if one.verdict == "violated" and one.code in REFUSING)
    return next(broken, None)


def is_planned(bench: Bench, code: CandidateCode) -> bool:
    """Whether prep is exactly what the blueprint's steps become, without a hand in it."""
    return planned_prep(bench) == code.prep


def planned_prep(bench: Bench) -> str:
    """What the blueprint's steps become; empty for a plan that the expert cannot write."""
    try:
        return ExpertPreprocessingCoder().write(bench.blueprint)
    except (IimlError, KeyError):
        return ""


def plan_outcomes(bench: Bench, seconds: float) -> list[LeakOutcome]:
    """IIML501, 505, 506 and 507: about the plan and the folder, whoever writes the code."""
    deadline = time.monotonic() + seconds
    found: list[LeakOutcome] = []
    for codes, test in PLAN_TESTS.items():
        left = deadline - time.monotonic()
        try:
            if left < LEAST_SECONDS:
                raise IimlError("no time was left for it")
            if bench.shadows.train_rows + bench.shadows.test_rows > MOST_ROWS:
                raise IimlError(f"more than {MOST_ROWS:,} rows are too many to compare")
            found += test(bench, left)
        except IimlError as error:
            found += [LeakOutcome(code=c, verdict="skipped", says=str(error)) for c in codes]
    return found


def ids_tell(bench: Bench) -> bool:
    """Whether ids do more than name rows: a date that is an id tells time, and may be a feature."""
    roles = {column.name: column.role for column in bench.profile.columns}
    return roles.get(bench.task.id_column or "", "id") != "id"


def prove(bench: Bench, seconds: float) -> list[LeakOutcome]:
    """The permuted-label proof on a sample of the user's folder."""
    params = {
        "folder": bench.folder,
        "task": to_plain(bench.task),
        "plan": to_plain(bench.blueprint.folds),
        "out": str(bench.cache / "proof"),
    }
    writable = (str(bench.cache / "proof"),)
    proof = ask(bench, plan_question("prove_shadows", params, writable), Proof, seconds)
    return [shadow_proof.judge(proof)]


def folds_outcomes(bench: Bench, seconds: float) -> list[LeakOutcome]:
    """What folds share and the test does not."""
    params = {
        "folder": bench.folder,
        "task": to_plain(bench.task),
        "folds": [to_plain(fold) for fold in bench.shadows.folds],
        "times": [column.name for column in bench.profile.columns if column.role == "date"],
    }
    compared = ask(bench, plan_question("compare_folds", params), FoldsCompared, seconds)
    return fold_plan.judge(compared)


def duplicate_outcomes(bench: Bench, seconds: float) -> list[LeakOutcome]:
    """Copies of rows."""
    params = {
        "folder": bench.folder,
        "task": to_plain(bench.task),
        "target": bench.shadows.target,
        "folds": [fold.fold_rows for fold in bench.shadows.folds],
        "named": [] if ids_tell(bench) else [bench.task.id_column],
    }
    found = ask(bench, plan_question("find_duplicates", params), Duplicates, seconds)
    return duplicates.judge(found)


PLAN_TESTS: dict[tuple[str, ...], Callable[[Bench, float], list[LeakOutcome]]] = {
    ("IIML501",): prove,
    ("IIML505",): folds_outcomes,
    ("IIML506", "IIML507"): duplicate_outcomes,
}


def plan_question(verb: str, params: dict[str, object], writable: tuple[str, ...] = ()) -> Question:
    """A question about the folder, which runs our code alone and may read all of it."""
    purpose = f"leak tests: {verb.replace('_', ' ')}"
    return Question(verb=verb, params=params, purpose=purpose, writable=writable, private=False)


def candidate_outcomes(
    bench: Bench,
    code: CandidateCode,
    shadow: Shadow,
    seconds: float,
    ways: Sequence[str] = WAYS,
) -> list[LeakOutcome]:
    """IIML502 to 504 and 508 to 510 of one candidate, within its time; the telling ones first."""
    deadline = time.monotonic() + seconds
    runs = LeakRuns(bench, code, shadow, deadline, SHARE_OF_COMPARISON * seconds)
    if runs.vary(BASE) and not runs.done[BASE].why_not:
        for how in of_use(runs, ways):
            if how == "ids" and ids_tell(bench):
                runs.failed[how] = "the id says more than a name"
            else:
                runs.vary(runs.fewer if how == FEWER else how)
    why = runs.failed.get(BASE) or runs.done[BASE].why_not
    examined, unseen = (NOTHING, why) if why else examine(runs)
    return [
        *row_outcomes(runs, examined, unseen),
        *lone_outcomes(code, examined, unseen),
        id_feature.judge(variant_of(runs, "ids", unseen), examined.moved.get("ids", ())),
        *id_feature.judge_places(examined.placed),
        forbidden_reads.judge(runs.results),
        own_label.judge(variant_of(runs, "labels", unseen), examined.own),
    ]


def of_use(runs: LeakRuns, ways: Sequence[str]) -> list[str]:
    """The ways that say something: where rows have a time, what lies before a row may matter."""
    return [how for how in ways if how != "repeated" or runs.fewer != "early"]


def examine(runs: LeakRuns) -> tuple[Examined, str]:
    """What the features say, or why they could not be looked at."""
    try:
        return runs.examine(), ""
    except IimlError as error:
        return NOTHING, str(error)


def row_outcomes(runs: LeakRuns, examined: Examined, unseen: str) -> list[LeakOutcome]:
    """What predictions owe to other test rows, one verdict for each way of varying them."""
    bench, code = runs.bench, runs.code
    ways = of_use(runs, ("shuffled", FEWER, "repeated"))
    names = [runs.fewer if how == FEWER else how for how in ways]
    compared = [compare(runs, how, examined, unseen) for how in names]
    blueprint = bench.blueprint_of(code)
    return row_independence.judge(compared, code.prep, blueprint, planned_prep(bench))


def compare(runs: LeakRuns, how: str, examined: Examined, unseen: str) -> Compared:
    """Predictions and features for one variant beside those for the shadow as it is."""
    variant = variant_of(runs, how, unseen)
    if variant.why_not:
        return Compared(how, why_not=variant.why_not)
    try:
        moved = examined.moved.get(how, ())
        return Compared(how, runs.predictions(how), moved, noisy=how in examined.noisy)
    except IimlError as error:
        return Compared(how, why_not=str(error))


def variant_of(runs: LeakRuns, how: str, unseen: str) -> Variant:
    """A variant that was run, or one that says why it was not."""
    missing = Variant(why_not=runs.failed.get(how) or unseen or "it was not run")
    found = runs.done.get(how, missing)
    return missing if unseen else found


def lone_outcomes(code: CandidateCode, examined: Examined, unseen: str) -> list[LeakOutcome]:
    """Features that alone say nearly all."""
    if unseen:
        return [LeakOutcome(code=lone_feature.CODE, verdict="skipped", says=unseen)]
    return lone_feature.judge(examined.lone, code.prep)
