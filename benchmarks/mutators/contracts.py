"""Prep gives less than its clauses say; a model asks for more than they promise."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from iiml_codegen.domain.fault import FaultClass

from .mutator import Draw, Mutator
from .source import Change, Edit, Source

SYNONYMS = {
    "target": ("y", "labels", "targets", "y_train", "answers"),
    "features": ("X", "data", "table", "feature_table"),
    "design": ("design_matrix", "scaled", "X_linear"),
}


def outputs(source: Source) -> list[ast.Dict]:
    """The dictionary that prepare returns."""
    return [n.value for n in source.returns("prepare") if isinstance(n.value, ast.Dict)]


def lost_outputs(source: Source, draw: Draw) -> Iterable[Change]:
    """An output is no longer returned."""
    for found in outputs(source):
        for key, value in zip(found.keys, found.values, strict=True):
            line = (key or value).lineno
            start, end = source.starts[line - 1], source.starts[value.end_lineno or line]
            written = source.raw[start:end].decode()
            if written.rstrip().endswith(","):
                yield Change((Edit(start, end, ""),), f"no longer: {written.strip()}")


def renamed_outputs(source: Source, draw: Draw) -> Iterable[Change]:
    """An output under another name."""
    for found in outputs(source):
        for key in found.keys:
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                new = draw.rng.choice(
                    SYNONYMS.get(key.value, (f"X_{key.value!s}", f"{key.value!s}s"))
                )
                yield source.swap(key, f'"{new}"')
    for call in source.calls("train_and_test"):
        view = call.args[0]
        if isinstance(view, ast.Constant):
            options = SYNONYMS.get(str(view.value), (f"{view.value!s}_view",))
            yield source.swap(view, f'"{draw.rng.choice(options)}"')


def nothing_returned(source: Source, draw: Draw) -> Iterable[Change]:
    """What prepare gives is made, but not returned."""
    for node in source.returns("prepare"):
        start = source.span(node)[0]
        yield Change((Edit(start, start + len("return"), "outputs ="),), "return -> outputs =")


def kept_ids(source: Source, draw: Draw) -> Iterable[Change]:
    """The id goes in as a feature."""
    name = draw.facts.task.id_column
    if name is None or not source.assigned("rows", within=("prepare",)):
        return
    for node in source.assigned("numbers", within=("prepare",)):
        yield source.after(
            node, f'numbers["{name}"] = pd.factorize(rows["{name}"])[0].astype(float)'
        )


def kept_targets(source: Source, draw: Draw) -> Iterable[Change]:
    """The target goes in as a feature, with a filler for test rows."""
    name = draw.facts.task.targets[0]
    for node in source.assigned("numbers", within=("prepare",)):
        if source.assigned("target", within=("prepare",)) and len(draw.facts.task.targets) == 1:
            known = "pd.Series(target.ravel()).reindex(numbers.index, fill_value=0)"
            line = f'numbers["{name}"] = {known}'
            yield source.after(node, line)


def uneven_columns(source: Source, draw: Draw) -> Iterable[Change]:
    """Train and test halves of a view differ in their columns."""
    for call in source.calls("reset_index"):
        line = source.code(call)
        if "iloc[n_train:]" in line:
            yield source.swap(call, f"{line}.iloc[:, :-1]")
            yield source.swap(call, f'{line}.add_suffix("_test")')
            yield source.swap(call, f"{line}.iloc[:, ::-1]")


def other_kinds(source: Source, draw: Draw) -> Iterable[Change]:
    """Tables without the names of their columns."""
    for call in source.calls("reset_index"):
        line = source.code(call)
        if "n_train" in line:
            yield source.swap(call, f"{line}.to_numpy()")
            yield source.swap(call, f"{line}.to_dict()")
            yield source.swap(call, f"{line}.T")


def shuffled_rows(source: Source, draw: Draw) -> Iterable[Change]:
    """Rows in another order than the tables'."""
    columns = draw.facts.columns
    for node in source.assigned("test", within=("prepare",)):
        yield source.after(node, "test = test.sample(frac=1, random_state=0, ignore_index=True)")
    for node in source.assigned("rows", within=("prepare",)):
        words = [c for c in columns if c not in draw.facts.task.targets]
        column = draw.rng.choice(words)
        line = f'rows = rows.sort_values("{column}", ignore_index=True)'
        yield source.after(node, line)


def gaps_left(source: Source, draw: Draw) -> Iterable[Change]:
    """A clause of the scaled view is broken late: a column of gaps."""
    for node in source.assigned("design", within=("prepare",)):
        yield source.after(node, 'design["spare"] = np.nan')
        yield source.after(node, 'design["group"] = "a"')


