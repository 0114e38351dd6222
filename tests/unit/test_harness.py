"""The harness of assembled pipelines, run for real as processes of their own."""

from __future__ import annotations

import csv
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from competitions.pipelines import (
    COMBINE,
    DECIDE,
    FOREST,
    MODEL,
    PREP,
    member,
    prep_module,
    run_pipeline,
    shop_plan,
    shop_task,
    write_shop,
)

from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.pipeline_plan import (
    Bindings,
    Combination,
    Decision,
    Module,
)

EXTRACT = '''

def extract(
    data_dir: Path, cache_dir: Path, fitted: dict[str, Any] | None = None
) -> dict[str, Any]:
    """One-hot colours of all rows, sparse; a frame; an array."""
    from scipy.sparse import csr_matrix

    tables = [pd.read_csv(data_dir / name) for name in (TRAIN_FILE, TEST_FILE)]
    rows = pd.concat(tables, ignore_index=True)
    sizes = rows[["size"]]
    colours = csr_matrix(np.column_stack([rows["colour"] == "red", sizes > 0]).astype(float))
    return {"colours": colours, "sizes": sizes, "numbers": sizes.to_numpy()}
'''

SPARSE_PREP = (
    PREP.replace(
        '    outputs["target"]',
        "    assert extracted is not None\n"
        '    assert len(extracted["sizes"]) == len(extracted["numbers"])\n'
        '    outputs["words_train"] = extracted["colours"][: len(train)]\n'
        '    outputs["words_test"] = extracted["colours"][len(train) :]\n'
        '    outputs["groups_train"] = train["age"].fillna(0).to_numpy()\n'
        '    outputs["target"]',
    )
    + EXTRACT
)

SPARSE_MODEL = '''"""Logistic regression on sparse columns."""

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression


def fit(X: csr_matrix, y: np.ndarray, *, valid: Any = None, groups: Any = None) -> Any:
    """Fit; say what was seen on the way."""
    assert len(groups) == X.shape[0] == len(y)
    print(X.shape[0], valid[0].shape[0] if valid else 0)
    return LogisticRegression().fit(X, y)


def predict(model: Any, X: csr_matrix) -> np.ndarray:
    """Give P(yes)."""
    return model.predict_proba(X)[:, 1]
'''

