"""What the expert writes keeps the contract that the expert plans, on every kind and layout."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from competitions import KINDS, LAYOUTS, write_competition, write_layout

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_json, from_plain, to_json, to_plain
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.worker.__main__ import plain
from iiml_codegen.worker.contract_check import check_contract
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.profile import profile


def planned(folder: Path, task: TaskSummary) -> tuple[Blueprint, Contract, DataProfile]:
    """The expert's plan for a folder whose task is known."""
    measured = profile({"folder": str(folder), "task": to_plain(task), "seed": 0})
    data = from_plain(plain(measured), DataProfile)
    knowledge = ExpertKnowledgeRetriever().retrieve(task, data)
    return *ExpertGuidelineAgent().plan(task, data, knowledge, SolveOptions()), data


def prepared(text: str, folder: Path, cache: Path) -> dict[str, Any]:
    """What a prep gives for a folder."""
    prep = ModuleType("prep")
    exec(compile(text, "prep.py", "exec"), prep.__dict__)
    fitted: dict[str, Any] = {}
    extracted = prep.extract(folder, cache, fitted) if hasattr(prep, "extract") else None
    return dict(prep.prepare(folder, extracted, fitted))


def broken(folder: Path, task: TaskSummary, cache: Path) -> list[str]:
    """What the worker finds in the outputs of the generated prep, by code and message."""
    blueprint, contract, data = planned(folder, task)
    file = cache / "prepared.pkl"
    text = ExpertPreprocessingCoder().write(blueprint)
    file.write_bytes(pickle.dumps(prepared(text, folder, cache)))
    rows = {"train": data.train_rows, "test": data.test_rows}
    known = to_plain(from_json(to_json(contract), Contract))
    source = {"folder": str(folder), "task": to_plain(task)}
    answer = check_contract({"prepared": str(file), "contract": known, "rows": rows, **source})
    return [f"{one['code']} {one['message']} ({one['evidence']})" for one in answer["violations"]]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_prep_of_each_kind_keeps_its_contract(tmp_path: Path, kind: str) -> None:
    folder = write_competition(tmp_path / "data", kind, 120).folder
    found = from_plain(inventory({"folder": str(folder)}), Inventory)
    assert broken(folder, ExpertTaskAnalyzer().analyse(found), tmp_path) == []


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_the_prep_of_each_layout_keeps_its_contract(tmp_path: Path, kind: str) -> None:
    made = write_layout(tmp_path / "real", kind, 120)
    assert broken(made.folder, from_plain(made.task, TaskSummary), tmp_path) == []
