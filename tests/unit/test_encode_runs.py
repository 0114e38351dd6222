"""`encode` in a search: one guarded run for all folds, mended like the rest, held against leaks."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from competitions.leaky import LINE, bench_for, write_leaky_shop, written
from msgspec.structs import replace

from iiml_codegen.domain.diagnosis import DiagnosisPart
from iiml_codegen.integration.pipeline_plan import Bindings
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.diagnosis import variations_of
from iiml_codegen.search.encoding import encode_once
from iiml_codegen.search.leak_trial import FEWER, candidate_outcomes, leak_shadow
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.specs import encoded_file, fold_spec

PREP = """
import pandas as pd


def extract(data_dir, cache_dir, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    rows = pd.concat([train, test], ignore_index=True)
    return {"notes": rows["size"].astype(str) + " " + rows["age"].astype(str)}


def prepare(data_dir, extracted, fitted=None):
    train = pd.read_csv(data_dir / "train.csv")
    notes = extracted["notes"]
    return {
        "notes_train": notes[: len(train)].reset_index(drop=True),
        "notes_test": notes[len(train) :].reset_index(drop=True),
        "target": train["bought"].to_numpy(),
    }
"""
ENCODE = '''def encode(X, *, threads=1):
    """Read the numbers out of the notes."""
    print("encoded", len(X))
    values = np.array([text.split() for text in X], dtype="float64")
    return values


def fit('''
MODEL = LINE.replace("def fit(", ENCODE).replace('X.to_numpy(dtype="float64")', "X")
MIXED = MODEL.replace("    return values", "    return values - values.mean(axis=0)")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("encode")
    task = write_leaky_shop(folder / "shop")
    with bench_for(folder, task) as made:
        yield made


def code_of(bench: Bench, name: str, model: str) -> CandidateCode:
    """A candidate of these modules, bound and assembled."""
    code = written(bench, PREP, model, name)
    code.bindings = Bindings(train="notes_train", test="notes_test")
    code.write()
    return code


def log_of(bench: Bench, run: str) -> str:
    return (bench.context.workspace.run(run) / "log.txt").read_text("utf-8")


def test_one_run_encodes_for_all_folds_and_for_candidates_that_encode_the_same(
    bench: Bench,
) -> None:
    repairer = Repairer(bench, 0)
    first = code_of(bench, "first", MODEL)
    twin = code_of(bench, "twin", MODEL.replace("rcond=1e-6", "rcond=1e-9"))
    other = code_of(bench, "other", MODEL.replace('X], dtype="float64"', 'X], dtype="float32"'))
    assert encoded_file(bench, first) == encoded_file(bench, twin) != encoded_file(bench, other)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda code: encode_once(bench, code, repairer), (first, twin)))
    (ran,) = [result for result in found if result is not None]
    assert ran.ok and log_of(bench, ran.id) == "encoded 800\n"
    raws = []
    for code, said in ((twin, ""), (other, "encoded")):
        result = repairer.run(code, partial(fold_spec, bench, code, bench.shadow(0)))
        assert result.ok and log_of(bench, result.id).startswith(said)
        assert (said == "") == (log_of(bench, result.id) == "")
        raws.append(np.load(Path(bench.context.workspace.run(result.id)) / "raw.npy"))
    assert np.allclose(raws[0], raws[1], atol=1e-4)


def test_the_learning_curve_takes_encoded_rows_by_their_places(bench: Bench) -> None:
    code = code_of(bench, "curve", MODEL)
    code.member = replace(code.member, view="notes")
    repairer, shadow = Repairer(bench, 0), bench.shadow(0)
    encode_once(bench, code, repairer)
    whole = repairer.run(code, partial(fold_spec, bench, code, shadow))
    missing: dict[DiagnosisPart, str] = {}
    learning, importance = variations_of(bench, Attempt(code, estimate=60.0), missing)
    assert importance == () and missing.keys() == {"importance"}, missing
    assert [point.rows for point in learning] == [100, 200, 400]
    score = bench.score({0: bench.context.workspace.run(whole.id) / "raw.npy"})
    assert learning[-1].withheld == pytest.approx(score.value)
    runs = bench.context.workspace.runs.glob("curve-diagnosis-*/log.txt")
    assert [log.read_text("utf-8") for log in runs] == ["", "", ""]


def test_an_encode_that_mixes_rows_is_found_by_the_leak_tests(bench: Bench) -> None:
    shadow = leak_shadow(bench)
    told = {}
    for name, model in (("alone", MODEL), ("mixed", MIXED)):
        code = code_of(bench, name, model)
        outcomes = candidate_outcomes(bench, code, shadow, 120.0, (FEWER,))
        told[name] = {one.verdict for one in outcomes if one.code == "IIML502"}
    assert told["alone"] == {"passed", "skipped"}
    assert "violated" in told["mixed"]


def test_a_failing_encode_is_a_fault_of_the_model_and_is_mended(bench: Bench) -> None:
    broken = MODEL.replace("np.array([text", "np.aray([text")
    code = code_of(bench, "broken", broken)
    hopeless = Repairer(bench, 0)
    result = encode_once(bench, code, hopeless)
    assert result is not None and result.status == "failed"
    fault = hopeless.locate(code, result)
    assert fault.place is not None and fault.component == "model"
    line = 1 + broken[: broken.index("np.aray")].count("\n")
    assert (fault.place.file, fault.place.line) == ("model_traditional.py", line)
    mended = encode_once(bench, code, Repairer(bench, 5))
    assert mended is not None and mended.ok
    assert "np.array([text" in code.model and encoded_file(bench, code).exists()
