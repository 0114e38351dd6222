"""Repairs by their own examples, and whole rounds: run, analyse, patch, run again."""

from __future__ import annotations

from pathlib import Path

import pytest
from competitions.pipelines import (
    MODEL,
    PREP,
    member,
    prep_module,
    run_pipeline,
    shop_plan,
    write_shop,
)

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.domain.run import RunResult
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.debugging_agent import Facts, changed_lines, near, propose
from iiml_codegen.integration.error_analyzer import Evidence, analyse
from iiml_codegen.integration.pipeline_plan import Pipeline
from iiml_codegen.integration.repairs import REPAIRS
from iiml_codegen.integration.repairs.repair import Example, Repair

FACTS = Facts(
    columns=("id", "size", "age", "colour", "bought"),
    files=("sample_submission.csv", "test.csv", "train.csv"),
)
FAILED = RunResult(id="r", status="failed", exit_code=1)


@pytest.mark.parametrize(
    ("repair", "example"), [(repair, example) for repair in REPAIRS for example in repair.examples]
)
def test_a_repair_mends_its_examples(repair: Repair, example: Example) -> None:
    assert example.fault.kind in repair.kinds
    first = next(iter(repair.propose(example.fault, example.before, example.facts)))
    assert first.text == example.after


def test_every_repair_is_listed_and_has_examples() -> None:
    assert len({repair.name for repair in REPAIRS}) == len(REPAIRS)
    assert all(repair.examples for repair in REPAIRS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shop."""
    folder = tmp_path_factory.mktemp("repairs")
    write_shop(folder / "shop")
    return folder


def run(folder: Path, texts: dict[str, str]) -> tuple[str, Pipeline]:
    """Run the pipeline of these modules: what it said in failing, empty if it passed."""
    members = [member(text=texts["model_stumps.py"])]
    pipeline = assemble(prep_module(texts["prep.py"]), members, shop_plan())
    file = folder / "pipeline_traditional.py"
    file.write_text(pipeline.text, encoding="utf-8")
    done = run_pipeline(file, "--data-dir", "shop", "--raw", "raw.npy")
    return (done.stderr if done.returncode else ""), pipeline


@pytest.mark.parametrize(
    ("file", "good", "bad"),
    [
        ("prep.py", 'table["colour"]', 'table["Colours"]'),
        ("prep.py", '"train.csv"', '"training.csv"'),
        ("prep.py", ".fillna(medians)", ""),
        ("model_stumps.py", "random_state=seed,", "random_state=seed, presort=True,"),
        ("model_stumps.py", "import numpy as np", "import nampy\nimport numpy as np"),
        (
            "prep.py",
            "medians = remember(",
            'train["age"] = train["colour"].astype(float)\n    medians = remember(',
        ),
    ],
    ids=["column", "file", "gaps", "keyword", "package", "text"],
)
def test_a_broken_module_runs_again_after_few_patches(
    folder: Path, file: str, good: str, bad: str
) -> None:
    texts = {"prep.py": PREP, "model_stumps.py": MODEL}
    assert good in texts[file]
    texts[file] = texts[file].replace(good, bad)
    log, pipeline = run(folder, texts)
    assert log
    for _ in range(3):
        fault = analyse(Evidence(FAILED, log, pipeline.source_map, texts, FACTS.columns))
        for patch in propose(fault, texts, FACTS)[:4]:
            assert patch.before == texts[patch.module]
            tried = {**texts, patch.module: patch.after}
            said, pipeline = run(folder, tried)
            if said != log:
                texts, log = tried, said
                break
        if not log:
            break
    assert log == ""


def timeout(line: int) -> Fault:
    """A run over its time."""
    place = Place(file="model_stumps.py", line=line)
    return Fault(kind="timeout", message="over 60 s", place=place, evidence="")


def test_patches_start_at_the_module_of_the_fault_lose_last_and_never_repeat() -> None:
    texts = {"a.py": "ROUNDS = 8\n", "model_stumps.py": "ROUNDS = 8\nEPOCHS = 4\n"}
    patches = propose(timeout(1), texts, FACTS)
    assert [patch.module for patch in patches] == ["model_stumps.py", "a.py"] * 2
    assert patches[0].after == "ROUNDS = 4\nEPOCHS = 2\n"
    assert patches[2].after == "ROUNDS = 2\nEPOCHS = 1\n"
    assert [bool(patch.loses) for patch in patches] == [False, False, True, True]
    assert len({patch.after for patch in patches}) == len(patches)
    assert {patch.proposed_by for patch in patches} == {"expert:cheaper_settings"}


def test_what_no_repair_knows_gets_no_patch() -> None:
    fault = Fault(kind="unknown", message="Oops", place=None, evidence="")
    assert propose(fault, {"prep.py": PREP}, FACTS) == []
    assert propose(timeout(1), {"prep.py": "def (:\n"}, FACTS) == []


def test_a_column_unlike_any_other_is_left_out_of_lists_only() -> None:
    text = 'NUMBERS = ["size", "zzz"]\nx = table["zzz"]\n'
    place = Place(file="prep.py", line=1)
    fault = Fault(
        kind="unknown_column", message="KeyError", place=place, evidence="", names=("zzz",)
    )
    (patch,) = propose(fault, {"prep.py": text}, FACTS)
    assert patch.after == 'NUMBERS = ["size"]\nx = table["zzz"]\n'


def test_edits_of_the_blamed_line_go_before_edits_elsewhere() -> None:
    text = (
        "def prepare(data_dir):\n    x = read(data_dir)\n    y = other(x)\n    z = made(y)\n"
        '    w = more(z)\n    x = x.replace(0, np.inf)\n    return {"x_train": x}\n'
    )
    fault = Fault(
        kind="contract_fulfilment",
        message="`x_train` has 4 missing values",
        place=Place(file="prep.py", line=6),
        evidence="",
        code="IIML310",
    )
    patches = propose(fault, {"prep.py": text}, FACTS)
    close = [near(patch, fault) for patch in patches if not patch.loses]
    assert close == sorted(close, reverse=True) and close[0]
    assert [(changed_lines(p)) for p in patches if "Leave out the change" in p.title] == [(6, 6)]
