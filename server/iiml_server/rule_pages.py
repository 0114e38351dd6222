"""The page of a rule as a file that every editor can open, also without a network."""

from __future__ import annotations

import functools
import logging
import os
from pathlib import Path

import platformdirs

from iiml_codegen import __version__
from iiml_codegen.errors import IimlError
from iiml_codegen.files import write_atomically
from iiml_codegen.integration.rules import BY_CODE
from iiml_codegen.integration.rules.page import page

log = logging.getLogger("iiml.server")


@functools.cache
def page_uri(code: str) -> str | None:
    """The URI of a rule's page, written into the user's cache on the first question.

    None for a code without a rule, and where the cache cannot be written.
    """
    rule = BY_CODE.get(code)
    if rule is None:
        return None
    path, text = folder() / f"{code}.md", page(rule).encode()
    try:
        if not path.is_file() or path.read_bytes() != text:
            write_atomically(path, text)
    except (OSError, IimlError) as error:
        log.warning("the page of %s cannot be written: %s", code, error)
        return None
    return path.as_uri()


def folder() -> Path:
    """Where the pages of this version lie; `IIML_CACHE_DIR` moves the whole cache."""
    root = os.environ.get("IIML_CACHE_DIR") or platformdirs.user_cache_dir("iiml")
    return Path(root).resolve() / "rules" / __version__
