"""A keyword that a function does not take: the parameter that was meant, else without it."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.alike import GROUPS, meant
from iiml_codegen.integration.repairs.example_facts import HERE, refusal
from iiml_codegen.integration.repairs.keywords import Passed, passed, signature_for
from iiml_codegen.integration.repairs.messages import EXACT, refused_keyword
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.source import ANYWHERE, Source

ONLY_SAID = {
    *("verbose", "silent", "verbosity", "verbose_eval", "progress_bar", "disable_progress"),
    *("use_label_encoder", "presort", "iid", "copy", "n_jobs", "cache_size", "low_memory"),
    *("memory_map", "infer_datetime_format", "datetime_is_numeric"),
}
"""Settings that change what is printed or how fast it goes, or defaults that were dropped."""


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First the names that were meant, then without the keyword."""
    refused = refused_keyword(fault.message)
    if refused is None:
        return
    callee, name = refused
    source = Source(text)
    items = passed(source, next(lines_of(fault), ANYWHERE), name, callee)
    if not items:
        return
    for new in names_for(items[0], callee, facts):
        yield Edit(f"Write {new} for {name}", source.edited([item.renamed(new) for item in items]))
    loses = "" if name in ONLY_SAID else f"the setting {name}"
    dropped = source.edited([item.dropped() for item in items])
    yield Edit(f"Drop the keyword {name}", dropped, loses=loses)


def names_for(item: Passed, callee: str, facts: Facts) -> list[str]:
    """Parameters that may have been meant, the likeliest first."""
    signature = signature_for(item, callee, facts)
    if signature is not None:
        free = [name for name in signature.keywords if name not in item.given()]
        return meant(item.name, free)
    if facts.installed is not None:
        return []
    unlooked = {word for group in GROUPS for word in group if item.name in group}
    return meant(item.name, sorted(unlooked - item.given()), most=2)


ENCODER = "from sklearn.preprocessing import OneHotEncoder\n\nencoder = OneHotEncoder({})\n"
REPAIR = Repair(
    name="changed_keyword",
    title="Name the parameter that the function takes",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            refusal("OneHotEncoder.__init__", "sparse", 3),
            ENCODER.format('sparse=False, handle_unknown="ignore"'),
            ENCODER.format('sparse_output=False, handle_unknown="ignore"'),
            HERE,
        ),
        Example(
            refusal("LogisticRegression.__init__", "n_iter", 5),
            'from sklearn.linear_model import LogisticRegression\n\nP = {"C": 1.0, "n_iter": 50}'
            "\n\nmodel = LogisticRegression(**P)\n",
            'from sklearn.linear_model import LogisticRegression\n\nP = {"C": 1.0, "max_iter": 50}'
            "\n\nmodel = LogisticRegression(**P)\n",
            HERE,
        ),
        Example(
            refusal("scaled", "colums", 5),
            "def scaled(rows, columns):\n    return rows\n\n\nx = scaled(r, colums=[1])\n",
            "def scaled(rows, columns):\n    return rows\n\n\nx = scaled(r, columns=[1])\n",
        ),
        Example(
            refusal("fit", "verbose", 1),
            "m = fit(X, y, verbose=0, seed=1)  # quiet\n",
            "m = fit(X, y, verbosity=0, seed=1)  # quiet\n",
        ),
        Example(
            refusal("Lasso.__init__", "normalize", 3),
            "from sklearn.linear_model import Lasso\n\nm = Lasso(alpha=0.1, normalize=True)\n",
            "from sklearn.linear_model import Lasso\n\nm = Lasso(alpha=0.1)\n",
            HERE,
        ),
    ),
)
