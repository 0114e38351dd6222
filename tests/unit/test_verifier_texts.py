"""Broken, cut and mangled texts: the verifier names the place, and never fails itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from competitions.pipelines import MODEL, PREP
from hypothesis import given, settings
from hypothesis import strategies as st

from iiml_codegen.integration.rules import RULES
from iiml_codegen.integration.rules.rule import Facts, StaticRule
from iiml_codegen.integration.verifier import fixed, verify_bytes, verify_text

TEMPLATES = Path(__file__).resolve().parents[2] / "workspace_templates"
LINE_END = re.compile(r"\r\n|\n|\r")
KNOWN = Facts(
    forbidden=("Survived", "id"),
    targets=("Survived",),
    columns=("Age", "Fare", "Survived", "id"),
    files=("train.csv", "test.csv"),
    outputs=("features_train", "target"),
    kind="binary",
    forward=True,
    sample="form.csv",
)
TEXTS = [
    ("prep.py", PREP),
    ("model_a.py", MODEL),
    *(
        (example.file, example.text)
        for rule in RULES
        if isinstance(rule, StaticRule)
        for example in (*rule.valid, *rule.invalid)
    ),
]
BITS = st.sampled_from(
    [
        *("", "(", ")", "[", "]", "{", "}", '"', "'", '"""', "\\", "#", ":", ",", "=", "@", "*"),
        *(
            "\n",
            "\r\n",
            "\r",
            "\t",
            "    ",
            "\x0c",
            "\u2028",
            "\x00",
            "\udce9",
            "\ufffd",
            "é",
            "🎉",
        ),
        *("def ", "return ", "lambda", "for ", "in ", "async ", "await ", "del ", "yield", "if "),
        *(
            "global x\n",
            "nonlocal y\n",
            "import *",
            "from . import a",
            "class A:\n",
            "...",
            "x[",
            "0x",
        ),
        *(
            "match x:\n    case {'a': b, **c}:\n        pass\n",
            "try:\n",
            "except* E:\n",
            "f'{",
            "}'",
        ),
    ]
)
CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), BITS), max_size=5)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TEXTS), CUTS, st.floats(0, 1))
def test_mangled_texts_get_places_inside_of_them_and_never_an_exception(
    named: tuple[str, str], cuts: list[tuple[float, int, str]], end: float
) -> None:
    file, text = named
    for share, length, bit in cuts:
        place = int(share * len(text))
        text = text[:place] + bit + text[place + length :]
    text = text[: int(len(text) * (0.5 + end))]
    lines = LINE_END.split(text.removeprefix("\ufeff"))
    for violation in verify_text(file, text, KNOWN):
        assert 1 <= violation.place.line <= len(lines)
        assert 1 <= violation.place.column <= len(lines[violation.place.line - 1]) + 1
        fixed(file, text, violation, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500,
        "x = " + "-" * 5000 + "1\n",
        "x = " + " + ".join(["'a'"] * 900) + "\n",
        "x = open(" + " / ".join(["'a'"] * 900) + ")\n",
        "x = a" + "[0]" * 900 + "\n",
        "x = a" + ".b()" * 900 + "\n",
        "".join(" " * depth + "if a:\n" for depth in range(99)) + " " * 99 + "pass\n",
    ],
)
def test_deep_nesting_is_no_failure_of_the_verifier(text: str) -> None:
    assert all(violation.message for violation in verify_text("prep.py", text, KNOWN))


def test_a_byte_that_is_no_text_is_named_at_its_place() -> None:
    found = verify_bytes("prep.py", b'import os\n\nTITLE = "caf\xe9"\n')
    assert [(v.code, v.place.line, v.place.column) for v in found] == [("IIML002", 3, 13)]


def test_columns_count_characters_not_bytes() -> None:
    text = 'def prepare(data_dir):\n    return {"größe 🎉": data_dir, "b": missing}\n'
    found = [v for v in verify_text("prep.py", text) if v.code == "IIML104"]
    column = text.splitlines()[1].index("missing") + 1
    assert [(v.place.line, v.place.column) for v in found] == [(2, column)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_count_alike_whatever_ends_them(end: str) -> None:
    text = "import pandas as pd\n\n\ndef prepare(data_dir):\n    return {'a': pd.concat(y)}\n"
    found = verify_text("prep.py", text.replace("\n", end))
    assert ("IIML104", 5) in [(v.code, v.place.line) for v in found]


BREAKS = [
    ("bracket left open", r"pd\.concat\((\[.*?\])\)", r"pd.concat(\1", "IIML001"),
    ("colon forgotten", r"^(def prepare\(.*\)[^:\n]*):$", r"\1", "IIML001"),
    ("keyword misspelt", r"^    return", "    retrun", "IIML001"),
    ("quote forgotten", r'"train\.csv"', '"train.csv', "IIML001"),
    ("typographic quote", r'"train\.csv"', "“train.csv”", "IIML007"),
    ("import forgotten", r"^import pandas as pd\n", "", "IIML104"),
    ("path of one machine", r'data_dir / "train\.csv"', '"/kaggle/input/train.csv"', "IIML106"),
    ("path without the folder", r'data_dir / "train\.csv"', '"train.csv"', "IIML132"),
    ("function renamed", r"^def prepare\(", "def prepares(", "IIML101"),
    ("conflict left", r"^def prepare\(", "<<<<<<< ours\ndef prepare(", "IIML003"),
]
BY_HAND = '''"""Prepare the tables of a shop."""

import pandas as pd


def prepare(data_dir):
    """Give features and target."""
    train = pd.read_csv(data_dir / "train.csv")
    test = pd.read_csv(data_dir / "test.csv")
    rows = pd.concat([train[["size"]], test[["size"]]])
    return {
        "features_train": rows.iloc[: len(train)],
        "features_test": rows.iloc[len(train) :],
        "target": train["bought"].to_numpy(),
    }
'''


@pytest.mark.parametrize(("name", "old", "new", "code"), BREAKS, ids=[b[0] for b in BREAKS])
def test_usual_mistakes_are_named_at_their_line(name: str, old: str, new: str, code: str) -> None:
    assert verify_text("prep.py", BY_HAND) == []
    place = re.search(old, BY_HAND, re.MULTILINE)
    assert place is not None
    broken = re.sub(old, new, BY_HAND, count=1, flags=re.MULTILINE)
    found = [v for v in verify_text("prep.py", broken) if v.severity == "error"]
    assert code in [violation.code for violation in found]
    line = BY_HAND.count("\n", 0, place.start()) + 1
    if code not in ("IIML101", "IIML104"):
        assert [v.place.line for v in found if v.code == code] == [line]


@pytest.mark.parametrize(
    "path", sorted((TEMPLATES / "recipes").glob("[a-z]*.py")), ids=lambda path: path.stem
)
def test_our_own_recipes_break_no_rule_but_those_about_whole_modules(path: Path) -> None:
    found = verify_text("prep_part.py", path.read_text(encoding="utf-8"))
    whole = ("IIML101", "IIML110", "IIML158")
    assert [(v.code, v.place.line, v.message) for v in found if v.code not in whole] == []
