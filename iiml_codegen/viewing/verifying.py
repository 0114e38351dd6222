"""The command `verify`: the verification ladder on the modules of a folder."""

from __future__ import annotations

import json
import sys
from typing import Literal

import msgspec

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import IimlError
from iiml_codegen.viewing.console import print_json
from iiml_codegen.viewing.verify_fixing import fix
from iiml_codegen.viewing.verify_folder import WITHOUT_RUNNING, Verdict, look
from iiml_codegen.viewing.verify_lines import print_verdict
from iiml_codegen.viewing.verify_sarif import sarif
from iiml_codegen.viewing.verify_watch import saves
from iiml_codegen.workspace import Workspace

BROKEN = 1
Form = Literal["lines", "json", "sarif"]


class VerifyOrders(Frozen):
    """How far to climb, how to say it, and whether to mend what has a sure mend."""

    rung: int = WITHOUT_RUNNING
    form: Form = "lines"
    watch: bool = False
    fix: bool = False
    interpreter: str | None = None
    allow_install: bool = False


def verify_command(workspace: Workspace, orders: VerifyOrders) -> int:
    """Check `iiml/prep.py` and `iiml/model_*.py`; 1 if an error stands, else 0.

    Raises `CompetitionError` for a folder without modules, `KeyboardInterrupt` ends a watch.
    """
    if orders.fix:
        for line in fix(workspace, orders.rung, orders.interpreter, orders.allow_install):
            said(line, orders)
    verdict = looked(workspace, orders)
    show(verdict, orders)
    if orders.watch:
        for changed in saves(workspace):
            said(f"\nchanged: {', '.join(changed)}", orders)
            look_again(workspace, orders)
    return BROKEN if verdict.failed else 0


def look_again(workspace: Workspace, orders: VerifyOrders) -> None:
    """Another look while watching: trouble with the folder is said, and may be over at the next."""
    try:
        show(looked(workspace, orders), orders)
    except IimlError as error:
        print(f"iiml: {error}", file=sys.stderr, flush=True)


def looked(workspace: Workspace, orders: VerifyOrders) -> Verdict:
    """A look at the folder, with runs where the rung asks for them."""
    if orders.rung <= WITHOUT_RUNNING:
        return look(workspace, orders.rung)
    # The engine of runs is loaded only by those who run something.
    from iiml_codegen.viewing.verify_running import look_by_running

    return look_by_running(workspace, orders.rung, orders.interpreter)


def said(line: str, orders: VerifyOrders) -> None:
    """A line for people; machines read the verdict alone."""
    if orders.form == "lines":
        print(line, flush=True)


def show(verdict: Verdict, orders: VerifyOrders) -> None:
    """Print a verdict in the form that was asked for; when watching, each on a line of its own."""
    if orders.form == "lines":
        print_verdict(verdict)
        return
    answer = sarif(verdict) if orders.form == "sarif" else plain(verdict)
    if orders.watch:
        print(json.dumps(answer), flush=True)
    else:
        print_json(answer)


def plain(verdict: Verdict) -> dict[str, object]:
    """The JSON object: status first, then everything that the verdict holds."""
    status = "failed" if verdict.failed else "ok"
    held: dict[str, object] = msgspec.to_builtins(verdict)
    return {"status": status, **held}
