"""Whom a solve may ask: flags over the user configuration over iiml.toml; keys in none of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from iiml_codegen.backbones.configuration import read_configuration
from iiml_codegen.backbones.orders import asking_again, orders_for
from iiml_codegen.backbones.setup import Asking, BackboneSetup, Price, SearchSetup
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution.solver import Orders
from iiml_codegen.settings import SettingsError

WHOLE = """
backbone = "strong"

[backbones.strong]
provider = "gemini"
model = "gemini-2.5-pro"
key = "MY_GEMINI"

[backbones.local]
provider = "openai"
base_url = "http://127.0.0.1:8080/v1"
context = 8192

[backbones.mine]
provider = "command"
command = "ask --model 'a b'"

[agents]
debugging_agent = "local"

[limits]
max_tokens = 200_000
max_cost = 0.5

[prices."gemini-2.5-pro"]
input = 1.0
output = 8.0

[search]
provider = "searxng"
endpoint = "http://127.0.0.1:8888"

[privacy]
share_values = false

[knowledge]
learn = false

[checkpoints]
folders = ["~/models"]
"""
KEYS = {"GEMINI_API_KEY": "g-secret", "OPENAI_API_KEY": "o-secret", "MY_GEMINI": "m-secret"}


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("IIML_CONFIG", str(path))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    made.mkdir()
    return made


def asking(orders: Orders) -> Asking:
    assert orders.asking is not None
    return orders.asking


def test_without_a_word_about_it_nobody_is_asked(folder: Path) -> None:
    orders = orders_for(folder, {"budget": "60s", "backbone": None}, KEYS)
    assert orders == Orders(options=SolveOptions(budget=60.0))


def test_a_provider_is_a_backbone_with_its_defaults(folder: Path) -> None:
    orders = orders_for(folder, {"backbone": "gemini", "model": "gemini-3-pro"}, KEYS)
    assert orders.options.backbone == "gemini"
    (setup,) = asking(orders).setups
    assert setup == BackboneSetup(name="gemini", provider="gemini", model="gemini-3-pro")
    assert asking(orders).keys == {"GEMINI_API_KEY": "g-secret"}


def test_the_whole_configuration_is_read(folder: Path, config: Path) -> None:
    config.write_text(WHOLE)
    orders = orders_for(folder, {}, KEYS)
    options, given = orders.options, asking(orders)
    assert (options.backbone, options.agent_backbones) == ("strong", {"debugging_agent": "local"})
    assert (options.max_tokens, options.max_cost) == (200_000, 0.5)
    assert not options.share_values and not options.learn
    assert [setup.name for setup in given.setups] == ["strong", "local"]
    assert given.prices == {"gemini-2.5-pro": Price(input=1.0, output=8.0)}
    assert given.search == SearchSetup(provider="searxng", endpoint="http://127.0.0.1:8888")
    assert given.keys == {"MY_GEMINI": "m-secret", "OPENAI_API_KEY": "o-secret"}
    assert orders.checkpoint_folders == (str(Path.home() / "models"),)
    assert read_configuration().key_names() == ("MY_GEMINI",)
    assert read_configuration().setup("mine").command == ("ask", "--model", "a b")


def test_flags_stand_over_the_configuration_and_that_over_the_folder(
    folder: Path, config: Path
) -> None:
    config.write_text(WHOLE)
    lines = 'backbone = "openai"\nmax_tokens = 900_000\n[agent_backbones]\nimprover = "mine"\n'
    (folder / "iiml.toml").write_text(lines)
    orders = orders_for(folder, {"agent_backbones": {"debugging_agent": "gemini"}}, KEYS)
    assert (orders.options.backbone, orders.options.max_tokens) == ("strong", 200_000)
    agents = {"debugging_agent": "gemini", "improver": "mine"}
    assert orders.options.agent_backbones == agents
    flags = {"base_url": "http://127.0.0.1:1/v1", "backbone": "local", "max_tokens": 5}
    changed = orders_for(folder, flags, KEYS)
    assert changed.options.max_tokens == 5
    assert asking(changed).setups[0].base_url == "http://127.0.0.1:1/v1"
    assert asking(changed).setups[0].context == 8_192


def test_a_folder_may_name_a_backbone_and_forbid_only(folder: Path) -> None:
    (folder / "iiml.toml").write_text('backbone = "gemini"\nshare_values = false\nlearn = false\n')
    options = orders_for(folder, {"share_values": True, "learn": True}, KEYS).options
    assert (options.backbone, options.share_values, options.learn) == ("gemini", False, False)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('model = "m"', "model may not stand"),
        ('base_url = "http://evil.example"', "base_url may not stand"),
        ('command = "rm"', "command may not stand"),
        ('search_endpoint = "http://evil.example"', "search_endpoint may not stand"),
        ('[backbones.gemini]\nprovider = "command"', "backbones may not stand"),
        ("share_values = true", "may only say share_values = false"),
        ("learn = true", "may only say learn = false"),
        ('backbone = "oracle"', "there is no backbone 'oracle'"),
        ('[agent_backbones]\npoet = "gemini"', "there is no agent poet"),
        ("max_cost = -1", "0 or more"),
    ],
)
def test_a_folder_chooses_nothing_that_is_executed_or_asked(
    folder: Path, line: str, message: str
) -> None:
    (folder / "iiml.toml").write_text(f"{line}\n")
    with pytest.raises(SettingsError, match=message):
        orders_for(folder, {}, KEYS)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("[limits]\nmax_tokens = 'many'\n", ":2: ", "Expected `int | null`"),
        ("\n[backbone]\n", ":2: ", "Expected `str | null`"),
        ("[backbones.a]\nprovider = 'gemini'\nmodle = 'x'\n", ":3: ", "unknown field `modle`"),
        ("[backbones.a]\nmodel = 'x'\n", ":1: ", "a has no provider"),
        ("[backbones.expert]\nprovider = 'gemini'\n", ":1: ", "asks no model"),
        ("backbone = 'nobody'\n", "", "there is no backbone 'nobody'"),
        ("backbone = \n", "", "Invalid value"),
    ],
)
def test_a_wrong_line_is_named(config: Path, text: str, place: str, message: str) -> None:
    config.write_text(text)
    with pytest.raises(SettingsError) as error:
        read_configuration()
    assert place in str(error.value) and message in str(error.value)


@pytest.mark.parametrize("key", ["sk-abcdefghijkl", "AIzaabcdefghijk", "not a name"])
def test_a_key_in_the_file_is_refused_and_not_repeated(config: Path, key: str) -> None:
    config.write_text(f"[backbones.a]\nprovider = 'openai'\nkey = '{key}'\n")
    with pytest.raises(SettingsError, match="is no name of a variable") as error:
        read_configuration()
    assert key not in str(error.value) and ":3: " in str(error.value)


def test_a_program_or_an_address_says_which_provider_is_meant(folder: Path) -> None:
    implied = orders_for(folder, {"command": ("ask", "-q")}, KEYS)
    assert asking(implied).setups[0].command == ("ask", "-q")
    url = "http://127.0.0.1:8080/v1"
    (setup,) = asking(orders_for(folder, {"base_url": url}, KEYS)).setups
    assert (setup.provider, setup.base_url) == ("openai", url)


def test_no_tokens_or_no_money_ask_nobody(folder: Path) -> None:
    for limit in ({"max_tokens": 0}, {"max_cost": 0.0}):
        assert orders_for(folder, {"backbone": "gemini", **limit}, KEYS).asking is None


def test_a_resumed_solve_asks_whom_it_asked_unless_flags_say_more(
    folder: Path, config: Path
) -> None:
    config.write_text(WHOLE)
    before = Orders(options=SolveOptions(backbone="local", max_tokens=10), resumed=True)
    again = asking_again(before, {}, KEYS)
    assert [setup.name for setup in asking(again).setups] == ["local"]
    assert again.options == before.options
    more = asking_again(before, {"max_tokens": 20, "backbone": "strong"}, KEYS)
    assert (more.options.max_tokens, more.options.backbone) == (20, "strong")


def test_keys_are_in_no_text_of_what_is_ordered(folder: Path) -> None:
    orders = orders_for(folder, {"backbone": "gemini"}, KEYS)
    assert "g-secret" not in repr(orders)
    assert b"g-secret" not in msgspec.json.encode(orders.options)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--agent-backbone", "poet=gemini", "--max-cost", "1"], "there is no agent poet"),
        (["--agent-backbone", "poet"], "'poet' is not AGENT=NAME"),
        (["--model", "gpt-5"], "gpt-5 of which backbone?"),
    ],
)
def test_the_command_line_says_what_is_wrong_with_flags(
    folder: Path, flags: list[str], message: str
) -> None:
    code = "import sys; from iiml_codegen.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "solve", str(folder), *flags]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 2 and message in done.stderr
