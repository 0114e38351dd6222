"""What messages of Python and of libraries say, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iiml_codegen.domain.fault import FaultClass

EXACT: tuple[FaultClass, ...] = (
    *("incompatible_api", "unknown", "preprocessing", "dtype", "shape"),
    *("contract_usage", "contract_fulfilment"),
)
"""Classes of faults whose message may be one that says exactly what a library refuses."""
KEYWORD = re.compile(
    r"(?:(?P<callee>[\w.<>]+)\(\) )?got an unexpected keyword argument '(?P<name>\w+)'"
)
ATTRIBUTES = (
    re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"),
    re.compile(r"type object '(?P<type>[\w.]+)' has no attribute '(?P<name>\w+)'"),
    re.compile(r"'(?P<type>[\w.]+)' object has no attribute '(?P<name>\w+)'"),
    re.compile(r"`(?:np|numpy)\.(?P<name>\w+)` was removed in the NumPy"),
)
IMPORT = re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'")
MODULE = re.compile(r"No module named '(?P<name>[\w.]+)'")
UNDEFINED = re.compile(
    r"(?:name|local variable|free variable|variable) '(?P<name>\w+)' "
    r"(?:is not defined|referenced before|is not associated)|undefined name '?(?P<other>\w+)'?"
    r"|'(?P<quoted>\w+)' is not defined|nothing defines '?(?P<rule>\w+)'?"
)
UNBOUND = re.compile(r"local variable '(?P<name>\w+)' (?:where|referenced)")


@dataclass(frozen=True)
class GoneAttribute:
    """An attribute that an object lacks: of a module, or of an object of a type."""

    name: str
    module: str = ""
    type: str = ""


def refused_keyword(message: str) -> tuple[str, str] | None:
    """Who refused a keyword (empty if it is not said), and which."""
    found = KEYWORD.search(message)
    return (found["callee"] or "", found["name"]) if found else None


def gone_attribute(message: str) -> GoneAttribute | None:
    """Which attribute is not there, and what it was asked of."""
    for pattern in ATTRIBUTES:
        found = pattern.search(message)
        if found:
            parts = found.groupdict()
            module = parts.get("module") or ("" if parts.get("type") else "numpy")
            return GoneAttribute(parts["name"], module, parts.get("type") or "")
    return None


def refused_import(message: str) -> tuple[str, str] | None:
    """The module and the name that it does not have."""
    found = IMPORT.search(message)
    return (found["module"], found["name"]) if found else None


def missing_module(message: str) -> str | None:
    """The module that is not there."""
    found = MODULE.search(message)
    return found["name"] if found else None


def undefined_name(message: str) -> str | None:
    """The name that nothing binds."""
    found = UNDEFINED.search(message) or UNBOUND.search(message)
    return next((part for part in found.groups() if part), None) if found else None
