"""Repairs of data, shapes and contracts by real runs: break, run, analyse, patch, run again."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from competitions.pipelines import (
    MODEL,
    PREP,
    member,
    prep_module,
    run_pipeline,
    shop_plan,
    shop_task,
    write_shop,
)

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.debugging_agent import Facts, propose
from iiml_codegen.integration.error_analyzer import Evidence, analyse
from iiml_codegen.planning.contract_plan import plan_contract
from iiml_codegen.worker.contract_check import check_contract

TASK = shop_task("probability")
CONTRACT = plan_contract(TASK, frozenset({"features"}))
FACTS = Facts(
    columns=("id", "size", "age", "colour", "bought"),
    files=("sample_submission.csv", "test.csv", "train.csv"),
    task=TASK,
    contract=CONTRACT,
    view="features",
)
FAILED = RunResult(id="r", status="failed", exit_code=1)
TABLES = {"train": 60, "test": 20}
MOST_ROUNDS = 6
READ_TRAIN = "pd.read_csv(data_dir / TRAIN_FILE)"
FILLED = 'table[["size", "age"]].fillna(medians)'
TARGET = 'train["bought"].map(CLASSES.index).to_numpy(dtype="int64")'
FEATURES = 'features.assign(red=(table["colour"] == "red").astype(int))'
FIT = "return Model(estimator.fit(X, y), trees)"
PROBABILITIES = "model.estimator.predict_proba(X)[:, 1]"
PREP_BREAKS = {
    "a column in other letters": ('table["colour"]', 'table["Colour"]'),
    "a column that only train has": ('"age"]].fillna', '"age", "bought"]].fillna'),
    "a column as an attribute": ('(table["colour"] ==', "(table.colours =="),
    "a file in another folder": (READ_TRAIN, 'pd.read_csv(data_dir / "data" / TRAIN_FILE)'),
    "a path of another machine": (READ_TRAIN, 'pd.read_csv("/kaggle/input/shop/train.csv")'),
    "a folder plus a name": (READ_TRAIN, 'pd.read_csv(data_dir + "/" + TRAIN_FILE)'),
    "another encoding": (READ_TRAIN, 'pd.read_csv(data_dir / TRAIN_FILE, encoding="utf-16")'),
    "another separator": (READ_TRAIN, 'pd.read_csv(data_dir / TRAIN_FILE, sep=";")'),
    "ages as whole numbers": (FILLED, 'table[["size", "age"]].astype(int)'),
    "gaps for the model": (".fillna(medians)", ""),
    "text for the model": (FEATURES, 'features.assign(colour=table["colour"])'),
    "infinite features": (FEATURES, 'features.assign(log=np.log(table["age"] - table["age"]))'),
    "rows dropped": (FILLED, f"{FILLED}[table['age'].notna()].dropna()"),
    "rows of one half dropped": (READ_TRAIN, f"{READ_TRAIN}.dropna()"),
    "blocks below each other": (
        FEATURES,
        'pd.concat([features, table[["size"]].add_suffix("_more")])',
    ),
    "the files exchanged": ('TRAIN_FILE = "train.csv"', 'TRAIN_FILE = "test.csv"'),
    "an output renamed": ('outputs["target"]', 'outputs["targets"]'),
    "a view renamed": ('f"features_{name}"', 'f"feature_{name}"'),
    "the target shifted": (TARGET, f"{TARGET} + 1"),
    "the target as text": (TARGET, 'train["bought"].to_numpy()'),
    "the id as a feature": (FEATURES, 'features.assign(id=table["id"].str[1:].astype(int))'),
    "a table that nothing needs": (
        "    # [P2]",
        "    far = np.zeros((10**6, 10**7))\n    # [P2]",
    ),
    "a copy written elsewhere": (
        "    # [P2]",
        '    train.to_csv("/nowhere/train.csv")\n    # [P2]',
    ),
}
MODEL_BREAKS = {
    "fit returns nothing": (FIT, "Model(estimator.fit(X, y), trees)"),
    "fit takes y first": (
        "X: pd.DataFrame,\n    y: np.ndarray,",
        "y: np.ndarray,\n    X: pd.DataFrame,",
    ),
    "frames as arrays": (FIT, "return Model(estimator.fit(X[:, 1:], y), trees)"),
    "frames as sparse tables": (FIT, "return Model(estimator.fit(X.toarray(), y), trees)"),
    "another attribute": ("model.estimator.", "model.classifier."),
    "valid that is not given": (
        "else len(valid[1]))",
        "else len(valid[1]))\n    watched = (valid[0], valid[1])\n"
        "    trees += 0 if watched is None else 1",
    ),
    "a column that the view has not": (FIT, f'X = X.drop(columns=["id"])\n    {FIT}'),
    "predictions with gaps": (
        f"return clipped({PROBABILITIES})",
        f"chances = {PROBABILITIES}\n    chances[0] = np.nan\n    return clipped(chances)",
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shop."""
    folder = tmp_path_factory.mktemp("repairs")
    write_shop(folder / "shop")
    return folder


