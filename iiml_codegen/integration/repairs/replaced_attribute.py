"""A method that is gone, written by what the library offers for the same purpose."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.alike import slip
from iiml_codegen.integration.repairs.attributes import places_of
from iiml_codegen.integration.repairs.example_facts import HERE, failure
from iiml_codegen.integration.repairs.messages import EXACT, GoneAttribute, gone_attribute
from iiml_codegen.integration.repairs.nearest_attribute import ADVICE, TODAY
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.source import (
    ANYWHERE,
    Change,
    Source,
    bound_modules,
    imported_packages,
    with_import,
)

FRAMES = ("DataFrame", "Series", "Index", "Categorical")
ARRAYS = ("ndarray", "numpy.ndarray")
SPARSE = ("csr_matrix", "csc_matrix", "coo_matrix", "csr_array", "csc_array")
Rewrite = Callable[[Source, ast.Attribute, ast.Call | None], list[Change]]


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The same in today's words, at each place."""
    gone = gone_attribute(fault.message)
    if gone is None:
        return
    source, line = Source(text), next(lines_of(fault), ANYWHERE)
    places = places_of(source, gone, line)
    for title, rewrite, statement in rewrites(
        gone, facts, source, bool(ADVICE.search(fault.message))
    ):
        changes = [
            change for node in places for change in rewrite(source, node, called(source, node))
        ]
        if not changes:
            continue
        edited = source.edited(changes)
        package, _, alias = statement.removeprefix("import ").partition(" as ")
        known = not statement or bound_modules(source.tree).get(alias or package) == package
        yield Edit(title, edited if known else with_import(edited, statement))


def rewrites(
    gone: GoneAttribute, facts: Facts, source: Source, advised: bool
) -> Iterator[tuple[str, Rewrite, str]]:
    """What may be written instead: a title, how, and the import that it needs."""
    kind, name = gone.type.rpartition(".")[2], gone.name
    if gone.module == "pandas" and name == "np":
        yield "Use numpy itself", by_numpy, "import numpy as np"
    if gone.module == "pandas" and name == "datetime":
        yield "Use datetime itself", by_datetime, "import datetime"
    if gone.module == "pandas" and name == "value_counts":
        yield "Count the values of a series", counted, ""
    if gone.module == "numpy" and name == "asfarray":
        yield "Make an array of floats", as_floats, ""
    if kind in FRAMES and name in BY_FRAME:
        for title, rewrite in BY_FRAME[name]:
            yield title, rewrite, "import pandas as pd" if rewrite is concatenated else ""
    if gone.type == "dict" and name == "has_key":
        yield "Ask whether it is in it", contained, ""
    if gone.type in ("list", "str", "dict", "set", "tuple") and name in ("length", "size", "len"):
        yield "Ask for its length by len", by_len, ""
    if gone.type == "str" and name == "contains":
        yield "Ask whether it is in it", contained, ""
    if name in ("week", "weekofyear") and not gone.module:
        yield "Take the week of the ISO calendar", iso_week, ""
    if gone.type in ARRAYS and name in BY_ARRAY:
        yield BY_ARRAY[name][0], BY_ARRAY[name][1], "import numpy as np"
    installed = facts.installed
    if installed is None:
        return
    if kind in (*FRAMES, *SPARSE) and name in installed.members("numpy.ndarray"):
        way = "toarray" if kind in SPARSE else "to_numpy"
        yield f"Call {way} first", through(way), ""
    mistyped = any(slip(name, other) for other in installed.members("numpy.ndarray"))
    known = name in BY_ARRAY or mistyped
    if gone.type in ARRAYS and not known and name in installed.members("pandas.Series"):
        yield "Make it a series first", as_series, "import pandas as pd"
    if gone.module and name not in TODAY and not advised:
        for home in installed.modules_with(name, imported_packages(source.text))[:1]:
            yield f"Take {name} from {home}", from_home(home, name), f"import {home}"


