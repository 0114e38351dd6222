"""Any program as a backbone: the prompt on its standard input, the answer on its output."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from iiml_codegen.backbones.backbone import BackboneError, Reply, Request, Usage
from iiml_codegen.backbones.http_trouble import short
from iiml_codegen.backbones.keys import without_keys
from iiml_codegen.backbones.patience import LOOK_SECONDS, Patience
from iiml_codegen.backbones.setup import BackboneSetup
from iiml_codegen.backbones.trimming import tokens
from iiml_codegen.execution.boot import APART
from iiml_codegen.execution.process_tree import ProcessTree

MOST_BYTES = 4 * 2**20
KEPT_ERRORS = 4_096
PIECE = 65_536
READ_SECONDS = 2.0
"""For the rest of the output; a process that escaped its tree could hold it open for ever."""
SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")
"""Words in names of environment variables that a program gets only if the configuration says so."""


@dataclass
class Output:
    """What a program writes: the first `most` bytes, or of errors the last ones."""

    most: int
    last: bool = False
    data: bytes = b""
    full: threading.Event = field(default_factory=threading.Event)

    def read(self, stream: IO[bytes]) -> None:
        """Take everything until the program closes it, so that it never waits for us."""
        with stream:
            while piece := os.read(stream.fileno(), PIECE):
                if self.last:
                    self.data = (self.data + piece)[-self.most :]
                elif len(self.data) + len(piece) > self.most:
                    self.full.set()
                else:
                    self.data += piece


class CommandBackbone:
    """One program, started anew for every question in an empty folder of its own."""

    grounds = False

    def __init__(
        self, setup: BackboneSetup, keys: Mapping[str, str], hide: Callable[[str], str]
    ) -> None:
        if not setup.command or not setup.command[0]:
            raise BackboneError(
                "configuration",
                f"{setup.name} has no command",
                hint='set it, for example command = ["ollama", "run", "qwen2.5-coder"]',
            )
        self.name = setup.name
        self.model = setup.model or os.path.basename(setup.command[0])
        self._command = list(setup.command)
        self._given = {setup.key: keys[setup.key]} if setup.key in keys else {}
        self._hide = hide

    def ask(self, request: Request, *, seconds: float, stopped: Callable[[], bool]) -> Reply:
        """Answer one question; the program and all that it started is ended in time."""
        patience = Patience(seconds, stopped, self.name)
        prompt = as_text(request)
        with (
            tempfile.TemporaryDirectory(prefix="iiml-", ignore_cleanup_errors=True) as folder,
            tempfile.TemporaryFile() as question,
        ):
            question.write(prompt.encode())
            question.seek(0)
            said = self._run(folder, question, patience)
        text = said.decode("utf-8", errors="replace").strip()
        usage = Usage(input=tokens(prompt), output=tokens(text), estimated=True)
        return Reply(text=text, usage=usage, finish="stop" if text else "refused")

    def _run(self, folder: str, question: IO[bytes], patience: Patience) -> bytes:
        process = self._start(folder, question)
        tree = ProcessTree(process.pid)
        answer, errors = Output(MOST_BYTES), Output(KEPT_ERRORS, last=True)
        pairs = ((answer, process.stdout), (errors, process.stderr))
        readers = [
            threading.Thread(target=output.read, args=(stream,), daemon=True)
            for output, stream in pairs
        ]
        for reader in readers:
            reader.start()
        try:
            while True:
                patience.check()
                if answer.full.is_set():
                    raise BackboneError("malformed", f"{self.name} wrote more than any answer has")
                try:
                    process.wait(min(LOOK_SECONDS, patience.left or LOOK_SECONDS))
                    break
                except subprocess.TimeoutExpired:
                    tree.measure()
        finally:
            tree.kill()
            process.wait()
            for reader in readers:
                reader.join(READ_SECONDS)
        return self._judged(process.returncode, answer, errors)

    def _judged(self, code: int, answer: Output, errors: Output) -> bytes:
        if answer.full.is_set():
            raise BackboneError("malformed", f"{self.name} wrote more than any answer has")
        if code:
            lines = errors.data.decode("utf-8", errors="replace").strip().splitlines()
            last = short(lines[-1] if lines else "", self._hide)
            said = f": {last}" if last else ", without a word why"
            raise BackboneError("server", f"{self.name} ended with {code}{said}")
        return answer.data

    def _start(self, folder: str, question: IO[bytes]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command,
                stdin=question,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=self._environment(),
                start_new_session=True,
                creationflags=APART,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it cannot be started"
            raise BackboneError(
                "configuration",
                f"the command of {self.name} does not start: {why}",
                hint=f"is {self._command[0]} installed and on the PATH?",
            ) from None

    def _environment(self) -> dict[str, str]:
        """Ours without anything that looks like a secret, but with what the user lists."""
        plain = without_keys(os.environ).items()
        kept = {name: value for name, value in plain if not _secret(name)}
        return kept | self._given


def as_text(request: Request) -> str:
    """A conversation as one text: the system's part first, then the turns."""
    system = [one.text for one in request.messages if one.speaker == "system"]
    turns = [one for one in request.messages if one.speaker != "system"]
    if len(turns) == 1:
        return "\n\n".join([*system, turns[0].text]) + "\n"
    named = {"user": "Question", "assistant": "Your answer"}
    said = [f"# {named[one.speaker]}\n{one.text}" for one in turns]
    return "\n\n".join([*system, *said, "# Your answer"]) + "\n"


def _secret(name: str) -> bool:
    return any(word in name.upper() for word in SECRET)
