"""Folders and their URIs: one spelling for each, whatever an editor writes."""

from __future__ import annotations

import os
from pathlib import Path

from pygls.uris import to_fs_path

from iiml_server.strict import Refused


def path_of(uri: str) -> Path:
    """The path of a `file:` URI, as it is spelt there, links kept. Raises `Refused` for others."""
    path = to_fs_path(uri)
    if not path or not os.path.isabs(path) or "\0" in path:
        raise Refused(f"{uri!r} is no file: iiML works on folders of this machine")
    return Path(os.path.normpath(path))


def folder_uri(path: Path) -> str:
    """The URI of a folder, as all our messages name it: no slash at its end."""
    return path.as_uri()


def key(path: Path) -> str:
    """What tells folders apart, in any case where case does not count."""
    return os.path.normcase(path)
