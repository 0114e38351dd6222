"""Which answer belongs to which row of the sample: both name rows by the same column."""

from workspace_templates.submissions.sockets import ID_COLUMN


def follow_sample(
    test: list[dict[str, str]], sample: list[dict[str, str]]
) -> tuple[list[dict[str, str]], list[int]]:
    """Find each row's answer; where the sample lists other rows, the test table decides."""
    in_turn = list(range(len(test)))
    if ID_COLUMN is None or ID_COLUMN not in test[0]:
        return (sample if len(sample) == len(test) else test), in_turn
    place = {row[ID_COLUMN]: i for i, row in enumerate(test)}
    wanted = [row[ID_COLUMN] for row in sample]
    if len(place) == len(test) and sorted(place) == sorted(wanted):
        return sample, [place[name] for name in wanted]
    return test, in_turn