DECISION = Decision(
    module=Module(name="decide", label="decide.py", text=DECIDE), fitted={"threshold": [0.5]}
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shop and its pipelines: one member, two members, extracted and sparse."""
    folder = tmp_path_factory.mktemp("pipelines")
    write_shop(folder / "shop")
    combined = Combination(
        module=Module(name="combine", label="combine.py", text=COMBINE),
        parameters={"weights": [0.25, 0.75]},
    )
    members = [member(), member("forest", FOREST)]
    bound = Bindings(train="words_train", test="words_test", others={"groups": "groups_train"})
    words = member("words", SPARSE_MODEL, rounds=None, seeds=(0,), bindings=bound)
    probability = shop_plan(task=shop_task("probability"))
    for name, pipeline in {
        "one": assemble(prep_module(), [member()], shop_plan(decision=DECISION)),
        "two": assemble(prep_module(), members, shop_plan(decision=DECISION, combination=combined)),
        "sparse": assemble(prep_module(SPARSE_PREP), [words], probability),
    }.items():
        (folder / f"{name}.py").write_text(pipeline.text, encoding="utf-8")
    return folder


def run(folder: Path, name: str, *arguments: object) -> str:
    """Run a pipeline that has to succeed; what it printed."""
    done = run_pipeline(folder / f"{name}.py", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def cells(file: Path) -> list[list[str]]:
    """The rows of a table."""
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.reader(opened))


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_saved_pipeline_answers_as_the_run_that_fitted_it(folder: Path, name: str) -> None:
    out, bundle, new = folder / f"{name}.csv", folder / f"{name}_kept", folder / f"{name}_new"
    run(folder, name, "--data-dir", "shop", "--out", out, "--save", bundle)
    assert (bundle / "train.csv").read_text() == "id,size,age,colour,bought\n"
    new.mkdir()
    rows = cells(folder / "shop" / "test.csv")
    with (new / "test.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([rows[0], *rows[5:9]])
    run(folder, name, "--data-dir", new, "--load", bundle, "--out", folder / "new.csv")
    answered = dict(cells(out)[1:])
    assert cells(folder / "new.csv")[1:] == [[row[0], answered[row[0]]] for row in rows[5:9]]
    assert sorted(path.name for path in new.iterdir()) == ["test.csv"]


def test_a_rerun_writes_the_same_bytes_in_the_form_of_the_sample(folder: Path) -> None:
    for out in ("first.csv", "second.csv"):
        run(folder, "two", "--data-dir", "shop", "--out", out)
    assert (folder / "first.csv").read_bytes() == (folder / "second.csv").read_bytes()
    assert b"\r\n" in (folder / "first.csv").read_bytes()
    sample, answers = cells(folder / "shop" / "sample_submission.csv"), cells(folder / "first.csv")
    assert [row[0] for row in answers] == [row[0] for row in sample]
    assert {row[1] for row in answers[1:]} == {"yes", "no"}


def test_valid_rows_are_kept_aside_and_one_seed_is_fitted(folder: Path) -> None:
    np.save(folder / "valid.npy", np.array([3, 1, 40, 41, 50, 51, 52]))
    shadow = ["--valid", "valid.npy", "--seed", 5, "--raw", "raw.npy", "--report", "report.json"]
    run(folder, "one", "--data-dir", "shop", *shadow)
    report = json.loads((folder / "report.json").read_text())
    assert report["rounds"] == {"stumps": 7}
    assert set(report["seconds"]) == {"prepare", "fit", "predict"}
    assert report["threads"] == 1
    assert "numpy" in report["versions"]
    raw = np.load(folder / "raw.npy", allow_pickle=False)
    assert raw.dtype == np.float64
    assert raw.shape == (20,)
    assert not (folder / "submission.csv").exists()


def test_a_refit_uses_the_rounds_and_seeds_of_the_pipeline(folder: Path) -> None:
    run(folder, "one", "--data-dir", "shop", "--raw", "both.npy", "--report", "refit.json")
    for seed in (0, 1):
        run(folder, "one", "--data-dir", "shop", "--raw", f"seed{seed}.npy", "--seed", seed)
    alone = [np.load(folder / f"seed{seed}.npy") for seed in (0, 1)]
    assert np.array_equal(np.load(folder / "both.npy"), np.mean(alone, axis=0))
    assert json.loads((folder / "refit.json").read_text())["rounds"] == {"stumps": 12}


def test_prepared_outputs_are_written_once_and_read_again(folder: Path) -> None:
    prepared = folder / "prepared.pkl"
    run(folder, "one", "--data-dir", "shop", "--only", "prepare", "--prepared", prepared)
    outputs = pickle.loads(prepared.read_bytes())
    assert set(outputs) == {"features_train", "features_test", "target"}
    outputs["features_test"] *= 0
    prepared.write_bytes(pickle.dumps(outputs))
    run(folder, "one", "--data-dir", "shop", "--prepared", prepared, "--raw", "same.npy")
    assert len(set(np.load(folder / "same.npy").tolist())) == 1
    assert not list(folder.glob("*.part"))


def test_extracted_rows_are_sliced_for_a_fold(folder: Path) -> None:
    run(folder, "sparse", "--data-dir", "shop", "--only", "extract", "--extracted", "all.pkl")
    whole = pickle.loads((folder / "all.pkl").read_bytes())
    assert whole["colours"].shape == (80, 2)
    shadow = folder / "shadow"
    shadow.mkdir()
    train, test = cells(folder / "shop" / "train.csv"), cells(folder / "shop" / "test.csv")
    kept, fold = list(range(0, 60, 2)), list(range(1, 60, 2))
    tables = {
        "train.csv": [train[0], *(train[1 + i] for i in kept)],
        "test.csv": [test[0], *(train[1 + i][:-1] for i in fold), *test[1:]],
    }
    for name, rows in tables.items():
        with (shadow / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    np.save(folder / "rows.npy", np.array(kept + fold + list(range(60, 80))))
    np.save(folder / "valid.npy", np.arange(4))
    given = ["--data-dir", shadow, "--valid", "valid.npy"]
    cut = run(
        folder, "sparse", *given, "--extracted", "all.pkl", "--rows", "rows.npy", "--raw", "a"
    )
    fresh = run(folder, "sparse", *given, "--raw", "b")
    assert cut.split() == fresh.split() == ["26", "4"]
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()
    assert len(np.load(folder / "a")) == 50


def test_probabilities_are_written_as_numbers_off_certainty(folder: Path) -> None:
    run(folder, "sparse", "--data-dir", "shop", "--out", "chances.csv")
    chances = [float(row[1]) for row in cells(folder / "chances.csv")[1:]]
    assert 0 < min(chances) < max(chances) < 1


def test_a_pipeline_runs_where_iiml_cannot_be_imported(folder: Path) -> None:
    text = (folder / "one.py").read_text(encoding="utf-8")
    assert "iiml" not in text
    assert "workspace_templates" not in text


def test_without_memory_the_whole_training_table_is_kept(folder: Path) -> None:
    prep = PREP.replace(
        ", extracted: dict[str, Any] | None = None, fitted: dict[str, Any] | None = None", ""
    ).replace(
        "    fitted = {} if fitted is None else fitted\n", "    fitted: dict[str, Any] = {}\n"
    )
    pipeline = assemble(prep_module(prep), [member()], shop_plan(decision=DECISION))
    (folder / "plain.py").write_text(pipeline.text, encoding="utf-8")
    run(folder, "plain", "--data-dir", "shop", "--out", "plain.csv", "--save", "plain_kept")
    kept, table = folder / "plain_kept" / "train.csv", folder / "shop" / "train.csv"
    assert kept.read_bytes() == table.read_bytes()
    run(folder, "plain", "--data-dir", "shop", "--load", "plain_kept", "--out", "again.csv")
    assert (folder / "again.csv").read_bytes() == (folder / "plain.csv").read_bytes()


def test_predictions_that_are_no_numbers_are_an_error(folder: Path) -> None:
    broken = MODEL.replace("return np.clip(chances, 0.001, 0.999)", "return chances * np.nan")
    pipeline = assemble(prep_module(), [member(text=broken)], shop_plan(decision=DECISION))
    (folder / "broken.py").write_text(pipeline.text, encoding="utf-8")
    done = run_pipeline(folder / "broken.py", "--data-dir", "shop", "--out", "broken.csv")
    assert done.returncode == 1
    assert "predictions that are not numbers" in done.stderr
    assert not (folder / "broken.csv").exists()
