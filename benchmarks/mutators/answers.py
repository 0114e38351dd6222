"""Predictions and answers in another form than the interface and the submission want."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from iiml_codegen.domain.fault import FaultClass

from .mutator import Draw, Mutator
from .source import Change, Edit, Source

LABELS = ("binary", "multiclass", "ordinal")


def returned(source: Source, function: str, new: str, says: str = "") -> Iterable[Change]:
    """What a function returns, in another form; `new` has a place for the old form."""
    for node in source.returns(function):
        assert node.value is not None
        code = source.code(node.value)
        if isinstance(node.value, ast.IfExp):
            code = f"({code})"
        yield source.swap(node.value, new.format(code), says)


def whole_matrix(source: Source, draw: Draw) -> Iterable[Change]:
    """All classes where one number is wanted, or the other way round."""
    for node in source.returns("predict"):
        if isinstance(node.value, ast.IfExp):
            one, several = source.code(node.value.body), source.code(node.value.orelse)
            if draw.facts.task.kind == "binary":
                yield source.swap(node.value, several)
            elif draw.facts.task.kind == "multiclass":
                yield source.swap(node.value, one)


def column_vectors(source: Source, draw: Draw) -> Iterable[Change]:
    """Predictions in another shape."""
    kind = draw.facts.task.kind
    if kind in ("binary", "ordinal", "regression"):
        yield from returned(source, "predict", "np.asarray({}).reshape(1, -1)")
        yield from returned(source, "predict", "np.asarray({})[:-1]")
        yield from returned(source, "predict", "np.asarray({}).mean()")
    else:
        yield from returned(source, "predict", "np.asarray({}).T")
        yield from returned(source, "predict", "np.asarray({}).ravel()")
        yield from returned(source, "predict", "np.asarray({})[:, 1:]")


def wrong_classes(source: Source, draw: Draw) -> Iterable[Change]:
    """The number of classes is that of another competition."""
    for name, node in source.constants():
        if name == "CLASSES" and isinstance(node.value, ast.Constant):
            count = node.value.value
            if isinstance(count, int) and f"{name})" in source.text:
                yield source.swap(node.value, str(draw.rng.choice([count + 1, count - 1])))


def other_axis(source: Source, draw: Draw) -> Iterable[Change]:
    """Along the wrong axis."""
    for call in source.calls("sum", "mean", "argmax", "argmin"):
        for keyword in call.keywords:
            if keyword.arg == "axis" and source.code(keyword.value) == "1":
                yield source.swap(keyword, "axis=0")


def flat_zeros(source: Source, draw: Draw) -> Iterable[Change]:
    """Room for one number per row where there is one per class."""
    for call in source.calls("zeros"):
        if call.args and isinstance(call.args[0], ast.Tuple):
            yield source.swap(call.args[0], source.code(call.args[0].elts[0]))


def text_labels(source: Source, draw: Draw) -> Iterable[Change]:
    """The model is fitted on labels as texts."""
    for call in source.calls("fit"):
        if len(call.args) > 1 and source.code(call.args[1]) in ("y", "codes", "is_label"):
            yield source.swap(call.args[1], f"{source.code(call.args[1])}.astype(str)")


def text_predictions(source: Source, draw: Draw) -> Iterable[Change]:
    """Predictions rounded for the eye, as texts."""
    yield from returned(source, "predict", 'np.char.mod("%.4f", {})')
    yield from returned(source, "predict", "np.asarray({}).astype(str)")


def text_rows(source: Source, draw: Draw) -> Iterable[Change]:
    """Rows are cast to a type that some columns do not have."""
    for call in source.calls("fit", "predict", "predict_proba"):
        node = call.args[0] if call.args else None
        if isinstance(node, ast.Name) and node.id == "X" and "pd.DataFrame" in source.text:
            yield source.swap(node, 'X.astype("str")')
            yield source.swap(node, "X.to_numpy(str)")


def gaps_in_answers(source: Source, draw: Draw) -> Iterable[Change]:
    """Logarithms or quotients that have no value for some rows."""
    yield from returned(source, "predict", "np.log(np.round({}))")
    yield from returned(source, "predict", "1 / (np.round({}) - 1)")
    yield from returned(source, "decide", "np.where(raw > np.median(raw), np.nan, {})")


def shifted_codes(source: Source, draw: Draw) -> Iterable[Change]:
    """Codes that count from one."""
    if draw.facts.task.kind in LABELS:
        yield from returned(source, "decide", "{} + 1")
        yield from returned(source, "decide", "({} + 1) * 10")


def word_answers(source: Source, draw: Draw) -> Iterable[Change]:
    """Answers as words that the competition does not know."""
    if draw.facts.task.kind == "binary":
        yield from returned(source, "decide", 'np.where({}, "positive", "negative")')
    yield from returned(source, "decide", "np.asarray({}).astype(str)")
    yield from returned(source, "decide", '[f"class {{code}}" for code in {}]')


def wrong_length(source: Source, draw: Draw) -> Iterable[Change]:
    """Answers for some rows only, or as a column."""
    yield from returned(source, "decide", "np.unique({})")
    yield from returned(source, "decide", "({})[:100]")
    yield from returned(source, "decide", "({}).reshape(1, -1)")


def undecided(source: Source, draw: Draw) -> Iterable[Change]:
    """Raw predictions handed in where labels are wanted."""
    if draw.facts.task.submission.answer == "label":
        for node in source.returns("decide"):
            assert node.value is not None
            yield source.swap(node.value, "raw")


def percentages(source: Source, draw: Draw) -> Iterable[Change]:
    """Percentages, or logits, in place of probabilities."""
    answer = draw.facts.task.submission.answer
    if draw.facts.task.kind in ("binary", "multiclass", "multilabel") and answer != "value":
        yield from returned(source, "predict", "100 * {}")
        yield from returned(source, "predict", "np.log({})")
        yield from returned(source, "predict", "-{}")


def named_decision(source: Source, draw: Draw) -> Iterable[Change]:
    """The decision asks for a parameter that nobody fits."""
    for function in source.functions("decide"):
        start, end = source.span(function)
        head = source.raw[start:end].decode()
        match = re.search(r"\braw: np\.ndarray", head)
        if match:
            at = start + len(head[: match.end()].encode())
            new = draw.rng.choice([", prior: float", ", cut: float", ", classes: list[str]"])
            yield Change((Edit(at, at, new),), f"decide asks for{new[1:]}")


FORM: FaultClass = "submission_format"
MUTATORS = (
    Mutator("whole_matrix", "shape", "model", whole_matrix),
    Mutator("column_vector", "shape", "model", column_vectors),
    Mutator("wrong_classes", "shape", "model", wrong_classes),
    Mutator("other_axis", "shape", "model", other_axis),
    Mutator("flat_zeros", "shape", "model", flat_zeros),
    Mutator("text_labels", "dtype", "model", text_labels),
    Mutator("text_predictions", "dtype", "model", text_predictions),
    Mutator("text_rows", "dtype", "model", text_rows),
    Mutator("gaps_in_answers", FORM, "model", gaps_in_answers),
    Mutator("shifted_codes", FORM, "model", shifted_codes),
    Mutator("word_answers", FORM, "model", word_answers),
    Mutator("wrong_length", FORM, "model", wrong_length),
    Mutator("undecided", FORM, "model", undecided),
    Mutator("percentages", FORM, "model", percentages),
    Mutator("named_decision", FORM, "model", named_decision),
)
