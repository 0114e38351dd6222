"""`encode` runs once for all rows, and gives the same wherever it runs; further views feed both."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from competitions.pipelines import (
    COMBINE,
    PREP,
    member,
    prep_module,
    run_pipeline,
    shop_plan,
    shop_task,
    write_shop,
)

from iiml_codegen.domain.contract import Contract, Observation
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.binder import bind
from iiml_codegen.integration.binding_places import binding_violations
from iiml_codegen.integration.module_reader import text_behind
from iiml_codegen.integration.pipeline_plan import Combination, Module
from iiml_codegen.integration.rules.example_outputs import seen, view

EXTRACTING = (
    PREP.replace(
        '    outputs["target"]',
        "    assert extracted is not None\n"
        '    notes = extracted["notes"]\n'
        '    outputs["notes_train"] = notes.iloc[: len(train)].reset_index(drop=True)\n'
        '    outputs["notes_test"] = notes.iloc[len(train) :].reset_index(drop=True)\n'
        '    outputs["target"]',
    )
    + '''

def extract(
    data_dir: Path, cache_dir: Path, fitted: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Give a note for each row."""
    tables = [pd.read_csv(data_dir / name) for name in (TRAIN_FILE, TEST_FILE)]
    rows = pd.concat(tables, ignore_index=True)
    return {"notes": rows["colour"] + " " + rows["size"].astype(str)}
'''
)
ENCODING = '''"""A classifier on encoded notes, beside numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

RED = "red"


@dataclass
class Model:
    """A fitted classifier."""

    estimator: LogisticRegression


def encode(X: pd.Series, *, threads: int = 1) -> np.ndarray:
    """Read the colour and the size out of a note."""
    print("encoded", len(X))
    return np.array([one(text) for text in X], dtype="float32").reshape(len(X), 2)


def one(text: str) -> tuple[float, float]:
    """Read one note."""
    colour, size = text.split()
    return float(colour == RED), float(size)


def fit(X: np.ndarray, y: np.ndarray, features: pd.DataFrame, *, valid: Any = None) -> Model:
    """Fit on both."""
    assert len(X) == len(y) == len(features)
    if valid is not None:
        rows, answers, beside = valid
        assert len(rows) == len(answers) == len(beside) and list(beside) == list(features)
        print("watched", len(rows))
    return Model(LogisticRegression().fit(np.column_stack([X, features]), y))


def predict(model: Model, X: np.ndarray, features: pd.DataFrame) -> np.ndarray:
    """Give P(yes)."""
    return model.estimator.predict_proba(np.column_stack([X, features]))[:, 1]
'''
AS_LIST = ENCODING.replace(
    'np.array([one(text) for text in X], dtype="float32").reshape(len(X), 2)',
    "[one(text) for text in X]",
).replace(' -> np.ndarray:\n    """Read the colour and', ' -> list:\n    """Read the colour and')
OUTPUTS: tuple[Observation, ...] = (
    *view("notes", "series"),
    *view("features"),
    seen("target", "array", 60, 1),
)
ENCODED = Module(name="notes", label="model_notes.py", text=ENCODING)
PREPARED = prep_module(EXTRACTING)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with a pipeline that encodes, one that gives a list, and an ensemble of both."""
    folder = tmp_path_factory.mktemp("encoding")
    write_shop(folder / "shop")
    plan = shop_plan(task=shop_task("probability"))
    settings = {"rounds": None, "seeds": (0,)}
    found = {}
    for name, text in (("array", ENCODING), ("list", AS_LIST)):
        module = Module(name=name, label=f"model_{name}.py", text=text)
        bindings = bind(Contract(views=(), clauses=()), OUTPUTS, module, "notes")
        found[name] = member(name, text, bindings=bindings, **settings)
    twin = member("twin", ENCODING, bindings=found["array"].bindings, **settings)
    combination = Combination(
        module=Module(name="combine", label="combine.py", text=COMBINE),
        parameters={"weights": [0.5, 0.25, 0.25]},
    )
    both = shop_plan(task=shop_task("probability"), combination=combination)
    for name, pipeline in {
        "array": assemble(PREPARED, [found["array"]], plan),
        "list": assemble(PREPARED, [found["list"]], plan),
        "all": assemble(PREPARED, [found["array"], twin, found["list"]], both),
    }.items():
        (folder / f"{name}.py").write_text(pipeline.text, encoding="utf-8")
    return folder


def run(folder: Path, name: str, *arguments: object) -> str:
    """Run a pipeline that has to succeed; what it printed."""
    done = run_pipeline(folder / f"{name}.py", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["array", "list"])
def test_encoded_once_and_encoded_in_process_give_the_same_bytes(folder: Path, name: str) -> None:
    kept, extracted = folder / f"{name}.encoded", folder / "all.pkl"
    given = ("--data-dir", "shop", "--extracted", extracted)
    run(folder, name, *given, "--only", "extract")
    said = run(folder, name, *given, "--only", "encode", "--encoded", f"{name}={kept}")
    assert said == "encoded 80\n"
    alone = run(folder, name, "--data-dir", "shop", "--raw", "alone.npy", "--report", "said.json")
    assert alone.split("\n")[:2] == ["encoded 60", "encoded 20"]
    np.save(folder / "rows.npy", np.arange(80))
    cut = run(
        folder,
        name,
        *(*given, "--encoded", f"{name}={kept}", "--rows", "rows.npy", "--raw", "cut.npy"),
    )
    assert cut == ""
    assert (folder / "alone.npy").read_bytes() == (folder / "cut.npy").read_bytes()
    assert '"encode"' in (folder / "said.json").read_text("utf-8")


