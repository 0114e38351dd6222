"""The command `iiml`: flags in, one engine call, one message and an exit code out.

`docs/cli.md` lists commands, flags and exit codes.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from iiml_codegen import __version__
from iiml_codegen.cli_models import add_models, check_models, held_keys, model_flags
from iiml_codegen.cli_solve import add_consent, add_solve_flags, solve_flags
from iiml_codegen.domain.blueprint import Track
from iiml_codegen.errors import CompetitionError, EnvironmentProblem, IimlError

if TYPE_CHECKING:
    from iiml_codegen.backbones.setup import Asking
    from iiml_codegen.domain.options import SolveOptions
    from iiml_codegen.viewing.solving import Look
    from iiml_codegen.workspace import Workspace

ENVIRONMENT, INTERRUPTED = 5, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; expected trouble becomes one message and the exit code of its kind."""
    from iiml_codegen.viewing.console import print_what_can_be_printed

    print_what_can_be_printed()
    given = parser().parse_args(arguments)
    try:
        return int(given.command(given))
    except IimlError as error:
        _complain(error, given)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our lines has gone; the solver goes on, and Python must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except OSError as error:
        _complain(_of_the_system(error), given)
        return ENVIRONMENT


def parser() -> argparse.ArgumentParser:
    """All commands and flags."""
    top = argparse.ArgumentParser(prog="iiml", description="Solves machine-learning competitions.")
    top.add_argument("--version", action="version", version=f"iiml {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_solve(commands)
    _add_resume(commands)
    _add_run(commands)
    _add_verify(commands)
    report = _command(commands, "report", _report, "print where the report page lies")
    _add_folder(report)
    sample = _command(commands, "sample", _sample, "write the bundled sample competition")
    sample.add_argument("folder", type=Path, metavar="FOLDER")
    _add_tools(commands)
    doctor = _command(commands, "doctor", _doctor, "say what this machine has and lacks")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.add_argument("--interpreter", metavar="PATH", help="the Python that computes")
    _command(commands, "lsp", _lsp, "serve an editor over standard input and output")
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    function: object,
    text: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text.capitalize() + ".")
    command.set_defaults(command=function)
    return command


def _add_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="FOLDER")
    _add_work(command)


def _add_work(command: argparse.ArgumentParser) -> None:
    work = "where iiml/ and submission.csv go; default: the folder itself"
    command.add_argument("--work", type=Path, metavar="DIR", help=work)


def _workspace(given: argparse.Namespace) -> Workspace:
    """The folder that a command speaks about; a work folder is made if need be."""
    from iiml_codegen.workspace import Workspace

    if given.work is not None:
        given.work.mkdir(parents=True, exist_ok=True)
    return Workspace(given.folder, given.work)


def _add_solve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    solve = _command(commands, "solve", _solve, "solve the competition in a folder")
    _add_folder(solve)
    add_solve_flags(solve)
    add_models(solve)
    prompts = "show what would be sent to models; nothing is sent, nothing is solved"
    solve.add_argument("--show-prompts", action="store_true", help=prompts)
    _add_look(solve)


