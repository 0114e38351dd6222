"""Runs with repairs: what fails is analysed, patched and run again; a patch stays if it passes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from iiml_codegen.domain.events import FaultFound, PatchTried
from iiml_codegen.domain.fault import Fault, Patch
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.errors import IimlError
from iiml_codegen.integration.debugging_agent import propose
from iiml_codegen.integration.error_analyzer import Evidence, analyse
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.specs import short_hash, text_of

WORTH_REPAIRING = ("failed", "timeout", "memory")
MakeSpec = Callable[[], RunSpec]
Step = Callable[[], Fault | None]
"""Does the step that failed once more; None if it passes now."""


class Repairer:
    """Gives a failing step up to `rounds` patches. Threads share it.

    A candidate's texts change only while its lock is held; its runs go on beside each other.
    """

    def __init__(self, bench: Bench, rounds: int) -> None:
        self.bench = bench
        self.rounds = rounds
        self._guard = threading.Lock()
        self._locks: dict[str, threading.RLock] = {}
        self._running: dict[str, set[str]] = {}
        self._stopped: set[str] = set()
        self._passed: dict[str, RunResult] = {}

    def run(self, code: CandidateCode, make_spec: MakeSpec) -> RunResult:
        """Run; on a failure repair one at a time, and run again with the patched text."""
        first = last = self.launch(code, make_spec)
        if self.hopeless(code, first):
            return first
        with self.lock(code):
            if text_of(first.id) != code.text:  # mended meanwhile, for another run of it
                first = last = self.launch(code, make_spec)
                if self.hopeless(code, first):
                    return first
            fault = self.locate(code, first)

            def again() -> Fault | None:
                nonlocal last
                last = self.launch(code, make_spec)
                if last.ok:
                    return None
                return self.locate(code, last) if last.status in WORTH_REPAIRING else fault

            return last if self.mend(code, fault, again) else first

    def hopeless(self, code: CandidateCode, result: RunResult) -> bool:
        """Whether there is nothing to repair, or no time for it."""
        return self.rounds == 0 or result.status not in WORTH_REPAIRING or self.halted(code)

    def halted(self, code: CandidateCode) -> bool:
        """Whether this candidate, or the whole solve, was told to stop."""
        over = self.bench.context.stop.is_set() or self.bench.seconds_left <= 0
        return over or code.id in self._stopped

    def stop(self, code: CandidateCode) -> None:
        """End the runs of a candidate that are under way, and let it start no others."""
        with self._guard:
            self._stopped.add(code.id)
            running = sorted(self._running.get(code.id, set()))
        for run in running:
            self.bench.context.runner.stop(run)

    def launch(self, code: CandidateCode, make_spec: MakeSpec) -> RunResult:
        """One run, known while it goes on; what passed in this solve is not run again."""
        with self.lock(code):
            spec = make_spec()
            key = short_hash(spec.id, code.pipeline.text if code.pipeline else "")
        with self._guard:
            if key in self._passed:
                return self._passed[key]
            if code.id in self._stopped:
                return RunResult(id=spec.id, status="stopped", reason="stopped before its start")
            self._running.setdefault(code.id, set()).add(spec.id)
        try:
            result = self.bench.context.runner.run(spec)
        finally:
            with self._guard:
                self._running[code.id].discard(spec.id)
        if result.ok:
            with self._guard:
                self._passed[key] = result
        return result

    def mend(self, code: CandidateCode, fault: Fault, again: Step) -> bool:
        """Try patches until the step passes.

        A patch that moves nothing is taken back at once, and all of them if the step never passes.
        """
        tried: set[str] = set()
        applied: list[Patch] = []
        with self.lock(code):
            untouched, passed = code.modules(), False
            while len(tried) < self.rounds and not passed and not self.halted(code):
                patch = next((p for p in self.proposals(code, fault) if p.after not in tried), None)
                if patch is None:
                    break
                tried.add(patch.after)
                found = self.with_patch(code, patch, fault, again)
                passed = found is None
                if found is not None and found.message == fault.message:
                    restore(code, {patch.module: patch.before})
                    self.tell(patch, kept=False)
                else:
                    applied.append(patch)
                    fault = found or fault
            if not passed and applied:
                restore(code, untouched)
        for patch in applied:
            self.tell(patch, kept=passed)
        return passed

    def with_patch(
        self, code: CandidateCode, patch: Patch, fault: Fault, again: Step
    ) -> Fault | None:
        """What is wrong after a patch; the fault itself where the patched text is no pipeline."""
        code.put(patch.module, patch.after)
        try:
            code.write()
            return again()
        except IimlError:
            return fault

    def locate(self, code: CandidateCode, result: RunResult) -> Fault:
        """Where the failure comes from, in the modules that a person edits."""
        assert code.pipeline is not None
        facts = self.bench.facts(code)
        fault = analyse(
            Evidence(
                result=result,
                log=result.log_tail,
                source_map=code.pipeline.source_map,
                texts=code.modules(),
                columns=facts.columns,
                files=facts.files,
                task=facts.task,
                contract=facts.contract,
                folder=self.bench.context.workspace.run(result.id),
            )
        )
        self.bench.context.journal.append(FaultFound(fault=fault, run=result.id, candidate=code.id))
        return fault

    def proposals(self, code: CandidateCode, fault: Fault) -> list[Patch]:
        """Patches for a fault, the likeliest first."""
        return list(propose(fault, code.modules(), self.bench.facts(code)))

    def tell(self, patch: Patch, *, kept: bool) -> None:
        """Record what became of a patch."""
        title, module, author = patch.title, patch.module, patch.proposed_by
        self.bench.context.journal.append(
            PatchTried(title=title, kept=kept, module=module, proposed_by=author)
        )

    def lock(self, code: CandidateCode) -> threading.RLock:
        """The lock on the texts of one candidate."""
        with self._guard:
            return self._locks.setdefault(code.id, threading.RLock())


def restore(code: CandidateCode, texts: dict[str, str]) -> None:
    """Put earlier texts back."""
    for module, text in texts.items():
        code.put(module, text)
    code.write()
