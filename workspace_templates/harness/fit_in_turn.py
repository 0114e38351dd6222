"""Fits go one after the other, each on all threads."""

import argparse
from collections.abc import Mapping
from typing import Any

from workspace_templates.harness.training import Member, fit_member


def fit_members(
    members: Mapping[str, Member], outputs: dict[str, Any], options: argparse.Namespace
) -> dict[str, list[Any]]:
    """Fit the models of each member, one after the other."""
    return {name: fit_member(name, member, outputs, options) for name, member in members.items()}
