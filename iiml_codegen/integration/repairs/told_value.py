"""A value that a library refuses while it lists the ones that it takes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.alike import nearest
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.messages import EXACT
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.source import ANYWHERE, Source, dotted

REFUSED = (
    re.compile(
        r"The '(?P<parameter>\w+)' parameter of (?P<estimator>\w+) must be .*\{(?P<offered>.+?)\}"
        r".*Got '?(?P<value>[^']+?)'? instead",
        re.S,
    ),
    re.compile(r"Invalid Input: '(?P<value>[^']+)', valid values are: \{(?P<offered>.+?)\}"),
    re.compile(
        r"Invalid parameter '(?P<value>\w+)' for estimator .*"
        r"Valid parameters are: \[(?P<offered>.+?)\]",
        re.S,
    ),
    re.compile(r"'(?P<value>\w+)' is no longer supported[^.]*\. Please use '(?P<offered>\w+)'"),
    re.compile(r"Invalid frequency: (?P<value>\w+)\. Did you mean (?P<offered>\w+)\?"),
    re.compile(r"'(?P<value>[^']+)' is not (?:a )?(?:valid|supported)[^:]*: (?P<offered>.+)", re.S),
    re.compile(
        r"(?:[Ii]nvalid|[Uu]nknown|[Uu]nsupported|[Uu]nrecognized)[\w :=]*'(?P<value>[^']+)'"
        r".{0,80}?(?:one of|valid|are|from|[Cc]hoose|[Ee]xpected|[Ss]upported)[^:\[({]*"
        r"(?P<offered>.+)",
        re.S,
    ),
    re.compile(
        r"(?:must be|should be|expected)(?: one of| either| in)\b(?P<offered>.+?)"
        r"(?:[Gg]ot|[Rr]eceived|[Ff]ound|but)[^'\"]*['\"](?P<value>[^'\"]+)['\"]",
        re.S,
    ),
    re.compile(r"Unknown objective function: `(?P<value>[\w:]+)`(?P<offered>.*)", re.S),
    re.compile(r"(?P<value>[\w.]+) loss is not supported(?P<offered>)"),
    re.compile(r"Unknown objective type name: (?P<value>[\w.]+)(?P<offered>)"),
    re.compile(r"data type '(?P<value>\w+)' not understood(?P<offered>)"),
    re.compile(r"orient '(?P<value>\w+)' not understood(?P<offered>)"),
)
TODAY = {
    "deviance": "log_loss",
    "log": "log_loss",
    "ls": "squared_error",
    "lad": "absolute_error",
    "mse": "squared_error",
    "mae": "absolute_error",
    "squared_loss": "squared_error",
    "rmse": "neg_root_mean_squared_error",
    "mean_squared_error": "neg_mean_squared_error",
    "mean_absolute_error": "neg_mean_absolute_error",
    "auto": "sqrt",
    "gpu_hist": "hist",
    "string": "str",
}
"""Words that libraries used for a choice before; they only rank what the message offers."""
KNOWN = {
    "loss is not": "Logloss CrossEntropy MultiClass MultiClassOneVsAll RMSE MAE Quantile Poisson "
    "MAPE Tweedie Huber LogLinQuantile YetiRank QueryRMSE",
    "objective type": "binary multiclass multiclassova regression regression_l1 huber fair poisson "
    "quantile mape gamma tweedie cross_entropy lambdarank",
    "data type": "category float32 float64 int8 int16 int32 int64 uint8 bool object str string "
    "datetime64[ns]",
    "orient": "records dict list series split tight index",
}
"""What the libraries' manuals list where the message itself does not."""


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The value that was called so before, then those spelled most alike."""
    found = next((f for pattern in REFUSED if (f := pattern.search(fault.message))), None)
    if found is None:
        return
    value, offered = found["value"], offered_values(found["offered"], fault.message)
    likely = [TODAY.get(value, ""), *nearest(value, offered, cutoff=0.5)]
    source = Source(text)
    parameter = found.groupdict().get("parameter") or ""
    estimator = found.groupdict().get("estimator") or ""
    everywhere = constants(source, next(lines_of(fault), ANYWHERE), value, parameter)
    places = of_estimator(source, everywhere, estimator)
    if (parameter, value) == ("max_features", "auto") and estimator.endswith("Regressor"):
        changes = [source.replaced(node, "1.0") for node in places]
        yield Edit("Write 1.0 for auto: regressors took all features", source.edited(changes))
        return
    keywords = [k for call in source.calls() for k in call.keywords if k.arg == value]
    for new in dict.fromkeys(name for name in likely if name in offered):
        starts = [source.start(keyword) for keyword in keywords if not places]
        named = [(start, start + len(value.encode()), new) for start in starts]
        changes = [*named, *(source.replaced(n, source.of(n).replace(value, new)) for n in places)]
        if changes:
            yield Edit(f"Write {new} for {value}", source.edited(changes))
    if value.lower() == "none" and places and "None" in fault.message:
        plain = [source.replaced(node, "None") for node in places]
        yield Edit(f"Write None for {value!r}", source.edited(plain))


def offered_values(listed: str, message: str) -> list[str]:
    """The values in a message, or those of the manual where it names none."""
    quoted = re.findall(r"['\"]([^'\"]+)['\"]", listed) or re.findall(
        r"candidate: ([\w:]+)", listed
    )
    manual = next((words for sign, words in KNOWN.items() if sign in message), "")
    return quoted or re.findall(r"[\w.:-]+", listed) or manual.split()


def constants(source: Source, line: int, value: str, parameter: str) -> list[ast.Constant]:
    """Where the value stands as a string of its own: given for the parameter, else at the line."""
    everywhere = [n for n in source.nodes_at(ANYWHERE) if is_value(n, value)]
    given = [n for n in everywhere if parameter and given_for(source, n) == parameter]
    here = [n for n in source.nodes_at(line) if is_value(n, value)]
    return [n for n in given or here or everywhere[:1] if isinstance(n, ast.Constant)]


def of_estimator(source: Source, places: list[ast.Constant], estimator: str) -> list[ast.Constant]:
    """The places in calls of an estimator, else all: one word means other things for others."""
    named = [call for call in source.calls() if estimator]
    calls = [call for call in named if dotted(call.func).rpartition(".")[2] == estimator]
    inside = {id(node) for call in calls for node in ast.walk(call)}
    return [node for node in places if id(node) in inside] or places


def is_value(node: ast.AST, value: str) -> bool:
    """Whether a node is this string."""
    return isinstance(node, ast.Constant) and node.value == value


def given_for(source: Source, node: ast.AST) -> str:
    """The keyword, dict key or name that a constant is the value of."""
    parent = source.parents.get(node)
    if isinstance(parent, ast.keyword):
        return parent.arg or ""
    if isinstance(parent, ast.Dict) and node in parent.values:
        return str(getattr(parent.keys[parent.values.index(node)], "value", ""))
    return ""


def refusal(message: str, line: int = 1) -> Fault:
    """The fault of a value that a library refuses."""
    return failure("incompatible_api", message, line)


REPAIR = Repair(
    name="told_value",
    title="Choose a value that the library takes",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            refusal(
                "InvalidParameterError: The 'loss' parameter of GradientBoostingClassifier must be "
                "a str among {'exponential', 'log_loss'}. Got 'deviance' instead."
            ),
            'm = GradientBoostingClassifier(loss="deviance")\n',
            'm = GradientBoostingClassifier(loss="log_loss")\n',
        ),
        Example(
            refusal(
                "InvalidParameterError: The 'strategy' parameter of SimpleImputer must be a str "
                "among {'mean', 'median', 'most_frequent'} or a callable. Got 'media' instead."
            ),
            'm = SimpleImputer(strategy="media")\n',
            'm = SimpleImputer(strategy="median")\n',
        ),
        Example(
            refusal(
                "ValueError: Invalid frequency: M. Failed to parse with error message: ValueError("
                "\"'M' is no longer supported for offsets. Please use 'ME' instead.\")"
            ),
            "x = rows.resample('M').mean()\n",
            "x = rows.resample('ME').mean()\n",
        ),
        Example(
            refusal("TypeError: data type 'categry' not understood"),
            'x = rows["a"].astype("categry")\n',
            'x = rows["a"].astype("category")\n',
        ),
    ),
)
