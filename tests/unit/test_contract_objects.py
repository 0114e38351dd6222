"""Clauses about objects that are no plain tables: tensors, towers, and whatever else comes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from iiml_codegen.domain.contract import Clause, Setting
from iiml_codegen.domain.contract_words import statement
from iiml_codegen.domain.wire import from_json, to_json, to_plain
from iiml_codegen.worker.contract.delivery import deliver
from iiml_codegen.worker.contract_check import violations
from iiml_codegen.worker.observation import kind_of, observe

EVERYTHING: dict[str, Any] = {
    "rows_like": "train",
    "in_order": True,
    "aligned_with": "other",
    "unique": True,
    "same_columns_as": "other",
    "same_categories_as": "other",
    "width": 2,
    "no_missing": True,
    "numeric": True,
    "families": ("number", "text"),
    "dtypes": {"a": "float32"},
    "ranges": {"a": (0.0, 1.0)},
    "levels": {"a": 3},
    "label_set": (0, 1, "a"),
    "labels": 2,
    "bounds": (0.5, None),
    "forbidden_columns": ("a", "b"),
    "columns": ("a", "b"),
    "stays_sparse": True,
    "min_zeros": 0.5,
    "max_bytes": 1,
    "length": 2,
    "batch": 1,
    "parts": 2,
    "settings": {"a": Setting(type="int", bounds=(2.0, 3.0)), "q": Setting(one_of=("x",))},
    "towers": ("a", "z"),
}


class Tensor:
    """As much of torch's tensor as is asked for; its class says that it is of torch."""

    is_sparse = False

    def __init__(self, values: np.ndarray[Any, Any], dtype: str = "torch.float32") -> None:
        self.values, self.dtype, self.shape = values, dtype, values.shape

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def float(self) -> Tensor:
        return Tensor(self.values.astype(np.float32))

    def numpy(self) -> np.ndarray[Any, Any]:
        if self.dtype == "torch.bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.values

    def element_size(self) -> int:
        return self.values.itemsize

    def nelement(self) -> int:
        return self.values.size


Tensor.__module__ = "torch"


def clause(**fields: Any) -> Clause:
    """A clause about `x_train` that asks nothing but what is given."""
    shape = fields.pop("shape", "features")
    kind = fields.pop("kind", ())
    return Clause(id="C1", output="x_train", says="", shape=shape, kind=kind, **fields)


def codes(value: Any, asked: Clause, **others: Any) -> list[str]:
    """The codes of what is wrong with one output."""
    delivery = deliver({"x_train": value, **others}, {"train": 2, "test": 1}, "target")
    plain: Any = to_plain(asked)
    return [found["code"] for found in violations(plain, delivery)]


@pytest.mark.parametrize("dtype", ["torch.float32", "torch.bfloat16"])
def test_a_tensor_is_checked_as_the_array_that_it_is(dtype: str) -> None:
    asked = clause(kind=("tensor",), rows_like="train", bounds=(0.0, 1.0), no_missing=True)
    assert codes(Tensor(np.array([[0.0, 1.0], [0.5, 0.2]]), dtype), asked) == []
    assert codes(Tensor(np.array([[0.0, 7.0]]), dtype), asked) == ["IIML304", "IIML314"]
    assert codes(Tensor(np.array([[np.nan, np.inf], [0.0, 0.0]]), dtype), asked) == [
        "IIML310",
        "IIML311",
    ]


def test_a_tensor_that_repeats_the_target_is_found() -> None:
    target = np.arange(200) % 2
    delivery = deliver({"x_train": Tensor(target * 1.0), "target": Tensor(target)}, {}, "target")
    plain: Any = to_plain(clause(kind=("tensor",), rows_like="train"))
    assert [found["code"] for found in violations(plain, delivery)] == ["IIML317"]


def test_each_tower_is_checked_by_what_is_said_of_all() -> None:
    towers = {"image": np.zeros((2, 9)), "table": pd.DataFrame({"age": [1.0, None]})}
    assert codes(towers, clause(kind=("towers",), rows_like="train")) == []
    assert codes(towers, clause(kind=("towers",), rows_like="train", no_missing=True)) == [
        "IIML310"
    ]
    assert codes({"image": np.zeros((3, 9))}, clause(rows_like="train")) == ["IIML304"]


