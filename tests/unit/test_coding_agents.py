"""Modules that a model writes: accepted as they should be, else sent back with what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from processes.asked_models import AskedModel

from iiml_codegen.backbones.agents.assembler import BackboneAssembler
from iiml_codegen.backbones.agents.coding import CodingTask, label_order, write_first_code
from iiml_codegen.backbones.agents.ensembler import BackboneEnsembler
from iiml_codegen.backbones.agents.evaluation_agent import BackboneEvaluationAgent
from iiml_codegen.backbones.agents.modeling_coder import BackboneModelingCoder
from iiml_codegen.backbones.agents.preprocessing_coder import BackbonePreprocessingCoder
from iiml_codegen.backbones.asking import NoAnswerError
from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Member, Step, Track
from iiml_codegen.domain.candidate import Candidate, Score
from iiml_codegen.domain.contract import Clause, Contract, Observation, View
from iiml_codegen.domain.profile import ColumnProfile, DataProfile, TargetProfile
from iiml_codegen.domain.task import Answer, SubmissionFormat, TaskSummary
from iiml_codegen.errors import BindingError
from iiml_codegen.integration.binder import bind
from iiml_codegen.integration.installed import InstalledLibraries
from iiml_codegen.integration.pipeline_plan import Module

PREP_CODER = "preprocessing_coder"
PREP = '''"""Views of the flats."""

from pathlib import Path

import pandas as pd


def prepare(data_dir: Path) -> dict:
    """Give features and target."""
    # [P1] Read the tables
    train = pd.read_csv(data_dir / "train.csv")
    test = pd.read_csv(data_dir / "test.csv")
    target = train["price"].to_numpy(dtype="float64")
    # [P2] Fill the rooms by the median
    median = train["rooms"].median()
    parts = [rows[["rooms"]].fillna(median).reset_index(drop=True) for rows in (train, test)]
    return {"features_train": parts[0], "features_test": parts[1], "target": target}
'''
MODEL = '''"""Boosted trees."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor


def fit(X, y, *, seed=0):
    """Grow trees."""
    # [M1] Boosted trees
    # [T1] Squared error
    return HistGradientBoostingRegressor(random_state=seed).fit(X, y)


def predict(model, X) -> np.ndarray:
    """Give prices."""
    return model.predict(X)
