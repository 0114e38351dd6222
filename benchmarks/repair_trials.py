"""One competition opened for mutants: unbroken runs first, then each mutant is found and mended."""

from __future__ import annotations

import ast
import dataclasses
import difflib
import shutil
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from mutators import TaskFacts
from repair_cases import PLAN_FILES, Broken, Case, Outcome, Pair, Tried, draws, facts_of, pairs_of

from iiml_codegen.domain.contract import Observation
from iiml_codegen.domain.fault import Fault, Patch
from iiml_codegen.integration.fault_report import fault_report
from iiml_codegen.search.bench import SCORING_SECONDS, Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.ladder import Climb, Ladder
from iiml_codegen.search.mending import Mender
from iiml_codegen.search.reopened import Limits, module_pair, reopened
from iiml_codegen.workspace import Workspace

ROUNDS = 10
PATIENCE = 6.0
SHORTEST = 20.0
MEMORY = 3 * 2**30
MOST_BENIGN = 8
LONGEST = 300.0


@dataclasses.dataclass(frozen=True)
class Unbroken:
    """What a pair does before it is broken."""

    climb: Climb
    observations: tuple[Observation, ...]
    seconds: float


class RecordingMender(Mender):
    """A mender that keeps what it tried."""

    def __init__(self, bench: Bench, rounds: int) -> None:
        super().__init__(bench, rounds)
        self.tried: list[Tried] = []

    def tell(self, patch: Patch, code: CandidateCode, *, kept: bool) -> None:
        """Keep it, and record it as usual."""
        super().tell(patch, code, kept=kept)
        by = patch.proposed_by
        self.tried.append(Tried(patch.title, patch.module, by, kept, patch.loses))


def run_cases(cases: Sequence[Case], scratch: Path, rows: int) -> Iterator[Outcome]:
    """All cases of one competition, in a work folder that holds its plan and no module."""
    limits = Limits(rows=rows, seconds=LONGEST, bytes=MEMORY)
    folder = cases[0].folder
    workspace = Workspace(folder, work_folder(folder, scratch))
    pairs, facts = pairs_of(folder), facts_of(folder)
    with reopened(workspace, limits=limits) as bench:
        trials = Trials(bench, facts)
        for case in cases:
            try:
                outcome = trials.run(case, pairs)
            except Exception:  # noqa: BLE001 - one case must not cost the others: its trace is its outcome
                outcome = no_answer(case, traceback.format_exc(limit=-6))
            yield outcome


def work_folder(folder: Path, scratch: Path) -> Path:
    """A folder with the plan alone: nothing generated is left that could be put back."""
    work = scratch / folder.name
    (work / "iiml").mkdir(parents=True, exist_ok=True)
    for name in PLAN_FILES:
        shutil.copy2(folder / "iiml" / name, work / "iiml" / name)
    return work


def no_answer(case: Case, problem: str) -> Outcome:
    """A case that could not be tried."""
    return Outcome(
        number=case.number,
        seed=case.seed,
        kind=case.kind,
        competition=case.folder.name,
        problem=problem,
    )


