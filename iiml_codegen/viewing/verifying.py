"""The command `verify`: the rules on the modules of a folder, with the plan that lies beside."""

from __future__ import annotations

from pathlib import Path

import msgspec

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.fault import Violation
from iiml_codegen.domain.wire import T, from_json
from iiml_codegen.errors import CompetitionError
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.verifier import verify
from iiml_codegen.viewing.console import print_json
from iiml_codegen.workspace import Workspace

BROKEN = 1


def verify_command(workspace: Workspace, *, as_json: bool) -> int:
    """Check `iiml/prep.py` and `iiml/model_*.py`; 1 if an error stands, else 0.

    Raises `CompetitionError` for a folder without modules.
    """
    home = workspace.home
    paths = [*home.glob("prep.py"), *sorted(home.glob("model_*.py"))]
    if not paths:
        raise CompetitionError(f"no modules in {home}", hint="run `iiml solve` first")
    found = verify(
        [_module(path) for path in paths],
        _plan(workspace.blueprint, Blueprint),
        _plan(workspace.contract, Contract),
    )
    failed = any(one.severity == "error" for one in found)
    if as_json:
        answer = {"status": "failed" if failed else "ok", "violations": found}
        print_json(answer)
    else:
        for one in found:
            print(_line(one))
        print(f"{len(paths)} modules, {len(found)} violations")
    return BROKEN if failed else 0


def _module(path: Path) -> Module:
    text = path.read_bytes().decode("utf-8", "replace")
    return Module(name=path.stem, label=path.name, text=text)


def _plan(path: Path, kind: type[T]) -> T | None:
    """A file of the plan, if there is one. Raises `CompetitionError` for one that is no plan."""
    if not path.exists():
        return None
    try:
        return from_json(path.read_bytes(), kind)
    except msgspec.DecodeError as error:
        raise CompetitionError(f"{path}: {error}", hint="solve again to write it anew") from error


def _line(one: Violation) -> str:
    hint = f" ({one.hint})" if one.hint else ""
    place = f"iiml/{one.place.file}:{one.place.line}:{one.place.column}"
    return f"{place}: {one.severity} {one.code} {one.message}{hint}"