'''
VIEWS = (View(name="features", kind="frame", says="numbers"),)
CLAUSES = (
    Clause(id="C1", output="features_train", says="", shape="features", kind=("frame",)),
    Clause(id="C2", output="features_test", says="", shape="features", kind=("frame",)),
    Clause(id="C3", output="target", says="", shape="target", kind=("array",)),
)


def member(track: Track) -> Member:
    return Member(name="trees", track=track, template="", view="features")


def blueprint(track: Track = "traditional") -> Blueprint:
    def step(id: str, part: str, title: str, owner: str | None = None) -> Step:
        return Step(id=id, part=part, key="", title=title, why="it helps", member=owner)  # type: ignore[arg-type]

    return Blueprint(
        title="Flats",
        kind="regression",
        steps=(
            step("P1", "prep", "Read the tables"),
            step("P2", "prep", "Fill the rooms by the median"),
            step("M1", "model", "Boosted trees", "trees"),
            step("T1", "train", "Squared error", "trees"),
        ),
        members=(member(track),),
        folds=FoldPlan(strategy="random", folds=5, column=None, why=""),
    )


@pytest.fixture(scope="module")
def installed() -> Iterator[InstalledLibraries]:
    libraries = InstalledLibraries(Path(sys.executable))
    yield libraries
    libraries.close()


@pytest.fixture
def given(installed: InstalledLibraries) -> CodingTask:
    sample = SubmissionFormat(
        file="sample_submission.csv",
        columns=("id", "price"),
        id_column="id",
        answer="value",
        answer_columns=("price",),
    )
    rooms = ColumnProfile(
        name="rooms",
        role="number",
        why="",
        in_train=True,
        in_test=True,
        dtype="int64",
        distinct=4,
        missing_train=0.1,
        missing_test=0.0,
        examples=("3141",),
    )
    return CodingTask(
        task=TaskSummary(
            title="Flats",
            description_file=None,
            train_file="train.csv",
            test_file="test.csv",
            kind="regression",
            targets=("price",),
            id_column="id",
            metric="rmse",
            greater_is_better=False,
            submission=sample,
        ),
        profile=DataProfile(
            train_rows=90,
            test_rows=30,
            columns=(rooms,),
            targets=(TargetProfile(name="price", distinct=80, missing=0.0),),
        ),
        contract=Contract(
            views=(View(name="features", kind="frame", says="numbers"),), clauses=CLAUSES
        ),
        files=("train.csv", "test.csv", "sample_submission.csv"),
        installed=installed,
    )


def fenced(code: str) -> str:
    return f"Here it is:\n```python\n{code}```\nHave fun!"


def coders(*preps: str) -> AskedModel:
    """A model that writes these texts of prep in turn, and one model."""
    answers = [fenced(text) for text in preps] or ["no"]
    return AskedModel({PREP_CODER: answers, "modeling_coder": [fenced(MODEL)]})


def test_good_code_is_taken_as_it_is(given: CodingTask) -> None:
    with coders(PREP) as model:
        assert write_first_code(model.asker, given, blueprint(), member("traditional")) == (
            PREP,
            MODEL,
        )
        asked = [text for _, text in model.asked]
    assert len(asked) == 2
    assert "[P2] Fill the rooms by the median" in asked[0]
    assert "C1 `features_train` is a frame" in asked[0]
    assert "LGBMRegressor.fit(X, y" in asked[1]
    assert "(n,) numbers" in asked[1]


def test_prompts_for_code_are_short(given: CodingTask) -> None:
    with coders(PREP) as model:
        write_first_code(model.asker, given, blueprint(), member("traditional"))
        assert all(len(text) / 4 < 1_300 for _, text in model.asked)


def test_cells_stay_at_home_where_the_user_wants_it(given: CodingTask) -> None:
    for share, there in ((True, True), (False, False)):
        with AskedModel({PREP_CODER: [fenced(PREP)]}, share_values=share) as model:
            BackbonePreprocessingCoder(model.asker, given).write(blueprint())
            assert ("3141" in model.asked[0][1]) is there


IMPORT, FILL = "import pandas as pd", "    median ="
WRONG = {
    "yesterday": (IMPORT, "from sklearn.externals import joblib", "joblib is not in sklearn"),
    "missing": (IMPORT, "import polarbear", "polarbear is not installed"),
    "socket": (IMPORT, "import socket", "IIML107"),
    "environ": (IMPORT, "import os\n\nHOME = os.environ['HOME']", "reads the environment"),
    "from": (IMPORT, "from os import environ", "reads the environment"),
    "deletes": (FILL, "    (data_dir / 'train.csv').unlink()", "deletion of files"),
    "exec": (FILL, "    exec('import os')", "IIML138"),
    "writes": (FILL, "    test.to_csv('mine.csv')", "IIML135"),
}


@pytest.mark.parametrize(
    ("classes", "answer", "told"),
    [
        (("0", "1", "10", "2"), "label", "in a known order"),
        (("1", "2", "10"), "label", "distinct labels, sorted"),
        (("cat", "dog"), "label", "distinct labels, sorted"),
        (("dog", "cat"), "class_probabilities", "follow the answer columns of"),
    ],
)
def test_labels_have_an_order_even_where_they_stay_at_home(
    given: CodingTask, classes: tuple[str, ...], answer: Answer, told: str
) -> None:
    form = msgspec.structs.replace(given.task.submission, answer=answer)
    task = msgspec.structs.replace(given.task, kind="multiclass", classes=classes, submission=form)
    assert label_order(given.task, share_values=True) == ""
    assert ", ".join(classes) in label_order(task, share_values=True)
    assert told in label_order(task, share_values=False)
    assert classes[0] not in label_order(task, share_values=False).replace("0 to", "")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        *((old, f"{new}\n{old}", told) for old, new, told in WRONG.values()),
        ("    # [P2] Fill the rooms by the median\n", "", "IIML102"),
        ('"features_test": parts[1], ', "", "IIML153"),
        ('train["rooms"].median()', 'train["rooms"].median(', "line"),
    ],
    ids=[*WRONG, "step", "output", "syntax"],
)
def test_what_is_wrong_goes_back_with_its_line(
    given: CodingTask, old: str, new: str, told: str
) -> None:
    assert old in PREP
    with coders(PREP.replace(old, new, 1), PREP) as model:
        assert BackbonePreprocessingCoder(model.asker, given).write(blueprint()) == PREP
        _, back = model.said(PREP_CODER)
    assert told in back
    assert "line " in back


def test_code_that_stays_wrong_is_no_answer(given: CodingTask) -> None:
    deletes = PREP.replace("    median =", "    (data_dir / 'a').unlink()\n    median =")
    others = [deletes.replace("'a'", f"'{n}'") for n in range(9)]
    with coders(*others) as model:
        with pytest.raises(NoAnswerError, match="deletion of files"):
            BackbonePreprocessingCoder(model.asker, given).write(blueprint())
        assert len(model.asked) == 3


def test_what_a_rule_can_mend_is_not_asked_again(given: CodingTask) -> None:
    slip = PREP.replace('data_dir / "train.csv"', '"train.csv"')
    with coders(slip) as model:
        written = BackbonePreprocessingCoder(model.asker, given).write(blueprint())
        assert len(model.asked) == 1
    assert 'data_dir / "train.csv"' in written


def test_a_decision_of_the_plan_is_added_by_its_template(given: CodingTask) -> None:
    clip = Step(id="E1", part="eval", key="decide_clip", title="Clip the prices", why="")
    plan = blueprint()
    plan = Blueprint(
        title=plan.title,
        kind=plan.kind,
        steps=(*plan.steps, clip),
        members=plan.members,
        folds=plan.folds,
    )
    with coders() as model:
        written = BackboneModelingCoder(model.asker, given).write(plan, member("traditional"))
    assert "# [E1] Clip the prices\ndef decide(" in written


def test_each_track_is_told_what_it_needs(given: CodingTask) -> None:
    seen = Observation(
        output="features_train", type="DataFrame", rows=90, columns=1, dtype="float64", missing=0
    )
    for track, words in (
        ("traditional", "Gradient boosting takes gaps"),
        ("custom_nn", "PyTorch" if "torch" in given.installed.top_level() else "say so in the"),
        ("pretrained", "local_files_only=True"),
    ):
        with coders() as model:
            coder = BackboneModelingCoder(model.asker, given, [seen])
            coder.write(blueprint(track), member(track))  # type: ignore[arg-type]
            assert words in model.asked[0][1]
            assert "DataFrame 90 x 1" in model.asked[0][1]


EXTRACTING = '''"""Views of the flats, read once."""