class Trials:
    """The mutants of one competition."""

    def __init__(self, bench: Bench, facts: TaskFacts) -> None:
        self.bench = bench
        self.facts = facts
        self.known: dict[str, Unbroken] = {}

    def run(self, case: Case, pairs: Sequence[Pair]) -> Outcome:
        """The first mutant of the case that is not benign."""
        benign: list[str] = []
        for broken in draws(case, pairs, self.facts):
            unbroken = self.unbroken(broken.pair)
            if unbroken.climb.broken:
                continue
            outcome = self.mended(case, broken, unbroken)
            if outcome is not None:
                return with_benign(outcome, benign)
            benign.append(f"{broken.mutator.name}: {broken.mutation.description}"[:200])
            if len(benign) == MOST_BENIGN:
                break
        return no_answer(case, f"no mutant that breaks; benign: {'; '.join(benign)}")

    def unbroken(self, pair: Pair) -> Unbroken:
        """What a pair does before it is broken; once for all of its mutants."""
        if pair.name not in self.known:
            code = module_pair(self.bench, f"unbroken-{pair.name}", pair.prep, pair.model)
            start = time.monotonic()
            climb = Ladder(self.bench).climb(code)
            seconds = max((run.seconds for run in climb.runs), default=time.monotonic() - start)
            self.known[pair.name] = Unbroken(climb, code.observations, seconds)
        return self.known[pair.name]

    def mended(self, case: Case, broken: Broken, unbroken: Unbroken) -> Outcome | None:
        """What is found in a mutant, and what mends it; None for one that is none."""
        limit = max(SHORTEST, PATIENCE * unbroken.seconds)
        bench = dataclasses.replace(self.bench, run_seconds=limit, run_bytes=MEMORY)
        ladder = Ladder(bench)
        name = f"mutant-{case.seed}-{case.number}"
        code = module_pair(bench, name, broken.pair.prep, broken.pair.model)
        code.put(broken.module, broken.mutation.text)
        start = time.monotonic()
        first = last = ladder.climb(code)
        if first.fault is None and self.is_benign(first, unbroken):
            return None
        mender = RecordingMender(bench, ROUNDS)

        def again() -> Fault | None:
            nonlocal last
            last = ladder.climb(code)
            return last.fault

        kept = (mender.mend(code, first.fault, again) if first.fault else None) or ()
        passed = bool(kept) and last.fault is None
        return self.outcome(
            case,
            broken,
            unbroken,
            first,
            last if passed else first,
            code,
            kept,
            mender.tried,
            time.monotonic() - start,
        )

    def outcome(
        self,
        case: Case,
        broken: Broken,
        unbroken: Unbroken,
        first: Climb,
        last: Climb,
        code: CandidateCode,
        kept: Sequence[Patch],
        tried: Sequence[Tried],
        seconds: float,
    ) -> Outcome:
        """The case with everything that a reader of its line wants."""
        mutation, fault = broken.mutation, first.fault
        place = fault.place if fault else None
        here = place is not None and place.file == broken.module
        lost = losses(broken.pair, unbroken, code, kept) if kept else []
        passed = bool(kept) and last.fault is None
        texts = {**broken.pair.texts(), broken.module: mutation.text}
        paired = self.paired(last, unbroken) if passed else None
        before = unbroken.climb.score
        assert before is not None
        return Outcome(
            number=case.number,
            seed=case.seed,
            kind=case.kind,
            competition=case.folder.name,
            pair=broken.pair.name,
            mutator=broken.mutator.name,
            module=broken.module,
            line=mutation.line,
            end=mutation.end,
            description=mutation.description,
            diff=diff(broken.pair.texts()[broken.module], mutation.text),
            found=fault.kind if fault else "",
            code=fault.code if fault else "",
            message=fault.message if fault else "passes, with a worse score",
            at=f"{place.file}:{place.line}" if place else "",
            component=fault is not None and component_of(fault) == of_module(broken.module),
            place=here and place is not None and mutation.is_near(place.line),
            tried=tuple(tried),
            seconds=round(seconds, 2),
            passed=passed,
            repaired=passed and not lost and self.as_good(last, unbroken),
            lost=tuple(lost),
            unbroken=before.value,
            error=before.standard_error,
            score=last.score.value if last.score else None,
            paired=paired["difference"] if paired else None,
            paired_error=paired["standard_error"] if paired else None,
            report=fault_report(fault, texts) if fault and not passed else "",
        )

    def is_benign(self, climb: Climb, unbroken: Unbroken) -> bool:
        """Whether a mutant that passes is no worse than chance allows, by either error."""
        if self.as_good(climb, unbroken):
            return True
        paired = self.paired(climb, unbroken)
        return paired is not None and -paired["difference"] <= 2 * paired["standard_error"]

    def as_good(self, climb: Climb, unbroken: Unbroken) -> bool:
        """Whether the score is no worse than the unbroken one by more than its standard error."""
        before = unbroken.climb.score
        if climb.score is None or before is None:
            return False
        way = climb.score.value - before.value
        worse = -way if self.bench.task.greater_is_better else way
        return worse <= before.standard_error

    def paired(self, climb: Climb, unbroken: Unbroken) -> dict[str, Any] | None:
        """The comparison on the rows that both predicted."""
        if climb.raw is None or unbroken.climb.raw is None:
            return None
        rows = self.bench.shadow(0).fold_rows
        folds = [
            {"folds": [{"raw": str(raw), "fold_rows": rows}]}
            for raw in (climb.raw, unbroken.climb.raw)
        ]
        params = {**self.bench.scoring(), "a": folds[0], "b": folds[1]}
        answer = self.bench.context.worker.call("compare", params, timeout=SCORING_SECONDS)
        return dict(answer)


def with_benign(outcome: Outcome, benign: Sequence[str]) -> Outcome:
    """The outcome, with the benign mutants that were passed over."""
    return msgspec.structs.replace(outcome, benign=tuple(benign))


def component_of(fault: Fault) -> str:
    """The module that a fault blames."""
    if fault.component is not None:
        return fault.component
    return of_module(fault.place.file) if fault.place else ""


def of_module(file: str) -> str:
    """prep or model."""
    return "prep" if file.startswith("prep") else "model"


def diff(before: str, after: str) -> str:
    """What a mutation changed."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    return "\n".join(list(lines)[2:60])


def losses(pair: Pair, unbroken: Unbroken, code: CandidateCode, kept: Sequence[Patch]) -> list[str]:
    """What a repair gave up: its own word, columns that are gone, checks that are gone."""
    found = [patch.loses for patch in kept if patch.loses]
    now = {seen.output: seen.columns for seen in code.observations}
    for seen in unbroken.observations:
        if now.get(seen.output, 0) < seen.columns:
            found.append(f"{seen.output}: {now.get(seen.output, 0)} of {seen.columns} columns left")
    texts = code.modules()
    for name, text in pair.texts().items():
        if checks_in(texts[name]) < checks_in(text):
            found.append(f"{name} checks less")
    return found


def checks_in(text: str) -> int:
    """How often a module raises or asserts."""
    return sum(isinstance(node, ast.Raise | ast.Assert) for node in ast.walk(ast.parse(text)))
