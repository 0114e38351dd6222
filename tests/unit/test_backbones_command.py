"""Programs as backbones: what they are given, what they may do, how they end."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest
from processes.asking_backbones import KEY, LONG, ask, never, question, trouble_of

from iiml_codegen.backbones.backbone import BackboneError, Message, Request
from iiml_codegen.backbones.command import MOST_BYTES, CommandBackbone
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.backbones.setup import BackboneSetup

ECHO = "import sys; sys.stdout.write(sys.stdin.read())"
SLEEPS = "import time; time.sleep(600)"


def program(code: str, key: str = "") -> CommandBackbone:
    """A program of Python; `-S` starts it soonest."""
    command = (sys.executable, "-S", "-c", code)
    setup = BackboneSetup(name="mine", provider="command", command=command, key=key)
    keys = {"MY_KEY": KEY}
    return CommandBackbone(setup, keys, Secrets(keys).hidden)


def test_a_program_reads_the_prompt_and_writes_the_answer() -> None:
    reply = ask(program(ECHO))
    assert reply.text == "Be short.\n\nWhich city?"
    assert reply.usage.estimated
    assert reply.usage.input > 0


def test_turns_of_a_conversation_are_named() -> None:
    said = (("system", "Be short."), ("user", "Who?"), ("assistant", "I."), ("user", "Where?"))
    messages = tuple(Message(speaker=speaker, text=text) for speaker, text in said)
    text = ask(program(ECHO), Request(agent="x", messages=messages)).text
    assert text.startswith("Be short.\n\n# Question\nWho?\n\n# Your answer\nI.")
    assert text.endswith("# Question\nWhere?\n\n# Your answer")


def test_a_long_prompt_in_any_script_goes_through() -> None:
    text = "Où est la ville 東京? " * 50_000
    assert ask(program(ECHO), question(text)).text.endswith(text.strip())


def test_its_folder_is_empty_and_gone_afterwards() -> None:
    folder, _, inside = ask(
        program("import os; print(os.getcwd(), os.listdir(), sep='|')")
    ).text.partition("|")
    assert inside == "[]"
    assert not Path(folder).exists()
    assert folder != os.getcwd()


def test_its_environment_has_no_secret_but_what_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = {"OPENAI_API_KEY": "a", "AWS_SECRET_ACCESS_KEY": "b", "MY_TOKEN": "c", "MY_KEY": "d"}
    for name, value in hidden.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HARMLESS", "yes")
    tell = "import os; print(*sorted(os.environ))"
    names = ask(program(tell)).text.split()
    assert "HARMLESS" in names
    assert not hidden.keys() & set(names)
    assert (
        ask(program("import os; print(os.environ['MY_KEY'] != 'd')", key="MY_KEY")).text == "True"
    )


def test_the_last_line_of_its_errors_says_why_it_failed_but_no_key() -> None:
    fails = "import os, sys; print('first', file=sys.stderr); sys.exit(os.environ['MY_KEY'])"
    error = trouble_of(program(fails, key="MY_KEY"))
    assert error.trouble == "server"
    assert str(error) == "mine ended with 1: [hidden]"


def test_an_empty_answer_is_no_answer() -> None:
    assert ask(program("print()")).finish == "refused"


def test_bytes_that_are_no_text_do_no_harm() -> None:
    write = "import os; os.write(1, bytes(range(128, 256)) + b'end')"
    assert ask(program(write)).text.endswith("end")


@pytest.mark.parametrize("ends", ["", "while True: "])
def test_more_than_any_answer_has_is_refused(ends: str) -> None:
    code = f"import sys\n{ends}sys.stdout.write('x' * {MOST_BYTES + 1})"
    assert trouble_of(program(code)).trouble == "malformed"


def test_time_over_ends_the_program() -> None:
    assert trouble_of(program(SLEEPS), seconds=0.5).trouble == "timeout"


def test_a_stop_ends_the_program_and_what_it_started(tmp_path: Path) -> None:
    told = tmp_path / "pids"
    code = (
        "import os, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-S', '-c', {SLEEPS!r}])\n"
        f"open({str(told) + '.part'!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        f"os.rename({str(told) + '.part'!r}, {str(told)!r})\n"
        f"{SLEEPS}"
    )
    assert trouble_of(program(code), stopped=told.exists).trouble == "stopped"
    for pid in map(int, told.read_text().split()):
        assert _gone(pid)


def test_what_it_leaves_running_is_ended_too(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    code = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-S', '-c', {SLEEPS!r}])\n"
        f"open({str(told)!r}, 'w').write(str(child.pid))\n"
        "print('Lima')"
    )
    assert ask(program(code)).text == "Lima"
    assert _gone(int(told.read_text()))


def test_a_program_that_does_not_exist_is_a_matter_of_configuration() -> None:
    setup = BackboneSetup(name="mine", provider="command", command=("no-such-program-here",))
    error = trouble_of(CommandBackbone(setup, {}, str))
    assert error.trouble == "configuration"
    assert "no-such-program-here" in error.hint


def test_without_a_command_there_is_no_backbone() -> None:
    with pytest.raises(BackboneError) as caught:
        CommandBackbone(BackboneSetup(name="mine", provider="command"), {}, str)
    assert caught.value.trouble == "configuration"


def test_no_shell_looks_at_the_command(tmp_path: Path) -> None:
    command = (sys.executable, "-S", "-c", "import sys; print(sys.argv[1])", "$HOME; `id` *")
    setup = BackboneSetup(name="mine", provider="command", command=command)
    reply = CommandBackbone(setup, {}, str).ask(question(), seconds=LONG, stopped=never)
    assert reply.text == "$HOME; `id` *"


def _gone(pid: int) -> bool:
    """Whether a process has ended, or is about to: its end was asked for before we look."""
    deadline = time.monotonic() + LONG
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
    return False
