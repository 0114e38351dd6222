"""Rules of rung 4, by their own examples: real runs under guard, and predictions on disk."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from competitions.pipelines import shop_task
from processes import script, spec_for

from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.execution.runner import Runner
from iiml_codegen.integration.error_analyzer import Evidence, analyse
from iiml_codegen.integration.raw_facts import raw_violations, read_raw
from iiml_codegen.integration.rules.rule import Example, Rule
from iiml_codegen.integration.rules.running import RULES
from iiml_codegen.integration.source_map import SourceMap, Stretch

SECONDS = {"IIML402": 3.0}
BYTES = {"IIML403": 150 * 2**20}
EVERYTHING = SourceMap(stretches=(Stretch(start=1, end=99, file="pipeline.py", line=1),))


def cases(*, valid: bool, file: str) -> list[tuple[Rule, Example]]:
    """Examples of one sort with their rules."""
    return [
        (rule, example)
        for rule in RULES
        for example in (rule.valid if valid else rule.invalid)
        if example.file == file
    ]


def codes_of_run(rule: Rule, example: Example, folder: Path) -> str:
    """The code of the fault that a run of an example ends in; empty where it ends well."""
    refused = folder / "competition"
    refused.mkdir()
    (refused / "train.csv").write_text("the labels", "utf-8")
    text = example.text.replace("REFUSED", str(refused))
    spec = spec_for(
        script(folder / "pipeline.py", text),
        folder / "runs",
        wall_seconds=SECONDS.get(rule.code, 60.0),
        memory_bytes=BYTES.get(rule.code, 2**31),
        refused_reads=(str(refused),),
    )
    result = Runner().run(spec)
    if result.ok:
        return ""
    texts = {"pipeline.py": text}
    fault = analyse(Evidence(result, result.log_tail, EVERYTHING, texts, folder=Path(spec.folder)))
    return fault.code


@pytest.mark.parametrize(("rule", "example"), cases(valid=True, file="pipeline.py"))
def test_a_valid_pipeline_runs_to_its_end(rule: Rule, example: Example, tmp_path: Path) -> None:
    assert codes_of_run(rule, example, tmp_path) == ""


@pytest.mark.parametrize(("rule", "example"), cases(valid=False, file="pipeline.py"))
def test_an_invalid_pipeline_breaks_its_rule(rule: Rule, example: Example, tmp_path: Path) -> None:
    assert codes_of_run(rule, example, tmp_path) == rule.code


def codes_of_predictions(example: Example, folder: Path) -> list[str]:
    """What the check of raw predictions says of an example."""
    made: dict[str, object] = {}
    exec(example.text, made)
    np.save(folder / "raw.npy", np.asarray(made["raw"], dtype="float64"))
    raw = read_raw(folder / "raw.npy")
    assert raw is not None
    return [one.code for one in raw_violations(raw, task_of(str(made["task"])))]


def task_of(kind: str) -> TaskSummary:
    """A task of a kind whose metric takes probabilities; three classes where there are several."""
    classes = ("a", "b", "c") if kind == "multiclass" else ("no", "yes")
    task = shop_task("probability")
    return msgspec.structs.replace(task, kind=kind, metric="log_loss", classes=classes)


@pytest.mark.parametrize(("rule", "example"), cases(valid=True, file="predictions.py"))
def test_valid_predictions_keep_all_rules(rule: Rule, example: Example, tmp_path: Path) -> None:
    assert codes_of_predictions(example, tmp_path) == []


@pytest.mark.parametrize(("rule", "example"), cases(valid=False, file="predictions.py"))
def test_invalid_predictions_break_their_rule(rule: Rule, example: Example, tmp_path: Path) -> None:
    assert codes_of_predictions(example, tmp_path) == [rule.code]


def test_every_rule_of_the_rung_has_examples_that_are_run() -> None:
    listed = cases(valid=True, file="pipeline.py") + cases(valid=True, file="predictions.py")
    assert {rule.code for rule, _ in listed} == {rule.code for rule in RULES}
    assert len({rule.code for rule in RULES}) == len(RULES)
