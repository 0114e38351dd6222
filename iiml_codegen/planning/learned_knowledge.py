"""Learned knowledge: what solves on this machine taught, counted, in the user's own data folder.

It holds task kinds, metrics, traits, our own names of members and recipes, and counts: nothing of
a competition's names, columns, values or texts. The expert's plan never depends on it; people and
models read it as advice.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import platformdirs

from iiml_codegen.domain.knowledge import Fact
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.domain.task import TaskKind
from iiml_codegen.domain.wire import Frozen, from_plain
from iiml_codegen.execution.lock import FolderLock
from iiml_codegen.files import write_atomically
from iiml_codegen.planning.data_traits import TRAITS

FILE = "learned.toml"
MOST_LESSONS = 300
LARGEST = 1_000_000
SUBJECT = re.compile(r"(member|track|blend|change|step):[a-z0-9_]{1,40}")
COARSE = (
    *("table", "text", "text_only", "images", "sounds", "atoms"),
    *("few_rows", "many_rows", "many_classes", "groups", "later_test"),
)
"""Traits by which lessons are told apart; with more, no two competitions would share one."""
HEAD = "# What solves on this machine taught iiML. Safe to read, edit and delete.\n"


NEGATIVE = float("-inf")
SEEN = ((0, "once"), (2, "several times"), (6, "often"))
OFTEN = ((0.0, "never"), (0.001, "sometimes"), (0.5, "mostly"), (1.0, "always"))
BEHIND = ((NEGATIVE, "close to"), (1.0, "a little behind"), (3.0, "far behind"))
SIZES = ((0.0, "hardly"), (0.5, "a little"), (2.0, "clearly"))
"""Words for counts, shares and standard errors, from the value on that stands before them."""


class Lesson(Frozen):
    """How one thing fared in competitions of one kind.

    `subject` is `member:NAME`, `track:TRACK` (a model's own candidate), `blend:METHOD`,
    `change:PART` (an idea for a step) or `step:RECIPE`. `won` of `tried` times it was the best, was
    kept, or was worth having; `margin` adds up standard errors: behind the best for members and
    tracks, gained for the others.
    """

    kind: TaskKind
    metric: str
    subject: str
    traits: tuple[str, ...] = ()
    tried: int = 1
    won: int = 0
    margin: float = 0.0

    def key(self) -> tuple[str, ...]:
        """What two lessons share that are one."""
        return (self.kind, self.metric, self.subject, *self.traits)


def folder() -> Path:
    """Where learned knowledge lies."""
    return Path(platformdirs.user_data_dir("iiml", appauthor=False)) / "knowledge"


def read_lessons(path: Path) -> list[Lesson]:
    """The lessons of a file; what is none is left out, and a file that cannot be read has none."""
    try:
        with path.open("rb") as stream:
            content = tomllib.loads(stream.read(LARGEST).decode())
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        logging.getLogger(__name__).warning("%s is not read: %s", path, error)
        return []
    listed = content.get("lesson")
    entries = listed if isinstance(listed, list) else []
    return [found for entry in entries if (found := _lesson(entry)) is not None]


def _lesson(entry: object) -> Lesson | None:
    try:
        lesson = from_plain(entry, Lesson)
    except msgspec.ValidationError:
        return None
    sound = (
        lesson.metric in METRICS
        and set(lesson.traits) <= TRAITS.keys()
        and SUBJECT.fullmatch(lesson.subject)
        and 0 <= lesson.won <= lesson.tried
        and lesson.tried > 0
        and abs(lesson.margin) < 1e9
    )
    return lesson if sound else None


def merged(known: Sequence[Lesson], new: Iterable[Lesson]) -> list[Lesson]:
    """Both, with one entry for what is the same, the latest last; of too many the rare go first."""
    lessons = {lesson.key(): lesson for lesson in known}
    for lesson in new:
        before = lessons.pop(lesson.key(), None)
        lessons[lesson.key()] = lesson if before is None else _sum(before, lesson)
    kept = list(lessons.values())
    rare = sorted(range(len(kept)), key=lambda place: (kept[place].tried, place))
    dropped = set(rare[: max(0, len(kept) - MOST_LESSONS)])
    return [lesson for place, lesson in enumerate(kept) if place not in dropped]


def _sum(one: Lesson, other: Lesson) -> Lesson:
    return msgspec.structs.replace(
        one,
        tried=one.tried + other.tried,
        won=one.won + other.won,
        margin=round(one.margin + other.margin, 3),
    )


def remember(new: Iterable[Lesson], path: Path | None = None) -> None:
    """Add lessons to the file. Raises `FolderBusyError` while another solve does so for long."""
    path = path or folder() / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with FolderLock(path.with_suffix(".lock")):
        write_atomically(path, as_toml(merged(read_lessons(path), new)).encode())


def as_toml(lessons: Iterable[Lesson]) -> str:
    """The file's text."""
    parts = [HEAD]
    for lesson in lessons:
        plain = msgspec.to_builtins(lesson)
        lines = [f"{name} = {json.dumps(value)}" for name, value in plain.items()]
        parts.append("\n".join(["[[lesson]]", *lines, ""]))
    return "\n".join(parts)


def learned_facts(path: Path | None = None) -> tuple[Fact, ...]:
    """The lessons as facts, for search and for showing: what won most often first."""
    lessons = read_lessons(path or folder() / FILE)
    ranked = sorted(lessons, key=lambda one: (-one.won, one.margin / one.tried, one.key()))
    return tuple(_fact(lesson) for lesson in ranked)


def _fact(lesson: Lesson) -> Fact:
    name = "_".join(lesson.key()[:3]).replace(":", "_")
    mark = hashlib.sha256(" ".join(lesson.traits).encode()).hexdigest()[:8]
    judge = METRICS[lesson.metric].title
    return Fact(
        id=f"learned.{name}_{mark}",
        topic=_topic(lesson),
        says=f"{_outcome(lesson)} (judged by {judge}; seen {_step(lesson.tried, SEEN)})",
        source="solves on this machine",
        when=lesson.traits,
        kinds=(lesson.kind,),
        tags=(lesson.kind, lesson.metric, *lesson.subject.split(":")),
    )


def _topic(lesson: Lesson) -> str:
    what, _, name = lesson.subject.partition(":")
    words = name.replace("_", " ")
    return {
        "member": words,
        "track": f"a model's own candidate, {words}",
        "blend": f"blending, {words}",
        "change": f"ideas for {words} steps",
        "step": f"the step {words}",
    }[what]


def _outcome(lesson: Lesson) -> str:
    """In coarse words: each solve changes the counts, and a prompt with them would be a new one."""
    what = lesson.subject.partition(":")[0]
    mean = lesson.margin / lesson.tried
    often = _step(lesson.won / lesson.tried, OFTEN)
    if what in ("member", "track"):
        if lesson.won == lesson.tried:
            return "always came first"
        return f"{often} came first, on average {_step(mean, BEHIND)} the best"
    verb = {"blend": "beat the best single model", "change": "was kept", "step": "was worth having"}
    size = _step(abs(mean), SIZES)
    return f"{often} {verb[what]}, on average {size} {'better' if mean >= 0 else 'worse'}"


def _step(value: float, steps: Sequence[tuple[float, str]]) -> str:
    """The words of the highest step that a value reaches."""
    return next(words for least, words in reversed(steps) if value >= least)
