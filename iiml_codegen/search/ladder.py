"""The verification ladder, climbed with one pair of modules on one shadow.

Rungs in the order in which they can be climbed: text (0, 1), prep on the sample and its clauses
(3), binding to what prep gave (2), the pipeline on the sample (4), its score and the leak tests
(5), its submission (6). A climb ends at the first rung that does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePath

import msgspec

from iiml_codegen.domain.candidate import Score
from iiml_codegen.domain.contract import Observation
from iiml_codegen.domain.fault import Fault, Place, Violation
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.errors import IimlError
from iiml_codegen.integration.error_analyzer import analyse, error_fault, violation_fault
from iiml_codegen.integration.fault_submission import ROWS, submission_fault
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.raw_facts import raw_violations, read_raw
from iiml_codegen.integration.skill import no_skill
from iiml_codegen.integration.verifier import verify
from iiml_codegen.search.bench import SCORING_SECONDS, Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.evidence import run_evidence
from iiml_codegen.search.leak_trial import leak_violations
from iiml_codegen.search.prep_check import bind_model, check_contract, rows_of, violation_of
from iiml_codegen.search.repair import Launch
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.specs import prepared_file, run_id, shadow_spec
from iiml_codegen.search.submission_check import submission_violations

TOP = 6
MOVED_ROWS = "IIML151"


@dataclass
class Climb:
    """How far a pair of modules came, and what was seen on the way.

    `fault` is what ended the climb, None where everything asked for holds. `rung` is the last one
    that holds, -1 for none. `violations` are all of them, warnings too.
    """

    rung: int = -1
    violations: list[Violation] = field(default_factory=list)
    fault: Fault | None = None
    runs: list[RunResult] = field(default_factory=list)
    raw: Path | None = None
    score: Score | None = None

    @property
    def broken(self) -> bool:
        """Whether an error stands."""
        return self.fault is not None


class Ladder:
    """One bench's ladder; `shadow` is the first one unless another is given.

    With `leaks` the leak tests run too: they take several runs of the pipeline. What a text of prep
    gave is remembered where it holds: with another model it is not run again. Who wants to end a
    climb from outside makes its runs by a `launch` of its own.
    """

    def __init__(
        self,
        bench: Bench,
        shadow: Shadow | None = None,
        *,
        leaks: bool = False,
        launch: Launch | None = None,
    ) -> None:
        self.bench = bench
        self.shadow = shadow or bench.shadow(0)
        self.leaks = leaks
        self.launch = launch or (lambda code, spec: bench.context.runner.run(spec))
        self.given: dict[str, tuple[Observation, ...]] = {}

    def climb(self, code: CandidateCode, upto: int = TOP) -> Climb:
        """Climb until a rung does not hold, or rung `upto` is done."""
        climb = Climb()
        for rung, step in (
            (1, self.read),
            (3, self.prepare),
            (2, self.bind),
            (4, self.run),
            (5, self.score),
            (6, self.submit),
        ):
            if rung > max(upto, 1):
                continue
            climb.fault = step(code, climb)
            if climb.fault is not None:
                break
            climb.rung = max(climb.rung, rung)
        return climb

    def read(self, code: CandidateCode, climb: Climb) -> Fault | None:
        """Rungs 0 and 1, and whether a pipeline can be assembled."""
        texts, bench = code.modules(), self.bench
        modules = [Module(name=PurePath(f).stem, label=f, text=t) for f, t in texts.items()]
        columns = [column.name for column in bench.profile.columns]
        found = verify(
            modules,
            bench.blueprint_of(code),
            bench.contract_of(code),
            columns=columns,
            files=bench.files,
            task=bench.task,
        )
        climb.violations += found
        broken = next((one for one in found if one.severity == "error"), None)
        if broken is not None:
            return violation_fault(broken, texts)
        code.bindings, code.fitted = None, {}
        return assembled(code)

    def prepare(self, code: CandidateCode, climb: Climb) -> Fault | None:
        """Rung 3: prep on the sample, and each clause on what it gave."""
        if code.prep in self.given:
            code.observations = self.given[code.prep]
            return None
        result = self.launch(code, self.prepare_spec(code))
        climb.runs.append(result)
        if not result.ok:
            return analyse(run_evidence(self.bench, code, result))
        checked = check_contract(self.bench, code, self.shadow, self.launch)
        code.observations = checked.observations
        found = [violation_of(self.bench, code, broken) for broken in checked.violations]
        climb.violations += found
        if found:
            return violation_fault(found[0], code.modules())
        self.given[code.prep] = code.observations
        return None

    def bind(self, code: CandidateCode, climb: Climb) -> Fault | None:
        """Rung 2: which output feeds which parameter; the pipeline is assembled anew with it."""
        found = bind_model(self.bench, code, self.shadow)
        climb.violations += found
        broken = next((one for one in found if one.severity == "error"), None)
        return violation_fault(broken, code.modules()) if broken else assembled(code)

    def run(self, code: CandidateCode, climb: Climb) -> Fault | None:
        """Rung 4: the pipeline on the sample."""
        spec = self.run_spec(code)
        result = self.launch(code, spec)
        climb.runs.append(result)
        if not result.ok:
            return analyse(run_evidence(self.bench, code, result))
        climb.raw = Path(spec.folder) / "raw.npy"
        raw = read_raw(climb.raw)
        found = raw_violations(raw, self.bench.task) if raw else []
        if raw and not found:
            found = rows_violations(raw.shape[0], rows_of(self.bench, self.shadow).test)
        climb.violations += found
        return (
            submission_fault(found, run_evidence(self.bench, code, result), raw) if found else None
        )

    def score(self, code: CandidateCode, climb: Climb) -> Fault | None:
        """Rung 5: what the predictions are worth on the rows that were withheld."""
        assert climb.raw is not None
        folds = [{"raw": str(climb.raw), "fold_rows": self.shadow.fold_rows}]
        params = {**self.bench.scoring(), "folds": folds}
        worker = self.bench.context.worker
        try:
            climb.score = worker.call_typed("score", params, Score, timeout=SCORING_SECONDS)
        except IimlError as error:
            return error_fault(error, code.modules())
        weak = self.unskilled(code, climb, climb.score)
        if weak is not None:
            climb.violations.append(weak)
            return violation_fault(weak, code.modules())
        if not self.leaks:
            return None
        found = leak_violations(self.bench, code, self.shadow)
        climb.violations += found
        broken = next((one for one in found if one.severity == "error"), None)
        return violation_fault(broken, code.modules()) if broken else None

    def unskilled(self, code: CandidateCode, climb: Climb, score: Score) -> Violation | None:
        """Whether a constant answer would be worth as much.

        Moved rows are to blame where the text shows any, else `predict`.
        """
        moved = [one.place for one in climb.violations if one.code == MOVED_ROWS]
        lines = code.model.split("\n")
        starts = [n for n, line in enumerate(lines, 1) if line.startswith("def predict(")]
        place = Place(file=code.model_name, line=starts[0] if starts else 1)
        better = self.bench.task.greater_is_better
        constant = self.bench.constant
        return no_skill(score, constant, moved[0] if moved else place, greater_is_better=better)

    def submit(self, code: CandidateCode, climb: Climb) -> Fault | None:
        """Rung 6: the submission for the sample, by the decision that the score found best."""
        spec = self.run_spec(code)
        if decides(code):
            fault = self.answer(code, climb)
            if fault is not None:
                return fault
            spec = self.answer_spec(code)
        submission = Path(spec.folder) / "submission.csv"
        found = submission_violations(self.bench, submission, folder=self.shadow.data)
        climb.violations += found
        if not found:
            return None
        assert climb.raw is not None
        evidence = run_evidence(self.bench, code, climb.runs[-1])
        return submission_fault(found, evidence, read_raw(climb.raw))

    def answer(self, code: CandidateCode, climb: Climb) -> Fault | None:
        """Predict again with what was fitted, and decide."""
        code.fitted = climb.score.fitted if climb.score else {}
        fault = assembled(code)
        if fault is not None:
            return fault
        result = self.launch(code, self.answer_spec(code))
        climb.runs.append(result)
        return None if result.ok else analyse(run_evidence(self.bench, code, result))

    def prepare_spec(self, code: CandidateCode) -> RunSpec:
        """Prepare the sample, and keep what comes out for the check and the run."""
        prepared = str(prepared_file(self.bench, code, self.shadow))
        arguments = ("--data-dir", self.shadow.data, "--prepared", prepared, "--only", "prepare")
        return shadow_spec(
            self.bench, code, self.shadow, "prepare sample", arguments, self.bench.wall_limit()
        )

    def run_spec(self, code: CandidateCode) -> RunSpec:
        """Fit and predict on the sample; the submission waits where the model's `decide` does."""
        folder = self.bench.context.workspace.run(run_id(code, "sample"))
        ending = ("--save", "fitted") if decides(code) else ("--out", "submission.csv")
        arguments = (
            *("--data-dir", self.shadow.data),
            *("--prepared", str(prepared_file(self.bench, code, self.shadow))),
            *("--valid", self.shadow.valid, "--threads", "1"),
            *("--seed", str(self.bench.context.options.seed)),
            *("--raw", str(folder / "raw.npy"), "--report", str(folder / "report.json")),
            *(ending[0], str(folder / ending[1])),
        )
        return shadow_spec(
            self.bench, code, self.shadow, "sample", arguments, self.bench.wall_limit()
        )

    def answer_spec(self, code: CandidateCode) -> RunSpec:
        """Answer for the sample with what the run on it has saved."""
        fitted = Path(self.run_spec(code).folder) / "fitted"
        folder = self.bench.context.workspace.run(run_id(code, "answer"))
        arguments = (
            *("--data-dir", self.shadow.data, "--load", str(fitted)),
            *("--out", str(folder / "submission.csv")),
        )
        spec = shadow_spec(
            self.bench, code, self.shadow, "answer", arguments, self.bench.wall_limit()
        )
        reads = (*spec.allowed_reads, str(fitted))
        return msgspec.structs.replace(spec, allowed_reads=reads)


def rows_violations(given: int, wanted: int) -> list[Violation]:
    """Whether there is one prediction for each row that was asked for."""
    if given == wanted:
        return []
    message = f"predictions are given for {given:,} rows, {wanted:,} were asked for"
    return [Violation(code=ROWS, message=message, place=Place(file="raw.npy"))]


def decides(code: CandidateCode) -> bool:
    """Whether the model brings its own `decide`, whose parameters the score has to find first."""
    return "\ndef decide(" in code.model


def assembled(code: CandidateCode) -> Fault | None:
    """Write the pipeline; what the assembler says where it cannot."""
    try:
        code.write()
    except IimlError as error:
        return error_fault(error, code.modules())
    return None
