"""What the installed libraries offer: names and signatures, from the user's own Python.

jedi reads their text; what only a running library knows (methods of a class that is known by its
short name, parameters behind `**kwargs`, C extensions) is asked of a process of that Python.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from iiml_codegen.errors import IimlError
from iiml_codegen.execution.environment import clean_environment
from iiml_codegen.execution.worker_client import WorkerClient

if TYPE_CHECKING:
    from jedi import Script

T = TypeVar("T")
REFLECTION = Path(__file__).parent / "reflection"
QUESTION_SECONDS = 90.0
FIELD = ("sklearn", "pandas", "numpy", "scipy", "lightgbm", "xgboost", "catboost")
"""Where a machine-learning script finds its names, searched after what the module imports."""
STANDARD = (
    *("collections", "typing", "functools", "itertools", "math", "pathlib", "dataclasses", "copy"),
    *("datetime", "statistics", "operator", "contextlib", "joblib", "tqdm"),
)


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name and its kind as `inspect` names kinds."""

    name: str
    kind: str

    @property
    def by_position(self) -> bool:
        """Whether an argument without a name can reach it."""
        return self.kind in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")


@dataclass(frozen=True)
class Signature:
    """The parameters of a function, without `self`; `takes_any` is a `**kwargs` among them."""

    parameters: tuple[Parameter, ...]
    takes_any: bool = False

    @property
    def keywords(self) -> tuple[str, ...]:
        """Names that can be given as keywords."""
        kinds = ("POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY")
        return tuple(p.name for p in self.parameters if p.kind in kinds)

    @property
    def positions(self) -> tuple[str, ...]:
        """Names that arguments without a name reach, in order."""
        return tuple(p.name for p in self.parameters if p.by_position)


