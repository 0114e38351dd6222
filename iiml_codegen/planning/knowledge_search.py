"""Finds knowledge by words and traits, on this machine: BM25 of SQLite's full-text search.

The same question to the same knowledge gives the same answer in the same order.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache

from iiml_codegen.domain.knowledge import Fact
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.planning.knowledge_base import curated
from iiml_codegen.planning.learned_knowledge import learned_facts

TOKENS = "porter unicode61 remove_diacritics 2"
WEIGHTS = "6.0, 4.0, 1.0"
"""Of a hit in topic, tags and what is said."""
PER_CONDITION = 2.0
"""What each condition that a competition meets is worth, in units of BM25."""
MOST_WORDS = 400
MOST_LEARNED = 2
WORD = re.compile(r"[^\W\d_]{2,}|\d{2,}")
PARTS = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
COMMON = frozenset(
    """a all also an and any are as at be been but by can columns competition contains could data
    dataset description do each evaluated evaluation every file files for from given goal has have
    how id in into is it its kaggle like may model more most must not number of on one only or other
    our out over per predict prediction predictions required row rows sample see set should so some
    submission such task test than that the their them then there these they this to train training
    two type up use used using value values was we were what when where which will with would you
    your""".split()  # noqa: SIM905  (a list of quoted words is harder to read)
)
"""Words that any competition may use, and that tell nothing about it."""


class KnowledgeSearch:
    """An index over facts, in memory. Raises `EnvironmentProblem` where SQLite lacks FTS5."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts = tuple(sorted(facts, key=lambda fact: fact.id))
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        create_index(self._database)
        self._database.executemany(
            "INSERT INTO facts (rowid, topic, tags, says) VALUES (?, ?, ?, ?)",
            [
                (number, spelled(fact.topic), spelled(" ".join(fact.tags)), spelled(fact.says))
                for number, fact in enumerate(self._facts)
            ],
        )

    def find(
        self,
        query: str,
        traits: Iterable[str] = (),
        limit: int = 8,
        *,
        area: str = "",
        hits: int = 0,
    ) -> tuple[Fact, ...]:
        """The best facts first: those whose conditions the traits meet, unless there are none.

        Without traits only words decide. With `hits` a fact must share so many different words
        with the query in its topic and tags.
        """
        met = frozenset(traits)
        with self._lock:
            relevance = self._relevance(query)
            shared = self._shared(query) if hits else {}
        ranked = []
        for number, fact in enumerate(self._facts):
            if (area and fact.area != area) or (met and not fact.holds(met)):
                continue
            if shared.get(number, 0) < hits:
                continue
            words = relevance.get(number, 0.0)
            conditions = PER_CONDITION * fact.narrowness() if met else 0.0
            if words + conditions > 0:
                ranked.append((-round(words + conditions, 6), fact.id, fact))
        return tuple(fact for *_, fact in sorted(ranked, key=lambda one: one[:2])[:limit])

    def _relevance(self, query: str) -> dict[int, float]:
        """BM25 by row, higher is better."""
        words = words_of(query)
        if not words:
            return {}
        asked = " OR ".join(f'"{word}"' for word in words)
        rows = self._database.execute(
            f"SELECT rowid, -bm25(facts, {WEIGHTS}) FROM facts WHERE facts MATCH ?", (asked,)
        )
        return {int(number): float(score) for number, score in rows}

    def _shared(self, query: str) -> dict[int, int]:
        """How many different words, as stems, the topic and tags of each row share with it."""
        self._database.execute("DELETE FROM asked")
        self._database.execute("INSERT INTO asked VALUES (?)", (" ".join(words_of(query)),))
        rows = self._database.execute(
            "SELECT doc, COUNT(DISTINCT term) FROM fact_terms WHERE col IN ('topic', 'tags')"
            " AND term IN (SELECT term FROM asked_terms) GROUP BY doc"
        )
        return {int(number): int(count) for number, count in rows}


def create_index(database: sqlite3.Connection) -> None:
    """The tables of the index; raises `EnvironmentProblem` where SQLite lacks FTS5."""
    try:
        for name, columns in (("facts", "topic, tags, says"), ("asked", "words")):
            database.execute(
                f"CREATE VIRTUAL TABLE {name} USING fts5({columns}, tokenize='{TOKENS}')"
            )
        database.execute("CREATE VIRTUAL TABLE fact_terms USING fts5vocab(facts, 'instance')")
        database.execute("CREATE VIRTUAL TABLE asked_terms USING fts5vocab(asked, 'row')")
    except sqlite3.OperationalError as error:
        raise EnvironmentProblem(
            f"this Python's SQLite {sqlite3.sqlite_version} cannot search texts: {error}",
            hint="use a Python whose sqlite3 was built with FTS5; knowledge is left out until then",
        ) from error


def spelled(text: str) -> str:
    """Text with words in compound names apart, as they are in queries."""
    return PARTS.sub(" ", text)


def words_of(query: str) -> list[str]:
    """The telling words of a query, each once, in its order."""
    found = (word.lower() for word in WORD.findall(spelled(query)))
    return list(dict.fromkeys(word for word in found if word not in COMMON))[:MOST_WORDS]


@lru_cache(maxsize=4)
def index(facts: tuple[Fact, ...]) -> KnowledgeSearch:
    """The index over these facts, made once."""
    return KnowledgeSearch(facts)


def search(
    query: str, traits: Iterable[str] = (), limit: int = 8, *, learned: bool = True
) -> tuple[Fact, ...]:
    """The facts that fit a question best: curated ones and, unless switched off, learned ones.

    With `traits`, those of a competition, only facts that hold for it are found. Learned ones are
    searched apart and come last: they change neither which curated ones are found nor their order.
    """
    taught = index(learned_facts()).find(query, traits, MOST_LEARNED) if learned else ()
    known = index(curated()).find(query, traits, limit)
    return (*known[: max(limit - len(taught), 0)], *taught)[:limit]
