"""Rung 5: shadow runs and leak tests.

`prep.py` examples run on a small competition with the columns id, day, street, size, age, receipt
and bought; `folder.py` examples build `train` and `test` of a folder, whose folds are random.
"""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Rule
from iiml_codegen.integration.rules.scoring import (
    easier_folds,
    exact_copies,
    forbidden_read,
    future_rows,
    id_feature,
    label_in_shadow,
    lone_feature,
    near_copies,
    no_skill,
    own_label,
    row_dependence,
)

RULES: tuple[Rule, ...] = (
    label_in_shadow.RULE,
    row_dependence.RULE,
    lone_feature.RULE,
    id_feature.RULE,
    easier_folds.RULE,
    exact_copies.RULE,
    near_copies.RULE,
    forbidden_read.RULE,
    own_label.RULE,
    future_rows.RULE,
    no_skill.RULE,
)
