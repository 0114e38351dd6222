"""What every fault has besides its class: the component, and the step that it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from iiml_codegen.domain.fault import Component, Fault, Place
from iiml_codegen.integration.module_code import ModuleCode
from iiml_codegen.integration.rules.markers import markers


def component_of(fault: Fault, texts: Mapping[str, str]) -> Component:
    """Which part is at fault: by the file; in a script that is everything, by the function."""
    name = PurePosixPath(fault.place.file).name if fault.place is not None else ""
    if name.startswith("prep"):
        return "prep"
    if name.startswith("model"):
        return "model"
    if fault.place is not None and fault.place.file in texts:
        function = ModuleCode(name, texts[fault.place.file]).function_at(fault.place.line)
        found = function.name if function is not None else ""
        return "model" if found in ("encode", "fit", "predict", "decide") else "prep"
    return "environment" if fault.kind in ("disk", "lost", "missing_dependency") else "harness"


def step_at(texts: Mapping[str, str], place: Place | None) -> str | None:
    """The step whose marker stands nearest above a place, within the same function."""
    if place is None or place.file not in texts:
        return None
    lines = texts[place.file].splitlines()
    starts = [n for n, line in enumerate(lines[: place.line], start=1) if line.startswith("def ")]
    above = [
        step
        for step, line, _ in markers(texts[place.file])
        if (starts[-1] if starts else 0) <= line <= place.line
    ]
    return above[-1] if above else None
