"""Runs with repairs: what fails is analysed, patched and run again; a patch stays if it passes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from iiml_codegen.domain.events import Note
from iiml_codegen.domain.fault import Fault
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.integration.error_analyzer import analyse
from iiml_codegen.integration.fault_report import fault_report
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.evidence import run_evidence
from iiml_codegen.search.mending import Mender, Step
from iiml_codegen.search.specs import short_hash, text_of

WORTH_REPAIRING = ("failed", "timeout", "memory")
MakeSpec = Callable[[], RunSpec]
Launch = Callable[[CandidateCode, RunSpec], RunResult]
"""Makes one run of a candidate."""


class Repairer:
    """Gives a failing step up to `rounds` patches. Threads share it.

    A candidate's texts change only while its lock is held; its runs go on beside each other.
    """

    def __init__(self, bench: Bench, rounds: int) -> None:
        self.bench = bench
        self.rounds = rounds
        self.mender = Mender(bench, rounds, self.halted)
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

            if self.mend(code, fault, again):
                return last
            said = fault_report(fault, code.modules())
            self.bench.context.journal.append(Note(level="warning", text=said))
            return first

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
        result = self.run_once(code, spec)
        if result.ok:
            with self._guard:
                self._passed[key] = result
        return result

    def run_once(self, code: CandidateCode, spec: RunSpec) -> RunResult:
        """One run that ends when its candidate is told to stop."""
        with self._guard:
            if code.id in self._stopped:
                return RunResult(id=spec.id, status="stopped", reason="stopped before its start")
            self._running.setdefault(code.id, set()).add(spec.id)
        try:
            return self.bench.context.runner.run(spec)
        finally:
            with self._guard:
                self._running[code.id].discard(spec.id)

    def mend(self, code: CandidateCode, fault: Fault, again: Step) -> bool:
        """Try patches until the step passes; False, with the texts as before, where it never does.

        The candidate's lock is held, so that its other runs take the text that comes of it.
        """

        def written() -> Fault | None:
            code.write()
            return again()

        with self.lock(code):
            return self.mender.mend(code, fault, written) is not None

    def locate(self, code: CandidateCode, result: RunResult) -> Fault:
        """Where the failure comes from, in the modules that a person edits."""
        fault = analyse(run_evidence(self.bench, code, result))
        self.mender.found(fault, code, result.id)
        return fault

    def lock(self, code: CandidateCode) -> threading.RLock:
        """The lock on the texts of one candidate."""
        with self._guard:
            return self._locks.setdefault(code.id, threading.RLock())
