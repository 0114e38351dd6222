"""Texts as answers: what they are made from, how they travel, are scored, spelled and cut out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from competitions.modalities import MODALITIES
from competitions.odd_road import Planned, Refused, walk

from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.metric import find_metrics
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.search.repeated_source import repeating_script
from iiml_codegen.worker.diagnosis import diagnose
from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.leak_rows import compare_rows
from iiml_codegen.worker.predictions import Aim
from iiml_codegen.worker.scoring import constant_score, score
from iiml_codegen.worker.shadows import shadows
from iiml_codegen.worker.submission_check import check_submission
from iiml_codegen.worker.text_sources import text_sources
from iiml_codegen.worker.texts import packed, unpacked, worth
from iiml_codegen.worker.ways import ways_for
from workspace_templates.harness.predict_texts import predict_member
from workspace_templates.harness.training import Member
from workspace_templates.models import decide_texts, rewriting_pieces, rewriting_table
from workspace_templates.networks import rewriting, spans
from workspace_templates.networks.spelling import Pairing, outline_of, pieces_of, usual_words
from workspace_templates.recipes.reading import read_written_table
from workspace_templates.recipes.sources import texts_alone, texts_in_order

ODD = ["", "NA", 'a "b", c', "line\nbreak", "ü 🙂", "sil"]


def test_texts_travel_as_bytes_and_come_back_to_the_letter() -> None:
    member = Member(lambda job: None, lambda model, X: X, "", "test", "", (0,))
    raw = predict_member(member, [None], {"test": ODD})
    assert raw.dtype == np.uint8
    assert raw.tobytes() == packed(ODD).tobytes()
    assert decide_texts.decide(raw).tolist() == ODD
    assert unpacked(raw).tolist() == ODD
    with pytest.raises(ValueError, match="2 texts for 1 rows"):
        predict_member(
            Member(lambda job: None, lambda m, X: ["a", "b"], "", "test", "", (0,)),
            [None],
            {"test": ["a"]},
        )


@pytest.mark.parametrize(
    "raw", [np.zeros(3), np.zeros((2, 2), np.uint8), np.array([255, 0], np.uint8)]
)
def test_anything_but_bytes_of_texts_is_no_texts(raw: np.ndarray) -> None:
    with pytest.raises(DataError, match="no texts"):
        unpacked(raw)


def test_texts_are_worth_what_matches() -> None:
    truth = np.array(["a b", "A b", ""], dtype=object)
    said = np.array(["a b", "a c", ""], dtype=object)
    assert worth("exact_match", truth, said).tolist() == [1, 0, 1]
    assert worth("word_jaccard", truth, said).tolist() == [1, 1 / 3, 1]


def asked(folder: Path, texts: list[str], said: list[str]) -> dict[str, Any]:
    """What the worker scores: codes of texts, the texts, their sources, and two folds."""
    codes, known = pd.factorize(np.array(texts, dtype=object))
    np.save(folder / "target.npy", codes.astype(float))
    np.save(folder / "texts.npy", packed(list(known)))
    np.save(folder / "sources.npy", packed(["x"] * len(texts)))
    folds = []
    for number in (0, 1):
        rows = np.arange(len(texts))[number::2]
        np.save(folder / f"rows{number}.npy", rows)
        np.save(folder / f"raw{number}.npy", packed([said[row] for row in rows] + ["test"]))
        files = {"raw": f"raw{number}.npy", "fold_rows": f"rows{number}.npy"}
        folds.append({key: str(folder / file) for key, file in files.items()})
    labels = {"file": str(folder / "target.npy")}
    return {"labels": labels, "folds": folds, "kind": "text", "metric": "exact_match", "seed": 0}


def test_scores_count_texts_beside_sources_repeated_as_they_are(tmp_path: Path) -> None:
    texts, said = ["x", "y", "x", "z"] * 10, ["x", "y", "q", "z"] * 10
    params = asked(tmp_path, texts, said)
    found = score(params)
    assert (found["value"], found["rows"], found["folds"]) == (0.75, 40, [0.5, 1.0])
    assert constant_score(params)["value"] == 0.5
    told = diagnose({**params, "candidates": [{"id": "a", "folds": params["folds"]}], "names": []})
    assert "texts" in told["why_not"]


def test_texts_are_not_blended() -> None:
    assert ways_for(Aim("exact_match", "text", 2, 0)) == []
    assert ways_for(Aim("accuracy", "multiclass", 3, 0)) != []


def test_predicted_texts_are_compared_row_by_row(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", np.arange(4))
    for name, texts in (("a", ["p", "q", "r", "s"]), ("b", ["p", "longer", "r", "s"])):
        np.save(tmp_path / f"{name}.npy", packed(texts))
    places = [{"raw": str(tmp_path / f"{n}.npy"), "rows": str(tmp_path / "rows.npy")} for n in "ab"]
    found = compare_rows({"base": places[0], "other": places[1]})
    assert (found["rows"], found["changed"]) == (4, 1)


def tables(words: list[tuple[int, str]]) -> list[tuple[str, pd.DataFrame]]:
    """Train, test and sample of sentences whose words are numbered."""
    rows = [(n // 5, n % 5, word, f"{word} spelled" if n % 5 == 3 else word) for n, word in words]
    train = pd.DataFrame(rows, columns=["sentence", "place", "source", "text"])
    sample = pd.DataFrame({"id": [f"{s}_{p}" for s, p, _, _ in rows], "text": "x"})
    return [("train", train), ("test", train.drop(columns="text")), ("sample", sample)]


def test_texts_that_repeat_another_column_are_found_with_their_sequences() -> None:
    words = list(enumerate(f"w{n}" for n in range(1000)))
    (found,) = (one for one in text_sources(tables(words)) if one["column"] == "text")
    assert (found["table"], found["column"], found["source"]) == ("train", "text", "source")
    assert found["same"] == 0.8
    assert (found["sequence"], found["order"]) == ("sentence", "place")
    few = list(enumerate(f"w{n % 50}" for n in range(1000)))
    assert text_sources(tables(few)) == []
    train, test, sample = tables(words)
    assert text_sources([train, test]) == []
    mixed = train[1].assign(text=train[1]["text"].sample(frac=1, random_state=0).to_numpy())
    assert text_sources([("train", mixed), test, sample]) == []
    turned = train[1].sample(frac=1, random_state=0)
    found = text_sources([("train", turned), test, sample])[0]
    assert "sequence" not in found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Evaluated on accuracy: tokens that match exactly.", "exact_match"),
        ("The metric is the word-level Jaccard score.", "word_jaccard"),
    ],
)
def test_metrics_on_texts_are_found_in_descriptions(text: str, name: str) -> None:
    assert name in [match.name for match in find_metrics(text)]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TaskSummary]:
    folder = tmp_path_factory.mktemp("spoken")
    MODALITIES["rewritten_texts"](folder, 0)
    found = msgspec.convert(inventory({"folder": str(folder)}), Inventory)
    return folder, ExpertTaskAnalyzer().analyse(found)


def test_rewritten_texts_make_a_task_of_texts(spoken: tuple[Path, TaskSummary]) -> None:
    task = spoken[1]
    source = task.layout.source
    assert (task.kind, task.metric, task.submission.answer) == ("text", "exact_match", "text")
    assert source is not None
    assert (source.column, source.part) == ("before", False)
    assert (source.sequence, source.order) == ("sentence", "token")
    assert any(guess.what == "answers" and "before" in guess.value for guess in task.guesses)


def test_sentences_are_withheld_whole_and_no_blend_is_promised(tmp_path: Path) -> None:
    made = MODALITIES["rewritten_texts"](tmp_path / "made", 0)
    planned = walk(made.folder, tmp_path / "work")
    assert isinstance(planned, Planned), planned
    folds = planned.blueprint.folds
    assert (folds.strategy, folds.column) == ("grouped", "sentence")
    assert any("no blend" in step.why for step in planned.blueprint.part("eval"))
    assert not any(step.key == "clean_text" for step in planned.blueprint.part("prep"))


def test_pieces_of_texts_make_a_task_of_texts(tmp_path: Path) -> None:
    made = MODALITIES["pieces_of_texts"](tmp_path / "made", 0)
    planned = walk(made.folder, tmp_path / "work")
    assert isinstance(planned, Planned), planned
    source = planned.task.layout.source
    assert planned.task.metric == "word_jaccard"
    assert source is not None
    assert (source.column, source.part, source.sequence) == ("text", True, "")


def test_texts_made_from_nothing_are_refused(tmp_path: Path) -> None:
    made = MODALITIES["pieces_of_texts"](tmp_path / "made", 0)
    table = pd.read_csv(made.folder / "train.csv")
    table["piece"] = [f"it is said by {n} of us that day {n * n}" for n in range(len(table))]
    table.to_csv(made.folder / "train.csv", index=False)
    refused = walk(made.folder, tmp_path / "work")
    assert isinstance(refused, Refused)
    assert refused.code == "IIML902"


@pytest.mark.parametrize(("text", "codes"), [("the", []), ("", ["IIML604"]), ("NA", [])])
def test_a_submission_of_texts_is_checked(
    text: str, codes: list[str], spoken: tuple[Path, TaskSummary], tmp_path: Path
) -> None:
    folder, task = spoken
    sample = pd.read_csv(folder / "sample_submission.csv", dtype=str)
    sample["after"] = [f"t{n}" for n in range(len(sample))]
    sample.loc[3, "after"] = text
    sample.to_csv(tmp_path / "submission.csv", index=False)
    file = str(tmp_path / "submission.csv")
    params = {"folder": str(folder), "task": to_plain(task), "submission": file}
    assert [one["code"] for one in check_submission(params)["violations"]] == codes


def test_the_last_resort_repeats_what_answers_are_made_from(
    spoken: tuple[Path, TaskSummary],
) -> None:
    folder, task = spoken
    module: dict[str, Any] = {}
    exec(compile(repeating_script(task, "before"), "script", "exec"), module)
    outputs = module["prepare"](folder)
    said = module["predict"](module["fit"](None, None), outputs["features_test"])
    test = pd.read_csv(folder / "test.csv", dtype=str, keep_default_na=False)
    assert said.tolist() == test["before"].tolist()
    assert "NA" in said


def test_words_that_read_as_gaps_are_words(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('word\nNA\nnull\n""\n')
    assert read_written_table(tmp_path / "a.csv")["word"].tolist() == ["NA", "null", ""]


def test_neighbours_are_those_of_the_same_sequence_in_any_order_of_rows() -> None:
    rows = pd.DataFrame(
        {
            "word": ["a", "b", "c", None, "e", "x", "y"],
            "sentence": ["0", "0", "1", "1", "1", "0", "0"],
            "place": ["0", "1", "0", "1", "3", "0", "1"],
        }
    )
    found = texts_in_order(rows, 5, "word", "sentence", "place")
    assert found["source"].tolist() == ["a", "b", "c", "", "e", "x", "y"]
    assert found["previous"].tolist() == ["", "a", "", "c", "", "", "x"]
    assert found["following"].tolist() == ["b", "", "", "", "", "y", ""]
    turned = texts_in_order(rows.iloc[[2, 4, 1, 3, 0, 6, 5]], 5, "word", "sentence", "place")
    assert turned.sort_index().equals(found)
    assert list(texts_alone(rows, "word", ["place"])) == ["source", "place"]


def test_shadows_call_withheld_sentences_otherwise_than_those_of_the_test(
    spoken: tuple[Path, TaskSummary], tmp_path: Path
) -> None:
    folder, task = spoken
    plan = {"strategy": "grouped", "folds": 2, "column": "sentence", "seed": 0}
    params = {"folder": str(folder), "task": to_plain(task), "plan": plan, "out": str(tmp_path)}
    fold = shadows(params)["folds"][0]
    test = pd.read_csv(Path(fold["data"]) / "test.csv", dtype=str, keep_default_na=False)
    known = set(test["sentence"][: fold["n_fold"]])
    assert known.isdisjoint(test["sentence"][fold["n_fold"] :])
    assert test.groupby("sentence")["token"].apply(list).map(len).eq(9).all()


def test_what_stands_beside_a_text_decides_where_it_is_surer() -> None:
    rows = [("St", "x", "Mary")] * 3 + [("St", "y", "ends")] * 2 + [("a", "", "")]
    table = rewriting.known_texts(rows, ["saint"] * 3 + ["street"] * 2 + ["a"])
    assert rewriting.known_text(table, ("St", "y", "Mary")) == "saint"
    assert rewriting.known_text(table, ("St", "new", "ends")) == "street"
    assert rewriting.known_text(table, ("St", "1", "1")) == "saint"
    assert rewriting.known_text(table, ("b", "", "")) is None


def test_a_table_leaves_new_texts_as_they_are() -> None:
    X = pd.DataFrame({"source": ["1", "b"]})
    model = rewriting_table.fit(X, np.array(["one", "b"], dtype=object))
    new = pd.DataFrame({"source": ["1", "2"]})
    assert rewriting_table.predict(model, new).tolist() == ["one", "2"]


def test_outlines_tell_scripts_cases_and_digits() -> None:
    assert outline_of("Mar 12, 1998") == "Ll 0, 0"
    assert outline_of("Ёлка") == "Cc"
    assert outline_of("http://a") == "l:/l"


def test_words_are_pieces_unless_they_are_spelled_out() -> None:
    pairs = [(f"{n} km from bbc", f"{n} kilometers from b b c") for n in range(3)]
    words = usual_words(pairs, 3)
    assert words == {"km", "from"}
    assert pieces_of("12 Km bbc", words) == ["<", "1", "2", " ", "km", " ", "b", "b", "c", ">"]


def test_words_are_dealt_to_the_pieces_that_they_come_of() -> None:
    tens, ones = ["ten", "twenty", "thirty"], ["one", "two", "three", "four"]
    pairs = [
        (pieces_of(f"{t + 1}{o + 1}", frozenset()), [tens[t], ones[o]])
        for t in range(3)
        for o in range(4)
    ]
    pairing = Pairing(pairs)
    assert pairing.dealt(*pairs[5]) == ["", "twenty", "two", ""]
    assert pairing.dealt(["<", ">"], ["too"] * 40) is None


def test_new_numbers_and_letters_are_spelled_and_new_words_repeated() -> None:
    tens, ones = ["", "ten", "twenty", "thirty", "forty"], ["", "one", "two", "three", "four"]
    texts = {f"{t}{o}": f"{tens[t]} {ones[o]}" for t in range(1, 5) for o in range(1, 5)}
    texts |= {"AB": "a b", "BC": "b c", "CA": "c a", "AC": "a c", "walk": "walk", "sea": "sea"}
    new = {"23": "twenty three", "41": "forty one", "CB": "c b", "hill": "hill"}
    known = {source: text for source, text in texts.items() if source not in new}
    model = rewriting_pieces.fit(
        pd.DataFrame({"source": list(known)}), np.array(list(known.values()), dtype=object)
    )
    said = rewriting_pieces.predict(model, pd.DataFrame({"source": list(new)}))
    assert said.tolist() == list(new.values())
    assert rewriting_pieces.predict(model, pd.DataFrame({"source": []})).tolist() == []


def test_pieces_are_found_by_their_words() -> None:
    assert spans.ends_of(" so  very good!", "very good") == (1, 2)
    assert spans.ends_of("so good", "so") == (0, 0)
    assert spans.ends_of("so good", "bad") == (0, 1)
    assert spans.words_of(" a  b ") == [(1, 2), (4, 5)]


def test_the_piece_that_may_share_most_is_taken() -> None:
    assert spans.best_piece(np.array([0.1, 0.9, 0.0]), np.array([0.0, 0.1, 0.9])) == (1, 2)
    torn = spans.best_piece(np.array([0.5, 0.0, 0.5]), np.array([0.0, 0.0, 1.0]))
    assert torn == (0, 2)
    texts = ["one", "", " two words "]
    chances = np.array([0.5, 0.1, 0.9])
    assert list(spans.best_pieces(texts, chances, chances)) == ["one", "", "words"]


def test_signs_tell_neighbours_and_what_stands_beside() -> None:
    X = pd.DataFrame({"source": ["Too good!"], "mood": ["glad"]})
    first, second = spans.signs_of_words(X)
    assert "2 too" in first and "3 good!" in first
    assert "mark 2 !" in second and "mood glad 2 good!" in second


def test_quotes_around_withheld_texts_tell_nothing(tmp_path: Path) -> None:
    made = MODALITIES["pieces_of_texts"](tmp_path / "made", 0)
    table = pd.read_csv(made.folder / "train.csv", dtype=str, keep_default_na=False)
    table["text"] = table["text"] + ", far"
    table.loc[::3, "piece"] = table.loc[::3, "text"]
    table.to_csv(made.folder / "train.csv", index=False)
    for name, column in (("test", "text"), ("sample_submission", "piece")):
        other = pd.read_csv(made.folder / f"{name}.csv", dtype=str, keep_default_na=False)
        other[column] = other[column] + ", far" if name == "test" else ""
        other.to_csv(made.folder / f"{name}.csv", index=False)
    planned = walk(made.folder, tmp_path / "work")
    assert isinstance(planned, Planned), planned
    assert planned.changed == ()
