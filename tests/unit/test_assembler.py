"""Assembly: one file out of several, names kept apart, formatting kept, every line traceable."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from competitions.pipelines import (
    COMBINE,
    DECIDE,
    FOREST,
    MODEL,
    PREP,
    member,
    prep_module,
    shop_plan,
)

from iiml_codegen.errors import GenerationError
from iiml_codegen.integration.assembler import assemble, assemble_script, replaced
from iiml_codegen.integration.pipeline_plan import Combination, Decision, Module, Pipeline

ROOT = Path(__file__).resolve().parents[2]
COMBINATION = Combination(
    module=Module(name="combine", label="combine.py", text=COMBINE),
    parameters={"weights": [0.25, 0.75]},
)
DECISION = Decision(
    module=Module(name="decide", label="decide.py", text=DECIDE), fitted={"threshold": [0.4]}
)


def one() -> Pipeline:
    """A pipeline of one member."""
    return assemble(prep_module(), [member()], shop_plan(decision=DECISION))


def two() -> Pipeline:
    """A pipeline of two members whose names collide."""
    plan = shop_plan(decision=DECISION, combination=COMBINATION)
    return assemble(prep_module(), [member(), member("forest", FOREST)], plan)


def defined(text: str) -> list[str]:
    """Names of top-level functions and classes."""
    kinds = ast.FunctionDef | ast.ClassDef
    return [node.name for node in ast.parse(text).body if isinstance(node, kinds)]


def test_the_same_modules_give_the_same_bytes_in_another_process() -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from competitions.pipelines import *\n"
        "from iiml_codegen.integration.assembler import assemble\n"
        "sys.stdout.write(assemble(prep_module(), [member()], shop_plan()).text)"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code, str(ROOT / "tests")],
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_a_module_that_collides_with_nothing_travels_byte_for_byte() -> None:
    body = PREP[PREP.index('TRAIN_FILE = "') :].rstrip("\n")
    assert body in one().text
    fit = MODEL[MODEL.index("@dataclass") : MODEL.index("if __name__")].rstrip("\n")
    assert fit in one().text


def test_a_pipeline_is_lint_and_format_clean(tmp_path: Path) -> None:
    for name, pipeline in {"one": one(), "two": two()}.items():
        file = tmp_path / f"{name}.py"
        file.write_text(pipeline.text, encoding="utf-8")
        for verb in (["check"], ["format", "--check"]):
            command = [sys.executable, "-m", "ruff", *verb, "--no-cache", "--line-length", "100"]
            done = subprocess.run(
                [*command, str(file)], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout


def test_names_that_collide_are_told_apart_and_equal_helpers_are_shared() -> None:
    names = defined(two().text)
    assert {"fit_stumps", "fit_forest", "predict_stumps", "predict_forest"} <= set(names)
    assert {"StumpsModel", "ForestModel"} <= set(names)
    assert names.count("clipped") == 1
    assert "STUMPS_PARAMS = " in two().text
    assert "FOREST_PARAMS = " in two().text
    assert 'valid: "tuple[pd.DataFrame, np.ndarray] | None"' in two().text
    assert ') -> "ForestModel":' in two().text


def test_no_name_is_defined_twice() -> None:
    names = defined(two().text)
    assert sorted(names) == sorted(set(names))


def test_a_helper_of_the_same_name_with_another_text_is_renamed_with_its_callers() -> None:
    other = FOREST.replace("0.001, 0.999", "0.01, 0.99")
    plan = shop_plan(combination=COMBINATION)
    text = assemble(prep_module(), [member(), member("forest", other)], plan).text
    assert "return clipped_stumps(model" in text
    assert "return clipped_forest(model" in text


def test_equal_helpers_that_call_different_things_are_not_shared() -> None:
    callee = "\n\ndef low() -> float:\n    return {}\n"
    caller = "\n\ndef twice() -> float:\n    return 2 * low()\n"
    first = member(text=MODEL + callee.format(1) + caller)
    second = member("forest", FOREST + callee.format(2) + caller)
    names = defined(
        assemble(prep_module(), [first, second], shop_plan(combination=COMBINATION)).text
    )
    assert {"twice_stumps", "twice_forest", "low_stumps", "low_forest"} <= set(names)


def test_equal_names_of_types_are_shared_with_what_needs_them_and_no_heading_is_left_over() -> None:
    prep = PREP + "\n\ndef told(x: float) -> float:\n    return x\n"
    helpers = (
        "\n\nNumbers = np.ndarray | None\n\n# Chances alone\n\n\ndef told(x: float) -> float:\n"
        "    return x\n\n\ndef chance(x: Numbers) -> Numbers:\n    return told(x)\n"
    )
    models = {
        name: (text + helpers).replace(".predict_proba(X)", ".predict_proba(chance(X))")
        for name, text in (("stumps", MODEL), ("forest", FOREST))
    }
    plan = shop_plan(decision=DECISION, combination=COMBINATION)
    members = [member(name, text) for name, text in models.items()]
    text = assemble(prep_module(prep), members, plan).text
    assert text.count("Numbers = ") == text.count("def chance(") == text.count("def told(") == 1
    assert "# Chances alone" not in text


def test_a_module_makes_way_for_the_harness() -> None:
    prep = PREP.replace("remember(", "take(")
    text = assemble(prep_module(prep), [member()], shop_plan()).text
    assert "medians = take_prep(fitted" in text
    assert defined(text).count("take") == 1


def test_local_names_and_keywords_are_left_alone() -> None:
    model = MODEL.replace(
        '    """Grow stumps."""\n', '    """Grow stumps."""\n    take = dict(take=1)["take"]\n'
    )
    model += "\n\ndef take() -> int:\n    return 1\n"
    text = assemble(prep_module(), [member(text=model)], shop_plan()).text
    assert '    take = dict(take=1)["take"]\n' in text
    assert "def take_stumps() -> int:" in text


def test_a_name_that_hides_a_builtin_does_not_hide_it_from_the_harness() -> None:
    model = MODEL + "\n\ndef sorted(x: int) -> int:\n    return x\n"
    assert "def sorted_stumps" in assemble(prep_module(), [member(text=model)], shop_plan()).text


@pytest.mark.parametrize(
    "others", ["", "from numpy import max\n", "from math import fsum as max\n"]
)
def test_an_import_that_hides_a_builtin_hides_it_from_no_other_part(others: str) -> None:
    prep = PREP.replace("import pandas as pd", "import pandas as pd\nfrom numpy import max, min")
    prep = prep.replace('train["bought"]', 'train["bought"][: max([1]) or None]')
    model = MODEL.replace("import pandas as pd\n", f"import pandas as pd\n{others}")
    if others:
        model = model.replace("ROUNDS = 20", "ROUNDS = int(max([20.0]))")
    text = assemble(prep_module(prep), [member(text=model)], shop_plan()).text
    tree = ast.parse(text)
    bound = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert not bound & {"max", "min"}
    assert 'train["bought"][: max_prep([1]) or None]' in text


def test_what_the_harness_has_none_of_leaves_a_default_standing() -> None:
    model = MODEL.replace("rounds: int | None = None", "n_estimators: int = 800, timeout=60")
    model = model.replace("rounds or ROUNDS", "min(n_estimators, timeout)")
    assert "n_estimators" in model
    text = assemble(prep_module(), [member(text=model)], shop_plan()).text
    flat = " ".join(text.split())
    assert "n_estimators=job.rounds or 800, timeout=job.time_limit or 60" in flat
    named = model.replace("timeout=60", "timeout=LIMIT")
    text = assemble(prep_module(), [member(text=f"{named}\nLIMIT = 9\n")], shop_plan()).text
    assert "timeout=job" not in text and "timeout=LIMIT" in text


def test_two_imports_under_one_name_are_told_apart() -> None:
    prep = PREP.replace("import pandas as pd", "import pandas as pd\nfrom math import log as scale")
    prep = prep.replace('train["bought"]', 'train["bought"][: scale(1) or None]')
    model = MODEL.replace(
        "import pandas as pd", "import pandas as pd\nfrom math import exp as scale"
    )
    model = model.replace("ROUNDS = 20", "ROUNDS = int(scale(3))")
    text = assemble(prep_module(prep), [member(text=model)], shop_plan()).text
    assert "from math import exp as scale_stumps, log as scale" in text
    assert "ROUNDS = int(scale_stumps(3))" in text


def test_a_model_may_import_constants_of_prep() -> None:
    model = MODEL.replace("import pandas as pd", "import pandas as pd\nfrom prep import CLASSES")
    text = assemble(prep_module(), [member(text=model)], shop_plan()).text
    assert "from prep import" not in text
    assert text.count('CLASSES = ["no", "yes"]') == 1


def test_future_imports_come_first_and_main_blocks_stay_behind() -> None:
    prep = PREP.replace("from pathlib", "from __future__ import annotations\n\nfrom pathlib", 1)
    text = assemble(prep_module(prep), [member()], shop_plan()).text
    first = ast.parse(text).body[1]
    assert isinstance(first, ast.ImportFrom)
    assert first.module == "__future__"
    assert "never in a pipeline" not in text


def test_threads_are_set_before_numpy_is_imported() -> None:
    text = one().text
    assert text.index('"OMP_WAIT_POLICY", "PASSIVE"') < text.index("import numpy")


def test_every_line_of_a_module_maps_there_and_back() -> None:
    pipeline = one()
    lines = pipeline.text.split("\n")
    for number, line in enumerate(lines, start=1):
        place = pipeline.source_map.origin(number)
        if place and place.file == "prep.py" and not line.startswith("#"):
            assert PREP.split("\n")[place.line - 1] == line
            assert pipeline.source_map.pipeline_line("prep.py", place.line) == number
    marker = next(i for i, line in enumerate(lines, start=1) if "[P2]" in line)
    place = pipeline.source_map.origin(marker)
    assert place is not None
    assert "[P2]" in PREP.split("\n")[place.line - 1]
    assert pipeline.source_map.origin(1) is None


def test_windows_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    windows = "\ufeff" + PREP.replace("\n", "\r\n")
    assert assemble(prep_module(windows), [member()], shop_plan(decision=DECISION)) == one()


def test_the_bindings_are_written_above_the_call() -> None:
    text = one().text
    call = text.index("fit=lambda job: fit(job.X, job.y, valid=job.valid, rounds=job.rounds")
    assert "# X <- features_train" in text[:call]
    assert "threads=job.threads" not in text


def test_a_models_own_decision_is_used_if_the_plan_has_none() -> None:
    own = MODEL + "\n\n" + DECIDE[DECIDE.index("def decide") :]
    text = assemble(prep_module(), [member(text=own)], shop_plan()).text
    assert "threshold: float = 0.5" in text
    assert "threshold: float = 0.4" not in text
    asked = Decision(
        module=Module(name="decide", label="decide.py", text=DECIDE.replace("0.5", "0.4"))
    )
    text = assemble(prep_module(), [member(text=own)], shop_plan(decision=asked)).text
    assert "threshold: float = 0.5" not in text


def test_a_decision_that_is_left_out_takes_its_comment_along() -> None:
    own = MODEL + "\n\n# [E1] Cut\n" + DECIDE[DECIDE.index("def decide") :]
    plan = shop_plan(decision=DECISION, combination=COMBINATION)
    text = assemble(prep_module(), [member(text=own), member("forest", FOREST)], plan).text
    assert "# [E1] Cut" not in text


def test_each_of_several_models_is_named_above_its_part_and_bindings_are_told_once() -> None:
    plan = shop_plan(decision=DECISION, combination=COMBINATION)
    label = "model_traditional.py"
    modules = [
        Module(name=name, label=f"{name}/{label}", text=text)
        for name, text in (("stumps", MODEL), ("forest", FOREST))
    ]
    members = [replaced(member(module.name), module) for module in modules]
    text = assemble(prep_module(), members, plan).text
    assert "# stumps, model_traditional.py: Boosted stumps." in text
    assert "# forest, model_traditional.py: A forest." in text
    assert "Assembled from prep.py and model_traditional.py of stumps, forest; runs alone:" in text
    assert text.count("# X <- features_train") == 1
    assert text.count("# fed like stumps") == 1


def test_only_a_pipeline_that_extracts_has_flags_for_it() -> None:
    extract = "\n\ndef extract(data_dir, cache_dir, fitted=None):\n    return {}\n"
    asks = assemble(prep_module(PREP + extract), [member()], shop_plan(decision=DECISION)).text
    for flag in ('"extracted": "', '"rows": "', 'PARTS = ["extract", '):
        assert flag in asks
        assert flag not in one().text


def test_one_script_is_assembled_with_the_same_harness() -> None:
    script = PREP + "\n\n" + MODEL[MODEL.index("from dataclasses") :]
    module = Module(name="script", label="script.py", text=script)
    text = assemble_script(module, member(), shop_plan(decision=DECISION)).text
    assert {"prepare", "fit", "predict", "main"} <= set(defined(text))


@pytest.mark.parametrize(
    ("prep", "model", "says"),
    [
        (PREP.replace("def prepare(", "def ready("), MODEL, "prep.py defines no function prepare"),
        (PREP, MODEL.replace("def fit(", "def train("), "defines no function fit"),
        (PREP, MODEL + "def (:\n", "model_stumps.py"),
        (PREP, "from math import *\n" + MODEL, "star import"),
        (PREP, "from .nearby import thing\n" + MODEL, "no place in one file"),
    ],
)
def test_what_cannot_be_assembled_is_refused_with_its_place(
    prep: str, model: str, says: str
) -> None:
    with pytest.raises(GenerationError, match=says):
        assemble(prep_module(prep), [member(text=model)], shop_plan())


def test_several_members_need_a_combination() -> None:
    with pytest.raises(GenerationError, match="2 members and no combination"):
        assemble(prep_module(), [member(), member("forest", FOREST)], shop_plan())


def test_a_signature_that_grew_too_long_is_folded(tmp_path: Path) -> None:
    name = "forest_with_a_name_that_goes_on_and_on"
    plan = shop_plan(combination=COMBINATION)
    pipeline = assemble(prep_module(), [member(), member(name, FOREST)], plan)
    lines = pipeline.text.split("\n")
    at = lines.index(f"def predict_{name}(")
    assert lines[at + 1].startswith("    model: ForestWithA")
    assert lines[at + 2] == ") -> np.ndarray:"
    origins = {pipeline.source_map.origin(at + ahead) for ahead in (1, 2, 3)}
    assert len(origins) == 1


def test_an_import_inside_a_block_stays_there_and_collides_only_with_other_things() -> None:
    block = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import pandas as pd\n"
    model = MODEL.replace("import pandas as pd\n", block)
    text = assemble(prep_module(), [member(text=model)], shop_plan()).text
    assert "if TYPE_CHECKING:\n    import pandas as pd\n" in text
    with pytest.raises(GenerationError, match="the import pd collides with another pd"):
        other = model.replace("import pandas as pd", "import polars as pd")
        assemble(prep_module(), [member(text=other)], shop_plan())


def test_tabs_emoji_form_feeds_and_a_missing_final_newline_survive() -> None:
    odd = MODEL[: MODEL.index("if __name__")]
    odd += '\n\ndef odd():\n\ttext = """a\n\n\n\nb 🎈"""\n\treturn text, "🎈", Model'
    second = member("forest", FOREST)
    text = assemble(
        prep_module(), [member(text=odd), second], shop_plan(combination=COMBINATION)
    ).text
    assert 'def odd():\n\ttext = """a\n\n\n\nb 🎈"""\n\treturn text, "🎈", StumpsModel\n' in text
