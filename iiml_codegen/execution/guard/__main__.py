"""Run a script under guard: `python -I <this folder> SCRIPT ARGUMENTS`.

`IIML_GUARD` names a JSON file: `refused`, `allowed`, `writable` (folders), `record` (the file for
refusals), `confinement` (the file that says who refuses) and `supervisor` (a process id). What a
script raises is recorded beside `confinement` (`crash.py`).
"""

from __future__ import annotations

import ctypes
import faulthandler
import importlib
import importlib.util
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

FOLDER = Path(__file__).resolve().parent
PACKAGE = "iiml_guard"
SET_PARENT_DEATH_SIGNAL = 1
LOG = 2
"""The log, whatever a script makes of `sys.stderr`."""


def part(name: str) -> ModuleType:
    """One module of the guard, without putting its folder on the script's path."""
    if PACKAGE not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            PACKAGE, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
        )
        if spec is None:
            raise ImportError(f"{FOLDER} is not a package")
        sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"{PACKAGE}.{name}")


def die_with(supervisor: int) -> None:
    """Have the kernel end this process when its supervisor is gone (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != supervisor:
            sys.exit("the supervisor is gone")


def confine(settings: dict[str, Any], script: str) -> bool:
    """Put kernel and audit hook in place; says whether the script's folder may be read."""
    policy_module = part("policy")
    allowed = [*settings["allowed"], script, *policy_module.interpreter_folders()]
    policy = policy_module.Policy(settings["refused"], allowed, settings["writable"])
    hook = part("hook")
    confined = part("landlock").restrict(policy)
    alone = part("seccomp").keep_to_this_machine()
    Path(settings["confinement"]).write_text("landlock" if confined else "hook", "ascii")
    hook.install(policy, settings["record"], confined=confined and alone)
    return bool(policy.may_read(policy_module.real(str(Path(script).parent))))


def run(script: str, code: CodeType, keep: Callable[[BaseException], None]) -> int:
    """Run the script as `__main__`; its traceback starts in the script, not in the guard."""
    main = ModuleType("__main__")
    main.__file__ = script
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    try:
        exec(code, main.__dict__)
    except SystemExit as error:
        if error.code not in (None, 0):
            keep(error)
        raise
    except KeyboardInterrupt as error:
        keep(error)
        raise
    except Exception as error:  # noqa: BLE001  (the boundary to a script that anyone wrote)
        report(error)
        keep(error)
        return 1
    return 0


def tell_where_on_request() -> None:
    """Print where every thread is when the supervisor asks, which it does before it kills.

    SIGUSR1 is answered by a thread that holds the interpreter's lock, so that no stack changes
    while it is read; SIGUSR2 at once, for code that never lets go of that lock. The thread starts
    after the process is confined, else it would not be.
    """
    faulthandler.enable()
    if sys.platform == "win32":
        return
    faulthandler.register(signal.SIGUSR2, file=LOG, all_threads=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})

    def answer() -> None:
        while True:
            signal.sigwait({signal.SIGUSR1})
            faulthandler.dump_traceback(file=LOG, all_threads=True)

    threading.Thread(target=answer, daemon=True).start()


def report(error: BaseException) -> None:
    """Print a traceback without the frames of the guard, in causes and contexts too."""
    sys.stdout.flush()
    told = traceback.TracebackException.from_exception(error)
    waiting: list[traceback.TracebackException | None] = [told]
    while waiting:
        one = waiting.pop()
        if one is not None:
            frames = [f for f in one.stack if not f.filename.startswith(str(FOLDER))]
            one.stack = traceback.StackSummary.from_list(frames)
            waiting += [one.__cause__, one.__context__]
    print("".join(told.format()), end="", file=sys.stderr)


def main() -> int:
    """Read the settings, take position, run the script."""
    script = str(Path(sys.argv[1]).absolute())
    settings = json.loads(Path(os.environ.pop("IIML_GUARD")).read_text("utf-8"))
    die_with(settings["supervisor"])
    folder = str(Path(settings["confinement"]).parent)
    keep = partial(part("crash").record, script=script, folder=folder)
    # Caches of compiled modules would be writes outside the run's folder.
    sys.dont_write_bytecode = True
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != FOLDER]
    if confine(settings, script):
        sys.path.insert(0, str(Path(script).parent))
    tell_where_on_request()
    sys.argv[:] = [script, *sys.argv[2:]]
    try:
        code = compile(Path(script).read_bytes(), script, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        report(error)
        keep(error)
        return 1
    return run(script, code, keep)


if __name__ == "__main__":
    sys.exit(main())
