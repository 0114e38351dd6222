"""What the name of a column suggests; a hint where values alone leave a choice."""

from __future__ import annotations

import re

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
KINDS = frozenset(
    """
    airline airport brand breed browser carrier category channel city class cluster code color
    colour country county currency department dept device district ethnicity gender group industry
    job kind language make manufacturer merchant model nationality neighborhood neighbourhood
    occupation os platform postal postcode product profession province race region religion sector
    segment sex shop spacegroup species state station store subclass type vendor warehouse zip
    zipcode zone
    """.split()  # noqa: SIM905  (a list of quoted words is harder to read)
)
NAMES = frozenset(("guid", "hash", "id", "identifier", "idx", "index", "key", "uid", "uuid"))
TIMES = frozenset(("date", "datetime", "day", "epoch", "month", "period", "time", "timestamp"))
TIMES |= frozenset(("week", "year"))


def words_of(name: str) -> list[str]:
    """Lower-case words of a column name: camel case, underscores and digits separate them."""
    return [word.lower() for word in WORD.findall(name)]


def names_a_kind(name: str) -> bool:
    """True if the last word (digits aside) names a kind, such as `Color2`, `store_type`."""
    words = [word for word in words_of(name) if not word.isdigit()]
    return bool(words) and (words[-1] in KINDS or words[-1].rstrip("s") in KINDS)


def names_an_id(name: str) -> bool:
    """True for `id`, `user_id`, `RescuerID`, `uuid`."""
    words = words_of(name)
    return bool(words) and (words[-1] in NAMES or words[0] in ("id", "uuid", "guid"))


def names_a_time(name: str) -> bool:
    """True for `timestamp`, `order_date`, `Year`."""
    return bool(set(words_of(name)) & TIMES)