def _add_resume(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    resume = _command(commands, "resume", _resume, "go on where the last solve of a folder was")
    _add_folder(resume)
    resume.add_argument("--budget", metavar="TIME", help="default: what was left, at least 60s")
    add_models(resume)
    _add_look(resume)


def _add_verify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verify = _command(commands, "verify", _verify, "check the modules of a folder")
    _add_folder(verify)
    rung = "how far up the ladder: 0 to 2 run nothing (default 2), 3 to 6 run on a sample"
    verify.add_argument("--rung", type=int, choices=range(7), default=2, metavar="N", help=rung)
    verify.add_argument(
        "--watch", action="store_true", help="check again whenever a module changes"
    )
    verify.add_argument("--fix", action="store_true", help="mend what has a sure mend, then check")
    _add_proposals(verify)
    add_consent(verify)
    add_models(verify)
    verify.add_argument("--interpreter", metavar="PATH", help="the Python that computes")
    form = verify.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--sarif", action="store_true", help="print a SARIF 2.1.0 log")


def _add_proposals(verify: argparse.ArgumentParser) -> None:
    search = "look for patches, which wait until you accept them; needs --rung 3 or more"
    verify.add_argument("--propose", action="store_true", help=search)
    long = "how long to look for patches (default 60)"
    verify.add_argument("--propose-seconds", type=float, default=60.0, metavar="N", help=long)
    taken = "merge a patch that waits into the modules, then check"
    verify.add_argument("--accept", metavar="ID", help=taken)


def _add_look(command: argparse.ArgumentParser) -> None:
    look = command.add_mutually_exclusive_group()
    look.add_argument("--attach", action="store_true", help="show command lines and their output")
    look.add_argument("--json", action="store_true", help="print one JSON object at the end")


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = _command(commands, "run", _run, "run a pipeline, or a track of a folder, supervised")
    run.add_argument("pipeline", type=Path, metavar="PIPELINE|FOLDER")
    which = run.add_mutually_exclusive_group()
    which.add_argument("--track", choices=get_args(Track), help="score this track as it stands")
    which.add_argument("--affected", action="store_true", help="the tracks that changed")
    run.add_argument("--budget", metavar="TIME", help="of a track; default: that of the last solve")
    _add_look(run)
    run.add_argument("--data-dir", type=Path, metavar="DIR", help="default: the folder above iiml/")
    run.add_argument("--out", type=Path, metavar="FILE", help="default: in the run's folder")
    run.add_argument("--save", type=Path, metavar="DIR", help="keep the fitted pipeline there")
    run.add_argument("--load", type=Path, metavar="DIR", help="predict with a kept pipeline")
    run.add_argument("--interpreter", metavar="PATH", help="the Python that computes")
    _add_work(run)


def _add_tools(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from iiml_codegen import cli_tools as tools

    attach = _command(commands, "attach", tools.attach_command, "follow the solver at work")
    _add_folder(attach)
    export = _command(commands, "export", tools.export_command, "write the best as a notebook")
    _add_folder(export)
    export.add_argument("--out", type=Path, metavar="FILE", help="default: iiml/best.ipynb")
    export.add_argument("--pipeline", type=Path, metavar="FILE", help="default: iiml/best.py")
    text = "put a module back as it was generated last"
    revert = _command(commands, "revert", tools.revert_command, text)
    _add_folder(revert)
    revert.add_argument("module", metavar="MODULE", help="prep.py or model_TRACK.py")
    text = "say what a solve would take, without starting one"
    preflight = _command(commands, "preflight", tools.preflight_command, text)
    _add_folder(preflight)
    preflight.add_argument("--budget", metavar="TIME", help="90s, 10m, 1h30m")
    preflight.add_argument("--json", action="store_true", help="print one JSON object")
    add_models(preflight)
    text = "install the packages that generated code imports, where they are missing"
    install = _command(commands, "install", tools.install_command, text)
    for command in (preflight, install):
        command.add_argument("--interpreter", metavar="PATH", help="the Python that computes")


def _solve(given: argparse.Namespace) -> int:
    from iiml_codegen.backbones.orders import orders_for
    from iiml_codegen.viewing.solving import solve_command

    keys = held_keys()
    workspace = _workspace(given)
    flags = solve_flags(given) | {"interpreter": _absolute(given.interpreter)}
    orders = orders_for(workspace.folder, flags | model_flags(given), keys)
    check_models(given, orders.options)
    if given.show_prompts:
        from iiml_codegen.viewing.prompts import show_prompts

        return show_prompts(workspace, orders, as_json=given.json)
    return solve_command(workspace, orders, _look(given))


def _resume(given: argparse.Namespace) -> int:
    from iiml_codegen.backbones.orders import asking_again
    from iiml_codegen.settings import seconds
    from iiml_codegen.viewing.solving import resume_orders, solve_command

    keys = held_keys()
    workspace = _workspace(given)
    orders = resume_orders(workspace, seconds(given.budget) if given.budget else None)
    orders = asking_again(orders, model_flags(given), keys)
    check_models(given, orders.options)
    return solve_command(workspace, orders, _look(given))


def _absolute(interpreter: str | None) -> str | None:
    """The solver works elsewhere: a relative path must be made absolute here."""
    from iiml_codegen.execution.environment import find_interpreter

    return str(find_interpreter(interpreter)) if interpreter else None


def _look(given: argparse.Namespace) -> Look:
    if given.json:
        return "json-lines" if _in_lines(given) else "json"
    return "attached" if given.attach else "lines"


def _run(given: argparse.Namespace) -> int:
    from iiml_codegen.viewing.single_run import PipelineRun, run_command

    if given.track or given.affected or given.pipeline.is_dir():
        return _run_tracks(given)
    names = ("pipeline", "data_dir", "out", "save", "load", "interpreter", "work")
    return run_command(PipelineRun(**{name: getattr(given, name) for name in names}))


def _run_tracks(given: argparse.Namespace) -> int:
    from iiml_codegen.settings import seconds
    from iiml_codegen.viewing.tracks import run_tracks
    from iiml_codegen.workspace import Workspace

    workspace = Workspace(given.pipeline, given.work)
    budget = seconds(given.budget) if given.budget else None
    tracks = (given.track,) if given.track else None
    if tracks is None and not given.affected:
        raise CompetitionError(
            f"{given.pipeline} is a folder", hint="say --track NAME or --affected, or a pipeline"
        )
    return run_tracks(workspace, tracks, budget, _absolute(given.interpreter), _look(given))


def _verify(given: argparse.Namespace) -> int:
    from iiml_codegen.viewing.verifying import VerifyOrders, verify_command

    keys, workspace = held_keys(), _workspace(given)
    options, asking = _asking(workspace, given, keys) if given.propose else (None, None)
    orders = VerifyOrders(
        rung=given.rung,
        form="json" if given.json else "sarif" if given.sarif else "lines",
        watch=given.watch,
        fix=given.fix,
        propose=given.propose_seconds if given.propose else None,
        accept=given.accept,
        interpreter=_absolute(given.interpreter),
        allow_install=bool(given.allow_install),
        options=options,
        asking=asking,
    )
    return verify_command(workspace, orders)


def _asking(
    workspace: Workspace, given: argparse.Namespace, keys: dict[str, str]
) -> tuple[SolveOptions, Asking | None]:
    """Whom a search for patches may ask, as a solve of the folder would."""
    from iiml_codegen.backbones.orders import orders_for

    orders = orders_for(workspace.folder, model_flags(given), keys)
    check_models(given, orders.options)
    return orders.options, orders.asking


def _report(given: argparse.Namespace) -> int:
    workspace = _workspace(given)
    page = workspace.report
    if not page.exists():
        raise CompetitionError(f"no report in {workspace.work}", hint="run `iiml solve` first")
    print(page)
    return 0


def _sample(given: argparse.Namespace) -> int:
    templates = importlib.util.find_spec("workspace_templates")
    if templates is None or templates.origin is None:
        raise EnvironmentProblem("the sample competition is not installed", hint="reinstall iiml")
    script = Path(templates.origin).with_name("sample_competition.py")
    command = [sys.executable, "-I", str(script), str(given.folder.resolve())]
    return subprocess.run(command, check=False).returncode


def _doctor(given: argparse.Namespace) -> int:
    from iiml_codegen.doctor import examine
    from iiml_codegen.viewing.console import print_json

    checks = examine(given.interpreter, held_keys())
    failed = any(check.status == "fail" for check in checks)
    if given.json:
        print_json({"status": "failed" if failed else "ok", "checks": checks})
        return ENVIRONMENT if failed else 0
    for check in checks:
        hint = f" ({check.hint})" if check.hint else ""
        print(f"{check.status:4}  {check.name:13} {check.detail}{hint}")
    return ENVIRONMENT if failed else 0


def _lsp(given: argparse.Namespace) -> int:
    """Servers are found through their entry point: the engine never imports one."""
    servers = importlib.metadata.entry_points(group="iiml.lsp")
    for server in servers:
        return int(server.load()() or 0)
    raise EnvironmentProblem("no language server is installed", hint="pip install iiml")


def _in_lines(given: argparse.Namespace) -> bool:
    """Whether several JSON objects may come, each on a line of its own."""
    return any(getattr(given, flag, False) for flag in ("affected", "watch", "propose"))


def _complain(error: IimlError, given: argparse.Namespace) -> None:
    from iiml_codegen.viewing.console import print_json

    message = Exception.__str__(error)
    if getattr(given, "json", False):
        answer = {"status": "failed", "message": message, "hint": error.hint, "code": error.code}
        print_json(answer, one_line=_in_lines(given))
        return
    print(f"iiml: {message}", file=sys.stderr)
    if error.hint:
        print(f"      {error.hint}", file=sys.stderr)


def _of_the_system(error: OSError) -> EnvironmentProblem:
    """What the operating system refused, with the file if it names one."""
    what = f"{error.filename}: " if error.filename else ""
    return EnvironmentProblem(f"{what}{error.strerror or error}", hint="the system refused this")


if __name__ == "__main__":
    sys.exit(main())
