"""A name that nothing binds: a slip, an import that is missing, or a function from elsewhere."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.alike import nearest, score, slip
from iiml_codegen.integration.repairs.example_facts import HERE, failure
from iiml_codegen.integration.repairs.messages import undefined_name
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.scopes import Scopes, stores
from iiml_codegen.integration.repairs.source import ANYWHERE, Source, imported_packages, with_import

ALIASES = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "pd": "import pandas as pd",
    "pandas": "import pandas",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "lgb": "import lightgbm as lgb",
    "xgb": "import xgboost as xgb",
    "cb": "import catboost as cb",
    "tf": "import tensorflow as tf",
    "nn": "from torch import nn",
    "F": "from torch.nn import functional as F",
    "sp": "import scipy as sp",
    "sparse": "from scipy import sparse",
    "stats": "from scipy import stats",
    "dt": "import datetime as dt",
    "Any": "from typing import Any",
    "Callable": "from collections.abc import Callable",
    "Sequence": "from collections.abc import Sequence",
    "Mapping": "from collections.abc import Mapping",
    "Iterable": "from collections.abc import Iterable",
    "Iterator": "from collections.abc import Iterator",
    "Path": "from pathlib import Path",
    "datetime": "from datetime import datetime",
    "timedelta": "from datetime import timedelta",
    "Counter": "from collections import Counter",
    "defaultdict": "from collections import defaultdict",
    "dataclass": "from dataclasses import dataclass",
    "field": "from dataclasses import field",
    "partial": "from functools import partial",
    "reduce": "from functools import reduce",
    "lru_cache": "from functools import lru_cache",
    "tqdm": "from tqdm import tqdm",
    "deepcopy": "from copy import deepcopy",
    "glob": "from glob import glob",
    "sleep": "from time import sleep",
    "chain": "from itertools import chain",
    "product": "from itertools import product",
}
"""How these are imported everywhere; a name like `stats` would be found in many places."""
MODERN = {
    "unicode": "str",
    "xrange": "range",
    "raw_input": "input",
    "basestring": "str",
    "long": "int",
    "unichr": "chr",
    "true": "True",
    "false": "False",
    "null": "None",
    "nul": "None",
    "nil": "None",
    "length": "len",
    "lenght": "len",
    "none": "None",
    "nan": "float('nan')",
    "NaN": "float('nan')",
}
"""Python 2 and other languages."""
MOST_LINES = 40
SHORTEST = 2
INTERFACE = ("prepare", "extract", "encode", "fit", "predict", "decide", "Model")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """What is likeliest first; a slip is likelier than an import if the name is nearly there."""
    name = undefined_name(fault.message) or (fault.names[0] if fault.names else "")
    source, line = Source(text), next(lines_of(fault), ANYWHERE)
    scopes = Scopes(source)
    places = scopes.unbound(name, line)
    if not places:
        return
    yield from renamed_back(source, name)
    slips = list(misspelt(source, places, scopes, name))
    imports = list(imported(source, name, facts))
    if name in MODERN:
        written = [source.replaced(node, MODERN[name]) for node in places]
        yield Edit(f"Write {MODERN[name]} for {name}", source.edited(written))
    known = name in ALIASES or name in imported_packages(text)
    yield from [*imports, *slips] if known else [*slips[:1], *imports, *slips[1:]]
    yield from copied(source, name, facts)


def renamed_back(source: Source, name: str) -> Iterator[Edit]:
    """A definition that nothing reads and whose name holds this one, or lies in it: this one."""
    names = [n for n in ast.walk(source.tree) if isinstance(n, ast.Name)]
    unread = {n.id for n in names} - {n.id for n in names if not stores(n)}
    for other in sorted(unread - set(INTERFACE)):
        if holds(other, name):
            changes = [source.replaced(n, name) for n in names if n.id == other]
            yield Edit(f"Call {other} {name}, as it is read", source.edited(changes))
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name in INTERFACE:
            continue
        used = any(n.id == node.name for n in names)
        if not used and holds(node.name, name):
            at = source.data.index(node.name.encode(), source.start(node) + len("def"))
            new = source.edited([(at, at + len(node.name.encode()), name)])
            yield Edit(f"Call {node.name} {name}, as it is read", new)


def holds(one: str, other: str) -> bool:
    """Whether one name holds the other, or both the same words, without regard to case."""
    first, second = one.strip("_").lower(), other.strip("_").lower()
    short, long = sorted((first, second), key=len)
    same = sorted(re.split(r"_+", first)) == sorted(re.split(r"_+", second))
    return same or (len(short) > SHORTEST and short in long)


def misspelt(source: Source, places: list[ast.Name], scopes: Scopes, name: str) -> Iterator[Edit]:
    """Names in scope that are spelled alike."""
    visible = scopes.visible(places[0])
    ours = nearest(name, visible)
    general = [word for word in nearest(name, dir(builtins), most=1) if slip(name, word)]
    for near in sorted([*ours, *general], key=lambda word: -score(name, word))[:3]:
        changes = [source.replaced(node, near) for node in places]
        yield Edit(f"Write {near} for {name}", source.edited(changes))


def imported(source: Source, name: str, facts: Facts) -> Iterator[Edit]:
    """Imports that bind the name, the usual one first."""
    statements = [ALIASES[name]] if name in ALIASES else []
    installed = facts.installed
    if installed is not None:
        packages = imported_packages(source.text)
        if name in installed.top_level():
            statements.append(f"import {name}")
        homes = installed.modules_with(name, packages)
        statements += [f"from {home} import {name}" for home in homes[:2]]
    for statement in list(dict.fromkeys(statements))[:3]:
        if installed is None or installed.exists(statement.split()[1]):
            yield Edit(f"Add {statement}", with_import(source.text, statement))


def copied(source: Source, name: str, facts: Facts) -> Iterator[Edit]:
    """A short function or constant that another module defines, written here too."""
    for file, other in sorted(facts.modules.items()):
        if other == source.text or file == facts.file:
            continue
        try:
            theirs = Source(other)
        except SyntaxError:
            continue
        for node in theirs.tree.body:
            if defines(node, name) and whole(theirs, node, source):
                yield Edit(
                    f"Define {name} as {file} does", put_below_imports(source, theirs.of(node))
                )


def defines(node: ast.stmt, name: str) -> bool:
    """Whether a statement binds a name to a function or a plain value."""
    if isinstance(node, ast.FunctionDef):
        return node.name == name and not node.decorator_list
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == name for target in node.targets
    )


def whole(theirs: Source, node: ast.stmt, source: Source) -> bool:
    """Whether a definition is short and asks only for names that exist here too."""
    if (node.end_lineno or node.lineno) - node.lineno >= MOST_LINES:
        return False
    own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    own |= {node.name} if isinstance(node, ast.FunctionDef) else set()
    read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return read <= own | set(dir(builtins)) | Scopes(source).module_names()


def put_below_imports(source: Source, definition: str) -> str:
    """The text with a definition between the imports and the first function or class."""
    places = [n for n in source.tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    if not places:
        return f"{source.text.rstrip()}\n\n\n{definition}\n"
    first = places[0]
    line = min([first.lineno, *(d.lineno for d in first.decorator_list)])
    at = source.starts[line - 1]
    return source.edited([(at, at, f"{definition}\n\n\n")])


def nameless(name: str, line: int = 1) -> Fault:
    """The fault of a name that is not defined."""
    return failure("undefined_name", f"NameError: name '{name}' is not defined", line, name)


PREP = 'def prepare(folder):\n    train = read(folder)\n    return {{"target": {}}}\n'
REPAIR = Repair(
    name="undefined_name",
    title="Bind the name, or write the one that was meant",
    kinds=("undefined_name",),
    propose=propose,
    examples=(
        Example(nameless("trian", 3), PREP.format("trian"), PREP.format("train")),
        Example(
            nameless("np", 3),
            "import pandas as pd\n\nx = np.zeros(3)\n",
            "import numpy as np\nimport pandas as pd\n\nx = np.zeros(3)\n",
        ),
        Example(
            nameless("StandardScaler", 3),
            "import numpy as np\n\nx = StandardScaler()\n",
            "import numpy as np\nfrom sklearn.preprocessing import StandardScaler\n\n"
            "x = StandardScaler()\n",
            HERE,
        ),
        Example(
            nameless("root", 2),
            "def fit(x):\n    return root(x)\n",
            "def root(x):\n    return x**0.5\n\n\ndef fit(x):\n    return root(x)\n",
            Facts(
                file="model_a.py",
                modules={"prep.py": "def root(x):\n    return x**0.5\n\n\ny = 1\n"},
            ),
        ),
        Example(
            nameless("PARAMS", 2),
            "PARAMS_VALUE = {}\nx = dict(PARAMS)\ny = PARAMS\n",
            "PARAMS = {}\nx = dict(PARAMS)\ny = PARAMS\n",
        ),
        Example(
            nameless("remember", 6),
            "@cached\ndef make_remember(x):\n    return x\n\n\ny = remember(1)\n",
            "@cached\ndef remember(x):\n    return x\n\n\ny = remember(1)\n",
        ),
        Example(nameless("xrange"), "x = list(xrange(3))\n", "x = list(range(3))\n"),
    ),
)
