"""Verifies one module of a competition against the plan and the contract that lie beside it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.fault import Violation
from iiml_codegen.domain.wire import T, from_json
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.verifier import verify

log = logging.getLogger("iiml.server")


def check_module(path: Path, text: str) -> Sequence[Violation]:
    """Rungs 0 and 1 for the text of `path`, which need not be saved; slow disks make it slow."""
    home = next((folder for folder in path.parents if folder.name == "iiml"), path.parent)
    module = Module(name=path.stem, label=path.name, text=text)
    blueprint = _read(home / "blueprint.json", Blueprint)
    return verify([module], blueprint, _read(home / "contract.json", Contract))


def _read(path: Path, kind: type[T]) -> T | None:
    """A plan of the folder; None if there is none or another version of iiML wrote it."""
    try:
        return from_json(path.read_bytes(), kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        log.warning("%s cannot be read: %s", path.name, error)
        return None