from pathlib import Path

import pandas as pd


def extract(data_dir: Path, cache_dir: Path, fitted=None) -> dict:
    """Give the rooms of all flats."""
    # [P1] Read the tables
    tables = [pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv")]
    return {"features": pd.concat([table[["rooms"]] for table in tables], ignore_index=True)}


def prepare(data_dir: Path, extracted=None, fitted=None) -> dict:
    """Give features and target."""
    train = pd.read_csv(data_dir / "train.csv")
    # [P2] Fill the rooms by the median
    return {
        "features_train": extracted["features"][: len(train)],
        "features_test": extracted["features"][len(train) :],
        "target": train["price"].to_numpy(dtype="float64"),
    }
'''
ENCODING = '''"""A line through squares, which takes up its state where it was cut off."""

import numpy as np
import torch


def encode(X, *, threads=1):
    """Square each row alone."""
    return X.to_numpy(dtype="float32") ** 2


def fit(X, y, *, rounds=None, seed=0, threads=1, time_limit=None, checkpoint=None):
    """Go downhill."""
    # [M1] Boosted trees
    weights = torch.zeros(X.shape[1])
    if checkpoint is not None and checkpoint.exists():
        weights = torch.load(checkpoint)
    # [T1] Squared error
    for _ in range(rounds or 9):
        weights -= 1e-3 * torch.as_tensor(X).T @ (torch.as_tensor(X) @ weights - 1.0)
        if checkpoint is not None:
            torch.save(weights, checkpoint)
    return weights.numpy()


def predict(model, X) -> np.ndarray:
    """Give prices."""
    return np.asarray(X @ model, dtype="float64")
'''


def test_a_view_that_is_extracted_may_be_encoded_once(given: CodingTask) -> None:
    once = "called once for all rows"
    with AskedModel({PREP_CODER: [fenced(EXTRACTING)], "modeling_coder": [fenced(ENCODING)]}) as it:
        texts = write_first_code(it.asker, given, blueprint("custom_nn"), member("custom_nn"))
        assert texts == (EXTRACTING, ENCODING)
        assert once in it.said("modeling_coder")[0] and "`checkpoint` is" in it.asked[-1][1]
    with coders(PREP) as model:
        write_first_code(model.asker, given, blueprint("custom_nn"), member("custom_nn"))
        assert once not in model.said("modeling_coder")[0]


def observed(name: str, rows: int, columns: int) -> Observation:
    kind = "DataFrame" if columns > 1 else "ndarray"
    return Observation(
        output=name, type=kind, rows=rows, columns=columns, dtype="float64", missing=0
    )


def test_a_tie_is_settled_by_one_of_its_choices_only() -> None:
    outputs = [
        *(observed("words_train", 9, 4), observed("words_test", 3, 4)),
        *(observed("features_train", 9, 5), observed("features_test", 3, 5)),
        observed("target", 9, 1),
    ]
    module = Module(name="model", label="model_traditional.py", text=MODEL)
    contract = Contract(views=(), clauses=())
    with pytest.raises(BindingError, match="2 views could feed X"):
        bind(contract, outputs, module)
    stranger = '{"output": "target", "why": "it is nice"}'
    right = '{"output": "words", "why": "fit says\\n# it reads \\u0007 words"}'
    with AskedModel({"assembler": [stranger, right]}) as model:
        assembler = BackboneAssembler(model.asker)
        bound = bind(
            contract, outputs, module, settle=lambda tie: assembler.choose(tie, MODEL, outputs)
        )
        assert "output must be one of" in model.said("assembler")[1]
    assert (bound.train, bound.test) == ("words_train", "words_test")
    assert bound.evidence[0].evidence.startswith(
        "chosen by the assembler agent: fit says # it reads words; a DataFrame"
    )


def test_a_tie_stays_one_where_nobody_chooses() -> None:
    outputs = [observed(n, 9, 4) for n in ("a_train", "a_test", "b_train", "b_test")]
    outputs.append(observed("target", 9, 1))
    module = Module(name="model", label="model_traditional.py", text=MODEL)
    with AskedModel({}) as model, pytest.raises(BindingError, match="2 views"):
        assembler = BackboneAssembler(model.asker)
        bind(
            Contract(views=(), clauses=()),
            outputs,
            module,
            settle=lambda tie: assembler.choose(tie, MODEL, outputs),
        )


def candidates() -> list[Candidate]:
    return [
        Candidate(
            id=name,
            track="traditional",
            members=(name,),
            status="scored",
            score=Score(value=value, standard_error=0.1, folds=(value,), rows=90),
        )
        for name, value in (("01-trees", 3.0), ("02-lines", 2.0), ("03-words", 4.0))
    ]


def test_advice_about_candidates_keeps_to_those_that_exist(given: CodingTask) -> None:
    answer = (
        '{"attention": ["02-lines", "99-dream"], "suspicious": [{"candidate": "03-words",'
        ' "why": "far off"}, {"candidate": "x", "why": "?"}], "lesson": "lines  win"}'
    )
    with AskedModel({"evaluation_agent": [answer]}) as model:
        read = BackboneEvaluationAgent(model.asker).read(candidates(), given.task)
        board = model.asked[0][1]
    assert (read.attention, read.lesson) == (("02-lines",), "lines win")
    assert [one.candidate for one in read.suspicious] == ["03-words"]
    assert board.index("02-lines") < board.index("01-trees") < board.index("03-words")


def test_sets_to_blend_hold_scored_candidates_once(given: CodingTask) -> None:
    answer = (
        '{"sets": [["01-trees", "02-lines", "nobody"], ["02-lines", "01-trees"], ["03-words"]]}'
    )
    with AskedModel({"ensembler": [answer]}) as model:
        ensembler = BackboneEnsembler(model.asker)
        assert ensembler.propose(candidates(), given.task) == (("01-trees", "02-lines"),)
        assert ensembler.propose(candidates()[:2], given.task) == ()
        assert len(model.asked) == 1
    with AskedModel({}) as model:
        assert BackboneEnsembler(model.asker).propose(candidates(), given.task) == ()
