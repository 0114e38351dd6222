"""Faults: classified, and placed in the module that a person edits, from real tracebacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from competitions.pipelines import (
    MODEL,
    PREP,
    member,
    prep_module,
    run_pipeline,
    shop_plan,
    write_shop,
)

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.domain.run import RunResult
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.error_analyzer import Evidence, analyse
from iiml_codegen.integration.source_map import SourceMap, Stretch

COLUMNS = ("id", "size", "age", "colour", "bought")
FAILED = RunResult(id="r", status="failed", exit_code=1)
NOWHERE = SourceMap(stretches=())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shop."""
    folder = tmp_path_factory.mktemp("faults")
    write_shop(folder / "shop")
    return folder


def fault_of(folder: Path, prep: str = PREP, model: str = MODEL) -> Fault:
    """What the analyzer makes of the log of a real run."""
    pipeline = assemble(prep_module(prep), [member(text=model)], shop_plan())
    file = folder / "pipeline_traditional.py"
    file.write_text(pipeline.text, encoding="utf-8")
    done = run_pipeline(file, "--data-dir", "shop", "--raw", "raw.npy")
    assert done.returncode == 1
    texts = {"prep.py": prep, "model_stumps.py": model}
    return analyse(Evidence(FAILED, done.stderr, pipeline.source_map, texts, COLUMNS))


def spot(fault: Fault) -> tuple[str, int]:
    """File and line of a fault."""
    assert fault.place is not None
    return fault.place.file, fault.place.line


def line_of(text: str, part: str) -> int:
    """The line that holds a text, from 1."""
    return next(n for n, line in enumerate(text.split("\n"), start=1) if part in line)


def test_an_unknown_column_is_placed_at_its_line_and_step(folder: Path) -> None:
    prep = PREP.replace('table["colour"]', 'table["Color"]')
    fault = fault_of(folder, prep=prep)
    assert (fault.kind, fault.names, fault.exception) == ("unknown_column", ("Color",), "KeyError")
    assert spot(fault) == ("prep.py", line_of(prep, '"Color"'))
    assert fault.step == "P2"


def test_several_unknown_columns_are_all_named(folder: Path) -> None:
    fault = fault_of(folder, prep=PREP.replace('["size", "age"]]', '["sise", "age", "agee"]]'))
    assert (fault.kind, fault.names) == ("unknown_column", ("sise", "agee"))


def test_a_text_column_in_a_model_is_a_fault_of_dtype_at_the_fit(folder: Path) -> None:
    prep = PREP.replace('features.assign(red=(table["colour"] == "red").astype(int))', "table")
    fault = fault_of(folder, prep=prep)
    assert fault.kind == "dtype"
    assert spot(fault) == ("model_stumps.py", line_of(MODEL, "estimator.fit(X, y)"))
    assert fault.step == "M1"


def test_a_missing_file_is_a_fault_of_path(folder: Path) -> None:
    fault = fault_of(folder, prep=PREP.replace('"train.csv"', '"Train.csv"'))
    assert fault.kind == "path"
    assert fault.names[0].endswith("Train.csv")
    assert fault.place is not None
    assert fault.place.file == "prep.py"


def test_a_keyword_that_a_library_dropped_is_an_incompatible_api(folder: Path) -> None:
    fault = fault_of(folder, model=MODEL.replace("random_state=seed", "presort=seed"))
    assert (fault.kind, fault.names) == ("incompatible_api", ("presort",))


def test_an_import_in_the_header_is_placed_in_the_module_that_asked_for_it(folder: Path) -> None:
    model = MODEL.replace("import numpy", "import nampy\nimport numpy", 1)
    fault = fault_of(folder, model=model)
    assert (fault.kind, fault.names) == ("missing_dependency", ("nampy",))
    assert spot(fault) == ("model_stumps.py", line_of(model, "nampy"))


def test_an_output_that_prepare_does_not_give_breaks_the_contract(folder: Path) -> None:
    prep = PREP.replace('outputs["target"]', 'outputs["label"]')
    fault = fault_of(folder, prep=prep)
    assert fault.kind == "contract_fulfilment"
    assert spot(fault) == ("prep.py", line_of(prep, 'outputs["label"]'))


