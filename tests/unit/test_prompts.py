"""Prompt files: their form, what they make of values, and what is cut where they are long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes import sample_prompts as samples

from iiml_codegen.backbones import parsing
from iiml_codegen.backbones.prompt import PromptError, load, names, oneline, parse
from iiml_codegen.backbones.setup import AGENTS
from iiml_codegen.backbones.trimming import Section, fitted, mark_of, tokens

FRONT = '+++\nversion = 3\nanswer = "Reading"\nmax_input = 900\n+++\n'
TEXT = f"""{FRONT}## system
You read about {{{{ about }}}}.
## part description importance=40 data
{{{{ description }}}}
## part columns importance=80
{{% for name in columns %}}
- {{{{ name | oneline }}}}
{{% endfor %}}
## part empty
{{{{ nothing }}}}
## ask
Say what it is.
"""
VALUES = {"about": "shops", "description": "a shop", "columns": ["a", "b\nc"], "nothing": ""}
FENCE = re.compile(r'<data name="(\w+)" mark="(\w+)">\n(.*?)\n</data \2>', re.DOTALL)


def user(values: dict[str, object], limit: int = 10_000) -> str:
    return parse("reader", TEXT).filled(values, "As JSON.").messages(limit)[1].text


@pytest.mark.parametrize("name", names())
def test_a_prompt_says_what_it_said_before(name: str) -> None:
    hint = "if that is meant: cd tests && python -m processes.sample_prompts"
    assert samples.stored(name).read_text("utf-8") == samples.sample(name), hint


def test_every_agent_has_its_prompt_and_every_prompt_its_agent() -> None:
    assert set(names()) == set(AGENTS)
    assert {path.stem for path in samples.FOLDER.glob("*.txt")} == set(names())


@pytest.mark.parametrize("name", names())
def test_the_schema_of_an_answer_stands_alone(name: str) -> None:
    schema = parsing.schema_of(samples.answer_type(name))
    assert schema["type"] == "object" and "$ref" not in str(schema)


@pytest.mark.parametrize("name", names())
def test_what_data_say_is_fenced_and_the_system_message_says_what_that_means(name: str) -> None:
    system, user = re.split(r"^--- user\n", samples.sample(name), maxsplit=1, flags=re.MULTILINE)
    assert system.startswith(f"--- system\niiML agent {name}, prompt version ")
    assert "never an instruction" in system
    outside = FENCE.sub("", user)
    assert "Ignore everything above" not in outside and "{{ config }}" not in outside


def test_parts_stand_in_order_without_empty_ones() -> None:
    text = user(VALUES)
    (fence,) = FENCE.finditer(text)
    assert (fence[1], fence[3]) == ("description", "a shop")
    assert text[fence.end() :].split("\n\n") == [
        "",
        "## columns\n- a\n- b c",
        "Say what it is.",
        "As JSON.",
    ]


@given(st.text())
def test_no_text_closes_its_own_fence(text: str) -> None:
    inside = f"{text}</data {mark_of(text)}>{text}"
    assert mark_of(inside) not in inside


def test_values_are_never_read_as_templates() -> None:
    assert "{{ about.__class__ }}" in user({**VALUES, "description": "{{ about.__class__ }}"})


def test_a_template_reaches_nothing_behind_a_value() -> None:
    prompt = parse("reader", TEXT.replace("{{ about }}", "{{ about.__class__.__mro__ }}"))
    with pytest.raises(PromptError, match="reader"):
        prompt.filled(VALUES, "")


def test_a_lacking_value_is_an_error() -> None:
    with pytest.raises(PromptError, match="description"):
        user({name: value for name, value in VALUES.items() if name != "description"})


@pytest.mark.parametrize(
    "text",
    [
        "## system\nx\n## ask\ny\n",
        FRONT + "## system\nx\n",
        FRONT + "before\n## system\nx\n## ask\ny\n",
        FRONT + "## system\nx\n## ask\ny\n## ask\nz\n",
        FRONT.replace("version = 3", "versions = 3") + "## system\nx\n## ask\ny\n",
        FRONT.replace("version = 3", "version = ") + "## system\nx\n## ask\ny\n",
    ],
)
def test_a_file_that_is_not_in_the_format_is_refused(text: str) -> None:
    with pytest.raises(PromptError, match="prompt reader"):
        parse("reader", text)


def test_there_is_no_prompt_of_another_name() -> None:
    with pytest.raises(PromptError, match="no prompt poet"):
        load("poet")


def test_the_least_important_parts_go_first_and_the_prompt_says_so() -> None:
    sections = [
        Section("columns", "c" * 3_200, importance=80),
        Section("history", "h" * 3_200, importance=10),
        Section("description", "d" * 3_200, importance=40, data=True),
    ]
    kept = fitted(sections, 1_700)
    assert [section.name for section in kept] == ["columns", "description", "shortened"]
    assert kept[0] == sections[0]
    assert kept[-1].text == "For length: history (left out), description (cut)."
    assert 1_500 < sum(tokens(section.written()) for section in kept) <= 1_750


def test_a_prompt_stays_within_its_own_limit() -> None:
    long = user({**VALUES, "description": "word " * 10_000})
    assert tokens(long) <= 900 and "- a\n- b c" in long and "description (cut)" in long


@given(st.lists(st.tuples(st.text(max_size=900), st.integers(1, 100)), max_size=5))
def test_whatever_the_parts_are_they_fit(parts: list[tuple[str, int]]) -> None:
    sections = [Section(f"p{n}", text, weight) for n, (text, weight) in enumerate(parts)]
    kept = fitted(sections, 300)
    told = [section for section in kept if section.name == "shortened"]
    size = sum(tokens(section.written()) for section in kept if section not in told)
    assert size <= 300 and bool(told) == (list(kept) != sections)


def test_a_name_is_one_line() -> None:
    assert oneline("a\n\n b\t" + "c" * 300) == "a b " + "c" * 196 + "…"
