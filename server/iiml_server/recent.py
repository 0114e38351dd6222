"""The log: on standard error, and its last lines in memory; never with a key in it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from typing import TextIO

from iiml_codegen.backbones.keys import Secrets

FORM = "%(levelname)s %(message)s"
TIMED = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LINES = 50
_recent: deque[str] = deque(maxlen=LINES)


class Clean(logging.Formatter):
    """Hides keys in the finished text of a record, tracebacks included."""

    def __init__(self, form: str, secrets: Secrets) -> None:
        super().__init__(form)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The record as a text that anybody may read."""
        return self._secrets.hidden(super().format(record))


class Memory(logging.Handler):
    """Keeps the last lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record's lines; the oldest ones go."""
        _recent.extend(self.format(record).splitlines())


def keep_log(stream: TextIO, keys: Mapping[str, str]) -> None:
    """Log to a stream and to memory."""
    secrets = Secrets(keys)
    shown, kept = logging.StreamHandler(stream), Memory()
    for handler, form in ((shown, FORM), (kept, TIMED)):
        handler.setFormatter(Clean(form, secrets))
        logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    # pygls logs every message with its text at this level: code and settings do not belong there.
    logging.getLogger("pygls").setLevel(logging.WARNING)


def recent() -> list[str]:
    """The last lines of the log, oldest first."""
    return list(_recent)
