"""What stays on show while a text does not parse: the last good results, moved along with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from iiml_codegen.domain.fault import Violation
from iiml_server.shifting import shifted

UNDEFINED_NAME = "IIML104"


@dataclass
class Memory:
    """The last good results of each open document, by URI.

    `other_python` says that another Python server reports syntax errors and undefined names.
    """

    other_python: bool = False
    good: dict[str, tuple[str, tuple[Violation, ...]]] = field(default_factory=dict)

    def shown(self, uri: str, text: str, found: Sequence[Violation]) -> list[Violation]:
        """What to show of the results of a text; remembers them if the text parses."""
        if not any(unreadable(one) for one in found):
            self.good[uri] = (text, tuple(found))
            return self.wanted(found)
        before, results = self.good.get(uri, ("", ()))
        return self.wanted([*found, *shifted(results, before, text)])

    def forget(self, uri: str) -> None:
        """Drop what is known of a closed document."""
        self.good.pop(uri, None)

    def wanted(self, found: Sequence[Violation]) -> list[Violation]:
        """Results without those that another server reports."""
        return [one for one in found if not (self.other_python and of_any_python(one))]


def unreadable(violation: Violation) -> bool:
    """Whether Python cannot read the text: then no other rule has spoken."""
    return violation.code.startswith("IIML0") and violation.severity == "error"


def of_any_python(violation: Violation) -> bool:
    """Whether every Python server reports it: syntax, and names that nothing defines."""
    return unreadable(violation) or violation.code == UNDEFINED_NAME