def test_answers_that_are_not_numbers_are_the_models_fault(folder: Path) -> None:
    model = MODEL.replace("return np.clip(chances, 0.001, 0.999)", "return chances * np.nan")
    fault = fault_of(folder, model=model)
    assert fault.kind == "preprocessing"
    assert spot(fault) == ("model_stumps.py", line_of(model, "np.nan"))
    assert fault.code == "IIML405"


@pytest.mark.parametrize("status", ["timeout", "memory"])
def test_a_limit_that_ended_the_run_decides_the_class(status: str) -> None:
    result = RunResult(id="r", status=status, reason="over the limit")  # type: ignore[arg-type]
    fault = analyse(Evidence(result, "epoch 1\n", NOWHERE, {"model_a.py": MODEL}))
    assert (fault.kind, fault.message) == (status, "over the limit")
    assert fault.place == Place(file="model_a.py", line=line_of(MODEL, "def fit("))


@pytest.mark.parametrize(
    ("last", "kind", "names"),
    [
        ("numpy._core._exceptions._ArrayMemoryError: Unable to allocate 9 GiB", "memory", ()),
        (
            "ValueError: Found input variables with inconsistent numbers of samples: [1, 2]",
            "shape",
            (),
        ),
        ("ValueError: Input X contains NaN.\nEstimator does not", "preprocessing", ()),
        ("KeyError: \"['Foo', 'Bar'] not in index\"", "preprocessing", ("Foo", "Bar")),
        ("AttributeError: module 'numpy' has no attribute 'float'", "incompatible_api", ("float",)),
        ("xgboost.core.XGBoostError: label must be in [0,1]", "dtype", ()),
    ],
)
def test_messages_are_classified_without_a_place(
    last: str, kind: str, names: tuple[str, ...]
) -> None:
    log = f'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    x\n{last}\n'
    fault = analyse(Evidence(FAILED, log, NOWHERE, {}))
    assert (fault.kind, fault.names, fault.place) == (kind, names, None)


def test_a_log_that_was_cut_or_has_no_traceback_is_still_a_fault() -> None:
    assert analyse(Evidence(FAILED, "Killed\n", NOWHERE, {})).kind == "memory"
    assert analyse(Evidence(FAILED, "done\n", NOWHERE, {})).kind == "unknown"
    cut = "  File \"x/site-packages/pandas/a.py\", line 3, in get\nKeyError: 'Age '\n"
    fault = analyse(Evidence(FAILED, cut, NOWHERE, {}))
    assert (fault.kind, fault.names) == ("unknown_column", ("Age ",))


def test_of_chained_exceptions_the_last_one_counts() -> None:
    log = (
        "Traceback (most recent call last):\nKeyError: 'a'\n\nDuring handling of the above "
        "exception, another exception occurred:\n\nTraceback (most recent call last):\n"
        "  File \"p.py\", line 1, in <module>\nModuleNotFoundError: No module named 'foo.bar'\n"
    )
    fault = analyse(Evidence(FAILED, log, NOWHERE, {}))
    assert (fault.kind, fault.names) == ("missing_dependency", ("foo.bar",))


def test_frames_of_the_runner_that_started_the_pipeline_are_no_lines_of_it() -> None:
    source_map = SourceMap(stretches=(Stretch(start=1, end=99, file="prep.py", line=1),))
    log = (
        "Traceback (most recent call last):\n"
        '  File "/opt/boot.py", line 90, in <module>\n    main()\n'
        '  File "/opt/boot.py", line 80, in main\n    run(script)\n'
        '  File "<frozen runpy>", line 291, in run_path\n'
        '  File "pipeline_a.py", line 7, in <module>\n    X = 1 / 0\n'
        '  File "/x/lib/python3.11/site-packages/a.py", line 5, in f\n    1 / 0\n'
        "ZeroDivisionError: division by zero\n"
    )
    fault = analyse(Evidence(FAILED, log, source_map, {"prep.py": PREP}))
    assert fault.place == Place(file="prep.py", line=7)