def target_forms(source: Source, draw: Draw) -> Iterable[Change]:
    """A target that its clause does not know."""
    for node in source.assigned("target", within=("prepare",)):
        yield source.after(node, "target = target[:-1]")
        yield source.after(node, "target = np.column_stack([target, target])")
        if draw.facts.task.kind in ("binary", "multiclass", "ordinal"):
            yield source.after(node, "target = target + 1")
            yield source.after(node, "target = target / target.max()")


def extra_parameters(source: Source, draw: Draw) -> Iterable[Change]:
    """More rows of data than the interface hands over: a parameter that nobody gives."""
    extra = draw.rng.choice(["ids", "sample_rows", "prices", "meta"])
    for function in source.functions("fit", "predict"):
        last = function.args.args[-1]
        end = source.span(last)[1]
        yield Change((Edit(end, end, f", {extra}"),), f"{function.name} asks for {extra}")


def renamed_roles(source: Source, draw: Draw) -> Iterable[Change]:
    """A function of the interface under another library's name."""
    others = {"predict": ("predict_proba", "infer", "forecast"), "fit": ("train", "build")}
    for function in source.functions(*others):
        start = source.span(function)[0] + len("def ")
        new = draw.rng.choice(others[function.name])
        edit = Edit(start, start + len(function.name), new)
        yield Change((edit,), f"def {function.name} -> def {new}")


def demanded_columns(source: Source, draw: Draw) -> Iterable[Change]:
    """A model takes out a column that no clause promises."""
    column = draw.facts.task.id_column or draw.facts.task.targets[0]
    for function in source.functions("fit", "predict"):
        first = function.body[1] if len(function.body) > 1 else function.body[0]
        if any(
            "DataFrame" in source.code(a.annotation) for a in function.args.args if a.annotation
        ):
            yield source.before(first, f'X = X.drop(columns=["{column}"])')
            yield source.before(first, f'X = X.set_index("{column}")')


def other_objects(source: Source, draw: Draw) -> Iterable[Change]:
    """A model takes its rows for an object of another kind."""
    for function in source.functions("fit", "predict"):
        first = function.body[1] if len(function.body) > 1 else function.body[0]
        frames = any(
            "DataFrame" in source.code(a.annotation) for a in function.args.args if a.annotation
        )
        if frames:
            yield source.before(first, "X = X[:, :]")
            yield source.before(first, "X = X.toarray()")
            yield source.before(first, "X = X.tocsr()")
        else:
            yield source.before(first, "X = X.fillna(0)")
            yield source.before(first, "X = X.iloc[:, :]")
            yield source.before(first, "X = X.reset_index(drop=True)")


def other_watching(source: Source, draw: Draw) -> Iterable[Change]:
    """A model takes the watched rows apart in another form than they come."""
    for function in source.functions("fit"):
        if "valid" not in {a.arg for a in [*function.args.args, *function.args.kwonlyargs]}:
            continue
        for node in source.statements(function.name):
            if isinstance(node, ast.Assign) and source.code(node).startswith("held_out = "):
                lines = (
                    "if valid is not None:\n    rows_kept, answers_kept, weights_kept = valid",
                    'if valid is not None:\n    valid = (valid["X"], valid["y"])',
                )
                for line in lines:
                    yield source.before(node, line)


GIVES: FaultClass = "contract_fulfilment"
ASKS: FaultClass = "contract_usage"
MUTATORS = (
    Mutator("lost_output", GIVES, "prep", lost_outputs),
    Mutator("renamed_output", GIVES, "prep", renamed_outputs),
    Mutator("nothing_returned", GIVES, "prep", nothing_returned),
    Mutator("kept_id", GIVES, "prep", kept_ids),
    Mutator("kept_target", GIVES, "prep", kept_targets),
    Mutator("uneven_columns", GIVES, "prep", uneven_columns),
    Mutator("other_kind", GIVES, "prep", other_kinds),
    Mutator("shuffled_rows", GIVES, "prep", shuffled_rows),
    Mutator("gaps_left", GIVES, "prep", gaps_left),
    Mutator("target_form", GIVES, "prep", target_forms),
    Mutator("extra_parameter", ASKS, "model", extra_parameters),
    Mutator("renamed_role", ASKS, "model", renamed_roles),
    Mutator("demanded_column", ASKS, "model", demanded_columns),
    Mutator("other_object", ASKS, "model", other_objects),
    Mutator("other_watching", ASKS, "model", other_watching),
)
