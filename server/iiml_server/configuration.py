"""What an editor may choose: `otherPythonServer`, at the start or in its settings."""

from __future__ import annotations

from collections.abc import Mapping

OTHER_PYTHON_SERVER = "otherPythonServer"
SECTION = "iiml"


def other_python_server(options: object, before: bool = False) -> bool:
    """The choice in initialization options or in settings, which may have a section `iiml`.

    Anything that is no choice leaves it as it was before.
    """
    if not isinstance(options, Mapping):
        return before
    section = options.get(SECTION, options)
    chosen = section.get(OTHER_PYTHON_SERVER) if isinstance(section, Mapping) else None
    return chosen if isinstance(chosen, bool) else before
