"""The worker process: JSON in, JSON out, one line each.

`python -I <worker folder>` answers lines of `{"verb": ..., "params": {...}}` until its input ends;
`python -I <worker folder> VERB` reads params once and exits with 0 or 1; under a supervisor, which
gives no input, `VERB REQUEST ANSWER` names files for both. An answer is
`{"result": ...}` or `{"error": {"message", "hint", "code"}}`. Standard output belongs to answers:
whatever else prints, C code included, lands on standard error. NaN and infinities become null.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import math
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

FOLDER = Path(__file__).resolve().parent
PACKAGE = "iiml_worker"


def register() -> None:
    """Make this folder importable as a package of its own name, and take it off `sys.path`.

    On the path its files would shadow modules of the standard library (`profile`).
    """
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != FOLDER]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{FOLDER} is not a package")
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


def module(name: str) -> ModuleType:
    """One module of the worker."""
    return importlib.import_module(f"{PACKAGE}.{name}")


def claim_stdout() -> TextIO:
    """The stream for answers; file descriptor 1 is standard error from here on."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return answers


def plain(value: Any) -> Any:
    """Dicts, lists and scalars that JSON has; numpy scalars and arrays by their `tolist`."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    raise TypeError(f"no JSON for a {type(value).__name__}")


def verb_function(verb: object) -> Callable[[dict[str, Any]], Any]:
    """The function behind a verb; raises RequestError for a verb that nobody knows."""
    verbs: dict[str, str] = module("verbs").VERBS
    if not isinstance(verb, str) or verb not in verbs:
        hint = f"known verbs: {', '.join(sorted(verbs))}"
        raise module("errors").RequestError(f"unknown verb {verb!r}", hint=hint)
    place, name = verbs[verb].split(":")
    function: Callable[[dict[str, Any]], Any] = getattr(module(place), name)
    return function


def parse(text: str) -> Any:
    """JSON to Python; raises RequestError where it is none."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise module("errors").RequestError(f"the request is not JSON: {error}") from error


def perform(request: Any) -> Any:
    """Do what a request asks, as plain JSON values."""
    if not isinstance(request, dict) or not isinstance(request.get("params", {}), dict):
        raise module("errors").RequestError('a request is {"verb": ..., "params": {...}}')
    return plain(verb_function(request.get("verb"))(request.get("params", {})))


def answer(text: str, verb: str | None = None) -> dict[str, Any]:
    """The answer to one line: with `verb` the line is its params. The process boundary."""
    expected: type[Any] = module("errors").DataError
    try:
        content = parse(text)
        return {"result": perform(content if verb is None else {"verb": verb, "params": content})}
    except expected as error:
        return {"error": {"message": error.message, "hint": error.hint, "code": error.code}}
    except Exception as error:  # noqa: BLE001  (the process boundary)
        traceback.print_exc()
        message = f"{type(error).__name__}: {error}"
        hint = "this is a defect of the worker; its log has the traceback"
        return {"error": {"message": message, "hint": hint, "code": "IIML904"}}


def main(arguments: list[str]) -> int:
    """Serve lines until the input ends, or answer one verb."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    register()
    if len(arguments) == 3:
        verb, request, place = arguments
        reply = answer(Path(request).read_text("utf-8"), verb)
        Path(place).write_text(json.dumps(reply, allow_nan=False), "utf-8")
        return 1 if "error" in reply else 0
    answers = claim_stdout()
    requests = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  (lives as long as we do)
    if arguments:
        reply = answer(requests.read(), arguments[0])
        answers.write(json.dumps(reply, allow_nan=False) + "\n")
        answers.flush()
        return 1 if "error" in reply else 0
    for line in requests:
        if line.strip():
            answers.write(json.dumps(answer(line), allow_nan=False) + "\n")
            answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
