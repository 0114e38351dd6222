"""Back to a module as it was generated last; what the user made of it is kept beside."""

from __future__ import annotations

from pathlib import Path

from iiml_codegen.errors import CompetitionError
from iiml_codegen.promotion import keep_aside
from iiml_codegen.search.hand_edits import module_text
from iiml_codegen.workspace import Workspace

UNDO = "undo"


def generated_text(workspace: Workspace, module: str) -> str | None:
    """The text of a module that was generated last; None for one that never was.

    `module` is a file name such as `prep.py`.
    """
    if Path(module).name != module or not module.endswith(".py"):
        return None
    return module_text(workspace.generated / module)


def revert(workspace: Workspace, module: str) -> Path | None:
    """Put a module back as it was generated last; where its text went, None if it was missing.

    Raises `CompetitionError` for a module that was never generated, or is as it was.
    """
    text = generated_text(workspace, module)
    if text is None:
        known = sorted(path.name for path in workspace.generated.glob("*.py"))
        raise CompetitionError(
            f"{module} was never generated in {workspace.home}",
            hint=f"known: {', '.join(known)}" if known else "run `iiml solve` first",
        )
    path = workspace.home / module
    if module_text(path) == text:
        raise CompetitionError(f"{path} is as it was generated", hint="nothing is to be undone")
    kept = keep_aside(path, workspace.generated / UNDO) if path.is_file() else None
    workspace.write_text(path, text)
    return kept
