"""Runs with repairs: what fails is analysed, patched and run again; a patch stays if it passes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from iiml_codegen.domain.events import FaultFound, PatchTried
from iiml_codegen.domain.fault import Fault, Patch
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.integration.debugging_agent import Facts, propose
from iiml_codegen.integration.error_analyzer import analyse
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode

WORTH_REPAIRING = ("failed", "timeout", "memory")


class Repairer:
    """Gives a failing run up to `rounds` patches; the same fault twice ends it."""

    def __init__(self, bench: Bench, rounds: int) -> None:
        self.bench = bench
        self.rounds = rounds
        self._lock = threading.Lock()
        self._running: dict[str, set[str]] = {}

    def run(self, code: CandidateCode, make_spec: Callable[[], RunSpec]) -> RunResult:
        """Run; on a failure repair one at a time, and run again with the patched text."""
        result = self.launch(code, make_spec())
        if result.status not in WORTH_REPAIRING or self.rounds == 0:
            return result
        with self._lock:
            return self.mend(code, make_spec, result)

    def stop(self, code: CandidateCode) -> None:
        """End the runs of a candidate that are under way."""
        for run in sorted(self._running.get(code.id, set())):
            self.bench.context.runner.stop(run)

    def launch(self, code: CandidateCode, spec: RunSpec) -> RunResult:
        """One run, known while it goes on."""
        running = self._running.setdefault(code.id, set())
        running.add(spec.id)
        try:
            return self.bench.context.runner.run(spec)
        finally:
            running.discard(spec.id)

    def mend(
        self, code: CandidateCode, make_spec: Callable[[], RunSpec], result: RunResult
    ) -> RunResult:
        """Try patches until the step passes; a patch that moves nothing is taken back at once."""
        tried: set[str] = set()
        untouched = code.modules()
        for _ in range(self.rounds):
            if result.ok or result.status not in WORTH_REPAIRING:
                break
            fault = self.locate(code, result)
            patch = next((p for p in self.proposals(code, fault) if p.after not in tried), None)
            if patch is None:
                break
            tried.add(patch.after)
            before = code.modules()
            code.put(patch.module, patch.after)
            code.write()
            again = self.launch(code, make_spec())
            moved = again.ok or self.locate(code, again).message != fault.message
            self.bench.context.journal.append(
                PatchTried(
                    title=patch.title,
                    kept=moved,
                    module=patch.module,
                    proposed_by=patch.proposed_by,
                )
            )
            if moved:
                result = again
            else:
                restore(code, before)
        if not result.ok:
            restore(code, untouched)
        return result

    def locate(self, code: CandidateCode, result: RunResult) -> Fault:
        """Where the failure comes from, in the modules that a person edits."""
        assert code.pipeline is not None
        columns = tuple(column.name for column in self.bench.profile.columns)
        fault = analyse(result.log_tail, result, code.pipeline.source_map, code.modules(), columns)
        self.bench.context.journal.append(FaultFound(fault=fault, run=result.id, candidate=code.id))
        return fault

    def proposals(self, code: CandidateCode, fault: Fault) -> list[Patch]:
        """Patches for a fault, the likeliest first."""
        folder = self.bench.context.workspace.folder
        facts = Facts(
            columns=tuple(column.name for column in self.bench.profile.columns),
            files=tuple(sorted(p.name for p in folder.iterdir() if p.is_file())),
        )
        return list(propose(fault, code.modules(), facts))


def restore(code: CandidateCode, texts: dict[str, str]) -> None:
    """Put earlier texts back."""
    for module, text in texts.items():
        code.put(module, text)
    code.write()
