"""From a competition folder to a submission."""

import json
import pickle
import platform
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from workspace_templates.harness.bundle import lay_out_bundle, save_bundle
from workspace_templates.harness.encoding import add_encoded
from workspace_templates.harness.files import replace_file
from workspace_templates.harness.fit_in_turn import fit_members
from workspace_templates.harness.options import parse_options
from workspace_templates.harness.predict_mean import predict_member
from workspace_templates.harness.prepare_with_extract import prepare_outputs
from workspace_templates.harness.sockets import (
    COMBINATION,
    DECISION,
    ENCODINGS,
    MEMBERS,
    combine,
    decide,
    write_submission,
)
from workspace_templates.harness.unpacked import unpacked


def report(models: dict[str, list[Any]], clock: list[float], threads: int) -> dict[str, Any]:
    """Tell what early stopping found, what each part took, and what it ran on."""
    packages = ("numpy", "pandas", "scipy", "sklearn", "lightgbm", "catboost", "xgboost", "torch")
    versions = {name: sys.modules[name].__version__ for name in packages if name in sys.modules}
    spent = [later - sooner for sooner, later in pairwise(clock)]
    return {
        "rounds": {name: getattr(fitted[0], "rounds", None) for name, fitted in models.items()},
        "seconds": dict(zip(("prepare", "encode", "fit", "predict"), spent, strict=False)),
        "threads": threads,
        "card_bytes": sys.modules["torch"].cuda.max_memory_reserved(),
        "versions": {"python": platform.python_version()} | versions,
    }


def main() -> None:
    """Prepare, fit, predict, answer; with --load, predict with what was fitted before."""
    options = parse_options()
    threadpool_limits(options.threads)
    clock = [time.perf_counter()]
    state: dict[str, Any] = {"fitted": {}, "models": {}}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data_dir = unpacked(options.data_dir, Path(folder) / "unpacked")
        if options.load:
            state = pickle.loads((options.load / "fitted.pkl").read_bytes())
            data_dir = lay_out_bundle(options.load, data_dir, Path(folder))
        outputs = prepare_outputs(options, data_dir, state["fitted"])
        clock.append(time.perf_counter())
        add_encoded(ENCODINGS, outputs, options)
        if options.only:
            return
        clock.append(time.perf_counter())
        models = state["models"]
        if not options.load:
            models.update(fit_members(MEMBERS, outputs, options))
        clock.append(time.perf_counter())
        if options.save:  # before networks go where they predict fastest
            save_bundle(options.save, data_dir, state)
        predictions = [predict_member(MEMBERS[name], models[name], outputs) for name in MEMBERS]
        raw = combine(predictions, **COMBINATION)
        clock.append(time.perf_counter())
        if options.raw:
            replace_file(options.raw, lambda file: np.save(file, raw, allow_pickle=False))
        if options.out or not options.raw:
            write_submission(
                data_dir, decide(raw, **DECISION), options.out or Path("submission.csv")
            )
    if options.report:
        text = json.dumps(report(models, clock, options.threads), indent=2)
        replace_file(options.report, lambda file: file.write(text.encode()))


if __name__ == "__main__":
    main()
