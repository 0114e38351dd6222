"""The steps for free text: cleaned once, a view for each member that reads one, then features."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from iiml_codegen.domain.profile import ColumnProfile, TextTraits
from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.plan_words import enumerated, listed, named, names_of, percent
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact

TEXT_VIEWS = ("words", "words_tfidf", "chars", "characters", "word_codes")
PLAIN_VIEWS = ("texts", "text_columns")
"""Views of the texts themselves: all of a row as one, and a column for each."""
BY_CHARACTER = ("chars", "characters")
THEMES = 16
MOST_PAIRED = 3


def text_steps(request: PrepRequest) -> Iterator[Planned]:
    """All steps that read free text or compare phrases; nothing where there are none."""
    free = {column.name for column in request.profile.free_texts()}
    texts = [column for column in request.columns("text") if column.name in free]
    if texts:
        yield from free_text_steps(request, texts)
    if "features" in request.views:
        yield from phrase_steps(request, {column.name for column in texts[:MOST_PAIRED]})


def free_text_steps(request: PrepRequest, texts: list[ColumnProfile]) -> Iterator[Planned]:
    """The texts cleaned, each view of them, what they share, their form and their themes."""
    names = [column.name for column in texts]
    traits = [column.text for column in texts if column.text]
    escaped = not traits or any(t.escape_share or t.quoted_share for t in traits)
    values = {"columns": names, "escaped": escaped, **given_as_it_is(request)}
    lists = [c.name for c in texts if any(p.kind == "text_list" for p in c.patterns)]
    why = as_written(names, traits)
    if lists:
        values["lists"] = lists
        why += f"; the cells of {listed(lists, 3)} are lists of texts, whose items are joined"
    title = f"Clean the free text of {named([f'column {names[0]}'] if len(names) == 1 else names)}"
    yield Planned("clean_text", title, why, values)
    yield from view_steps(request, traits)
    if "features" in request.views:
        yield from pair_steps(request, names, escaped=escaped)
        yield from feature_steps(request, traits)


def given_as_it_is(request: PrepRequest) -> dict[str, Any]:
    """Which views the cleaned texts are themselves, and whether anything reads them as one."""
    gives = [view for view in PLAIN_VIEWS if view in request.views]
    joined = bool(request.views & {"texts", "features", *TEXT_VIEWS})
    return {"gives": gives, "joined": joined} if gives else {}


def as_written(names: list[str], traits: list[TextTraits]) -> str:
    """How long the texts are, and what the export did to them."""
    if not traits:
        return f"{listed(names)} hold sentences"
    escaped = max(t.escape_share for t in traits)
    quoted = max(t.quoted_share for t in traits)
    said = f"{words_each(traits):.0f} words on average"
    if not escaped and not quoted:
        return f"{said}, without escape sequences or quotes around them"
    return (
        f"{said}; of the texts, {percent(escaped)} hold escape sequences such as \\n and"
        f" {percent(quoted)} stand in quotes"
    )


def words_each(traits: list[TextTraits]) -> float:
    """Words of a row on average, over all its texts."""
    return sum(t.mean_words for t in traits)


def amount(request: PrepRequest, traits: list[TextTraits], *, characters: bool = False) -> str:
    """How much text there is, in the unit that a view counts."""
    rows = request.profile.train_rows + request.profile.test_rows
    if not traits:
        return f"{rows:,} texts"
    if characters:
        return f"{rows:,} texts of {sum(t.mean_characters for t in traits):.0f} characters"
    return f"{rows:,} texts of {words_each(traits):.0f} words"


def view_steps(request: PrepRequest, traits: list[TextTraits]) -> Iterator[Planned]:
    """One step per view that a member reads."""
    for view in TEXT_VIEWS:
        advice = request.knowledge.view(view)
        if view in request.views and advice:
            measured = amount(request, traits, characters=view in BY_CHARACTER)
            readers = enumerated(request.readers.get(view, ()))
            why = f"{measured}; {advice.why}" + (f"; for {readers}" if readers else "")
            values = {"view": view, "recipe": advice.recipe, "settings": advice.settings}
            yield Planned("text_view", advice.title, why, values)


def pair_steps(request: PrepRequest, names: list[str], *, escaped: bool) -> Iterator[Planned]:
    """Each of the first texts beside each other one: what they share."""
    for first, second in combinations(names[:MOST_PAIRED], 2):
        measured = f"{shortened(first)} and {shortened(second)} stand side by side"
        why = with_fact(request, "text_pairs", measured)
        title = f"Compare {named([first, second])}"
        values = {"columns": [first, second], "escaped": escaped}
        yield Planned("text_pair", title, why, values)


def phrase_steps(request: PrepRequest, compared: set[str]) -> Iterator[Planned]:
    """Columns of short phrases that share words, whatever their role; `compared` texts are done."""
    usable = set(names_of(request.usable()))
    for pair in request.profile.phrase_pairs:
        if usable.issuperset(pair.columns) and not compared.issuperset(pair.columns):
            measured = (
                f"{percent(pair.shared_words)} of the words of one occur in the other, and"
                f" {percent(pair.alike)} of the rows share one; of phrases drawn at random"
                f" {percent(pair.by_chance)} do"
            )
            why = with_fact(request, "text_pairs", measured)
            values = {"columns": list(pair.columns), "escaped": False}
            title = f"Compare the phrases in {named(list(pair.columns))}"
            yield Planned("text_pair", title, why, values)


def feature_steps(request: PrepRequest, traits: list[TextTraits]) -> Iterator[Planned]:
    """What trees can read of a text: its form and its themes."""
    capitals = max((t.uppercase_share for t in traits), default=0.0)
    measured = f"{percent(capitals)} of the characters are capitals"
    yield Planned(
        "text_form", "Measure the form of the texts", with_fact(request, "text_form", measured), {}
    )
    source = "words_tfidf" if "words_tfidf" in request.views else None
    settings = {"rarest": 3, "lower": True}
    themes = {"themes": THEMES, "source": source, "settings": settings}
    why = with_fact(request, "text_themes", amount(request, traits))
    yield Planned("text_themes", f"Compress the words to {THEMES} themes", why, themes)
