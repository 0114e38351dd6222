"""Rung 9: the machine, the folder and its settings."""

from __future__ import annotations

from iiml_codegen.integration.rules.environment import (
    busy_folder,
    damaged_journal,
    full_disk,
    held_file,
    missing_environment,
    missing_module,
    unknown_folder,
    unmodelled_answer,
    unwritten_step,
    waiting_version,
    worker_failed,
    wrong_setting,
)
from iiml_codegen.integration.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    unknown_folder.RULE,
    unmodelled_answer.RULE,
    missing_environment.RULE,
    worker_failed.RULE,
    busy_folder.RULE,
    unwritten_step.RULE,
    damaged_journal.RULE,
    wrong_setting.RULE,
    full_disk.RULE,
    held_file.RULE,
    missing_module.RULE,
    waiting_version.RULE,
)
