"""Printing on consoles that know few letters, and command lines that can be pasted back."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import sys
from collections.abc import Sequence

import msgspec


def print_what_can_be_printed() -> None:
    """Let letters that standard output does not know come out escaped, not as an error.

    A Windows pipe knows those of one code page, and no stream knows names that are not Unicode.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_json(answer: object, *, one_line: bool = False) -> None:
    """Print one JSON object, in ASCII alone where standard output has another code than UTF-8."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    plain = json.loads(msgspec.json.encode(answer))
    indent = None if one_line else 2
    print(json.dumps(plain, indent=indent, ensure_ascii=encoding != "utf8"), flush=True)


def command_line(command: Sequence[str]) -> str:
    """A command as the shell of this system takes it."""
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)