def climb(folder: Path, texts: dict[str, str]) -> Fault | None:
    """Run these modules and check what prep gave: what is wrong, None where all holds."""
    members = [member(text=texts["model_stumps.py"])]
    pipeline = assemble(prep_module(texts["prep.py"]), members, shop_plan())
    file, prepared = folder / "pipeline_traditional.py", folder / "prepared.pkl"
    file.write_text(pipeline.text, encoding="utf-8")
    prepared.unlink(missing_ok=True)
    options = ("--data-dir", "shop", "--raw", "raw.npy", "--prepared", prepared)
    done = run_pipeline(file, *options)
    if prepared.exists() and (breach := first_breach(prepared)) is not None:
        return Fault(
            kind="contract_fulfilment",
            message=breach["message"],
            place=Place(file="prep.py", line=21),
            evidence=breach.get("evidence", ""),
            names=tuple(breach.get("names", ())),
            code=breach.get("code", "IIML301"),
        )
    given = Evidence(FAILED, done.stderr, pipeline.source_map, texts, FACTS.columns, FACTS.files)
    return analyse(given) if done.returncode else None


def first_breach(prepared: Path) -> dict[str, Any] | None:
    """The first clause that what prep gave does not meet."""
    outputs = pickle.loads(prepared.read_bytes())
    assert isinstance(outputs, dict)
    params = {"prepared": str(prepared), "contract": to_plain(CONTRACT), "rows": TABLES}
    return next(iter(check_contract(params)["violations"]), None)


def mended(folder: Path, texts: dict[str, str], fault: Fault) -> list[str]:
    """The titles of patches after which all holds; as the mender does, one after the other."""
    left = MOST_ROUNDS

    def descend(texts: dict[str, str], fault: Fault) -> list[str]:
        nonlocal left
        for patch in propose(fault, texts, FACTS):
            if left <= 0:
                return []
            left -= 1
            patched = {**texts, patch.module: patch.after}
            try:
                found = climb(folder, patched)
            except IimlError:
                continue
            if found is None:
                return [patch.title]
            rest = descend(patched, found) if found.message != fault.message else []
            if rest:
                return [patch.title, *rest]
        return []

    return descend(texts, fault)


def broken(file: str, good: str, bad: str) -> dict[str, str]:
    """The shop's modules with one of them broken."""
    texts = {"prep.py": PREP, "model_stumps.py": MODEL}
    assert good in texts[file]
    return {**texts, file: texts[file].replace(good, bad)}


@pytest.mark.parametrize("name", PREP_BREAKS)
def test_a_broken_prep_is_mended_in_few_rounds(folder: Path, name: str) -> None:
    texts = broken("prep.py", *PREP_BREAKS[name])
    fault = climb(folder, texts)
    assert fault is not None
    assert mended(folder, texts, fault), (fault.kind, fault.message)


@pytest.mark.parametrize("name", MODEL_BREAKS)
def test_a_broken_model_is_mended_in_few_rounds(folder: Path, name: str) -> None:
    texts = broken("model_stumps.py", *MODEL_BREAKS[name])
    fault = climb(folder, texts)
    assert fault is not None
    assert mended(folder, texts, fault), (fault.kind, fault.message)


def test_the_whole_shop_holds(folder: Path) -> None:
    assert climb(folder, {"prep.py": PREP, "model_stumps.py": MODEL}) is None


def test_a_feature_is_never_left_out_before_all_else_was_tried() -> None:
    text = 'NUMBERS = ["size", "agee"]\nx = table[NUMBERS]\n'
    place = Place(file="prep.py", line=2)
    message = "KeyError: \"['agee'] not in index\""
    fault = Fault(kind="unknown_column", message=message, place=place, evidence="", names=("agee",))
    patches = propose(fault, {"prep.py": text}, FACTS)
    assert patches[0].after == text.replace("agee", "age")
    assert not patches[0].loses
    assert patches[-1].loses
    assert '"size"]' in patches[-1].after
