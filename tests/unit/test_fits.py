"""Fits of members: side by side where that is safe, each on its share of the threads."""

from __future__ import annotations

import threading
from argparse import Namespace
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from competitions.pipelines import member, prep_module, shop_plan

from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.fits import goes_alone
from iiml_codegen.search.refit_plan import side_by_side_seconds
from workspace_templates.harness.fit_in_turn import fit_members as fit_in_turn
from workspace_templates.harness.fit_side_by_side import fit_members as fit_side_by_side
from workspace_templates.harness.training import Job, Member

OUTPUTS = {"train": np.arange(6.0), "target": np.arange(6)}
OPTIONS = Namespace(valid=None, seed=None, threads=4, time_limit=None, checkpoints=None)


def told(fit: Any, **changes: Any) -> Member:
    given = Member(
        fit=fit, predict=np.asarray, train="train", test="test", target="target", seeds=(0, 1)
    )
    return replace(given, **changes)


def test_members_meet_but_for_those_that_go_alone() -> None:
    both, busy = threading.Barrier(2, timeout=120), list[int]()

    def meets(job: Job) -> tuple[int, int]:
        both.wait()
        return job.seed, job.threads

    def by_itself(job: Job) -> tuple[int, int]:
        busy.append(both.n_waiting)
        return job.seed, job.threads

    members = {"net": told(by_itself, alone=True), "one": told(meets), "other": told(meets)}
    found = fit_side_by_side(members, OUTPUTS, OPTIONS)
    assert found == {"net": [(0, 4), (1, 4)], "one": [(0, 1), (1, 1)], "other": [(0, 1), (1, 1)]}
    assert list(found) == list(members) and busy == [0, 0]


def test_each_seed_gives_what_it_gives_in_turn() -> None:
    def draws(job: Job) -> float:
        return float(np.random.default_rng(job.seed).normal() + job.y.sum())

    members = {"one": told(draws, seeds=(3, 1, 2)), "other": told(draws)}
    found = fit_side_by_side(members, OUTPUTS, OPTIONS)
    assert found == fit_in_turn(members, OUTPUTS, OPTIONS)


def test_a_fit_that_fails_ends_all() -> None:
    def fails(job: Job) -> None:
        raise ValueError("no rows")

    with pytest.raises(ValueError, match="no rows"):
        fit_side_by_side({"one": told(fails), "other": told(fails)}, OUTPUTS, OPTIONS)


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("import lightgbm\n", False),
        ("from sklearn import svm\n\nSEED = 1\n", False),
        ("import torch\n", True),
        ("def fit(X, y):\n    from torch import nn\n", True),
        ("import numpy as np\n\nnp.random.seed(0)\n", True),
        ("", True),
    ],
)
def test_what_shares_a_generator_goes_alone(text: str, alone: bool) -> None:
    assert goes_alone(text) is alone


def test_only_a_pipeline_of_several_fits_says_how_they_go() -> None:
    pooled = []
    for seeds in ((0,), (0, 1)):
        members = [msgspec.structs.replace(member(), seeds=seeds)]
        text = assemble(prep_module(), members, shop_plan()).text
        pooled.append("ThreadPoolExecutor" in text)
    assert pooled == [False, True]


def test_fits_on_a_thread_each_take_no_longer_than_is_said() -> None:
    assert side_by_side_seconds([], 2) == 0
    assert side_by_side_seconds([4.0], 2) == 4.0
    assert side_by_side_seconds([2.0, 2.0, 2.0], 2) == 4.0
    assert side_by_side_seconds([3.0] * 4, 1) == 12.0
