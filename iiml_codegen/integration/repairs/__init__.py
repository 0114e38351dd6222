"""Repairs, one file each; their examples are their tests."""

from __future__ import annotations

from iiml_codegen.integration.repairs import (
    changed_api,
    cheaper_settings,
    filled_gaps,
    nearest_column,
    nearest_file,
    renamed_package,
    text_to_numbers,
)
from iiml_codegen.integration.repairs.repair import Repair

REPAIRS: tuple[Repair, ...] = (
    nearest_column.REPAIR,
    renamed_package.REPAIR,
    text_to_numbers.REPAIR,
    filled_gaps.REPAIR,
    nearest_file.REPAIR,
    changed_api.REPAIR,
    cheaper_settings.REPAIR,
)