def test_a_clause_may_speak_of_one_tower() -> None:
    asked = Clause(
        id="C1", output="x_train.image", says="", shape="features", kind=("array",), width=9
    )
    delivery = deliver({"x_train": {"image": np.zeros((2, 8))}}, {}, "target")
    plain: Any = to_plain(asked)
    assert [found["code"] for found in violations(plain, delivery)] == ["IIML309"]


ODD = {
    "no columns": pd.DataFrame(index=range(3)),
    "numbers as names": pd.DataFrame(np.eye(3)),
    "one name twice": pd.DataFrame(np.eye(2), columns=["a", "a"]),
    "names of two levels": pd.DataFrame(
        np.eye(2), columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])
    ),
    "gaps of pandas": pd.DataFrame(
        {"a": pd.array([1, None], dtype="Int64"), "b": pd.array(["x", None], dtype="string")}
    ),
    "dates": pd.DataFrame({"a": pd.to_datetime(["2020-01-01", None])}),
    "categories": pd.DataFrame({"a": pd.Categorical(["x", None])}),
    "lists": pd.DataFrame({"a": [1, "x"], "b": [[1], [2]]}),
    "a series of pairs": pd.Series([1, 2], name=("t", "u")),
    "an empty array": np.zeros((0, 3)),
    "one number": np.array(3.0),
    "pictures": np.zeros((2, 3, 4)),
    "words": np.array([["a", None]], dtype=object),
    "records": np.zeros(2, dtype=[("a", float), ("b", int)]),
    "a matrix": np.asmatrix([[1, 2]]),
    "lists of lists": sparse.eye(3, format="lil"),
    "keys": sparse.eye(3, format="dok"),
    "diagonals": sparse.eye(3, format="dia"),
    "booleans": sparse.csr_matrix(np.eye(2, dtype=bool)),
    "no rows": sparse.csr_matrix((0, 4)),
    "a text": "x",
    "nothing": None,
    "an empty dict": {},
    "towers in towers": {"a": {"b": np.eye(2)}, "c": 3},
    "a generator": (number for number in range(3)),
    "a function": len,
}


@pytest.mark.parametrize("name", ODD)
def test_no_object_stops_the_check(name: str) -> None:
    value, beside = ODD[name], ODD["gaps of pandas"]
    for fields in [EVERYTHING, *({key: field} for key, field in EVERYTHING.items())]:
        asked = clause(kind=("towers",), **{"rows_like": "test", **fields})
        found = codes(value, asked, other=beside, target=ODD["keys"])
        assert all(code.startswith("IIML3") for code in found)
    assert observe("x", value).plain()["type"] == kind_of(value)


@pytest.mark.parametrize("field", sorted(set(EVERYTHING) - {"same_categories_as"}))
def test_a_sentence_tells_each_field(field: str) -> None:
    without = {key: value for key, value in EVERYTHING.items() if key != field}
    assert statement(clause(**EVERYTHING)) != statement(clause(**without))


def test_a_clause_is_written_without_what_it_does_not_ask() -> None:
    written = to_json(clause(kind=("frame",), no_missing=True)).decode()
    assert '"no_missing": true' in written
    assert "null" not in written
    assert from_json(written, Clause) == clause(kind=("frame",), no_missing=True)


def test_a_contract_of_an_older_version_is_read() -> None:
    old = (
        '{"id": "C1", "output": "design_train", "says": "", "shape": "features",'
        ' "kind": ["frame"], "rows_like": "train", "same_columns_as": "design_test",'
        ' "width": null, "no_missing": true, "finite": true, "numeric": true,'
        ' "forbidden_columns": ["late"], "labels": null, "bounds": null, "step": null}'
    )
    read = from_json(old, Clause)
    assert (read.no_missing, read.forbidden_columns, read.max_bytes) == (True, ("late",), None)


def test_an_output_shows_its_first_different_values() -> None:
    long = "x" * 100
    frame = pd.DataFrame(
        {"age": [np.nan, 3.0, 3.0, 4.0], "name": [None, long, "b", "b"], "tags": [[1], [1], [], []]}
    )
    shown = observe("x", frame).examples
    assert shown[0] == "3.0, 4.0"
    assert shown[1] == "x" * 39 + "…, b"
    assert shown[2] == "[1], []"
    assert observe("x", np.array([0, 0, 1, 2, 3])).examples == ("0, 1, 2",)
    assert observe("x", pd.Series(pd.to_datetime(["2020-01-02"]))).examples[0].startswith("2020")
    assert len(observe("x", np.zeros((3, 500))).examples) == 100
