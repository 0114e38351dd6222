"""What the worker can be asked, as `module:function`; a module is imported when first needed.

Each function takes the request's params (a dict) and returns what `__main__` can write as JSON.
"""

from __future__ import annotations

VERBS: dict[str, str] = {
    "unpack": "unpacking:unpack",
    "inventory": "inventory:inventory",
    "profile": "profile:profile",
    "shadows": "shadows:shadows",
    "check_submission": "submission_check:check_submission",
    "score": "scoring:score",
    "constant_score": "scoring:constant_score",
    "compare": "comparison:compare",
    "blend": "blending:blend",
    "check_contract": "contract_check:check_contract",
    "prove_shadows": "leak_proof:prove_shadows",
    "vary_test": "leak_variants:vary_test",
    "compare_rows": "leak_rows:compare_rows",
    "examine_features": "leak_features:examine_features",
    "compare_folds": "leak_folds:compare_folds",
    "find_duplicates": "leak_duplicates:find_duplicates",
    "diagnose": "diagnosis:diagnose",
    "vary_prepared": "variations:vary_prepared",
    "score_variations": "diagnosis:score_variations",
    "propose": "tuning:propose",
}
