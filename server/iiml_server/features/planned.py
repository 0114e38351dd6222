"""The plan of a competition for views: steps with their places, clauses and whether they hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from iiml_codegen.domain.contract import Clause
from iiml_codegen.insight.folder import step_lines
from iiml_codegen.insight.outputs import Made, outputs_of
from iiml_codegen.insight.reading import Reading
from iiml_codegen.viewing.verify_files import read
from iiml_codegen.viewing.verify_plan import all_observed, digest, folder_plan
from iiml_codegen.workspace import Workspace
from iiml_server.pending import open_texts
from iiml_server.protocol import IimlServer
from iiml_server.sessions import Session
from iiml_server.wire import (
    BlueprintState,
    ClauseState,
    ContractState,
    FolderParams,
    StepPlace,
    StepState,
)

Texts = Mapping[Path, str]


async def blueprint(ls: IimlServer, params: FolderParams) -> BlueprintState:
    """The steps of the blueprint, with the regions that implement each in the texts of now."""
    session = ls.sessions.need(params.folder)
    return await ls.aside(blueprint_state, session, open_texts(ls, session.folder))


def blueprint_state(session: Session, edited: Texts) -> BlueprintState:
    """As `blueprint`, from disk and the texts that are open."""
    plan = folder_plan(session.workspace).blueprint
    page = session.workspace.blueprint_page
    lines = step_lines(page) or {}
    places = places_of(session, edited)
    return BlueprintState(
        folder=session.uri,
        title=plan.title if plan else "",
        page=session.uri_of("iiml/blueprint.md") if page.is_file() else None,
        steps=[
            StepState(
                id=step.id,
                part=step.part,
                title=step.title,
                why=step.why,
                line=max(lines.get(step.id, 1) - 1, 0),
                places=places.get(step.id, []),
            )
            for step in (plan.steps if plan else ())
        ],
    )


def places_of(session: Session, edited: Texts) -> dict[str, list[StepPlace]]:
    """The regions of each step in the modules of `iiml/`."""
    found: dict[str, list[StepPlace]] = {}
    for name, text in module_texts(session, edited).items():
        for region in Reading(text).regions:
            place = StepPlace(session.uri_of(f"iiml/{name}"), region.first - 1, region.last - 1)
            found.setdefault(region.step, []).append(place)
    return found


def module_texts(session: Session, edited: Texts) -> dict[str, str]:
    """The modules that stand in `iiml/`, by file name: as they are edited, else as on disk."""
    texts = {}
    for name in session.last.modules:
        path = session.folder / "iiml" / name
        module = None if path in edited else read(path).module
        if path in edited or module is not None:
            texts[name] = edited[path] if module is None else module.text
    return texts


async def contract(ls: IimlServer, params: FolderParams) -> ContractState:
    """The clauses of the contract, and whether each holds as far as anybody looked."""
    session = ls.sessions.need(params.folder)
    told = {
        one.clause: one.message
        for name in session.last.modules
        for found in ls.results.of(session.folder / "iiml" / name)
        for one in found.violations
        if one.clause is not None
    }
    here = session.folder in ls.verification.lines
    texts = open_texts(ls, session.folder)
    return await ls.aside(contract_state, session, texts, told, here)


def contract_state(
    session: Session, edited: Texts, told: Mapping[str, str], verified: bool
) -> ContractState:
    """As `contract`. `told` is what verification says now, `verified` that it looked here."""
    plan = folder_plan(session.workspace)
    clauses = plan.contract.clauses if plan.contract else ()
    prep = module_texts(session, edited).get("prep.py", "")
    broken = last_check(session.workspace, prep)
    if broken is None and verified and observed_now(session.workspace, prep):
        broken = {}
    lines = {one.output: one.given - 1 for one in given_by(prep, clauses)}
    return ContractState(
        folder=session.uri,
        clauses=[_clause(session, one, told, broken, lines) for one in clauses],
    )


def _clause(
    session: Session,
    clause: Clause,
    told: Mapping[str, str],
    broken: Mapping[str, str] | None,
    lines: Mapping[str, int],
) -> ClauseState:
    message = told.get(clause.id) or (broken or {}).get(clause.id, "")
    known = broken is not None or clause.id in told
    line = lines.get(clause.output)
    return ClauseState(
        id=clause.id,
        sentence=clause.says,
        status="broken" if message else "kept" if known else "unknown",
        message=message,
        uri=session.uri_of("iiml/prep.py") if line is not None else None,
        line=line or 0,
    )


def given_by(prep: str, clauses: Iterable[Clause]) -> tuple[Made, ...]:
    """Where prep gives the outputs that clauses speak of."""
    names = tuple(dict.fromkeys(one.output for one in clauses))
    return outputs_of(Reading(prep), names) if prep else ()


def observed_now(workspace: Workspace, prep: str) -> bool:
    """Whether somebody looked at what this very text of prep gives."""
    return any(one.prep == digest(prep) for one in all_observed(workspace))


def last_check(workspace: Workspace, prep: str) -> dict[str, str] | None:
    """What the last check of a solve said of this text, by clause; None if none looked at it."""
    answers = sorted(workspace.runs.glob("*-check-*/answer.json"), key=_changed, reverse=True)
    for answer in answers:
        candidate = answer.parent.name.rpartition("-check-")[0]
        try:
            text = (workspace.candidate(candidate) / "prep.py").read_bytes()
            if digest(text.decode("utf-8", "surrogateescape")) == digest(prep):
                found = json.loads(answer.read_bytes())["result"]["violations"]
                return {one["clause"]: one["message"] for one in found}
        except (OSError, ValueError, KeyError, TypeError):
            continue  # the check failed, or another version of iiML made it
    return None


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    server.feature("iiml/blueprint")(blueprint)
    server.feature("iiml/contract")(contract)
