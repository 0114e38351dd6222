"""Which answer belongs to which row of the sample, whose ids the test calls otherwise or lacks."""

from itertools import count

from workspace_templates.submissions.sockets import ID_COLUMN, TEST_ID_COLUMN


def follow_sample(
    test: list[dict[str, str]], sample: list[dict[str, str]]
) -> tuple[list[dict[str, str]], list[int]]:
    """Find each row's answer by the test's own ids; without them, by its place in the sample."""
    in_turn = list(range(len(test)))
    if TEST_ID_COLUMN is None:
        ids = counted_ids([row[ID_COLUMN] for row in sample], len(test))
        return [{**row, ID_COLUMN: name} for row, name in zip(test, ids, strict=True)], in_turn
    named = [{**row, ID_COLUMN: row[TEST_ID_COLUMN]} for row in test]
    place = {row[ID_COLUMN]: i for i, row in enumerate(named)}
    wanted = [row[ID_COLUMN] for row in sample]
    if len(place) == len(test) and sorted(place) == sorted(wanted):
        return sample, [place[name] for name in wanted]
    return named, in_turn


def counted_ids(shown: list[str], rows: int) -> list[str]:
    """Go on as the sample's ids begin: the same letters, and a number that grows by one."""
    if len(shown) == rows:
        return shown
    letters = shown[0].rstrip("0123456789")
    first = shown[0].removeprefix(letters)
    if not first or shown[:2] != [f"{letters}{int(first) + k}" for k in range(len(shown[:2]))]:
        raise ValueError(f"{rows} test rows, but the sample lists {len(shown)} ids by no rule")
    return [f"{letters}{number}" for number, _ in zip(count(int(first)), range(rows))]
