"""A keyword of `fit` that libraries take elsewhere now: in a callback, or in the constructor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import HERE, refusal
from iiml_codegen.integration.repairs.keywords import Passed, name_of, passed, signature_for
from iiml_codegen.integration.repairs.messages import EXACT, refused_keyword
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.source import (
    ANYWHERE,
    Change,
    Source,
    bound_modules,
    dotted,
    imported_modules,
    imported_packages,
    with_import,
)

CALLBACKS = {
    "early_stopping_rounds": "early_stopping",
    "early_stopping": "early_stopping",
    "verbose_eval": "log_evaluation",
    "verbose": "log_evaluation",
}
"""LightGBM 4 took these out of `fit` and `train`: its change log names the callbacks."""


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The callback if the function takes some, then the constructor if that takes the keyword."""
    refused = refused_keyword(fault.message)
    if refused is None:
        return
    callee, name = refused
    source = Source(text)
    for item in passed(source, next(lines_of(fault), ANYWHERE), name, callee)[-1:]:
        if item.call is not None and item.keyword is not None:
            yield from as_callback(item, callee, facts)
            yield from in_constructor(item, facts)


def as_callback(item: Passed, callee: str, facts: Facts) -> Iterator[Edit]:
    """`early_stopping_rounds=50` as `callbacks=[lightgbm.early_stopping(50)]`."""
    source, function = item.source, CALLBACKS.get(item.name)
    if function is None or "lightgbm" not in imported_packages(source.text) or item.call is None:
        return
    signature = signature_for(item, callee, facts)
    if signature is not None and "callbacks" not in signature.keywords:
        return
    if isinstance(item.value, ast.Constant) and not item.value.value:
        yield Edit(f"Drop {item.name}: nothing is asked for", source.edited([item.dropped()]))
        return
    named, statement = spoken(source, function)
    written = f"{named}({source.of(item.value)})"
    title = f"Give {item.name} as the callback {function}"
    edited = source.edited(exchanged(item, written))
    yield Edit(title, with_import(edited, statement) if statement else edited)


def spoken(source: Source, function: str) -> tuple[str, str]:
    """How a function of LightGBM is called here, and the import that this needs."""
    for name, module in bound_modules(source.tree).items():
        if module == "lightgbm":
            return f"{name}.{function}", ""
        if module == f"lightgbm.{function}":
            return name, ""
    return f"lightgbm.{function}", "import lightgbm"


def exchanged(item: Passed, written: str) -> list[Change]:
    """The keyword's place taken by a callback, or by one more in the list that is given."""
    assert item.call is not None
    for keyword in item.call.keywords:
        if keyword.arg == "callbacks" and isinstance(keyword.value, ast.List):
            at = item.source.end(keyword.value) - 1
            comma = ", " if keyword.value.elts else ""
            return [item.dropped(), (at, at, f"{comma}{written}")]
    return [item.source.replaced(item.keyword or item.call, f"callbacks=[{written}]")]


def in_constructor(item: Passed, facts: Facts) -> Iterator[Edit]:
    """The keyword of `estimator.fit` as one of the call that made the estimator."""
    source = item.source
    made = maker(source, item.call)
    if made is None or facts.installed is None or any(k.arg == item.name for k in made.keywords):
        return
    modules = imported_modules(source.text)
    signature = facts.installed.signature_of(dotted(made.func).rpartition(".")[2], modules)
    if signature is None or item.name not in signature.keywords:
        return
    added = source.with_argument(made, f"{item.name}={source.of(item.value)}")
    title = f"Give {item.name} to {dotted(made.func)}"
    yield Edit(title, source.edited([item.dropped(), added]))


def maker(source: Source, call: ast.Call | None) -> ast.Call | None:
    """The call whose result a method is called of: in place, or assigned above."""
    if call is None or not isinstance(call.func, ast.Attribute):
        return None
    owner = call.func.value
    if isinstance(owner, ast.Call):
        return owner
    found = [
        node.value
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Call)
        and node.lineno <= call.lineno
        and any(dotted(target) == dotted(owner) for target in targets(node))
    ]
    made = [node for node in found if name_of(node) != "dict"]
    return max(made, key=lambda node: node.lineno, default=None)


def targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    """What an assignment binds."""
    return node.targets if isinstance(node, ast.Assign) else [node.target]


REPAIR = Repair(
    name="moved_keyword",
    title="Give a setting where the library takes it now",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            refusal("LGBMClassifier.fit", "early_stopping_rounds", 3),
            "import lightgbm as lgb\n\nlgb.LGBMClassifier().fit(X, y, early_stopping_rounds=50)\n",
            "import lightgbm as lgb\n\n"
            "lgb.LGBMClassifier().fit(X, y, callbacks=[lgb.early_stopping(50)])\n",
            HERE,
        ),
        Example(
            refusal("LGBMClassifier.fit", "verbose", 3),
            "from lightgbm import LGBMClassifier\n\nLGBMClassifier().fit(X, y, verbose=False)\n",
            "from lightgbm import LGBMClassifier\n\nLGBMClassifier().fit(X, y)\n",
            HERE,
        ),
        Example(
            refusal("XGBClassifier.fit", "eval_metric", 4),
            "from xgboost import XGBClassifier\n\nmodel = XGBClassifier(max_depth=3)\n"
            'model.fit(X, y, eval_metric="auc", verbose=False)\n',
            "from xgboost import XGBClassifier\n\n"
            'model = XGBClassifier(max_depth=3, eval_metric="auc")\n'
            "model.fit(X, y, verbose=False)\n",
            HERE,
        ),
    ),
)