def called(source: Source, node: ast.Attribute) -> ast.Call | None:
    """The call of a method, if it is called."""
    parent = source.parents.get(node)
    return parent if isinstance(parent, ast.Call) and parent.func is node else None


def concatenated(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`a.append(b, ignore_index=True)` as `pd.concat([a, b], ignore_index=True)`."""
    if call is None or not call.args:
        return []
    more = call.args[0]
    written = source.of(more)
    if isinstance(more, ast.List):
        written = written[1:-1].strip().rstrip(",")
    elif isinstance(more, ast.ListComp) or is_slice(more):
        written = f"*{written}"
    elif isinstance(more, ast.Dict):
        written = f"pd.DataFrame([{written}])"
    rest = "".join(f", {source.of(keyword)}" for keyword in call.keywords if keyword.arg != "sort")
    return [source.replaced(call, f"pd.concat([{source.of(node.value)}, {written}]{rest})")]


def is_slice(node: ast.expr) -> bool:
    """Whether this is a part of a list."""
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)


def mean_deviation(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`a.mad()` as the mean distance from the mean."""
    value = source.of(node.value)
    return [source.replaced(call, f"({value} - {value}.mean()).abs().mean()")] if call else []


def looked_up(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`a.lookup(rows, columns)` by positions, as pandas' own manual does it."""
    if call is None or len(call.args) != 2:
        return []
    rows, columns = (source.of(argument) for argument in call.args)
    value = source.of(node.value)
    places = f"{value}.index.get_indexer({rows}), {value}.columns.get_indexer({columns})"
    return [source.replaced(call, f"{value}.to_numpy()[{places}]")]


def contained(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`a.has_key(b)` as `(b in a)`."""
    if call is None or len(call.args) != 1:
        return []
    asked, owner = source.of(call.args[0]), source.of(node.value)
    return [source.replaced(call, f"({asked} in {owner})")]


def by_len(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`a.length()` as `len(a)`."""
    return [source.replaced(call or node, f"len({source.of(node.value)})")]


def as_series(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`a.map(f)` as `pd.Series(a).map(f)`."""
    return [source.replaced(node.value, f"pd.Series({source.of(node.value)})")]


def iso_week(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`.dt.week` as `.dt.isocalendar().week`."""
    return [source.replaced(node, f"{source.of(node.value)}.isocalendar().week")]


def by_numpy(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`pd.np` as `np`."""
    return [source.replaced(node, "np")]


def by_datetime(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`pd.datetime` as `datetime.datetime`."""
    return [source.replaced(node, "datetime.datetime")]


def counted(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`pd.value_counts(a)` as `pd.Series(a).value_counts()`."""
    if call is None or not call.args:
        return []
    rest = ", ".join(source.of(keyword) for keyword in call.keywords)
    series = f"{source.of(node.value)}.Series({source.of(call.args[0])})"
    return [source.replaced(call, f"{series}.value_counts({rest})")]


def as_floats(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`np.asfarray(a)` as `np.asarray(a, dtype="float64")`."""
    name = source.replaced(node, f"{source.of(node.value)}.asarray")
    return [name, source.with_argument(call, 'dtype="float64"')] if call else []


def to_attribute(name: str) -> Rewrite:
    """Another attribute in the place of this one."""
    return lambda source, node, call: [source.replaced(node, f"{source.of(node.value)}.{name}")]


def through(way: str) -> Rewrite:
    """The same method of the array that an object holds."""
    return lambda source, node, call: [
        (source.end(node.value), source.end(node.value), f".{way}()")
    ]


def without(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """The owner alone: it is already what was asked for."""
    return [source.replaced(call or node, source.of(node.value))]


def of_numpy(name: str) -> Rewrite:
    """numpy's function of this name, called with the owner first.

    It changes nothing in place: a statement that throws its result away would do nothing.
    """

    def rewrite(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
        if call is None or isinstance(source.parents.get(call), ast.Expr):
            return []
        given = [source.of(node.value), *map(source.of, call.args)]
        given += [source.of(keyword) for keyword in call.keywords]
        return [source.replaced(call, f"np.{name}({', '.join(given)})")]

    return rewrite


def filled(source: Source, node: ast.Attribute, call: ast.Call | None) -> list[Change]:
    """`a.fillna(v)` as `np.where(np.isnan(a), v, a)`; what is computed is computed once."""
    if call is None or isinstance(source.parents.get(call), ast.Expr):
        return []
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "value")]
    if len(given) != 1 or len(call.args) + len(call.keywords) != 1:
        return []
    array, value = source.of(node.value), source.of(given[0])
    once = f"np.nan_to_num({array}, nan={value}, posinf=np.inf, neginf=-np.inf)"
    computed = any(isinstance(part, ast.Call) for part in ast.walk(node.value))
    return [
        source.replaced(
            call, once if computed else f"np.where(np.isnan({array}), {value}, {array})"
        )
    ]


def from_home(home: str, name: str) -> Rewrite:
    """The name by the module that has it."""
    return lambda source, node, call: [source.replaced(node, f"{home}.{name}")]


BY_FRAME: dict[str, tuple[tuple[str, Rewrite], ...]] = {
    "append": (("Concatenate with pd.concat", concatenated),),
    "mad": (("Write the mean deviation out", mean_deviation),),
    "lookup": (("Look up by positions", looked_up),),
    "ix": (("Use loc for labels", to_attribute("loc")), ("Use iloc", to_attribute("iloc"))),
}
BY_ARRAY: dict[str, tuple[str, Rewrite]] = {
    "values": ("It is an array already", without),
    "to_numpy": ("It is an array already", without),
    "toarray": ("It is an array already", without),
    "todense": ("It is an array already", without),
    "iloc": ("Index the array itself", without),
    "loc": ("Index the array itself", without),
    "unique": ("Call np.unique", of_numpy("unique")),
    "append": ("Call np.append", of_numpy("append")),
    "isnull": ("Call np.isnan", of_numpy("isnan")),
    "isna": ("Call np.isnan", of_numpy("isnan")),
    "median": ("Call np.median", of_numpy("median")),
    "abs": ("Call np.abs", of_numpy("abs")),
    "fillna": ("Fill its gaps by numpy", filled),
    "isin": ("Call np.isin", of_numpy("isin")),
}


def gone(message: str) -> Fault:
    """The fault of an attribute that is not there, at the third line."""
    return failure("incompatible_api", f"AttributeError: {message}", 3)


REPAIR = Repair(
    name="replaced_attribute",
    title="Write the same in today's words",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            gone("'DataFrame' object has no attribute 'append'"),
            "import pandas as pd\n\nrows = train.append(test, ignore_index=True)\n",
            "import pandas as pd\n\nrows = pd.concat([train, test], ignore_index=True)\n",
        ),
        Example(
            gone("'DataFrame' object has no attribute 'ix'"),
            'import pandas as pd\n\nx = rows.ix[3, "a"]\n',
            'import pandas as pd\n\nx = rows.loc[3, "a"]\n',
        ),
        Example(
            gone("'Series' object has no attribute 'mad'"),
            'import pandas as pd\n\nx = rows["a"].mad()\n',
            'import pandas as pd\n\nx = (rows["a"] - rows["a"].mean()).abs().mean()\n',
        ),
        Example(
            gone("'DatetimeProperties' object has no attribute 'week'"),
            "import pandas as pd\n\nx = days.dt.week\n",
            "import pandas as pd\n\nx = days.dt.isocalendar().week\n",
        ),
        Example(
            gone("'numpy.ndarray' object has no attribute 'values'"),
            "import numpy as np\n\nx = model.predict(X).values\n",
            "import numpy as np\n\nx = model.predict(X)\n",
        ),
        Example(
            gone("'Series' object has no attribute 'reshape'"),
            "import pandas as pd\n\nx = rows.a.reshape(-1, 1)\n",
            "import pandas as pd\n\nx = rows.a.to_numpy().reshape(-1, 1)\n",
            HERE,
        ),
    ),
)
