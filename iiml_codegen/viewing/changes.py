"""What an edit of prep changes downstream: its outputs before and after, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iiml_codegen.domain.contract import Observation
from iiml_codegen.viewing.verify_plan import observed_twice
from iiml_codegen.workspace import Workspace

MOST_NAMED = 5


def downstream_changes(workspace: Workspace) -> tuple[str, ...]:
    """What the last change of prep changed in its outputs, as `iiml verify` saw both texts.

    What the solve saw stands for the generated text where nobody verified that. Empty where nothing
    changed, or only one of the texts was run.
    """
    seen = observed_twice(workspace)
    if seen is None:
        return ()
    before, now = seen
    same_rows = before.rows() == now.rows()
    return changes(before.observations, now.observations, same_rows=same_rows)


def changes(
    before: Sequence[Observation], after: Sequence[Observation], *, same_rows: bool = True
) -> tuple[str, ...]:
    """One sentence per output that appeared, vanished or changed its form.

    Where both were seen on other rows, what may come of that is left out: sizes, and columns that
    are gone.
    """
    old = {one.output: one for one in before}
    new = {one.output: one for one in after}
    gone = [f"{name} is gone" for name in old if name not in new]
    come = [f"{name} is new: {_form(one)}" for name, one in new.items() if name not in old]
    kept = [
        f"{name}: {'; '.join(said)}"
        for name, one in new.items()
        if name in old and (said := list(_differences(old[name], one, same_rows)))
    ]
    return (*gone, *come, *kept)


def _form(one: Observation) -> str:
    """What an output is, in a few words."""
    return f"{one.type} of {one.rows} × {one.columns}" if one.rows else one.type


def _differences(old: Observation, new: Observation, same_rows: bool) -> Iterator[str]:
    if old.type != new.type:
        yield f"{new.type}, was {old.type}"
    if not same_rows:
        if come := [f"+ {name}" for name in new.column_names if name not in set(old.column_names)]:
            yield f"more columns{_listed(come)}"
        yield from _of_dtypes(old, new)
        return
    if old.rows != new.rows:
        yield f"{new.rows} rows, was {old.rows}"
    yield from _of_columns(old, new)
    yield from _of_dtypes(old, new)
    if old.missing != new.missing:
        yield f"{new.missing} missing values, was {old.missing}"


def _of_columns(old: Observation, new: Observation) -> Iterator[str]:
    come = [name for name in new.column_names if name not in set(old.column_names)]
    gone = [name for name in old.column_names if name not in set(new.column_names)]
    signs = [*(f"+ {name}" for name in come), *(f"− {name}" for name in gone)]
    if old.columns != new.columns:
        yield f"{_counted(new.columns)}, was {old.columns}{_listed(signs)}"
    elif signs:
        yield f"{_counted(new.columns)} as before{_listed(signs)}"
    elif old.column_names != new.column_names:
        yield "columns in another order"


def _of_dtypes(old: Observation, new: Observation) -> Iterator[str]:
    was = dict(zip(old.column_names, old.column_dtypes, strict=False))
    now = dict(zip(new.column_names, new.column_dtypes, strict=False))
    moved = [f"{n} is {now[n]}, was {was[n]}" for n in now if n in was and now[n] != was[n]]
    if moved:
        more = len(moved) - MOST_NAMED
        yield ", ".join(moved[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    elif not now and old.dtype != new.dtype:
        yield f"{new.dtype}, was {old.dtype}"


def _counted(columns: int) -> str:
    return f"{columns} column{'' if columns == 1 else 's'}"


def _listed(signs: Sequence[str]) -> str:
    """The names behind a count; some where there are many."""
    if not signs:
        return ""
    more = len(signs) - MOST_NAMED
    return f": {', '.join(signs[:MOST_NAMED])}" + (f" and {more} more" if more > 0 else "")
