"""Clauses of the interface contract, executed on what a prepare left behind."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from iiml_codegen.domain.contract import Clause, Contract, Observation
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.worker.contract_check import check_contract
from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.target_copies import copies_of_target

ROWS = {"train": 200, "test": 50}


def clause(output: str, **fields: Any) -> Clause:
    """A clause that asks nothing but what is given."""
    defaults: dict[str, Any] = {
        "id": "C1",
        "says": "",
        "shape": "target" if output == "target" else "features",
        "kind": (),
        "rows_like": "test" if output.endswith("test") else "train",
        "finite": False,
    }
    return Clause(output=output, **{**defaults, **fields})


def outputs() -> dict[str, Any]:
    """What a correct prepare returns."""
    rng = np.random.default_rng(0)
    names = ["red", "blue"]

    def frame(n: int) -> pd.DataFrame:
        colour = pd.Categorical.from_codes(rng.integers(0, 2, n), names)
        return pd.DataFrame({"size": rng.normal(size=n), "age": rng.random(n), "colour": colour})

    return {
        "features_train": frame(200),
        "features_test": frame(50),
        "words_train": sparse.random(200, 7, density=0.3, format="csr", random_state=1),
        "words_test": sparse.random(50, 7, density=0.3, format="csr", random_state=2),
        "target": rng.integers(0, 3, 200),
    }


def check(tmp_path: Path, values: Any, *clauses: Clause) -> dict[str, Any]:
    """The verb's answer."""
    prepared = tmp_path / "prepared.pkl"
    prepared.write_bytes(pickle.dumps(values))
    contract = to_plain(Contract(views=(), clauses=clauses))
    return check_contract({"prepared": str(prepared), "contract": contract, "rows": ROWS})


def messages(tmp_path: Path, values: Any, *clauses: Clause) -> list[str]:
    return [violation["message"] for violation in check(tmp_path, values, *clauses)["violations"]]


STRICT = (
    clause("features_train", kind=("frame",), same_columns_as="features_test", no_missing=True),
    clause("features_test", kind=("frame",), finite=True, forbidden_columns=("survived",)),
    clause("words_train", kind=("sparse",), width=7, numeric=True, bounds=(0.0, 1.0)),
    clause("words_test", kind=("sparse",), same_columns_as="words_train", finite=True),
    clause("target", kind=("array", "series"), labels=3, bounds=(0.0, 2.0)),
)


def test_a_correct_delivery_violates_nothing(tmp_path: Path) -> None:
    assert messages(tmp_path, outputs(), *STRICT) == []


def test_observations_are_what_the_domain_expects(tmp_path: Path) -> None:
    plain = check(tmp_path, outputs(), *STRICT)["observations"]
    seen = {o.output: o for o in (from_plain(item, Observation) for item in plain)}
    assert (seen["features_train"].rows, seen["features_train"].columns) == (200, 3)
    assert seen["features_train"].column_names == ("size", "age", "colour")
    assert seen["features_train"].dtype == "category x 1, float64 x 2"
    assert (seen["target"].minimum, seen["target"].maximum) == (0.0, 2.0)
    assert seen["words_test"].type == "sparse"


def broken(name: str) -> tuple[dict[str, Any], Clause, str]:
    """A delivery with one fault, the clause that speaks of it, and a part of the message."""
    values = outputs()
    frame, test = values["features_train"], values["features_test"]
    if name == "output":
        del values["target"]
        return values, clause("target"), "no `target`"
    if name == "kind":
        return values, clause("features_train", kind=("array",)), "is of kind frame, not array"
    if name == "rows":
        values["features_test"] = test.iloc[:49]
        return values, clause("features_test"), "49 rows, the test table has 50"
    if name == "columns":
        values["features_test"] = test.drop(columns="age")
        return values, clause("features_test", same_columns_as="features_train"), ": age"
    if name == "order":
        values["features_test"] = test[["age", "size", "colour"]]
        return values, clause("features_test", same_columns_as="features_train"), "order"
    if name == "categories":
        values["features_test"] = test.assign(colour=test["colour"].cat.add_categories("green"))
        return values, clause("features_test", same_columns_as="features_train"), ": colour"
    if name == "width":
        return values, clause("words_train", width=8), "7 columns, not 8"
    if name == "missing":
        frame.loc[3, "age"] = np.nan
        return values, clause("features_train", no_missing=True), "1 missing values: age"
    if name == "finite":
        frame.loc[3, "age"] = np.inf
        return values, clause("features_train", finite=True), "infinite values: age"
    if name == "sparse finite":
        values["words_train"].data[0] = np.inf
        return values, clause("words_train", finite=True), "infinite"
    if name == "numeric":
        return values, clause("features_train", numeric=True), "no numbers: colour"
    if name == "bounds":
        return values, clause("target", bounds=(0.0, 1.0)), "from 0 to 2, outside 0 to 1"
    if name == "labels":
        return values, clause("target", labels=2), "not 0 to 1"
    if name == "whole labels":
        values["target"] = values["target"] + 0.5
        return values, clause("target", labels=4), "no whole numbers"
    if name == "forbidden":
        return values, clause("features_test", forbidden_columns=("age",)), "not be features: age"
    if name == "copy":
        values["features_train"] = frame.assign(harmless=values["target"].astype(float))
        return values, clause("features_train"), "repeat the target: harmless"
    if name == "recoded copy":
        words = np.array(["a", "c", "b"])[values["target"]]
        values["features_train"] = frame.assign(harmless=words)
        return values, clause("features_train"), "repeat the target: harmless"
    column = sparse.csr_matrix(values["target"][:, None].astype(float))
    values["words_train"] = sparse.hstack([values["words_train"], column], format="csr")
    return values, clause("words_train"), "repeat the target: 7"


FAULTS = (
    "output",
    "kind",
    "rows",
    "columns",
    "order",
    "categories",
    "width",
    "missing",
    "finite",
    "sparse finite",
    "numeric",
    "bounds",
    "labels",
    "whole labels",
    "forbidden",
    "copy",
    "recoded copy",
    "sparse copy",
)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_said(tmp_path: Path, fault: str) -> None:
    values, asked, part = broken(fault)
    found = messages(tmp_path, values, asked)
    assert len(found) == 1
    assert part in found[0]


def test_what_is_no_dict_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="returned a list"):
        check(tmp_path, [1, 2])


def test_an_unknown_type_is_observed_and_refused_by_kind(tmp_path: Path) -> None:
    values = {**outputs(), "target": "yes"}
    found = messages(tmp_path, values, clause("target", kind=("array",), rows_like="train"))
    assert found[0] == "`target` is of kind str, not array"


def test_a_rare_value_that_meets_a_rare_label_of_several_repeats_no_target() -> None:
    often, rare = np.arange(200) % 2 == 0, np.arange(200) < 3
    target = np.stack([often, rare], axis=1).astype(np.float64)
    features = pd.DataFrame({"twice": often * 2.0, "three": rare * 0.5})
    assert copies_of_target(features, target) == ["twice"]
    assert copies_of_target(features, target[:, 1]) == ["three"]
