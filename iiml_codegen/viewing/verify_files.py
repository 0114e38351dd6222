"""The modules of a folder as they lie there: read or missing, with what waits beside."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.domain.fault import Place, Violation
from iiml_codegen.errors import CompetitionError
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.promotion import conflicting_lines
from iiml_codegen.workspace import Workspace


@dataclass(frozen=True)
class ModuleFile:
    """One module: its path, and its text, or what is said where it is missing."""

    path: Path
    module: Module | None = None
    trouble: Violation | None = None

    @property
    def label(self) -> str:
        """The name that places give."""
        return self.path.name


def module_files(workspace: Workspace) -> tuple[ModuleFile, ...]:
    """`prep.py` and `model_*.py` of a folder, prep first and also where it is missing.

    Raises `CompetitionError` for a folder without modules and without a plan.
    """
    home = workspace.home
    models = sorted(home.glob("model_*.py"))
    if not models and not workspace.prep.exists() and not workspace.blueprint.exists():
        raise CompetitionError(f"no modules in {home}", hint="run `iiml solve` first")
    found = [read(path) for path in (workspace.prep, *models)]
    return tuple(found if models else [*found, absent(home / "model_traditional.py")])


def module_texts(workspace: Workspace) -> dict[str, str]:
    """The texts of the modules that are there, by file name."""
    paths = (workspace.prep, *sorted(workspace.home.glob("model_*.py")))
    files = (read(path) for path in paths)
    return {one.label: one.module.text for one in files if one.module is not None}


def read(path: Path) -> ModuleFile:
    """A module with its text in the encoding that it declares.

    Bytes that are no text stay in it as lone surrogates, which rung 0 names at their place.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return absent(path)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError):
        text = data.decode("utf-8", "surrogateescape")
    module = Module(name=path.stem, label=path.name, text=text.removeprefix("\ufeff"))
    return ModuleFile(path, module)


def absent(path: Path) -> ModuleFile:
    """A module that the pipeline needs and that is not there."""
    violation = Violation(
        code="IIML911",
        message=f"{path.name} is missing",
        place=Place(file=path.name),
        hint="bring it back, or run `iiml solve` to write it anew",
    )
    return ModuleFile(path, trouble=violation)


def proposals(files: Sequence[ModuleFile]) -> list[Violation]:
    """IIML912 for each module beside which a newer generated version waits."""
    return [waiting(one) for one in files if proposed(one.path).is_file()]


def proposed(path: Path) -> Path:
    """Where a generated text waits that could not be merged."""
    return path.with_name(f"{path.name}.proposed")


def waiting(one: ModuleFile) -> Violation:
    """The lines in which a hand edit and the newer version disagree."""
    lines = conflicting_lines(one.path, one.path.parent / ".generated")
    spans = ", ".join(f"{a}–{b}" if a != b else f"{a}" for a, b in lines)
    which = f"; these lines conflict: {spans}" if lines else ""
    return Violation(
        code="IIML912",
        message=f"a newer generated version waits in {one.path.name}.proposed{which}",
        place=Place(file=one.label, line=lines[0][0] if lines else 1),
        severity="information",
        hint="take over what you like, then remove the file",
        names=tuple(f"{a}-{b}" for a, b in lines),
    )
