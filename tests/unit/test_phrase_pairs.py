"""Columns of short phrases that share words within rows are compared; categories are not."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
from competitions.odd_road import Planned, walk

from iiml_codegen.domain.profile import PhrasePair
from iiml_codegen.worker.columns import columns_of
from iiml_codegen.worker.phrase_pairs import phrase_pairs
from iiml_codegen.worker.roles import role_of

SYLLABLES = ("bar", "con", "dul", "fer", "gan", "hol", "kit", "mor")
WORDS = [first + second for first in SYLLABLES for second in SYLLABLES]
ROWS = 400


def found(**columns: list[str]) -> list[PhrasePair]:
    """The pairs in a table whose last hundred rows are the test."""
    table = pd.DataFrame(columns)
    train, test = table.iloc[:-100], table.iloc[-100:].reset_index(drop=True)
    both = [(one, role_of(one, None)) for one in columns_of(train, test)]
    return msgspec.convert(phrase_pairs(both, 0), list[PhrasePair])


def phrases(seed: int, words: int = 2) -> list[str]:
    """Phrases of words drawn at random."""
    picked = np.random.default_rng(seed).choice(WORDS, (ROWS, words))
    return [" ".join(row) for row in picked]


def bent(texts: list[str], seed: int) -> list[str]:
    """Each phrase with another last word in half of the rows, and quite another one in the rest."""
    rng = np.random.default_rng(seed)
    others = phrases(seed)
    return [
        f"{text.split()[0]} {rng.choice(WORDS)}" if rng.random() < 0.5 else other
        for text, other in zip(texts, others, strict=True)
    ]


def test_phrases_that_share_words_within_rows_are_a_pair_whatever_their_role() -> None:
    anchor = [text for text in phrases(0)[:40] for _ in range(10)]
    (pair,) = found(anchor=anchor, target=bent(anchor, 1), context=["H01", "A47"] * 200)
    assert pair.columns == ("anchor", "target")
    assert pair.shared_words > 0.9
    assert 0.4 < pair.alike < 0.7
    assert pair.by_chance < 0.15


def test_gaps_share_no_word() -> None:
    anchor = phrases(0)
    target = [text if row % 2 else None for row, text in enumerate(bent(anchor, 1))]
    (pair,) = found(anchor=anchor, target=target)
    assert pair.alike < 0.4


def test_ordinary_categories_are_no_pair() -> None:
    rng = np.random.default_rng(3)
    towns = [f"New {word}" for word in WORDS[:30]]
    assert not found(
        colour=list(rng.choice(["red", "green", "dark blue"], ROWS)),
        town=list(rng.choice(towns, ROWS)),
        name=list(rng.choice(WORDS, ROWS)),
        family=list(rng.choice(WORDS, ROWS)),
        street=[f"{text} street" for text in rng.choice(SYLLABLES, ROWS)],
    )


def test_teams_that_meet_others_are_no_pair_though_they_share_all_names() -> None:
    teams = [f"{first} {second}" for first, second in zip(WORDS[::2], WORDS[1::2], strict=True)]
    home = np.random.default_rng(0).integers(0, len(teams), ROWS)
    assert not found(home=[teams[n] for n in home], away=[teams[(n + 7) % 32] for n in home])


def test_addresses_are_no_phrases() -> None:
    titles = phrases(0, 3)
    assert not found(title=titles, url=[f"web.org/{title.replace(' ', '-')}" for title in titles])


def test_lists_of_phrases_are_no_pair() -> None:
    lists = [f"['{text}']" for text in phrases(0)]
    assert not found(first=lists, second=lists)


def test_a_pair_of_phrases_is_compared_though_its_columns_are_categories(tmp_path: Path) -> None:
    anchor = [text for text in phrases(0)[:40] for _ in range(10)]
    target = bent(anchor, 1)
    pairs = zip(anchor, target, strict=True)
    alike = [float(bool(set(one.split()) & set(other.split()))) for one, other in pairs]
    table = pd.DataFrame({"id": [f"r{n}" for n in range(ROWS)], "anchor": anchor, "target": target})
    table["score"] = np.array(alike) + np.random.default_rng(5).normal(0, 0.05, ROWS).round(3)
    folder = tmp_path / "phrases"
    folder.mkdir()
    table.iloc[:-100].to_csv(folder / "train.csv", index=False)
    table.iloc[-100:, :-1].to_csv(folder / "test.csv", index=False)
    table.iloc[-100:][["id", "score"]].assign(score=0.5).to_csv(
        folder / "sample_submission.csv", index=False
    )
    plan = walk(folder, tmp_path / "work")
    assert isinstance(plan, Planned)
    [step] = [step for step in plan.blueprint.steps if step.key == "text_pair"]
    assert step.title == "Compare the phrases in anchor and target"
    assert "of the words of one occur in the other" in step.why
    (tmp_path / "prep.py").write_text(plan.modules[0], "utf-8")
    spec = importlib.util.spec_from_file_location("phrase_prep", tmp_path / "prep.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    given = module.prepare(folder, module.extract(folder, tmp_path))
    shared = given["features_train"]["anchor_and_target_column_shared"]
    assert np.corrcoef(shared, given["target"])[0, 1] > 0.9
