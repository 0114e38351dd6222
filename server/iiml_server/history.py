"""What a viewer remembers of a solve beside `SolveView`: notes, patches, and where runs lie."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from iiml_codegen.domain.events import (
    Entry,
    IdeaTried,
    ModelCalled,
    Note,
    PatchTried,
    RunEnded,
    RunStarted,
    SolveStarted,
)
from iiml_codegen.model_use import ModelUse

REFIT = re.compile(r"refit-(.+)-[0-9a-f]{8}")
MOST_KEPT = 200
"""Of notes, patches and ideas the last ones are kept."""


@dataclass
class History:
    """What happened, oldest first. `logs` has the last run of each candidate.

    `refits` has the last run that made a submission from each, by the candidate's id; `use` is what
    asking models took, in a solve and what resumed it.
    """

    notes: list[Note] = field(default_factory=list)
    tried: list[PatchTried] = field(default_factory=list)
    logs: dict[str, str] = field(default_factory=dict)
    refits: dict[str, str] = field(default_factory=dict)
    ideas: list[IdeaTried] = field(default_factory=list)
    use: ModelUse = field(default_factory=ModelUse)

    def apply(self, entry: Entry) -> None:
        """Take in one entry. A new solve starts from nothing, a run of one track goes on."""
        event = entry.event
        match event:
            case SolveStarted():
                kept = vars(self) if event.track is not None else {}
                asked = {"use": self.use, "ideas": self.ideas} if event.resumed else {}
                fresh = {**vars(History()), **kept, "notes": [], "tried": [], **asked}
                vars(self).update(fresh)
            case IdeaTried():
                self.ideas = [*self.ideas, event][-MOST_KEPT:]
            case ModelCalled():
                self.use = self.use.and_also(event)
            case Note():
                self.notes = [*self.notes, event][-MOST_KEPT:]
            case PatchTried():
                self.tried = [*self.tried, event][-MOST_KEPT:]
            case RunStarted(candidate=str(candidate)):
                self.logs[refitted(candidate) or candidate] = event.run
            case RunEnded(candidate=str(candidate)) if event.result.ok:
                if (name := refitted(candidate)) is not None:
                    self.refits[name] = event.result.id
            case _:
                return


def refitted(candidate: str) -> str | None:
    """The candidate that `refit-<candidate>-<hash>` refits; None for another name."""
    found = REFIT.fullmatch(candidate)
    return found.group(1) if found else None
