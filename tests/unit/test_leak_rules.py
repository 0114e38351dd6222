"""The rules of rung 5: their examples run through the very tests that a solve runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from competitions.leaky import bench_for, write_leaky_shop, write_rows, written

from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.integration.rules.rule import Example
from iiml_codegen.integration.rules.scoring import RULES
from iiml_codegen.integration.skill import NO_SKILL
from iiml_codegen.search.leak_trial import candidate_outcomes, leak_shadow, plan_outcomes

WAYS = {
    "IIML502": ("shuffled", "fewer"),
    "IIML503": (),
    "IIML504": ("ids", "shuffled"),
    "IIML508": (),
    "IIML509": ("labels",),
    "IIML510": ("fewer",),
}
LEAKS = {rule.code for rule in RULES} - {NO_SKILL}
BROKEN = ("violated", "reported")
CASES = [
    pytest.param(rule.code, example, fine, id=f"{rule.code}-{'valid' if fine else 'invalid'}-{n}")
    for rule in RULES
    if rule.code in LEAKS
    for fine, examples in ((True, rule.valid), (False, rule.invalid))
    for n, example in enumerate(examples)
]


def verdicts(folder: Path, code: str, example: Example) -> list[LeakOutcome]:
    """What the tests say about an example."""
    if example.file == "folder.py":
        built: dict[str, Any] = {}
        exec(example.text, built)
        task = write_rows(folder / "shop", built["train"], built["test"])
        with bench_for(folder, task) as bench:
            return plan_outcomes(bench, 120.0)
    task = write_leaky_shop(folder / "shop")
    strategy = "forward" if code == "IIML510" else "random"
    with bench_for(folder, task, strategy=strategy, declared=example.facts.steps) as bench:
        candidate = written(bench, example.text)
        return candidate_outcomes(bench, candidate, leak_shadow(bench), 120.0, WAYS[code])


@pytest.mark.parametrize(("code", "example", "fine"), CASES)
def test_a_rule_refuses_its_invalid_examples_and_no_valid_one(
    tmp_path: Path, code: str, example: Example, fine: bool
) -> None:
    found = verdicts(tmp_path, code, example)
    mine = [one for one in found if one.code == code]
    broken = [one for one in found if one.verdict in BROKEN]
    assert any(one.verdict in ("passed", "declared", *BROKEN) for one in mine), found
    if fine:
        assert [one for one in broken if one.code == code] == []
    else:
        assert code in {one.code for one in broken}, found
