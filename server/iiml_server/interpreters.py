"""Which Python computes for a folder: several folders of a window may have one each."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from iiml_server.configuration import Options
from iiml_server.places import key, path_of
from iiml_server.strict import Refused


def interpreter_for(options: Options, folder: Path) -> str | None:
    """The one of the innermost folder around it that has one, else that of the window."""
    named: dict[str, str] = {}
    for uri, python in options.interpreters.items():
        with suppress(Refused):  # a folder of another machine
            named[key(path_of(uri))] = python
    around = (named.get(key(one)) for one in (folder, *folder.parents))
    return next((python for python in around if python), options.interpreter)
