"""Steps of sequences: what was before each and comes after it, and what has added up so far."""

import pandas as pd

STEPS_NEAR = (1, 2, 3)
STEPS_AVERAGED = 5


def along_sequences(
    numbers: pd.DataFrame,
    sequence: pd.Series,
    order: pd.Series,
    timed: bool = False,
    ahead: bool = True,
    whole: bool = False,
) -> pd.DataFrame:
    """Tell each row what numbers do around its step, and what they did up to it.

    Rows of a sequence that share a place in `order` are one step, and rows without a place have
    gaps. `timed` steps lie unevenly: what adds up is weighed by the time since the step before.
    With `ahead` steps after a row count too; with `whole` also what all steps of a sequence share.
    """
    keys = [sequence, order]
    steps = numbers.astype("float64").groupby(keys).mean()
    blocks = [before_steps(steps), so_far(steps)]
    if timed:
        blocks.append(over_time(steps))
    if ahead:
        blocks.append(after_steps(steps))
    if whole:
        blocks.append(shared_by_steps(steps))
    told = pd.concat(blocks, axis=1).astype("float32").reset_index(drop=True)
    place = numbers.groupby(keys).ngroup()
    return told.reindex(place).set_axis(numbers.index, axis=0)


def before_steps(steps: pd.DataFrame) -> pd.DataFrame:
    """Look back: the values of the steps before, and what changed since the last one."""
    along = steps.groupby(level=0)
    blocks = [along.shift(back).add_suffix(f" {back} before") for back in STEPS_NEAR]
    blocks += [along.diff().add_suffix(" change"), along.cumcount().to_frame("steps before")]
    return pd.concat(blocks, axis=1)


def after_steps(steps: pd.DataFrame) -> pd.DataFrame:
    """Look ahead: the values of the steps after, and the mean of five, the own in the middle."""
    along = steps.groupby(level=0)
    blocks = [along.shift(-far).add_suffix(f" {far} after") for far in STEPS_NEAR]
    means = along.rolling(STEPS_AVERAGED, center=True, min_periods=1).mean()
    blocks.append(means.set_axis(steps.index, axis=0).add_suffix(f" mean of {STEPS_AVERAGED}"))
    blocks.append(along.cumcount(ascending=False).to_frame("steps after"))
    return pd.concat(blocks, axis=1)


def so_far(steps: pd.DataFrame) -> pd.DataFrame:
    """Add up each sequence from its first step: sum, mean and highest value so far."""
    along = steps.groupby(level=0)
    sums = along.cumsum()
    means = sums / steps.notna().groupby(level=0).cumsum()
    names = {" sum so far": sums, " mean so far": means, " most so far": along.cummax()}
    return pd.concat([block.add_suffix(name) for name, block in names.items()], axis=1)


def over_time(steps: pd.DataFrame) -> pd.DataFrame:
    """Measure the time since the step before, and the area that each number has covered so far."""
    moments = steps.index.to_frame(index=False).iloc[:, 1].set_axis(steps.index)
    passed = moments.groupby(level=0).diff()
    if passed.dtype.kind == "m":
        passed = passed.dt.total_seconds()
    areas = steps.mul(passed.fillna(0.0), axis=0).groupby(level=0).cumsum()
    return areas.add_suffix(" area so far").assign(**{f"{moments.name} change": passed})


def shared_by_steps(steps: pd.DataFrame) -> pd.DataFrame:
    """Sum up each sequence as a whole: its first, last, least, greatest and mean value."""
    shared = steps.groupby(level=0).agg(["first", "last", "min", "max", "mean"])
    shared = shared.set_axis([" ".join(pair) for pair in shared.columns], axis=1)
    return shared.reindex(steps.index, level=0)
