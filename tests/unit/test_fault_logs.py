"""Faults from a log alone: cut off, chained, grouped, native, and what limits and systems say."""

from __future__ import annotations

import pytest

from iiml_codegen.domain.fault import FaultClass
from iiml_codegen.domain.run import RunResult
from iiml_codegen.errors import BindingError, GenerationError
from iiml_codegen.integration.error_analyzer import Evidence, analyse, error_fault
from iiml_codegen.integration.source_map import SourceMap, Stretch
from iiml_codegen.integration.traceback_text import last_trace

PREP = """import pandas as pd

NUMBERS = ["size", "age"]


def prepare(data_dir, extracted=None, fitted=None):
    # [P1] Read
    train = pd.read_csv(data_dir / "train.csv")
    dense = train[NUMBERS].to_numpy()
    return {"features_train": dense}
"""
MODEL = """from lightgbm import LGBMClassifier

ROUNDS = 100


def fit(X, y, *, seed=0):
    # [M1] Boost
    return LGBMClassifier(n_estimators=ROUNDS, device="gpu").fit(X, y)


def predict(model, X):
    return model.predict_proba(X)[:, 1]
"""
TEXTS = {"prep.py": PREP, "model_traditional.py": MODEL}
LENGTH = len(PREP.splitlines())
MAP = SourceMap(
    stretches=(
        Stretch(start=1, end=LENGTH, file="prep.py", line=1),
        Stretch(start=101, end=112, file="model_traditional.py", line=1),
    )
)
START = "Traceback (most recent call last):\n"
MAIN = '  File "/run/pipeline.py", line 200, in <module>\n    main()\n'


def fault(log: str, **result: object):  # type: ignore[no-untyped-def]
    """The fault of a run that left this log."""
    fields: dict[str, object] = {"id": "r", "status": "failed", "exit_code": 1} | result
    return analyse(Evidence(RunResult(**fields), log, MAP, TEXTS))  # type: ignore[arg-type]


def raised(line: int, function: str, last: str) -> str:
    """A traceback that ends in a line of the pipeline."""
    return (
        f'{START}{MAIN}  File "/run/pipeline.py", line {line}, in {function}\n    x = y\n{last}\n'
    )


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ("lightgbm.basic.LightGBMError: GPU Tree Learner was not enabled in this build.", "gpu"),
        ("_catboost.CatBoostError: cuda_lib/devices_provider.h:190: CUDA error 100", "gpu"),
        ("xgboost.core.XGBoostError: XGBoost version not compiled with GPU support.", "gpu"),
        ("RuntimeError: Found no NVIDIA driver on your system.", "gpu"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB", "memory"),
        ("MemoryError: std::bad_alloc", "memory"),
        ("OSError: [Errno 28] No space left on device", "disk"),
        ("sqlite3.OperationalError: database is locked", "disk"),
        ("PermissionError: [Errno 13] iiml: a run may not do this (write): '/data/x.csv'", "disk"),
        (
            "PermissionError: [Errno 13] iiml: a run may not do this (read): '/x.csv'",
            "forbidden_read",
        ),
        ("concurrent.futures.process.BrokenProcessPool: A process was terminated abruptly", "lost"),
        ("NameError: name 'nmpy' is not defined", "undefined_name"),
        ("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 3", "path"),
        ("lightgbm.basic.LightGBMError: Unknown objective type name: binari", "incompatible_api"),
        ("xgboost.core.XGBoostError: feature_names mismatch: ['a'] ['b']", "shape"),
        ("ValueError: labels outside ['no', 'yes']: ['maybe']", "dtype"),
        ("TypeError: 'NoneType' object is not subscriptable", "preprocessing"),
    ],
)
def test_what_libraries_and_systems_say_has_a_class(last: str, kind: FaultClass) -> None:
    found = fault(raised(108, "fit", last))
    assert found.kind == kind
    assert found.place is not None
    assert found.place.file == "model_traditional.py"
    assert found.component == "model"


def test_a_card_that_is_not_there_is_placed_where_it_is_asked_for() -> None:
    model = MODEL.replace('n_estimators=ROUNDS, device="gpu")', "**PARAMS)")
    model = model.replace("ROUNDS = 100", 'PARAMS = {\n    "verbose": -1,\n    "device": "gpu",\n}')
    last = "lightgbm.basic.LightGBMError: No OpenCL device found"
    texts, result = {"model_traditional.py": model}, RunResult(id="r", status="failed", exit_code=1)
    found = analyse(Evidence(result, raised(110, "fit", last), MAP, texts))
    assert found.place is not None
    assert (found.kind, found.place.line) == ("gpu", 5)


