"""Binding: contract before name before what was observed; a tie or a gap is never a guess."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from competitions.pipelines import MODEL, member, prep_module, shop_plan

from iiml_codegen.domain.contract import Clause, Contract, Observation, View
from iiml_codegen.errors import BindingError
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.binder import bind
from iiml_codegen.integration.pipeline_plan import Module

CONTRACT = Contract(
    views=(View(name="features", kind="frame", says="mixed features"),),
    clauses=(
        Clause(
            id="C1",
            output="features_train",
            says="one row per training row",
            shape="features",
            kind=("frame",),
            rows_like="train",
        ),
    ),
)
NO_CONTRACT = Contract(views=(), clauses=())


def seen(output: str, type_: str = "DataFrame", rows: int = 60, columns: int = 3) -> Observation:
    """An output as it was observed."""
    return Observation(
        output=output, type=type_, rows=rows, columns=columns, dtype="float64", missing=0
    )


FEATURES = (seen("features_train"), seen("features_test", rows=20))
WORDS = (seen("words_train", "csr_matrix"), seen("words_test", "csr_matrix", rows=20))
TARGET = seen("target", "ndarray", columns=1)


def model(X: str = "X: pd.DataFrame", more: str = "") -> Module:
    """A model module with this first parameter."""
    text = f"def fit({X}, y, *, seed=0{more}):\n    return 1\n\n\n"
    return Module(
        name="m", label="model_m.py", text=text + "def predict(model, X):\n    return X\n"
    )


def evidence(module: Module, observations: Sequence[Observation], view: str | None = None) -> str:
    """Why X is fed by what feeds it."""
    return bind(CONTRACT, observations, module, view).evidence[0].evidence


def test_a_clause_of_the_contract_is_the_first_evidence() -> None:
    bound = bind(CONTRACT, [*FEATURES, *WORDS, TARGET], model(), "features")
    assert (bound.train, bound.test, bound.target) == ("features_train", "features_test", "target")
    assert bound.evidence[0].evidence.startswith("named by clause C1")
    assert "a DataFrame of 3 columns" in bound.evidence[0].evidence


def test_the_name_of_the_parameter_decides_where_no_view_is_asked_for() -> None:
    assert bind(CONTRACT, [*FEATURES, *WORDS, TARGET], model("words")).train == "words_train"


def test_what_was_observed_decides_where_names_do_not() -> None:
    module = model("X: csr_matrix")
    assert bind(NO_CONTRACT, [*FEATURES, *WORDS, TARGET], module).train == "words_train"
    assert "the only sparse with 60" in evidence(module, [*FEATURES, *WORDS, TARGET])


def test_the_only_view_needs_no_annotation() -> None:
    assert bind(NO_CONTRACT, [*FEATURES, TARGET], model("X")).train == "features_train"


def test_a_tie_is_an_error_with_its_choices() -> None:
    with pytest.raises(BindingError) as caught:
        bind(NO_CONTRACT, [*FEATURES, *WORDS, TARGET], model("X"))
    assert caught.value.choices == ("features", "words")


def test_a_view_that_prep_does_not_give_is_an_error_with_the_nearest() -> None:
    with pytest.raises(BindingError, match="no output 'feature_train'") as caught:
        bind(NO_CONTRACT, [*FEATURES, *WORDS, TARGET], model(), "feature")
    assert caught.value.choices[0] == "features"


def test_rows_that_do_not_match_the_target_are_an_error() -> None:
    short = (seen("features_train", rows=59), FEATURES[1], TARGET)
    with pytest.raises(BindingError, match="59 rows, the target has 60"):
        bind(NO_CONTRACT, short, model(), "features")


def test_a_target_may_go_by_another_name_but_has_to_be_there() -> None:
    assert bind(NO_CONTRACT, [*FEATURES, seen("labels")], model()).target == "labels"
    with pytest.raises(BindingError, match="for the target"):
        bind(NO_CONTRACT, FEATURES, model())


def test_row_aligned_outputs_are_bound_by_name_and_defaults_stay() -> None:
    groups = seen("group_ids_train", "Series", columns=1)
    module = model(more=", groups=None")
    assert bind(NO_CONTRACT, [*FEATURES, TARGET, groups], module).others == {
        "groups": "group_ids_train"
    }
    assert bind(NO_CONTRACT, [*FEATURES, TARGET], module).others == {}
    with pytest.raises(BindingError, match="0 outputs could feed groups"):
        bind(NO_CONTRACT, [*FEATURES, TARGET], model(more=", groups"))


def test_a_module_without_fit_cannot_be_bound() -> None:
    module = Module(name="m", label="model_m.py", text="def train(X, y):\n    return 1\n")
    with pytest.raises(BindingError, match="has no fit"):
        bind(NO_CONTRACT, [*FEATURES, TARGET], module)


def test_evidence_and_synonyms_reach_the_call_in_the_pipeline() -> None:
    text = MODEL.replace("seed: int = 0", "random_state: int = 0")
    text = text.replace("random_state=seed", "random_state=random_state")
    bound = bind(CONTRACT, [*FEATURES, TARGET], member(text=text).module, "features")
    pipeline = assemble(prep_module(), [member(text=text, bindings=bound)], shop_plan()).text
    assert "# fit.X <- features_train: named by clause C1 of the contract; a DataFrame" in pipeline
    assert "random_state=job.seed" in pipeline
