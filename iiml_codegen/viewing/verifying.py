"""The command `verify`: the verification ladder on the modules of a folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Literal

import msgspec

from iiml_codegen.backbones.setup import Asking
from iiml_codegen.domain.fault import Fault, Violation
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import IimlError
from iiml_codegen.execution.signals import interrupted_by_termination
from iiml_codegen.offers import Offer, fault_key
from iiml_codegen.offers.offer import rung_of
from iiml_codegen.viewing.console import print_json
from iiml_codegen.viewing.verify_fixing import fix, taken
from iiml_codegen.viewing.verify_folder import WITHOUT_RUNNING, Verdict, look
from iiml_codegen.viewing.verify_lines import print_verdict
from iiml_codegen.viewing.verify_sarif import sarif
from iiml_codegen.viewing.verify_watch import saves
from iiml_codegen.workspace import Workspace

BROKEN = 1
Form = Literal["lines", "json", "sarif"]


class VerifyOrders(Frozen):
    """How far to climb, how to say it, and whether to mend what has a sure mend.

    With `propose` patches are searched for so many seconds, and wait for the user; `accept` names
    one that the user takes. `asking` holds keys: a model may propose patches, too.
    """

    rung: int = WITHOUT_RUNNING
    form: Form = "lines"
    watch: bool = False
    fix: bool = False
    propose: float | None = None
    accept: str | None = None
    interpreter: str | None = None
    allow_install: bool = False
    options: SolveOptions | None = None
    asking: Asking | None = None


def verify_command(workspace: Workspace, orders: VerifyOrders) -> int:
    """Check `iiml/prep.py` and `iiml/model_*.py`; 1 if an error stands, else 0.

    Raises `CompetitionError` for a folder without modules, `KeyboardInterrupt` ends a watch, and
    anything else when the process is asked to end.
    """
    with interrupted_by_termination():
        if orders.accept is not None:
            for line in taken(workspace, orders.accept):
                said(line, orders)
        if orders.fix:
            for line in fix(workspace, orders.rung, orders.interpreter, orders.allow_install):
                said(line, orders)
        verdict = shown(workspace, orders)
        if orders.watch:
            for changed in saves(workspace):
                said(f"\nchanged: {', '.join(changed)}", orders)
                look_again(workspace, orders)
    return BROKEN if verdict.failed else 0


def look_again(workspace: Workspace, orders: VerifyOrders) -> None:
    """Another look while watching: trouble with the folder is said, and may be over at the next."""
    try:
        shown(workspace, orders)
    except IimlError as error:
        print(f"iiml: {error}", file=sys.stderr, flush=True)


def shown(workspace: Workspace, orders: VerifyOrders) -> Verdict:
    """Look, and print what was found: for machines that wait for patches, with each that comes."""
    verdict = None
    with closing(looks(workspace, orders)) as found:  # what it runs ends before an interrupt does
        for verdict in found:
            if not verdict.searching or in_lines_of_json(orders):
                show(verdict, orders)
    assert verdict is not None
    return verdict


def looked(workspace: Workspace, orders: VerifyOrders) -> Verdict:
    """What a look says at its end."""
    *_, last = looks(workspace, orders)
    return last


def looks(workspace: Workspace, orders: VerifyOrders) -> Generator[Verdict]:
    """A look at the folder, with runs where the rung asks for them; again with each patch."""
    if orders.rung <= WITHOUT_RUNNING:
        yield look(workspace, orders.rung)
        return
    # The engine of runs is loaded only by those who run something.
    from iiml_codegen.viewing.verify_running import Orders, looks_by_running

    running = Orders(orders.rung, orders.interpreter, orders.propose, orders.options, orders.asking)
    yield from looks_by_running(workspace, running)


def in_lines_of_json(orders: VerifyOrders) -> bool:
    """Whether each verdict is a JSON object on a line of its own."""
    return orders.form == "json" and (orders.watch or orders.propose is not None)


def said(line: str, orders: VerifyOrders) -> None:
    """A line for people; machines read the verdict alone."""
    if orders.form == "lines":
        print(line, flush=True)


def show(verdict: Verdict, orders: VerifyOrders) -> None:
    """Print a verdict in the form that was asked for; where several may come, each on a line."""
    if orders.form == "lines":
        print_verdict(verdict)
        return
    answer = sarif(verdict) if orders.form == "sarif" else plain(verdict)
    if orders.watch or in_lines_of_json(orders):
        print(json.dumps(answer), flush=True)
    else:
        print_json(answer)


def plain(verdict: Verdict) -> dict[str, object]:
    """The JSON object: status first, then everything that the verdict holds.

    Violations and faults have the rung that they break, the key that their patches share, and the
    ids of these; the patches are told without their texts, which wait in the folder.
    """
    status = "failed" if verdict.failed else "ok"
    held: dict[str, object] = msgspec.to_builtins(verdict)
    for name, found in (("violations", verdict.violations), ("faults", verdict.faults)):
        held[name] = [with_offers(one, verdict.offers) for one in found]
    held["offers"] = [without_texts(one) for one in verdict.offers]
    return {"status": status, **held}


def with_offers(one: Violation | Fault, offers: Sequence[Offer]) -> dict[str, object]:
    """A violation or fault, with the patches that were found for it."""
    key = fault_key(one)
    ids = [offer.id for offer in offers if offer.fault == key]
    return {**msgspec.to_builtins(one), "rung": rung_of(one), "key": key, "offers": ids}


def without_texts(offer: Offer) -> dict[str, object]:
    """What a patch is about."""
    told: dict[str, object] = msgspec.to_builtins(offer)
    del told["edits"]
    return {**told, "modules": list(offer.modules), "by_model": offer.by_model}
