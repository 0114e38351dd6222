"""What the error analyzer is given about a run of a candidate."""

from __future__ import annotations

from iiml_codegen.domain.run import RunResult
from iiml_codegen.integration.error_analyzer import Evidence
from iiml_codegen.integration.source_map import SourceMap
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode


def run_evidence(bench: Bench, code: CandidateCode, result: RunResult) -> Evidence:
    """The run's log and folder, the modules, and what is known of task and data."""
    facts = bench.facts(code)
    return Evidence(
        result=result,
        log=result.log_tail,
        source_map=code.pipeline.source_map if code.pipeline else SourceMap(stretches=()),
        texts=code.modules(),
        columns=facts.columns,
        files=facts.files,
        task=facts.task,
        contract=facts.contract,
        observations=facts.observations,
        folder=bench.context.workspace.run(result.id),
    )