def test_rows_that_prepare_left_out_are_told_rather_than_moved(folder: Path) -> None:
    kept, rows = folder / "short.encoded", folder / "fewer.npy"
    np.save(rows, np.arange(79))
    with kept.open("wb") as file:
        np.save(file, np.zeros((80, 2), dtype="float32"))
    given = ("--data-dir", "shop", "--encoded", f"array={kept}", "--rows", rows, "--raw", "x.npy")
    done = run_pipeline(folder / "array.py", *given)
    assert "79 rows are encoded, prepare gives others" in done.stderr


def test_what_is_watched_has_all_that_fit_is_given(folder: Path) -> None:
    np.save(folder / "valid.npy", np.arange(7))
    said = run(folder, "array", "--data-dir", "shop", "--valid", "valid.npy", "--raw", "a.npy")
    assert "watched 7" in said


def test_members_that_encode_the_same_share_it_and_a_saved_pipeline_encodes_new_rows(
    folder: Path,
) -> None:
    first = run(
        folder, "all", "--data-dir", "shop", "--save", folder / "kept", "--out", "first.csv"
    )
    assert first.count("encoded 60") == 2, "array and list, and not twin"
    again = run(
        folder, "all", "--data-dir", "shop", "--load", folder / "kept", "--out", "again.csv"
    )
    assert again == "encoded 20\nencoded 20\n"
    assert (folder / "first.csv").read_bytes() == (folder / "again.csv").read_bytes()


def test_encode_that_loses_rows_is_told(folder: Path) -> None:
    text = ENCODING.replace("    print(", "    X = X.iloc[1:]\n    print(")
    module = Module(name="lossy", label="model_lossy.py", text=text)
    bindings = bind(Contract(views=(), clauses=()), OUTPUTS, module, "notes")
    made = member("lossy", text, bindings=bindings, rounds=None)
    pipeline = assemble(PREPARED, [made], shop_plan(task=shop_task("probability")))
    (folder / "lossy.py").write_text(pipeline.text, "utf-8")
    done = run_pipeline(folder / "lossy.py", "--data-dir", "shop", "--raw", "x.npy")
    assert done.returncode == 1
    assert "encode gave 59 entries for 60 rows" in done.stderr


GOING_ON = (
    ENCODING.replace("valid: Any = None", "valid: Any = None, checkpoint: Any = None")
    .replace("    assert len(X)", "    checkpoint.touch()\n    assert len(X)", 1)
    .replace("import numpy", "import torch\nimport numpy", 1)
)


def test_a_fit_that_can_go_on_gets_a_file_for_each_seed(folder: Path) -> None:
    module = Module(name="net", label="model_net.py", text=GOING_ON)
    bindings = bind(Contract(views=(), clauses=()), OUTPUTS, module, "notes")
    made = member("net", GOING_ON, bindings=bindings, rounds=None, seeds=(3, 5))
    pipeline = assemble(PREPARED, [made], shop_plan(task=shop_task("probability")))
    (folder / "net.py").write_text(pipeline.text, "utf-8")
    given = ("--data-dir", "shop", "--raw", "x.npy", "--report", "net.json")
    run(folder, "net", *given, "--checkpoints", folder / "points")
    assert sorted(path.name for path in (folder / "points").iterdir()) == ["net-3.pt", "net-5.pt"]
    assert json.loads((folder / "net.json").read_text("utf-8"))["card_bytes"] == 0


def test_pipelines_without_encode_say_nothing_of_it() -> None:
    plain = assemble(PREPARED, [member()], shop_plan(task=shop_task("probability"))).text
    for word in ("encoded", '"encode"', "ENCODINGS", "checkpoint", "torch.", "replace("):
        assert word not in plain.replace(".replace(", "").replace("replace_file(", ""), word


def test_a_view_that_extract_does_not_give_is_not_encoded() -> None:
    contract = Contract(views=(), clauses=())
    assert binding_violations(ENCODED, contract, OUTPUTS, "notes", prep=PREPARED) == []
    framed = Module(name="notes", label="m.py", text=ENCODING.replace("X: pd.Series", "X"))
    (found,) = binding_violations(framed, contract, OUTPUTS, "features", prep=PREPARED)
    assert (found.code, found.side, found.names) == ("IIML215", "usage", ())
    assert found.place.line == 1 + ENCODING[: ENCODING.index("def encode")].count("\n")


def test_the_kind_of_the_view_is_that_of_what_encode_takes() -> None:
    contract = Contract(views=(), clauses=())
    found = bind(contract, OUTPUTS, ENCODED, "notes")
    assert (found.train, found.others, found.asked) == (
        "notes_train",
        {"features": "features_train"},
        {"features": "features_test"},
    )
    told = {one.parameter: one.output for one in found.evidence}
    assert told["encode.X"] == "notes_train"
    assert told["predict.features"] == "features_test"
    frames = Module(name="n", label="m.py", text=ENCODING.replace("X: pd.Series", "X: csr_matrix"))
    codes = [v.code for v in binding_violations(frames, contract, OUTPUTS, "notes", prep=PREPARED)]
    assert codes == ["IIML206"]


def test_what_encode_uses_is_told_apart_from_what_it_does_not() -> None:
    whole = text_behind(ENCODING, "encode")
    assert (
        text_behind(ENCODING.replace("LogisticRegression()", "LogisticRegression(C=2)"), "encode")
        == whole
    )
    assert text_behind(ENCODING.replace('"red"', '"blue"'), "encode") != whole
    assert text_behind(ENCODING.replace("float(size)", "2 * float(size)"), "encode") != whole
    assert text_behind("def encode(X:\n", "encode") == "def encode(X:\n"
