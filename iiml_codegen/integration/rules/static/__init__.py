"""Rung 1: rules that look at the text alone, one file each."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import StaticRule
from iiml_codegen.integration.rules.static import (
    absolute_path,
    marker_without_step,
    missing_export,
    outside_world,
    own_import,
    star_import,
    step_without_marker,
    target_as_feature,
    undefined_name,
    unseeded_randomness,
)

RULES: tuple[StaticRule, ...] = (
    missing_export.RULE,
    step_without_marker.RULE,
    marker_without_step.RULE,
    undefined_name.RULE,
    target_as_feature.RULE,
    absolute_path.RULE,
    outside_world.RULE,
    unseeded_randomness.RULE,
    star_import.RULE,
    own_import.RULE,
)
