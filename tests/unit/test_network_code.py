"""Generated modules of networks stand alone: what they use is copied, and nothing else."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Member, Step
from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.modeling_coder import ExpertModelingCoder
from iiml_codegen.implementation.network_code import network_names, stands_alone
from iiml_codegen.implementation.recipes import defined_name, read_definitions
from iiml_codegen.integration.verifier import verify_text
from workspace_templates import models

FOLDER = Path(models.__file__).parent
NETWORKS = sorted(
    path.stem for path in FOLDER.glob("*.py") if network_names(path.read_text("utf-8"))
)
INTERFACE = {"fit", "predict", "encode", "decide"}
SMALL = '''"""One weight."""

from torch import nn

from workspace_templates.networks.training import NAME

SLOPE = 2.0


# What it learns is nothing.
def fit(X, y):
    """Learn nothing."""
    return nn.Linear(1, 1), NAME, SLOPE
'''


def generated(template: str) -> str:
    """The module that the coder writes from a template."""
    member = Member(name="net", track="custom_nn", template=template, view="features")
    steps = [
        Step(id="M1", part="model", key=template, title="Net", why="", member="net"),
        Step(id="T1", part="train", key=template, title="Train", why="", member="net"),
    ]
    folds = FoldPlan(strategy="random", folds=5, column=None, why="")
    plan = Blueprint(title="Any", kind="binary", steps=tuple(steps), members=(member,), folds=folds)
    return ExpertModelingCoder().write(plan, member)


def test_there_are_templates_with_networks() -> None:
    assert "mlp_classifier" in NETWORKS


@pytest.mark.parametrize("template", NETWORKS)
def test_a_generated_network_stands_alone_and_breaks_no_rule(template: str) -> None:
    text = generated(template)
    assert "workspace_templates" not in text and "iiml" not in text
    broken = verify_text(f"model_{template}.py", text)
    assert [f"{found.code} {found.message}" for found in broken] == []


@pytest.mark.parametrize("template", NETWORKS)
def test_a_generated_network_holds_only_what_it_uses(template: str) -> None:
    text = generated(template)
    names = [name for node in ast.parse(text).body if (name := defined_name(node))]
    unused = [n for n in names if n not in INTERFACE and len(re.findall(rf"\b{n}\b", text)) < 2]
    assert unused == []


def test_generated_networks_are_formatted_and_import_what_they_use(tmp_path: Path) -> None:
    for template in NETWORKS:
        (tmp_path / f"model_{template}.py").write_text(generated(template), "utf-8")
    said = ""
    for command in (["format", "--diff"], ["check", "--select", "E,F,I"]):
        line = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "100"]
        said += subprocess.run([*line, tmp_path], capture_output=True, text=True).stdout
    assert said.replace("All checks passed!\n", "") == ""


def alone(text: str) -> str:
    """The module with all that it imports from networks."""
    return stands_alone(text, network_names(text))


def test_a_name_brings_what_it_uses_behind_the_module_under_what_its_file_says() -> None:
    text = alone(SMALL.replace("NAME", "cosine"))
    order = [
        "from __future__ import annotations",
        "import math",
        "SLOPE = 2.0",
        "# What it learns",
        "def fit(",
        "# The training loop",
        "WARM_UP = ",
        "def cosine(",
    ]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert "coslog4" not in text and "import torch\n" not in text


def test_options_that_a_template_does_not_use_are_not_copied() -> None:
    table, picture = generated("mlp_regressor"), generated("picture_network_classifier")
    for said in ("checkpoint", "clip_grad_norm_"):
        assert said not in table and said in picture
    assert "balanced_weights" not in picture and "BALANCED" not in picture
    assert "def save_checkpoint" in picture


@pytest.mark.parametrize("template", NETWORKS)
def test_a_module_begins_with_what_is_its_own(template: str) -> None:
    nodes = ast.parse((FOLDER / f"{template}.py").read_text("utf-8")).body
    own = {defined_name(node) for node in nodes} - {None}
    names = [name for node in ast.parse(generated(template)).body if (name := defined_name(node))]
    places = [place for place, name in enumerate(names) if name in own]
    assert places == list(range(len(places))) and len(names) > len(places)


def test_a_template_without_networks_stays_as_it_is() -> None:
    plain = SMALL.replace("from workspace_templates.networks.training import NAME\n\n", "")
    assert alone(plain) == plain


def test_a_network_that_is_not_there_is_refused() -> None:
    with pytest.raises(GenerationError, match="networks hold no magic"):
        alone(SMALL.replace("NAME", "magic"))


def test_a_template_may_not_define_what_it_takes_over() -> None:
    with pytest.raises(GenerationError, match="both define WARM_UP"):
        alone(SMALL.replace("NAME", "cosine").replace("SLOPE", "WARM_UP"))


def test_constants_that_share_a_line_are_refused() -> None:
    with pytest.raises(GenerationError, match="line 2: a constant wants a line of its own"):
        read_definitions("sizes.py", "HIGH = 3\nLOW, WIDE = 1, 2\n")
