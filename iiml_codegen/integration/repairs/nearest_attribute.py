"""An attribute that is not there: the one that the library has in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.alike import nearest
from iiml_codegen.integration.repairs.attributes import offered_by, places_of
from iiml_codegen.integration.repairs.example_facts import HERE, failure
from iiml_codegen.integration.repairs.messages import EXACT, GoneAttribute, gone_attribute
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.source import ANYWHERE, Change, Source

TODAY = {
    "best_ntree_limit": "best_iteration",
    "get_feature_names": "get_feature_names_out",
    "iteritems": "items",
    "itervalues": "values",
    "iterkeys": "keys",
    "as_matrix": "to_numpy",
    "get_values": "to_numpy",
    "applymap": "map",
    "product": "prod",
    "cumproduct": "cumprod",
    "in1d": "isin",
    "trapz": "trapezoid",
    "simps": "simpson",
    "row_stack": "vstack",
    "msort": "sort",
    "asscalar": "item",
    "sort": "sort_values",
    "is_monotonic": "is_monotonic_increasing",
    "pad": "ffill",
    "backfill": "bfill",
    "reindex_axis": "reindex",
    "to_pandas_dataframe": "to_pandas",
    "randint": "integers",
    "random_integers": "integers",
    "rand": "random",
    "random_sample": "random",
    "randn": "standard_normal",
    "Int64Index": "Index",
    "Float64Index": "Index",
    "UInt64Index": "Index",
    "early_stopping_round": "early_stopping",
    "print_evaluation": "log_evaluation",
    "sorted": "sort_values",
    "to_array": "to_numpy",
    "add": "append",
    "push": "append",
    "length": "size",
    "json_loads": "loads",
    "predict_classes": "predict",
    "predict_proba": "decision_function",
}
"""What libraries say in their change logs; asked for only if the installed one has it."""
ADVICE = re.compile(r"[Uu]se `(?:(?:np|numpy)\.)?(?P<name>\w+)`")
SUGGESTED = re.compile(r"Did you mean:? '(?P<name>\w+)'")
BUILTIN = {"float", "int", "bool", "object", "str", "complex", "bytes"}


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First what the message or the change log names, then what is spelled most alike."""
    gone = gone_attribute(fault.message)
    if gone is None:
        return
    source, line = Source(text), next(lines_of(fault), ANYWHERE)
    places = places_of(source, gone, line)
    if not places:
        return
    for new in names_for(gone, fault, offered_by(gone, source, line, facts)):
        if gone.module == "numpy" and new == gone.name:
            changes = [source.replaced(node, new) for node in places]
        else:
            changes = [renamed(source, source.end(node), gone.name, new) for node in places]
        yield Edit(f"Write {new} for {gone.name}", source.edited(changes))


def renamed(source: Source, end: int, name: str, new: str) -> Change:
    """The last word of an attribute exchanged."""
    return end - len(name.encode()), end, new


def names_for(gone: GoneAttribute, fault: Fault, offered: tuple[str, ...]) -> list[str]:
    """Names to write instead, the likeliest first; a type of Python itself stands alone."""
    advised = ADVICE.search(fault.message)
    if gone.module == "numpy" and gone.name in BUILTIN:
        return [gone.name]
    told = [advised["name"]] if advised else []
    suggested = SUGGESTED.search(fault.message) or SUGGESTED.search(fault.evidence)
    told += [suggested["name"]] if suggested else []
    told += [TODAY[gone.name]] if gone.name in TODAY else []
    known = [name for name in told if not offered or name in offered]
    return list(dict.fromkeys([*known, *nearest(gone.name, offered)]))[:4]


def gone(message: str, line: int = 1) -> Fault:
    """The fault of an attribute that is not there."""
    return failure("incompatible_api", f"AttributeError: {message}", line)


REPAIR = Repair(
    name="nearest_attribute",
    title="Ask for what the library has",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            gone("module 'numpy' has no attribute 'float'.\n`np.float` was a deprecated alias", 3),
            "import numpy as np\n\nx = a.astype(np.float)\n",
            "import numpy as np\n\nx = a.astype(float)\n",
        ),
        Example(
            gone("`np.Inf` was removed in the NumPy 2.0 release. Use `np.inf` instead.", 3),
            "import numpy as np\n\nx = a.replace([np.Inf, -np.Inf], 0)\n",
            "import numpy as np\n\nx = a.replace([np.inf, -np.inf], 0)\n",
        ),
        Example(
            gone("'TfidfVectorizer' object has no attribute 'get_feature_names'", 3),
            "from sklearn.feature_extraction.text import TfidfVectorizer\n\n"
            "n = TfidfVectorizer().fit(t).get_feature_names()\n",
            "from sklearn.feature_extraction.text import TfidfVectorizer\n\n"
            "n = TfidfVectorizer().fit(t).get_feature_names_out()\n",
            HERE,
        ),
        Example(
            gone("'DataFrame' object has no attribute 'fillnna'", 3),
            "import pandas as pd\n\nx = rows.fillnna(0)  # no gaps\n",
            "import pandas as pd\n\nx = rows.fillna(0)  # no gaps\n",
            HERE,
        ),
        Example(
            gone("module 'pandas' has no attribute 'read_cvs'", 3),
            "import pandas as pd\n\nx = pd.read_cvs(file)\n",
            "import pandas as pd\n\nx = pd.read_csv(file)\n",
            HERE,
        ),
        Example(
            gone("'RandomForestClassifier' object has no attribute 'predict_prob'", 3),
            "from sklearn.ensemble import RandomForestClassifier\n\nx = model.predict_prob(X)\n",
            "from sklearn.ensemble import RandomForestClassifier\n\nx = model.predict_proba(X)\n",
            HERE,
        ),
    ),
)
