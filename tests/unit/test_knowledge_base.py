"""The curated knowledge is sound: every entry has its source and speaks of what we know."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from iiml_codegen.domain.knowledge import Fact, ViewAdvice
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.planning.data_traits import TRAITS
from iiml_codegen.planning.knowledge_base import AREAS, FILES, curated, entries
from iiml_codegen.planning.knowledge_retriever import every_member, read
from iiml_codegen.planning.knowledge_search import words_of

KINDS = {kind for info in METRICS.values() for kind in info.kinds}
LONGEST = 420


def test_there_is_much_of_it_in_every_area() -> None:
    counts = Counter(entry.area for entry in curated())
    assert set(counts) == set(FILES) == set(AREAS) - {"learned"}
    assert len(curated()) >= 200
    assert min(counts.values()) >= 10


def test_ids_and_topics_are_unique() -> None:
    ids = Counter(entry.id for entry in curated())
    assert [name for name, count in ids.items() if count > 1] == []
    topics = Counter((entry.area, entry.topic) for entry in curated())
    assert [topic for topic, count in topics.items() if count > 1] == []


@pytest.mark.parametrize("entry", curated(), ids=lambda entry: entry.id)
def test_an_entry_is_short_and_names_its_source(entry: Fact) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z0-9_]+", entry.id)
    assert 60 <= len(entry.says) <= LONGEST
    assert entry.says.endswith(".")
    assert re.search(r"\d{4}|documentation|guide|Kaggle|measured|Elements", entry.source)
    assert len(set(entry.tags)) == len(entry.tags) > 0


@pytest.mark.parametrize("entry", curated(), ids=lambda entry: entry.id)
def test_an_entry_speaks_of_traits_kinds_and_metrics_that_exist(entry: Fact) -> None:
    assert {*entry.when, *entry.unless} <= TRAITS.keys()
    assert set(entry.kinds) <= KINDS
    assert set(entry.metrics) <= METRICS.keys()
    assert not set(entry.when) & set(entry.unless)


def test_every_metric_has_its_advice() -> None:
    told = {name for entry in entries("metric") for name in entry.metrics}
    assert set(METRICS) - told == set()


def test_every_kind_of_task_has_advice_of_its_own() -> None:
    told = {kind for entry in curated() for kind in entry.kinds}
    assert KINDS - told == set()


def test_entries_about_a_field_can_be_found_by_words() -> None:
    lonely = [entry.id for entry in entries("domain") if len(words_of(" ".join(entry.tags))) < 6]
    assert lonely == []


def test_the_older_files_speak_of_known_traits_too() -> None:
    members = every_member()
    views = read("views", "view", ViewAdvice)
    asked = {trait for one in members for trait in (*one.when, *one.unless)}
    asked |= {trait for view in views for trait in view.when}
    assert asked <= TRAITS.keys()
