"""One table of labels that hides those of the rows to answer; a long sample says which they are."""

from __future__ import annotations

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo, TableInfo
from iiml_codegen.domain.layout import Layout
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.long_form import FACTORS, number_form
from iiml_codegen.planning.table_roles import Sources


def rows_of_hidden_labels(data: list[TableInfo], sample: TableInfo | None) -> Sources | None:
    """Rows of a long sample, which are as many as a table hides the labels of; None otherwise."""
    if sample is None or len(sample.columns) != 2:
        return None
    for train in data:
        for labels in train.columns:
            key = key_of(train, labels, sample) if labels.hidden else None
            if key is None:
                continue
            test = replace(sample, rows=labels.hidden, columns=(key,))
            layout = Layout(train_form=train.form, test_form=sample.form, test_from_sample=True)
            asked = f"{sample.file} asks for as many {key.name}"
            why = f"{labels.name} of {train.file} is ? in {labels.hidden:,} rows, and {asked}"
            guess = Guess(what="test rows", value=sample.file, why=why)
            return Sources(train, test, sample, layout, (guess,))
    return None


def key_of(train: TableInfo, labels: ColumnInfo, sample: TableInfo) -> ColumnInfo | None:
    """The column of numbers that, with a label's place, makes up the sample's ids.

    Its examples are of the rows that the sample asks for first.
    """
    ids, named = sample.columns[0], labels.labels
    shown, least, most = ids.examples, ids.minimum, ids.maximum
    counted = any(map(str.isdecimal, named))
    if sample.rows != labels.hidden * len(named) or not all(map(str.isdecimal, shown)):
        return None
    if least is None or most is None:
        return None
    for key in train.columns:
        if key.dtype != "int" or not key.unique or key.minimum is None or key.maximum is None:
            continue
        for factor in FACTORS:
            rows = tuple(dict.fromkeys(str(int(text) // factor) for text in shown))
            form = number_form(shown, rows, named)
            spelled = form is not None and (form.names == named or not counted)
            if spelled and key.minimum <= least // factor and most // factor <= key.maximum:
                return replace(key, examples=rows, values=())
    return None