def test_warnings_and_progress_after_a_traceback_do_not_hide_it() -> None:
    log = raised(9, "prepare", "KeyError: \"['agee'] not in index\"")
    noise = (
        "\r 10%|#   | 1/10\r 20%|##  | 2/10\n/x/y.py:3: UserWarning: resource_tracker\n  warn()\n"
    )
    found = fault(log.replace("Traceback", "fitting 1\rTraceback") + noise)
    assert (found.exception, found.names) == ("KeyError", ("agee",))


def test_a_group_of_exceptions_is_its_first_member() -> None:
    log = (
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "/run/pipeline.py", line 200, in <module>\n'
        "  | ExceptionGroup: both (2 sub-exceptions)\n"
        "  +-+---------------- 1 ----------------\n"
        "    | Traceback (most recent call last):\n"
        '    |   File "/run/pipeline.py", line 9, in prepare\n'
        "    | ValueError: Length of values (3) does not match length of index (4)\n"
        "    +---------------- 2 ----------------\n"
        "    | Traceback (most recent call last):\n"
        '    |   File "/run/pipeline.py", line 8, in prepare\n'
        "    | KeyError: 'b'\n"
        "    +------------------------------------\n"
    )
    trace = last_trace(log)
    assert trace is not None
    assert trace.type == "ValueError"
    assert trace.message.startswith("Length of values (3)")


def test_an_exception_without_a_telling_name_is_read_below_its_frame() -> None:
    trace = last_trace(raised(8, "prepare", "zlib.error: Error -3 while decompressing data"))
    assert trace is not None
    assert (trace.type, trace.frames[-1].line) == ("error", 8)


def test_a_native_crash_is_placed_where_python_was() -> None:
    log = (
        "Fatal Python error: Segmentation fault\n\n"
        "Thread 0x00007f01 (most recent call first):\n"
        '  File "/usr/lib/python3.11/threading.py", line 324 in wait\n\n'
        "Current thread 0x00007f02 (most recent call first):\n"
        '  File "/x/site-packages/lightgbm/basic.py", line 3 in update\n'
        '  File "/run/pipeline.py", line 108 in fit\n'
        '  File "/run/pipeline.py", line 200 in <module>\n\n'
        "Extension modules: numpy, pandas (total: 2)\n"
    )
    found = fault(log, exit_code=-11, reason="ended by signal SIGSEGV")
    assert (found.code, found.component) == ("IIML407", "model")
    assert found.place is not None
    assert (found.place.file, found.place.line) == ("model_traditional.py", 8)
    assert "Segmentation fault" in found.message


def test_what_the_system_killed_for_memory_is_a_fault_of_memory() -> None:
    assert fault("epoch 1\nKilled\n", exit_code=137).kind == "memory"
    assert fault("epoch 1\n", status="memory", reason="used 9 GB").code == "IIML403"


def test_a_run_that_somebody_ended_is_nobodys_fault() -> None:
    found = fault("epoch 1\n", status="lost", reason="killed from outside")
    assert (found.kind, found.component, found.place) == ("lost", "environment", None)


def test_a_refused_read_that_was_swallowed_is_placed_where_the_path_stands() -> None:
    found = fault("", status="forbidden", forbidden=("read /data/shop/train.csv",))
    assert (found.kind, found.code) == ("forbidden_read", "IIML406")
    assert found.place is not None
    assert (found.place.file, found.place.line) == ("prep.py", 8)


def test_a_tie_of_the_binder_is_usage_with_its_choices() -> None:
    error = BindingError("fit of model_traditional.py: no output for `Z`", choices=("features",))
    found = error_fault(error, TEXTS)
    assert (found.kind, found.component, found.names) == ("contract_usage", "model", ("features",))
    assert found.place is not None
    assert (found.place.file, found.place.line) == ("model_traditional.py", 6)


def test_a_text_that_cannot_be_assembled_is_no_usable_module() -> None:
    found = error_fault(GenerationError("prep.py defines no function prepare"), TEXTS)
    assert (found.kind, found.component) == ("unusable_output", "prep")