class InstalledLibraries:
    """The libraries of one interpreter; threads share it, and `close` ends its processes.

    Every answer is kept: what is installed does not change while modules are repaired.
    """

    def __init__(self, interpreter: Path) -> None:
        self.interpreter = interpreter
        self._turn = threading.RLock()
        self._answers: dict[tuple[object, ...], Any] = {}
        self._environment: Any = None
        self._reflection: WorkerClient | None = None
        self._log_folder: tempfile.TemporaryDirectory[str] | None = None

    def signature(self, text: str, line: int, column: int) -> Signature | None:
        """What a call takes, as jedi reads it; the position is behind its opening bracket.

        Lines count from 1, columns from 0 in characters.
        """
        return self._read("signature", text, line, column, read_signature, None)

    def full_name(self, text: str, line: int, column: int) -> str:
        """The dotted name of what stands at a position; empty where jedi does not know."""
        return self._read("full name", text, line, column, read_full_name, "")

    def members_at(self, text: str, line: int, column: int) -> tuple[str, ...]:
        """What could stand behind the dot at a position, by jedi."""
        return self._read("members", text, line, column, read_members, ())

    def signature_of(self, name: str, imports: tuple[str, ...] = ()) -> Signature | None:
        """What a function takes, asked of the running library: `LGBMClassifier.fit`.

        A name may be a full one, or that of a class which loading `imports` brings.
        """
        answer = self._ask("signature", name, imports).get("signature")
        if answer is None:
            return None
        parameters = tuple(Parameter(name, kind) for name, kind in answer["parameters"])
        return Signature(parameters, bool(answer["takes_any"]))

    def members(self, name: str, imports: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Public names of a module or class; empty for what does not exist."""
        return tuple(self._ask("members", name, imports).get("names") or ())

    def exists(self, dotted: str) -> bool:
        """Whether a name can be imported, or is an attribute of what can."""
        head, _, last = dotted.rpartition(".")
        if not head:
            return dotted in self.top_level()
        return last in self.members(head) or last in self.submodules(head)

    def modules_with(self, name: str, imports: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Public modules that a name can be imported from, the likeliest first."""
        roots = tuple(dict.fromkeys([*imports, *FIELD, *STANDARD]))
        return tuple(self._ask("homes", name, roots).get("names") or ())

    def submodules(self, package: str) -> tuple[str, ...]:
        """Public modules of a package."""
        return tuple(self._ask("submodules", package, ()).get("names") or ())

    def top_level(self) -> tuple[str, ...]:
        """Every name that `import` finds at the top."""
        return tuple(self._ask("top_level", "", ()).get("names") or ())

    def distribution(self, name: str) -> str | None:
        """The distribution that brings an import name; None where none does."""
        found = self._ask("distribution", name, ()).get("names") or [""]
        return str(found[0]).partition("==")[0] or None

    def version(self, package: str) -> str | None:
        """The version of the distribution that brings an import name."""
        found = self._ask("distribution", package, ()).get("names") or [""]
        return str(found[0]).partition("==")[2] or None

    def forget(self) -> None:
        """Ask everything anew: a package was installed."""
        self.close()
        with self._turn:
            self._answers.clear()

    def close(self) -> None:
        """End the processes; the answers stay."""
        with self._turn:
            if self._reflection is not None:
                self._reflection.close()
            if self._environment is not None:
                end_environment(self._environment)
            if self._log_folder is not None:
                self._log_folder.cleanup()
            self._reflection = self._environment = self._log_folder = None

    def _read(
        self,
        what: str,
        text: str,
        line: int,
        column: int,
        read: Callable[[Script, int, int], T],
        unknown: T,
    ) -> T:
        """Ask jedi, which takes one question at a time; `unknown` where it stumbles."""
        with self._turn:
            question = (what, text, line, column)
            if question not in self._answers:
                try:
                    self._answers[question] = read(self._script(text), line, column)
                except Exception:  # noqa: BLE001  (jedi raises anything on text being written)
                    self._answers[question] = unknown
            answer: T = self._answers[question]
            return answer

    def _script(self, text: str) -> Script:
        import jedi

        if self._environment is None:
            variables = clean_environment(threads=1)
            self._environment = jedi.create_environment(
                str(self.interpreter), safe=False, env_vars=variables
            )
        project = jedi.Project(
            tempfile.gettempdir(),
            environment_path=str(self.interpreter),
            load_unsafe_extensions=False,
            smart_sys_path=False,
        )
        return jedi.Script(text, environment=self._environment, project=project)

    def _ask(self, verb: str, name: str, imports: tuple[str, ...]) -> dict[str, Any]:
        """Ask the reflection process; an empty answer where it fails or takes too long."""
        with self._turn:
            question = (verb, name, imports)
            if question not in self._answers:
                params = {"imports": list(imports), "name": name}
                try:
                    answer = self._living().call(verb, params, timeout=QUESTION_SECONDS)
                except IimlError:
                    answer = {}
                self._answers[question] = answer
            answer = self._answers[question]
            assert isinstance(answer, dict)
            return answer

    def _living(self) -> WorkerClient:
        if self._reflection is None:
            self._log_folder = tempfile.TemporaryDirectory(prefix="iiml-reflection-")
            log = Path(self._log_folder.name) / "reflection.log"
            self._reflection = WorkerClient(self.interpreter, log, worker=REFLECTION)
        return self._reflection


def read_signature(script: Script, line: int, column: int) -> Signature | None:
    """The signature of the call at a position."""
    for found in script.get_signatures(line, column):
        parameters = tuple(Parameter(p.name, p.kind.name) for p in found.params)
        return Signature(parameters, any(p.kind == "VAR_KEYWORD" for p in parameters))
    return None


def read_full_name(script: Script, line: int, column: int) -> str:
    """The full name of what stands at a position."""
    names = script.infer(line, column)
    return str(names[0].full_name or "") if names else ""


def read_members(script: Script, line: int, column: int) -> tuple[str, ...]:
    """Public names that could be written at a position."""
    found = {item.name for item in script.complete(line, column)}
    return tuple(sorted(name for name in found if not name.startswith("_")))


def end_environment(environment: Any) -> None:
    """End jedi's process; it has no public way to do so before it is collected."""
    process = getattr(environment, "_subprocess", None)
    if process is not None:
        process._kill()
