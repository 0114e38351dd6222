"""Commands that an editor calls as a person does: attach, export, revert, preflight, install."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from iiml_codegen.cli_models import model_flags

if TYPE_CHECKING:
    from iiml_codegen.preflight import Preflight

ENVIRONMENT = 5
GIB = 2**30


def attach_command(given: argparse.Namespace) -> int:
    """`iiml attach`: follow the solver at work, and never start one."""
    from iiml_codegen.viewing.solving import attach_command as attach
    from iiml_codegen.workspace import Workspace

    return attach(Workspace(given.folder, given.work))


def export_command(given: argparse.Namespace) -> int:
    """`iiml export`: a notebook that runs alone."""
    from iiml_codegen.notebook import export
    from iiml_codegen.workspace import Workspace

    print(export(Workspace(given.folder, given.work), given.out, given.pipeline))
    return 0


def revert_command(given: argparse.Namespace) -> int:
    """`iiml revert`: a module as it was generated last."""
    from iiml_codegen.generated import revert
    from iiml_codegen.workspace import Workspace

    workspace = Workspace(given.folder, given.work)
    kept = revert(workspace, given.module)
    print(f"{workspace.home / given.module} is as it was generated")
    if kept is not None:
        print(f"What it held is kept as {kept}")
    return 0


def preflight_command(given: argparse.Namespace) -> int:
    """`iiml preflight`: what a solve would take, without starting one."""
    from iiml_codegen.preflight import preflight
    from iiml_codegen.viewing.console import print_json

    models = model_flags(given)
    found = preflight(given.folder, given.budget, given.interpreter, given.work, models)
    if given.json:
        print_json(found)
    else:
        print("\n".join(lines(found)))
    return ENVIRONMENT if any(one.blocking for one in found.problems) else 0


def lines(found: Preflight) -> list[str]:
    """The page for a terminal."""
    gpu = found.gpu
    card = f"{gpu.name}, {gpu.memory / GIB:.0f} GiB, CUDA {gpu.cuda}" if gpu else "none"
    facts = {
        "budget": f"{found.budget:g} s ({found.budget_from})",
        "interpreter": f"{found.interpreter}, Python {found.python or 'unknown'}",
        "missing": ", ".join(found.missing) or "nothing",
        "GPU": card,
        "data": f"{found.data_bytes / 2**20:.1f} MiB",
        "disk": f"{found.free_bytes / GIB:.1f} GiB free",
        "backbone": ", ".join(found.backbones),
        "leaves": "; ".join(found.leaves) or "nothing leaves this machine",
        "iiml.toml": "; ".join(found.settings) or "nothing",
    }
    told = [f"{name:12} {text}" for name, text in facts.items()]
    for one in found.problems:
        mark = "problem" if one.blocking else "note"
        told.append(f"{mark:12} {one.message}{f' ({one.hint})' if one.hint else ''}")
    return told


def install_command(given: argparse.Namespace) -> int:
    """`iiml install`: the packages that generated code imports, where they are missing."""
    from iiml_codegen.execution.environment import find_interpreter
    from iiml_codegen.execution.installing import install_all
    from iiml_codegen.execution.interpreter import describe, requirements

    interpreter: Path = find_interpreter(given.interpreter)
    found = describe(interpreter)
    if not found.missing:
        print(f"{interpreter} has all packages")
        return 0
    refused = found.no_install()
    if refused is not None:
        raise refused
    packages = requirements(found.missing)
    print(f"Installing {', '.join(packages)} into {found.packages}", flush=True)
    install_all(interpreter, packages, lambda line: print(line, flush=True))
    print("Installed.")
    return 0
