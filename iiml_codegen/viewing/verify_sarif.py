"""A verdict as SARIF 2.1.0, which code hosts and editors show beside the lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from iiml_codegen import __version__
from iiml_codegen.domain.fault import Fault, Place, Related, Severity, Violation
from iiml_codegen.integration.rules import BY_CODE
from iiml_codegen.integration.rules.page import page
from iiml_codegen.integration.rules.rule import Rule
from iiml_codegen.viewing.verify_folder import Verdict

VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
BASE = "IIML"
"""The name under which the log says where its files lie."""
LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "information": "note"}
Json = dict[str, Any]
"""Part of a log: the standard's own keys, written as they are."""


def sarif(verdict: Verdict) -> Json:
    """The whole log, with one run."""
    results = [*map(_result, verdict.violations), *map(_fault, verdict.faults)]
    codes = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = codes.index(result["ruleId"])
    run: Json = {
        "tool": {
            "driver": {
                "name": "iiml",
                "version": __version__,
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"uri": f"{Path(verdict.folder).as_uri()}/"}},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "note", "message": {"text": note}} for note in verdict.notes
                ],
            }
        ],
        "results": results,
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _rule(code: str) -> Json:
    """A rule with its reason and page; a code without a rule gives its number alone."""
    rule = BY_CODE.get(code)
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in rule.title.split()),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.why, "markdown": page(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"fixable": rule.fixable, "rung": rule.rung, "page": page_name(rule)},
    }


def page_name(rule: Rule) -> str:
    """Where the page of a rule lies in the project; SARIF's `helpUri` wants an absolute address."""
    return f"docs/rules/{rule.code}.md"


def _result(violation: Violation) -> Json:
    hint = f" ({violation.hint})" if violation.hint else ""
    known = {"clause": violation.clause, "step": violation.step, "side": violation.side}
    result: Json = {
        "ruleId": violation.code,
        "level": LEVELS[violation.severity],
        "message": {"text": violation.message + hint},
        "locations": [_location(violation.place)],
        "properties": {name: value for name, value in known.items() if value},
    }
    if violation.related:
        result["relatedLocations"] = _related(violation.related)
    return result


def _fault(fault: Fault) -> Json:
    result: Json = {
        "ruleId": fault.code or "IIML400",
        "level": "error",
        "message": {"text": f"{fault.kind.replace('_', ' ')}: {fault.message}"},
        "locations": [_location(fault.place)] if fault.place else [],
        "properties": {"evidence": fault.evidence, "component": fault.component or ""},
    }
    if fault.related:
        result["relatedLocations"] = _related(fault.related)
    return result


def _related(places: tuple[Related, ...]) -> list[Json]:
    return [
        {"id": number, "message": {"text": one.message}, **_location(one.place)}
        for number, one in enumerate(places)
    ]


def _location(place: Place) -> Json:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": place.file, "uriBaseId": BASE},
            "region": {"startLine": place.line, "startColumn": place.column},
        }
    }
