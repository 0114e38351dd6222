"""Which modules of a folder a person changed since they were generated."""

from __future__ import annotations

from pathlib import Path

from iiml_codegen.workspace import Workspace


def hand_edited(workspace: Workspace) -> dict[str, str]:
    """Texts of modules in `iiml/` that differ from the text generated last, by file name.

    A module that cannot be read as text, or that was never generated, is not among them.
    """
    edited = {}
    for path in (workspace.prep, *sorted(workspace.home.glob("model_*.py"))):
        last = workspace.generated / path.name
        if not (path.is_file() and last.is_file()) or path.read_bytes() == last.read_bytes():
            continue
        text = module_text(path)
        if text is not None:
            edited[path.name] = text
    return edited


def module_text(path: Path) -> str | None:
    """A module's text with plain newlines, as candidates hold it; None where it is no text."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
